"""``file:PATH``: a state beside the specs, written so that a crash leaves the old or the new one.

The lease is an OS lock, which dies with the process that holds it. Lock, journal and half-written
files lie in a folder beside the state that git ignores, so that none of them is ever committed. It
is beside the state and not in somebody's home, so that two users exclude each other too.
"""

import errno
import fcntl
import hashlib
import json
import os
import stat
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from reconciler.errors import Fenced, LeaseHeld, StateError
from reconciler.inputs import LARGEST_SMALL, LARGEST_STATE, parse_json, read_file
from reconciler.state.backend import Holder, Stored, wrong_id

FOLDER = ".did-reconciler"

UNLOCK_HINT = (
    "wait for it to end, or end its process: that releases the lock, and the next apply settles "
    "what it has begun"
)


class FileBackend:
    """One state file. ``path`` is absolute or relative to the working directory.

    Through a link it is the file that the link leads to, so that every path to it is one state.
    """

    save_every = 1.0

    def __init__(self, path: Path) -> None:
        self.path = real_path(path)
        self.url = f"file:{path}"

    def load(self) -> Stored | None:
        """The file's bytes; None when there is no such file."""
        try:
            content = read_file(self.path, LARGEST_STATE)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateError(f"cannot read {self.path}: {error.strerror}") from None
        return Stored(content, _token(content))

    def save(self, content: bytes, *, over: str | None, message: str) -> str:  # noqa: ARG002
        """Write a temporary file, flush it, rename it over the state, flush the folder."""
        stored = self.load()
        if (None if stored is None else stored.token) != over:
            raise Fenced(
                f"{self.path} was changed by somebody else while this run held it",
                hint="nothing was written over it; run plan again",
            )
        beside = own_file(self.path, f"{os.getpid()}.tmp")
        try:
            make_own_folder(beside.parent)
            beside.unlink(missing_ok=True)  # of a killed process with the same number
            with beside.open("xb") as file:
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
                hint="the file has its last saved content; free space or correct the permissions, "
                "then run apply again: it continues from there",
            ) from None
        return _token(content)

    def lease(self, holder: Holder) -> "FileLease":
        """Lock the state for as long as this process lives, at most."""
        path = own_file(self.path, "lock")
        try:
            make_own_folder(path.parent)
            lock = _locked(path)
        except BlockingIOError:
            held = _holder(path)
            words = "its holder is unknown" if held is None else str(held)
            raise LeaseHeld(f"another apply holds {self.path}: {words}", hint=UNLOCK_HINT) from None
        except OSError as error:
            raise StateError(
                f"cannot lock {path}: {error.strerror}",
                hint="an apply must be able to write beside its state file, on a file system with "
                "file locks",
            ) from None
        with suppress(OSError):  # the name is for people: a full disk does not undo the lock
            os.ftruncate(lock, 0)
            os.pwrite(lock, json.dumps(asdict(holder)).encode(), 0)
        self._sweep()
        return FileLease(lock, path)

    def _sweep(self) -> None:
        """Remove the temporary files of holders that were killed."""
        with suppress(OSError):
            for path in own_file(self.path, "").parent.iterdir():
                if path.name.startswith(f"{self.path.name}.") and path.suffix == ".tmp":
                    path.unlink()

    def unlock(self, lease_id: str) -> Holder | None:
        """Raise LeaseHeld with the holder, if there is one: an OS lock cannot be broken."""
        try:
            self.lease(Holder(lease_id, "state unlock", "now")).release()
        except LeaseHeld:
            held = _holder(own_file(self.path, "lock"))
            if held is not None and held.id != lease_id:
                raise wrong_id(str(self.path), held, lease_id) from None
            raise
        return None


class FileLease:
    """A held lock; released by closing, which the OS does when the process dies."""

    def __init__(self, lock: int, path: Path) -> None:
        self._lock: int | None = lock
        self._path = path

    def check(self) -> None:
        """Raise Fenced when the lock file was removed: others can then lock a new one."""
        if self._lock is not None and not _is_at(self._lock, self._path):
            raise Fenced(
                f"the lock of this run ({self._path}) was removed",
                hint="nothing more was sent or saved; run apply again: it settles what was begun",
            )

    def release(self) -> None:
        """Close the lock file and leave it empty: if it were removed, two could hold the lock."""
        if self._lock is not None:
            with suppress(OSError):
                os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None


def real_path(path: Path) -> Path:
    """``path`` with its links followed, also where nothing is there yet."""
    return Path(os.path.realpath(path))


def own_file(state: Path, suffix: str) -> Path:
    """The path of our own file for the state file ``state``, the same for every path to that."""
    real = real_path(state)
    return real.parent / FOLDER / f"{real.name}.{suffix}"


def make_own_folder(folder: Path) -> None:
    """Make the folder of our own files, which git ignores; raise OSError where that cannot be.

    Who may write beside the state may write here.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir()
        with suppress(OSError):
            folder.chmod(stat.S_IMODE(folder.parent.stat().st_mode))
    with suppress(FileExistsError), (folder / ".gitignore").open("x") as file:
        file.write("*\n")


def open_own(path: Path, flags: int) -> int:
    """Open a file of ours, made where there is none; whoever may write its folder may write it.

    A link is refused: it could lead to a file that is not ours.
    """
    with suppress(FileExistsError):
        made = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644)
        with suppress(OSError):
            os.fchmod(made, stat.S_IMODE(path.parent.stat().st_mode) & 0o666)
        return made
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _locked(path: Path) -> int:
    """The locked file at ``path``. Raise BlockingIOError when somebody else holds it."""
    while True:
        try:
            lock = open_own(path, os.O_RDWR)
        except PermissionError:
            # Another user's: it can be locked all the same.
            lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise
        if _is_at(lock, path):
            return lock
        os.close(lock)  # removed between opening and locking: whoever comes next makes a new one


def _is_at(lock: int, path: Path) -> bool:
    """Whether the open file is still the one at ``path``."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except OSError:
        return False


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


def _holder(path: Path) -> Holder | None:
    try:
        return Holder(**parse_json(read_file(path, LARGEST_SMALL)))
    except (OSError, ValueError, TypeError):
        return None
