"""A target's state URL → its backend, and the path of its journal on this machine."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import StateError
from reconciler.state.backend import Backend
from reconciler.state.file import FileBackend, own_file
from reconciler.state.git import GitBackend
from reconciler.state.gitcommand import StateGit
from reconciler.state.lease import Notice, silence
from reconciler.state.mirror import mirrored


@dataclass(frozen=True, slots=True)
class StateAddress:
    """A state's URL as ``scheme:rest``, and what its backend may need; see :func:`open_backend`."""

    url: str
    target: str
    folder: Path
    env: Mapping[str, str]
    notice: Notice

    @property
    def rest(self) -> str:
        """The URL after its scheme."""
        return self.url.partition(":")[2]


def open_backend(
    url: str,
    *,
    target: str,
    folder: Path,
    env: Mapping[str, str] = os.environ,
    mirror: str | None = None,
    notice: Notice = silence,
) -> Backend:
    """The backend of ``url``, in which ``{target}`` is replaced already.

    ``url`` and ``mirror`` have passed the checks of :mod:`reconciler.specs.schemes`. ``folder`` is
    the one that holds ``did_specs``: a relative ``file:`` path starts there, and ``git:`` is a
    branch of its repository. ``env`` is where tokens come from. With ``mirror`` (a ``git:`` URL)
    each apply is also committed there. ``notice`` gets a line for the user while something takes
    its time.

    Raise :class:`StateError` where a library is missing. Nothing is read or sent yet.
    """
    primary = BACKENDS[url.partition(":")[0]](StateAddress(url, target, folder, env, notice))
    if mirror is None:
        return primary
    branch = mirror.replace("{target}", target)
    copy = open_backend(branch, target=target, folder=folder, env=env, notice=notice)
    return mirrored(primary, copy, notice)


def journal_path(
    url: str, *, target: str, folder: Path, env: Mapping[str, str] = os.environ
) -> Path:
    """Where outcomes are journalled before they are saved to ``url``.

    Beside a state file, in a folder that git ignores. For any other state in the user's state
    folder (``$XDG_STATE_HOME``, else ``~/.local/state``), one for each state and clone. So it
    cannot be committed.
    """
    kind, _, rest = url.partition(":")
    if kind == "file":
        return own_file(folder / rest, "journal")
    name = hashlib.sha256(f"{folder.resolve()}\n{url}".encode()).hexdigest()[:16]
    return _state_folder(env) / "did-reconciler" / name / f"{target}.journal"


def _state_folder(env: Mapping[str, str]) -> Path:
    named = env.get("XDG_STATE_HOME")
    if named:
        return Path(named)
    try:
        return Path(env.get("HOME") or Path.home()) / ".local" / "state"
    except RuntimeError:
        raise StateError(
            "there is not a folder for the journal of an apply: this user has no home folder",
            hint="set HOME or XDG_STATE_HOME",
        ) from None


def _file(address: StateAddress) -> Backend:
    return FileBackend(address.folder / address.rest)


def _git(address: StateAddress) -> Backend:
    git = StateGit(address.folder, address.env)
    return GitBackend(address.rest, git, target=address.target, notice=address.notice)


def _object(address: StateAddress) -> Backend:
    try:
        from reconciler.state.objects import (  # noqa: PLC0415  (an extra)
            ObjectBackend,
            connect,
            has_credentials,
        )
    except ImportError:
        raise StateError(
            f"{address.url} needs a library that is not installed",
            hint="in a checkout of did-reconciler: pip install '.[objects]'",
        ) from None
    store, key = connect(address.url, address.env)
    contact = None
    if not has_credentials(address.env):
        contact, _ = connect(address.url, address.env, quick=True)
    return ObjectBackend(address.url, store, key, notice=address.notice, contact=contact)


BACKENDS: Mapping[str, Callable[[StateAddress], Backend]] = {
    "file": _file,
    "git": _git,
    "s3": _object,
    "gs": _object,
    "az": _object,
}
"""How each scheme of ``reconciler.specs.schemes.SCHEMES`` is opened."""
