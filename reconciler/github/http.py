"""Requests to GitHub: the token's way in, rate limits waited for, what may be repeated repeated.

Reading and replacing are repeated when no answer comes. Creating is not, since an answer that got
lost may hide a success: :class:`Unanswered` leaves it to the caller to look first.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import stamina

from reconciler import __version__, secrets
from reconciler.errors import ReconcilerError, UsageError
from reconciler.network.failures import transport_error
from reconciler.network.retry_after import retry_after
from reconciler.network.route import Route, route_to

API = "https://api.github.com"
VERSION = "2022-11-28"
SECONDS = 30.0
"""For each answer."""
LONGEST_WAIT = 15 * 60
"""Seconds that a rate limit is waited for."""
SECONDARY_WAIT = 60.0
"""Seconds to wait where GitHub asks to wait and does not say how long."""
ATTEMPTS = 6
MOST_PAGES = 50
LARGEST_REPLY = 64 * 1024 * 1024

Json = Any
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="next"')


class GitHubError(ReconcilerError):
    """GitHub did not do what was asked of it."""


class NotThere(GitHubError):
    """What was asked for does not exist, or the token may not see it."""


class TooLong(GitHubError):
    """A body over the length that GitHub takes."""


class Unanswered(GitHubError):
    """No clear answer: what was asked may have been done."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where GitHub's API is, and the token for it."""

    token: str = field(repr=False)
    url: str = API

    def __post_init__(self) -> None:
        secrets.register(self.token)


def access(env: Mapping[str, str]) -> Access:
    """The access that the environment gives; the token is registered to be hidden."""
    token = env.get("GITHUB_TOKEN")
    if not token:
        raise UsageError(
            "GITHUB_TOKEN is not set",
            hint="give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`; elsewhere, set a token",
        )
    return Access(token, env.get("GITHUB_API_URL") or API)


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer, read whole."""

    what: str
    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Json:
        """Its content; raises GitHubError when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise GitHubError(f"{self.what}: GitHub's answer is not JSON") from None

    @property
    def message(self) -> str:
        """What it says about itself."""
        try:
            found = _part(self.json(), "message")
        except GitHubError:
            found = None
        return found if isinstance(found, str) else "and does not say why"


