"""HTTP requests to a VICIdial server: one request, one answer.

No exception of the network leaves this module: a request that fails is an :class:`Answer` with its
failure in words and as much text as arrived. Three rules about log-ins are enforced here, so that
no caller can break them: until a call has shown that the log-in is good, calls go one at a time; if
one of those has an unclear answer, it is the last, since the log-in may have been counted as
refused; after a refused log-in nothing more is sent.
"""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx

from reconciler import __version__
from reconciler.credentials import Credentials
from reconciler.errors import (
    AddressRefused,
    LockedOut,
    LoginRefused,
    LoginUnproven,
    ServerStop,
)
from reconciler.network.encoding import ACCEPTED, refused_encoding
from reconciler.network.failures import (
    CONNECT_SECONDS,
    FAILURES,
    refused_by_proxy,
    speaks_https,
    transport_error,
)
from reconciler.network.retry_after import retry_after
from reconciler.network.route import route_to
from reconciler.network.words import ConnectionInfo, TransportError
from reconciler.vicidial.answer import Answer, lines_of
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import Unclear
from reconciler.vicidial.stops import raise_if_stopped

IDLE_SECONDS = 2.0
"""Shorter than the web server's own (5 s for Apache), so that no request is sent on a connection
that it is closing."""
LARGEST_REPLY = 8 * 2**20
LARGEST_PAGE = 32 * 2**20
"""The page of all numbers has each number twice, in about 60 bytes: a quarter of a million."""

_MIB = 2**20
_BUSY = frozenset({429, 503})
"""Statuses with which a server rejects a call unread."""
_BYTE_ORDER_MARK = re.compile("^\ufeff+", re.MULTILINE)
"""A PHP file that was saved with one sends it before every reply."""
_PLAIN_ON_HTTPS = re.compile(
    r"plain HTTP (?:request was sent )?to (?:an )?(?:SSL|HTTPS)", re.IGNORECASE
)
"""How Apache and nginx answer http:// on the port of https://."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """``source`` names the calls in the API log; ``seconds`` is the time limit of each answer."""

    source: str
    concurrency: int
    seconds: float


class Connection:
    """Requests to one server with one account. Made by :func:`connect`."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        endpoint: str,
        info: ConnectionInfo,
        account: Credentials,
        options: ClientOptions,
    ) -> None:
        self.endpoint = endpoint
        self._info = info
        self._http = http
        self._account = account
        self._options = options
        self._slots = asyncio.Semaphore(options.concurrency)
        self._alone = asyncio.Lock()
        self._admitted = False
        self._refused: ServerStop | None = None

    @property
    def user(self) -> str:
        """The account's name, as the server's lines hold it."""
        return self._account.user

    async def greet(self, function: str) -> Answer:
        """Call a function that needs no log-in, without one."""
        return await self._send(self._form({"function": function}), None, LARGEST_REPLY)

    async def call(
        self,
        function: str,
        parameters: Mapping[str, str],
        read: Callable[[Answer], R],
        last: Mapping[str, str] | None = None,
    ) -> R:
        """Call a function of the API and ``read`` what it answers; ``last`` is sent last."""
        request = self._form(
            {
                "user": self._account.user,
                "pass": self._account.password,
                "function": function,
                **parameters,
            },
            last,
        )
        return await self._logged_in(request, None, LARGEST_REPLY, read)

    async def page(self, name: str, query: Mapping[str, str], read: Callable[[Answer], R]) -> R:
        """Get an admin page, which lies beside the API, by HTTP Basic and ``read`` it.

        Once a call of the API has proven the log-in, a refusal by the page stops nothing.
        """
        if not self._admitted:
            read = _strict(read, self._account.user)
        request = self._http.build_request("GET", urljoin(self.endpoint, name), params=query)
        auth = httpx.BasicAuth(self._account.user, self._account.password)
        return await self._logged_in(request, auth, LARGEST_PAGE, read)

    def _form(
        self, fields: Mapping[str, str], last: Mapping[str, str] | None = None
    ) -> httpx.Request:
        # The server logs the last parameter into 255 characters; where the database is strict, a
        # longer one ends the call with HTTP 500 after its first number. So a short one goes last.
        data = {**fields, "source": self._options.source, **(last or {})}
        return self._http.build_request("POST", self.endpoint, data=data)

    async def _logged_in(
        self,
        request: httpx.Request,
        auth: httpx.BasicAuth | None,
        largest: int,
        read: Callable[[Answer], R],
    ) -> R:
        async with self._slots:
            if not self._admitted:
                async with self._alone:
                    if not self._admitted:
                        return await self._exchange(request, auth, largest, read)
            return await self._exchange(request, auth, largest, read)

    async def _exchange(
        self,
        request: httpx.Request,
        auth: httpx.BasicAuth | None,
        largest: int,
        read: Callable[[Answer], R],
    ) -> R:
        if self._refused is not None:
            earlier = self._refused
            raise type(earlier)(earlier.message, hint=earlier.hint, user=earlier.user)
        answer = await self._send(request, auth, largest)
        try:
            reply = read(answer)
            if not self._admitted and isinstance(reply, (Unclear, NotReadable)):
                self._raise_unproven(answer, reply.words)
        except (LoginRefused, LoginUnproven, LockedOut, AddressRefused) as refused:
            self._refused = refused
            raise
        if not isinstance(reply, (Unclear, NotReadable)):
            self._admitted = True
        return reply

    def _raise_unproven(self, answer: Answer, words: str) -> None:
        """Raise LoginUnproven where VICIdial may have checked the log-in without saying the result.

        A server that counted a refused log-in may then fail (HTTP 500): four tries a run would lock
        the account in three runs. After a lost connection a call may be retried.
        """
        user = self._account.user
        if answer.status is None or answer.status in _BUSY or answer.failure is not None:
            return
        if any(line.fields[:1] == (user,) for line in lines_of(answer)):
            return  # a line for this user: the log-in was accepted
        raise LoginUnproven(
            f"the server did not say whether the log-in of user {user} is good: {words}",
            hint="check the user name and the password. Not repeated: a refused log-in may have "
            "been counted, and ten lock the account",
            user=user,
        )

    async def _send(
        self, request: httpx.Request, auth: httpx.BasicAuth | None, largest: int
    ) -> Answer:
        steps = _Steps()
        request.extensions["trace"] = steps
        response: httpx.Response | None = None
        body = bytearray()
        failure: TransportError | None = None
        try:
            # httpx limits the time between two chunks only: a slow server needs a limit of its own.
            async with asyncio.timeout(CONNECT_SECONDS + self._options.seconds):
                response = await self._http.send(request, auth=auth, stream=True)
                try:
                    failure = await _read(response, body, largest)
                finally:
                    await response.aclose()
        except FAILURES as error:
            seconds = self._options.seconds
            failure = transport_error(error, self._info, seconds, tls_with=steps.tls_with)
        text = _BYTE_ORDER_MARK.sub("", body.decode(errors="replace"))
        if response is None:
            return Answer(None, text, failure)
        return self._answer(response, text, failure)

    def _answer(
        self, response: httpx.Response, text: str, failure: TransportError | None
    ) -> Answer:
        status = response.status_code
        if status == 407 and self._info.proxy is not None:
            said = f"{status} {response.reason_phrase}"
            return Answer(None, failure=refused_by_proxy(said, self._info.proxy, self._info))
        if status == 400 and _PLAIN_ON_HTTPS.search(text):
            return Answer(None, failure=speaks_https(self._info))
        wait = 0.0
        if status in _BUSY:
            wait = retry_after(response.headers.get("retry-after"), time.time()) or 0.0
        return Answer(status, text, failure, response.headers.get("location"), wait)


