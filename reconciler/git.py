"""Git as a command: never asking, never waiting for ever, blaming what is to blame.

The folder alone says which repository is meant: what a hook or an outer git command sets for
another one is not passed on. Neither are the credentials of a VICIdial, which git and its hooks
have no use for.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reconciler import secrets

_AUTHOR = "did-reconciler"
_EMAIL = "did-reconciler@invalid"

# What a hook or an outer git command would set. Configuration stays: it is the user's own.
_OF_ANOTHER_REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_SHALLOW_FILE",
    "GIT_QUARANTINE_PATH",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_DATE",
)
_OF_VICIDIAL = "VICIDIAL_"

_OWNER = re.compile(
    r"fatal: (?P<reason>detected dubious ownership in .*|unsafe repository .*)\n"
    r"(?P<remedy>(?:(?!fatal:).*\n?)*)"
)
_NO_REPOSITORY = "not a git repository"
_NOT_BEGUN = "git cannot be run"
_IN_A_CLONE = "run this in a clone of the repository that holds the specs"
_INSTALL = "install git 2.31 or newer, and make sure that it is on the PATH"


@dataclass(frozen=True, slots=True)
class GitResult:
    """How a command ended. ``code`` is None when it was not begun or not done in time."""

    code: int | None
    out: bytes
    err: str

    @property
    def reason(self) -> str:
        """Why it failed: all of git's words, on one line."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return "; ".join(lines) or f"git ended with {self.code}"


class Git:
    """Git in the repository that holds ``folder``. ``seconds`` is what a command may take."""

    def __init__(self, folder: Path, env: Mapping[str, str], *, seconds: float = 60.0) -> None:
        self.folder = folder
        self.seconds = seconds
        self.env = {
            **{name: env[name] for name in env if _is_passed_on(name)},
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": _AUTHOR,
            "GIT_AUTHOR_EMAIL": _EMAIL,
            "GIT_COMMITTER_NAME": _AUTHOR,
            "GIT_COMMITTER_EMAIL": _EMAIL,
        }

    def run(self, *arguments: str, stdin: bytes = b"") -> GitResult:
        """Run ``git arguments``; its errors come without any secret. Raises nothing."""
        try:
            # A session of its own: no terminal that ssh could ask on, and it ends with its children
            process = subprocess.Popen(  # noqa: S603  (no shell; no word of it begins with a dash)
                ["git", "-C", str(self.folder), *arguments],  # noqa: S607  (the user's own git)
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            return GitResult(None, b"", f"{_NOT_BEGUN}: {error.strerror}")
        try:
            out, err = process.communicate(stdin, timeout=self.seconds)
        except subprocess.TimeoutExpired:
            return GitResult(None, b"", f"git {arguments[0]} did not end within {self.seconds:g} s")
        finally:
            _end(process)
        return GitResult(process.returncode, out, secrets.hide(err.decode(errors="replace")))


class Failure(NamedTuple):
    """What to tell of a command that failed, and what to do about it."""

    message: str
    hint: str | None


def failure(ran: GitResult, what: str, *, hint: str | None) -> Failure:
    """Why ``what`` could not be done, in git's words. ``hint`` is for where git could be asked.

    Where it could not, the cause and the way out are the same for every command.
    """
    owner = _OWNER.search(ran.err)
    if owner is not None:
        return Failure(f"git refuses: {owner['reason']}", " ".join(owner["remedy"].split()))
    if ran.code is None:
        return Failure(ran.reason, _INSTALL if ran.err.startswith(_NOT_BEGUN) else hint)
    if _NO_REPOSITORY in ran.err:
        return Failure(f"git refuses: {ran.reason.removeprefix('fatal: ')}", _IN_A_CLONE)
    return Failure(f"{what}: {ran.reason}", hint)


def _is_passed_on(name: str) -> bool:
    return name not in _OF_ANOTHER_REPOSITORY and not name.startswith(_OF_VICIDIAL)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is still running, also the helpers that talk to the remote."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