class Http:
    """GitHub's API. ``transport`` takes the place of the network in tests."""

    def __init__(
        self,
        given: Access,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = given.url.rstrip("/")
        self._clock = clock
        self._transport = transport
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {given.token}",
            "User-Agent": f"did-reconciler/{__version__}",
            "X-GitHub-Api-Version": VERSION,
        }
        self._clients: dict[str, tuple[Route, httpx.Client]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _route, client in self._clients.values():
            client.close()

    def _client(self, url: str) -> tuple[Route, httpx.Client]:
        """The client for the server of ``url``: a download leads to another than the API's."""
        server = urlsplit(url).netloc
        if server not in self._clients:
            route = route_to(url, os.environ)
            client = httpx.Client(
                headers=self._headers,
                timeout=httpx.Timeout(SECONDS),
                transport=self._transport,
                trust_env=False,
                verify=route.verify,
                proxy=route.proxy,
            )
            self._clients[server] = route, client
        return self._clients[server]

    def get(self, path: str, **query: str | int) -> Json:
        """What is at ``path``."""
        return self._repeated("GET", self._url + path, query=query).json()

    def pages(self, path: str, key: str | None = None, **query: str | int) -> Iterator[Json]:
        """All elements of a list that comes in pages; ``key`` names it where it has a name."""
        url: str | None = self._url + path
        for _ in range(MOST_PAGES):
            if url is None:
                return
            reply = self._repeated("GET", url, query=query)
            content = reply.json()
            found = content if key is None else _part(content, key)
            if not isinstance(found, list):
                raise GitHubError(f"GitHub's answer to {path} is no list")
            yield from found
            url, query = self._next(reply), {}

    def post(self, path: str, body: Json) -> Json:
        """Create something; raises :class:`Unanswered` when it may have been created."""
        return self._once("POST", self._url + path, body).json()

    def patch(self, path: str, body: Json) -> Json:
        """Replace something."""
        return self._repeated("PATCH", self._url + path, body=body).json()

    def download(self, path: str, largest: int) -> bytes:
        """What ``path`` leads to, at most ``largest`` bytes; the token stays with GitHub."""
        reply = self._repeated("GET", self._url + path, largest=largest)
        for _ in range(3):
            if reply.status < 300:
                return reply.body
            url = str(reply.url.join(reply.headers.get("Location", "")))
            reply = self._repeated("GET", url, largest=largest)
        raise GitHubError(f"GitHub sent {path} around in circles")

    def _next(self, reply: _Reply) -> str | None:
        match = _NEXT.search(reply.headers.get("Link", ""))
        if match is None:
            return None
        if not self._is_ours(match[1]):
            raise GitHubError("GitHub's next page is on another server")
        return match[1]

    def _is_ours(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self._url)[:2]

    def _once(self, method: str, url: str, body: Json) -> _Reply:
        """Repeated only where it is sure that nothing was done: a rate limit, no connection."""
        for attempt in stamina.retry_context(_refused, attempts=ATTEMPTS, timeout=LONGEST_WAIT):
            with attempt:
                return self._send(method, url, body=body)
        raise AssertionError  # the context raises after the last attempt

    def _repeated(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Json = None,
        largest: int = LARGEST_REPLY,
    ) -> _Reply:
        for attempt in stamina.retry_context(_again, attempts=ATTEMPTS, timeout=LONGEST_WAIT):
            with attempt:
                return self._send(method, url, query=query, body=body, largest=largest)
        raise AssertionError  # the context raises after the last attempt

    def _send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Json = None,
        largest: int = LARGEST_REPLY,
    ) -> _Reply:
        route, client = self._client(url)
        request = client.build_request(method, url, params=query or None, json=body)
        if not self._is_ours(url):
            del request.headers["Authorization"]
        what = f"{method} {request.url.path}"
        try:
            sent = client.send(request, stream=True)
            with closing(sent):
                body = _read(sent, largest, what)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = transport_error(error, route.way, SECONDS)
            words = f"{what}: GitHub cannot be reached: {failure.words}"
            raise _NotSent(words, hint=failure.hint) from None
        except httpx.HTTPError as error:
            failure = transport_error(error, route.way, SECONDS)
            words = f"{what}: no clear answer from GitHub: {failure.words}"
            raise Unanswered(words, hint=failure.hint) from None
        reply = _Reply(what, request.url, sent.status_code, sent.headers, body)
        self._check(reply)
        return reply

    def _check(self, reply: _Reply) -> None:
        """Raise what the status says went wrong."""
        status = reply.status
        if status < 400:
            return
        words = f"{reply.what}: GitHub says {status}, {reply.message}"
        if status in (403, 429):
            wait = self._wait(reply)
            if wait is not None:
                raise _Limited(words, wait)
        if status in (404, 410):
            raise NotThere(words, hint="does it exist, and may the token see it?")
        if status == 422 and b"too long" in reply.body.lower():
            raise TooLong(words)
        if status >= 500:
            raise Unanswered(words)
        raise GitHubError(words, hint=_hint(reply.message))

    def _wait(self, reply: _Reply) -> float | None:
        """Seconds that a rate limit asks to wait; None when the refusal is no rate limit."""
        after = retry_after(reply.headers.get("Retry-After"), self._clock())
        if after is not None:
            return after
        reset = reply.headers.get("X-RateLimit-Reset", "")
        if reply.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
            return max(1.0, float(reset) - self._clock())
        if reply.status == 429 or b"rate limit" in reply.body.lower():
            return SECONDARY_WAIT
        return None


class _NotSent(Unanswered):
    """The request surely did nothing: it never reached GitHub."""


class _Limited(GitHubError):
    """A rate limit: nothing was done, ask again after ``wait`` seconds."""

    def __init__(self, words: str, wait: float) -> None:
        super().__init__(words, hint="run it again later, GitHub limits how much may be asked")
        self.wait = wait


def _refused(error: Exception) -> bool | float:
    """Whether nothing was done for sure, and how long to wait before it is tried again."""
    if isinstance(error, _Limited):
        return error.wait if error.wait <= LONGEST_WAIT else False
    return isinstance(error, _NotSent)


def _again(error: Exception) -> bool | float:
    """The same for what may be done twice without harm."""
    return True if isinstance(error, Unanswered) else _refused(error)


def _read(reply: httpx.Response, largest: int, what: str) -> bytes:
    """The whole body, unless it is too large."""
    parts: list[bytes] = []
    size = 0
    for part in reply.iter_bytes():
        size += len(part)
        if size > largest:
            raise GitHubError(f"{what}: GitHub's answer is larger than {largest:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _part(content: Json, key: str) -> Json:
    return content.get(key) if isinstance(content, dict) else None


_HINTS = (
    ("issue is locked", "unlock the conversation of the pull request, and run this again"),
    ("not accessible by integration", "check the `permissions` of the job"),
    ("bad credentials", "check GITHUB_TOKEN: GitHub does not know this token, or it has expired"),
    ("ip allow list", "allow the runner's address in the organization's IP allow list"),
    ("saml", "authorize the token for the organization's single sign-on"),
    ("archived", "the repository is archived, and so read-only: unarchive it"),
)
"""What GitHub says in a refusal, and what to do about it; other words get no hint."""


def _hint(message: str) -> str | None:
    said = message.lower()
    return next((hint for words, hint in _HINTS if words in said), None)
