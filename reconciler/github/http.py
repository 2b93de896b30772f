"""Requests to GitHub with the token, waiting for rate limits, with retries where they are safe.

Reading and replacing are retried when no answer comes. Creating is not, since it may have succeeded
and only the answer was lost: the caller of :class:`NoAnswer` checks first.
"""

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
from reconciler.inputs import parse_json
from reconciler.network.encoding import ACCEPTED, refused_encoding
from reconciler.network.failures import transport_error
from reconciler.network.retry_after import retry_after
from reconciler.network.route import Route, route_to

API = "https://api.github.com"
VERSION = "2022-11-28"
SECONDS = 30.0
"""For each step of an answer."""
LONGEST_ANSWER = 120.0
"""For a whole answer, however slowly it arrives."""
LONGEST_WAIT = 8 * 60
"""Seconds to wait for a rate limit, at most."""
SECONDARY_WAIT = 60.0
"""Seconds to wait at a rate limit that does not say how long."""
ATTEMPTS = 6
MOST_PAGES = 50
LARGEST_REPLY = 64 * 1024 * 1024

Json = Any
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,<]*\brel="next"')


class GitHubError(ReconcilerError):
    """A request to GitHub failed."""


class NotThere(GitHubError):
    """It does not exist, or the token may not see it."""


class TooLong(GitHubError):
    """The body is longer than GitHub accepts."""


class NoAnswer(GitHubError):
    """No clear answer: the request may have been carried out."""


@dataclass(frozen=True, slots=True)
class Access:
    """The URL of GitHub's API, and the token."""

    token: str = field(repr=False)
    url: str = API

    def __post_init__(self) -> None:
        secrets.register(self.token)


def access(env: Mapping[str, str]) -> Access:
    """The access given by the environment."""
    token = env.get("GITHUB_TOKEN")
    if not token:
        raise UsageError(
            "GITHUB_TOKEN is not set",
            hint="give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`; elsewhere, set a token",
        )
    return Access(token, env.get("GITHUB_API_URL") or API)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, read whole."""

    what: str
    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Json:
        """Its content; raises GitHubError when it is not JSON."""
        try:
            return parse_json(self.body)
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
            "Accept-Encoding": ACCEPTED,
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
        """The client for the server of ``url``; downloads come from other servers than the API."""
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
        return self._request("GET", self._url + path, query=query).json()

    def pages(self, path: str, key: str | None = None, **query: str | int) -> Iterator[Json]:
        """All elements of a list that comes in pages; ``key`` names it where it has a name."""
        url: str | None = self._url + path
        for _ in range(MOST_PAGES):
            if url is None:
                return
            reply = self._request("GET", url, query=query)
            content = reply.json()
            found = content if key is None else _part(content, key)
            if not isinstance(found, list):
                raise GitHubError(f"GitHub's answer to {path} is not a list")
            yield from found
            url, query = self._next(reply), {}

    def post(self, path: str, body: Json) -> Json:
        """Create something; raises :class:`NoAnswer` when it may have been created."""
        return self._request("POST", self._url + path, body=body, retry=_was_not_done).json()

    def patch(self, path: str, body: Json) -> Json:
        """Replace something."""
        return self._request("PATCH", self._url + path, body=body).json()

    def download(self, path: str, largest: int) -> bytes:
        """What ``path`` leads to, at most ``largest`` bytes; the token stays with GitHub."""
        reply = self._request("GET", self._url + path, largest=largest)
        for _ in range(3):
            if reply.status < 300:
                return reply.body
            url = str(reply.url.join(reply.headers.get("Location", "")))
            reply = self._request("GET", url, largest=largest)
        raise GitHubError(f"{path}: too many redirects")

    def _next(self, reply: _Answer) -> str | None:
        match = _NEXT.search(reply.headers.get("Link", ""))
        if match is None:
            return None
        if not self._is_ours(match[1]):
            raise GitHubError("GitHub's next page is on another server")
        return match[1]

    def _is_ours(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self._url)[:2]

    def _request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Json = None,
        largest: int = LARGEST_REPLY,
        retry: Callable[[Exception], bool | float] | None = None,
    ) -> _Answer:
        """Send until an answer comes; ``retry`` is :func:`_may_be_repeated` by default."""
        when = retry or _may_be_repeated
        for attempt in stamina.retry_context(when, attempts=ATTEMPTS, timeout=LONGEST_WAIT):
            with attempt:
                return self._send(method, url, query=query, body=body, largest=largest)
        raise AssertionError  # the context raises after the last attempt

    def _send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None,
        body: Json,
        largest: int,
    ) -> _Answer:
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
            failure = transport_error(error, route.info, SECONDS)
            words = f"{what}: GitHub cannot be reached: {failure.words}"
            raise _NotSent(words, hint=failure.hint) from None
        except httpx.HTTPError as error:
            failure = transport_error(error, route.info, SECONDS)
            words = f"{what}: no clear answer from GitHub: {failure.words}"
            raise NoAnswer(words, hint=failure.hint) from None
        reply = _Answer(what, request.url, sent.status_code, sent.headers, body)
        self._check(reply)
        return reply

    def _check(self, reply: _Answer) -> None:
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
            raise NoAnswer(words)
        raise GitHubError(words, hint=_hint(reply.message))

    def _wait(self, reply: _Answer) -> float | None:
        """Seconds that a rate limit asks to wait; None when it is another refusal."""
        after = retry_after(reply.headers.get("Retry-After"), self._clock())
        if after is not None:
            return after
        reset = reply.headers.get("X-RateLimit-Reset", "")
        if reply.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
            return max(1.0, float(reset) - self._clock())
        if reply.status == 429 or b"rate limit" in reply.body.lower():
            return SECONDARY_WAIT
        return None


class _NotSent(NoAnswer):
    """The request did not reach GitHub, so nothing was done."""


class _Limited(GitHubError):
    """A rate limit: nothing was done; try again after ``wait`` seconds."""

    def __init__(self, words: str, wait: float) -> None:
        super().__init__(words, hint="run it again later: GitHub limits the number of requests")
        self.wait = wait


def _was_not_done(error: Exception) -> bool | float:
    """Whether to retry a request that must not be done twice, or seconds to wait first."""
    if isinstance(error, _Limited):
        return error.wait if error.wait <= LONGEST_WAIT else False
    return isinstance(error, _NotSent)


def _may_be_repeated(error: Exception) -> bool | float:
    """The same for a request that may be done twice."""
    return True if isinstance(error, NoAnswer) else _was_not_done(error)


def _read(reply: httpx.Response, largest: int, what: str) -> bytes:
    """The whole body, unless it is too large or too slow."""
    encoding = refused_encoding(reply)
    if encoding is not None:
        raise GitHubError(f"{what}: GitHub's answer is encoded as {encoding[:40]!r}, not as gzip")
    parts: list[bytes] = []
    size = 0
    end = time.monotonic() + LONGEST_ANSWER
    for part in reply.iter_bytes():
        if time.monotonic() > end:
            raise NoAnswer(f"{what}: GitHub's answer took longer than {LONGEST_ANSWER:.0f} s")
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
