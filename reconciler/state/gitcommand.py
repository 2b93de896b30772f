"""Git for states: failures become StateErrors, and remotes get their tokens.

A token from the environment reaches git in the environment of that one process, for the one URL
that it belongs to: not in an argument, a URL or a configuration file. It takes the place of a
header that a checkout left in the clone's configuration, since a server refuses two.
"""

import base64
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from reconciler import secrets
from reconciler.errors import StateError
from reconciler.git import Git, GitResult, failure
from reconciler.inputs import LARGEST_STATE, too_large

_USER = "x-access-token"


class StateGit(Git):
    """Git in the repository that holds a state."""

    def authorise(self, urls: Iterable[str]) -> None:
        """From now on send the environment's token, if one is meant for them, to these URLs."""
        for url in dict.fromkeys(urls):
            token = _token(url, self.env)
            if token is None:
                continue
            secrets.register(token, user=_USER)
            pair = base64.b64encode(f"{_USER}:{token}".encode()).decode()
            key = f"http.{_bare(url)}.extraHeader"
            # Empty first: that drops every header set for a less exact URL.
            self._configure(key, "")
            self._configure(key, f"Authorization: Basic {pair}")

    def must(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What ``git arguments`` says; raise :class:`StateError` when it fails."""
        ran = self.run(*arguments, stdin=stdin)
        if ran.code != 0:
            raise state_error(ran, f"git {arguments[0]} failed in {self.folder}")
        return ran.out

    def blob(self, name: str, where: str) -> bytes:
        """The content of a blob of at most LARGEST_STATE bytes; ``where`` names it in errors."""
        if int(self.must("cat-file", "-s", name)) > LARGEST_STATE:
            raise StateError(f"cannot read {where}: {too_large(LARGEST_STATE).strerror}")
        return self.must("cat-file", "blob", name)

    def _configure(self, key: str, value: str) -> None:
        count = int(self.env.get("GIT_CONFIG_COUNT") or 0)
        self.env |= {
            "GIT_CONFIG_COUNT": str(count + 1),
            f"GIT_CONFIG_KEY_{count}": key,
            f"GIT_CONFIG_VALUE_{count}": value,
        }


def state_error(ran: GitResult, what: str, *, hint: str | None = None) -> StateError:
    """Why ``what`` could not be done; see :func:`reconciler.git.failure`."""
    found = failure(ran, what, hint=hint)
    return StateError(found.message, hint=found.hint)


def _token(url: str, env: Mapping[str, str]) -> str | None:
    """``GIT_TOKEN`` for any remote, ``GITHUB_TOKEN`` for GitHub only; none over plain http."""
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