class _Steps:
    """Follows a request in httpx: the host of the last TLS handshake that was begun."""

    def __init__(self) -> None:
        self.tls_with: str | None = None

    async def __call__(self, event: str, about: Mapping[str, Any]) -> None:
        if event.endswith("start_tls.started"):
            self.tls_with = about["server_hostname"]


@asynccontextmanager
async def connect(
    endpoint: str,
    account: Credentials,
    options: ClientOptions,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Connection]:
    """Open connections as they are needed and close them all at the end.

    A proxy of the environment is used, but not for this machine itself: what is safe unencrypted
    on loopback is not safe at a proxy. Certificates that the environment names are trusted for
    every server. Raise :class:`UsageError` naming the variable that cannot be used.
    ``transport`` replaces the network in tests.
    """
    route = route_to(endpoint, os.environ)
    async with httpx.AsyncClient(
        headers={"user-agent": f"did-reconciler/{__version__}", "accept-encoding": ACCEPTED},
        timeout=httpx.Timeout(options.seconds, connect=CONNECT_SECONDS, pool=None),
        limits=httpx.Limits(
            max_connections=options.concurrency,
            max_keepalive_connections=options.concurrency,
            keepalive_expiry=IDLE_SECONDS,
        ),
        follow_redirects=False,
        trust_env=False,
        verify=route.verify,
        proxy=route.proxy,
        transport=transport,
    ) as http:
        yield Connection(http, endpoint, route.info, account, options)


def _strict(read: Callable[[Answer], R], user: str) -> Callable[[Answer], R]:
    """``read``, after raising what a refused log-in means."""

    def both(answer: Answer) -> R:
        raise_if_stopped(answer, user)
        return read(answer)

    return both


async def _read(response: httpx.Response, body: bytearray, largest: int) -> TransportError | None:
    """Add what arrives to ``body``; return why reading ended early, None where it did not."""
    hint = "check that the endpoint is VICIdial's non_agent_api.php"
    encoding = refused_encoding(response)
    if encoding is not None:
        return TransportError(f"the reply is encoded as {encoding[:40]!r}, not as gzip", hint)
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            return TransportError(f"more than {largest // _MIB} MiB arrived", hint)
    return None
