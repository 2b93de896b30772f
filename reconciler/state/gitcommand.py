"""Git as a command: never asking, never waiting for ever, never showing a token.

A token from the environment reaches git in the environment of that one process, for the one URL
that it belongs to: not in an argument, a URL or a configuration file. It takes the place of a
header that a checkout left in the clone's configuration, since a server refuses two.
"""

import base64
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from reconciler import secrets
from reconciler.errors import StateError

_USER = "x-access-token"
_AUTHOR = "did-reconciler"
_EMAIL = "did-reconciler@invalid"

# What a hook or an outer git command would set: here the folder alone says which repository.
_OF_ANOTHER_REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_QUARANTINE_PATH",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_DATE",
)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended. ``code`` is None when it was not done in time."""

    code: int | None
    out: bytes
    err: str

    @property
    def why(self) -> str:
        """Why it failed, in git's words, on one line."""
        if self.code is None:
            return "no answer in time"
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return "; ".join(lines) or f"git ended with {self.code}"


class Git:
    """Git in the repository that holds ``folder``. ``seconds`` is what a command may take."""

    def __init__(self, folder: Path, env: Mapping[str, str], *, seconds: float = 60.0) -> None:
        self.folder = folder
        self.seconds = seconds
        self._env = {
            **{name: env[name] for name in env if name not in _OF_ANOTHER_REPOSITORY},
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": _AUTHOR,
            "GIT_AUTHOR_EMAIL": _EMAIL,
            "GIT_COMMITTER_NAME": _AUTHOR,
            "GIT_COMMITTER_EMAIL": _EMAIL,
        }

    def authorise(self, urls: Iterable[str]) -> None:
        """From now on send the environment's token, if one is meant for them, to these URLs."""
        for url in dict.fromkeys(urls):
            token = _token(url, self._env)
            if token is None:
                continue
            secrets.register(token, user=_USER)
            pair = base64.b64encode(f"{_USER}:{token}".encode()).decode()
            key = f"http.{_bare(url)}.extraHeader"
            # Empty first: that drops every header set for a less exact URL.
            self._configure(key, "")
            self._configure(key, f"Authorization: Basic {pair}")

    def run(self, *arguments: str, stdin: bytes = b"") -> Ran:
        """Run ``git arguments``; its errors come without any secret."""
        try:
            # A session of its own: no terminal that ssh could ask on, and it ends with its children
            process = subprocess.Popen(  # noqa: S603  (no shell; no word of it begins with a dash)
                ["git", "-C", str(self.folder), *arguments],  # noqa: S607  (the user's own git)
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise StateError(
                f"cannot run git: {error.strerror}",
                hint="a state at git:BRANCH needs git 2.31 or newer: install it",
            ) from None
        try:
            out, err = process.communicate(stdin, timeout=self.seconds)
        except subprocess.TimeoutExpired:
            return Ran(None, b"", "")
        finally:
            _end(process)
        return Ran(process.returncode, out, secrets.hide(err.decode(errors="replace")))

    def must(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What ``git arguments`` says; raise :class:`StateError` when it fails."""
        ran = self.run(*arguments, stdin=stdin)
        if ran.code != 0:
            raise StateError(
                f"git {arguments[0]} failed in {self.folder}: {ran.why}",
                hint="a state at git:BRANCH is kept in the repository that holds the specs: run "
                "this in a clone of it",
            )
        return ran.out

    def _configure(self, key: str, value: str) -> None:
        count = int(self._env.get("GIT_CONFIG_COUNT") or 0)
        self._env |= {
            "GIT_CONFIG_COUNT": str(count + 1),
            f"GIT_CONFIG_KEY_{count}": key,
            f"GIT_CONFIG_VALUE_{count}": value,
        }


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is still running, helpers that speak with the remote included."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _token(url: str, env: Mapping[str, str]) -> str | None:
    """``GIT_TOKEN`` for any remote, ``GITHUB_TOKEN`` for GitHub alone; none in the clear."""
    parts = urlsplit(url)
    if parts.password:
        secrets.register(parts.password, user=parts.username)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        return None
    server = urlsplit(env.get("GITHUB_SERVER_URL") or "https://github.com")
    of_github = env.get("GITHUB_TOKEN") if parts.hostname == server.hostname else None
    return env.get("GIT_TOKEN") or of_github or None


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
