"""``file:PATH``: a state beside the specs, written so that a crash leaves the old or the new one.

The lease is an OS lock on ``PATH.lock``, which dies with the process that holds it.
"""

import errno
import fcntl
import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from reconciler.errors import Fenced, LeaseHeld, StateError
from reconciler.state.backend import Holder, Stored

UNLOCK_HINT = (
    "wait for it to end, or end its process: the lock goes with it, and what it has begun is "
    "settled by the next apply"
)


class FileBackend:
    """One state file. ``path`` is absolute or relative to the working directory."""

    save_every = 1.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"file:{path}"

    def load(self) -> Stored | None:
        """The file's bytes; None when there is no such file."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateError(f"cannot read {self.path}: {error.strerror}") from None
        return Stored(content, _token(content))

    def save(self, content: bytes, *, over: str | None, message: str) -> str:  # noqa: ARG002
        """Write beside, flush to the disk, rename over, flush the folder."""
        stored = self.load()
        if (None if stored is None else stored.token) != over:
            raise Fenced(
                f"{self.path} was changed by somebody else while this run held it",
                hint="nothing was written over it; run plan again",
            )
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
            flush_folder(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise StateError(
                f"cannot write {self.path}: {error.strerror}",
                hint="the file has its last saved content; make room or mend the rights, then "
                "run apply again: it goes on from there",
            ) from None
        return _token(content)

    def lease(self, holder: Holder) -> "FileLease":
        """Lock ``PATH.lock`` for as long as this process lives, at most."""
        path = self.path.with_name(self.path.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StateError(
                f"cannot lock {path}: {error.strerror}",
                hint="an apply needs to write beside its state file",
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            words = _holder(path)
            os.close(lock)
            raise LeaseHeld(f"another apply holds {self.path}: {words}", hint=UNLOCK_HINT) from None
        except OSError as error:
            os.close(lock)
            raise StateError(
                f"cannot lock {path}: {error.strerror}",
                hint="put the state file on a file system that can lock files",
            ) from None
        with suppress(OSError):  # the name is for people: a full disk does not undo the lock
            os.ftruncate(lock, 0)
            os.pwrite(lock, json.dumps(asdict(holder)).encode(), 0)
        self._sweep()
        return FileLease(lock)

    def _sweep(self) -> None:
        """Remove what killed holders of the lease left half written."""
        with suppress(OSError):
            for path in self.path.parent.iterdir():
                if path.name.startswith(f".{self.path.name}.") and path.suffix == ".tmp":
                    path.unlink()

    def unlock(self, lease_id: str) -> None:
        """An OS lock cannot be broken from outside: say who holds it, if anyone does."""
        self.lease(Holder(lease_id, "state unlock", "now")).release()


class FileLease:
    """A held lock; released by closing, which the OS does when the process dies."""

    def __init__(self, lock: int) -> None:
        self._lock: int | None = lock

    def check(self) -> None:
        """An OS lock is never lost while its process lives."""

    def release(self) -> None:
        """Close the lock file; it stays, empty, since removing it would let two hold it."""
        if self._lock is not None:
            with suppress(OSError):
                os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None


def flush_folder(folder: Path) -> None:
    """Make a rename in ``folder`` last through a power cut, where its file system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems flush files only
            raise
    finally:
        os.close(handle)


def _token(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _holder(path: Path) -> str:
    try:
        return str(Holder(**json.loads(path.read_text())))
    except (OSError, ValueError, TypeError):
        return "its holder wrote no name"
