"""A target's state URL → the backend that keeps it, and where its journal lies on this machine."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import StateError
from reconciler.state.backend import Backend
from reconciler.state.file import FileBackend, own_file
from reconciler.state.git import GitBackend
from reconciler.state.gitcommand import StateGit
from reconciler.state.lease import Notice, silence
from reconciler.state.mirror import mirrored


def open_backend(
    url: str,
    *,
    target: str,
    folder: Path,
    env: Mapping[str, str] = os.environ,
    mirror: str | None = None,
    notice: Notice = silence,
) -> Backend:
    """What keeps the state at ``url``, in which ``{target}`` is filled in already.

    ``folder`` is the one that holds ``did_specs``: a relative ``file:`` path starts there, and
    ``git:`` is a branch of its repository. ``env`` is where tokens come from. With ``mirror`` (a
    ``git:`` URL) each apply is also committed there. ``notice`` hears of what takes its time.

    Raise :class:`StateError` for a URL of no known kind, and where a library is missing. Nothing is
    read or sent yet.
    """
    kind, colon, rest = url.partition(":")
    match kind:
        case "file" if colon and rest:
            return FileBackend(folder / rest)
        case "git" if colon and rest:
            return GitBackend(rest, StateGit(folder, env), target=target, notice=notice)
        case "s3" | "gs" | "az" if rest.startswith("//"):
            primary = _object(url, env, notice)
        case _:
            raise StateError(
                f"{url} is no state",
                hint="write file:PATH, git:BRANCH, s3://BUCKET/KEY, gs://BUCKET/KEY or "
                "az://CONTAINER/KEY",
            )
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
    folder (``$XDG_STATE_HOME``, else ``~/.local/state``), one for each state and clone. So nothing
    of it can be committed.
    """
    kind, _, rest = url.partition(":")
    if kind == "file":
        return own_file(folder / rest, "journal")
    home = env.get("XDG_STATE_HOME")
    base = Path(home) if home else Path(env.get("HOME") or Path.home()) / ".local" / "state"
    name = hashlib.sha256(f"{folder.resolve()}\n{url}".encode()).hexdigest()[:16]
    return base / "did-reconciler" / name / f"{target}.journal"


def _object(url: str, env: Mapping[str, str], notice: Notice) -> Backend:
    try:
        from reconciler.state.objects import ObjectBackend, connect  # noqa: PLC0415  (an extra)
    except ImportError:
        raise StateError(
            f"{url} needs a library that is not installed",
            hint="in a checkout of did-reconciler: pip install '.[objects]'",
        ) from None
    store, key = connect(url, env)
    return ObjectBackend(url, store, key, notice=notice)
