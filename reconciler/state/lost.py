"""Where nothing is stored: whether a state was lost, and which other states are in the same place.

With an empty state every number is new. So the user is told if git has an earlier state, or if the
state of a renamed folder is in the same place, before the server's numbers count as conflicts.
"""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import StateError
from reconciler.git import Git
from reconciler.inputs import LARGEST_STATE, read_file
from reconciler.state.codec import decode
from reconciler.state.file import real_path
from reconciler.state.gitcommand import StateGit
from reconciler.state.gitremote import Remote
from reconciler.state.model import State

MOST_BESIDE = 200
"""At most so many files beside a state are read."""
_SECONDS = 20.0
_LAST_CONTENT = ("log", "-1", "--diff-filter=AMRT", "--format=%h")


@dataclass(frozen=True, slots=True)
class Trace:
    """A state that was there before; ``back`` is the command that restores it."""

    what: str
    back: str


@dataclass(frozen=True, slots=True)
class OtherState:
    """The state of another target, kept in the same place."""

    where: str
    state: State


def trace(url: str, *, target: str, folder: Path, env: Mapping[str, str]) -> Trace | None:
    """An earlier state at ``url`` that git knows; None without one, and for object stores."""
    kind, _, rest = url.partition(":")
    match kind:
        case "file":
            return _trace_of_file(folder / rest, env)
        case "git":
            return _trace_of_branch(rest, target, StateGit(folder, env, seconds=_SECONDS))
        case _:
            return None


def beside(
    url: str, *, folder: Path, env: Mapping[str, str], wanted: Callable[[State], bool]
) -> Iterator[OtherState]:
    """The states beside ``url`` that are ``wanted``; object stores are not searched."""
    kind, _, rest = url.partition(":")
    found: Iterator[tuple[str, bytes]] = iter(())
    if kind == "file":
        found = _files_beside(folder / rest)
    elif kind == "git":
        found = _files_on_branch(rest, StateGit(folder, env, seconds=_SECONDS))
    for where, content in found:
        try:
            state = decode(content, where)
        except StateError:
            continue
        if wanted(state):
            yield OtherState(where, state)


def _trace_of_file(path: Path, env: Mapping[str, str]) -> Trace | None:
    real = real_path(path)
    there = next(each for each in real.parents if each.is_dir())
    git = Git(there, env, seconds=_SECONDS)
    name = f":(literal){real.relative_to(there)}"
    commit = git.run(*_LAST_CONTENT, "--all", "--", name).out.decode().strip()
    if not commit:
        return None
    shown = os.path.relpath(real)
    return Trace(
        f"{shown} does not exist, and git has it in commit {commit}",
        f"git checkout {commit} -- {shlex.quote(shown)}",
    )


def _trace_of_branch(branch: str, target: str, git: StateGit) -> Trace | None:
    remote = Remote(git)
    tip = remote.bring(f"refs/heads/{branch}", [])
    file = f"{target}.json"
    if tip is not None:
        commit = git.run(*_LAST_CONTENT, tip, "--", file).out.decode().strip()
        if not commit:
            return None
        return Trace(
            f"the branch {branch} had {file} up to its commit {commit}",
            f"git show {commit}:{file} > {file}, then reconciler state push {file} "
            f"--target {target}",
        )
    for ref in (f"refs/remotes/{remote.name}/{branch}", f"refs/heads/{branch}"):
        if git.run("cat-file", "-e", f"{ref}:{file}").code == 0:
            commit = git.must("rev-parse", "--short", ref).decode().strip()
            return Trace(
                f"the remote {remote.name} has no branch {branch}, and this clone knows it with "
                f"{file} in commit {commit}",
                f"git push {remote.name} {commit}:refs/heads/{branch}",
            )
    return None


def _files_beside(path: Path) -> Iterator[tuple[str, bytes]]:
    own = real_path(path)
    for each in sorted(own.parent.glob("*.json"))[:MOST_BESIDE]:
        try:
            if each != own and each.is_file():
                yield f"file:{os.path.relpath(each)}", read_file(each, LARGEST_STATE)
        except OSError:
            continue


def _files_on_branch(branch: str, git: StateGit) -> Iterator[tuple[str, bytes]]:
    tip = Remote(git).bring(f"refs/heads/{branch}", [])
    if tip is None:
        return
    for name in git.must("ls-tree", "-z", "--name-only", tip).decode(errors="replace").split("\0"):
        where = f"git:{branch} ({name})"
        if name.endswith(".json"):
            with suppress(StateError):
                yield where, git.blob(f"{tip}:{name}", where)
