"""The wire: one request, one answer, whatever happens on the way. httpx lives here.

No exception of the network leaves this module: a request that fails is an :class:`Answer` with its
trouble in words, holding as much text as arrived. Two rules about log-ins are kept here too, below
everything that calls, so that no caller can break them: until a call has shown that the log-in is
good, calls go one at a time; once one was refused, none is sent any more.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx

from reconciler import __version__
from reconciler.errors import AddressRefused, LockedOut, LoginRefused, ServerStop, Unreachable
from reconciler.secrets import Credentials
from reconciler.vicidial.answer import Answer, Trouble
from reconciler.vicidial.endpoint import Endpoint
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import Unclear
from reconciler.vicidial.trouble import CONNECT_SECONDS, FAILURES, trouble_of

IDLE_SECONDS = 2.0
"""Shorter than the web server's own (5 s for Apache): a connection that it is just closing is
never written to."""
LARGEST_REPLY = 8 * 2**20
LARGEST_PAGE = 64 * 2**20
"""The page of all numbers holds each number twice, in some 60 bytes."""

_MIB = 2**20

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Manners:
    """How calls are made: ``source`` names them in the API log, ``seconds`` is for each answer."""

    source: str
    concurrency: int
    seconds: float


class Connection:
    """Requests to one server with one account. Made by :func:`connect`."""

    def __init__(
        self, http: httpx.AsyncClient, endpoint: Endpoint, account: Credentials, manners: Manners
    ) -> None:
        self.endpoint = endpoint
        self._http = http
        self._account = account
        self._manners = manners
        self._slots = asyncio.Semaphore(manners.concurrency)
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
        self, function: str, parameters: Mapping[str, str], read: Callable[[Answer], R]
    ) -> R:
        """Call a function of the API and ``read`` what it answers."""
        request = self._form(
            {
                "user": self._account.user,
                "pass": self._account.password,
                "function": function,
                **parameters,
            }
        )
        return await self._logged_in(request, None, LARGEST_REPLY, read)

    async def page(self, name: str, query: Mapping[str, str], read: Callable[[Answer], R]) -> R:
        """Get an admin page by HTTP Basic and ``read`` it."""
        request = self._http.build_request("GET", self.endpoint.page(name), params=query)
        auth = httpx.BasicAuth(self._account.user, self._account.password)
        return await self._logged_in(request, auth, LARGEST_PAGE, read)

    def _form(self, fields: Mapping[str, str]) -> httpx.Request:
        # The server logs the last parameter into 255 characters; where the database is strict, a
        # longer one ends the call with HTTP 500 after its first number. So a short one goes last.
        data = {**fields, "source": self._manners.source}
        return self._http.build_request("POST", self.endpoint.url, data=data)

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
            raise type(self._refused)(self._refused.message, hint=self._refused.hint)
        answer = await self._send(request, auth, largest)
        try:
            reply = read(answer)
        except (LoginRefused, LockedOut, AddressRefused) as refused:
            self._refused = refused
            raise
        if not isinstance(reply, (Unclear, NotReadable)):
            self._admitted = True
        return reply

    async def _send(
        self, request: httpx.Request, auth: httpx.BasicAuth | None, largest: int
    ) -> Answer:
        status: int | None = None
        location: str | None = None
        body = bytearray()
        trouble: Trouble | None = None
        try:
            # httpx counts from one chunk to the next: a server that trickles needs an end as well.
            async with asyncio.timeout(CONNECT_SECONDS + self._manners.seconds):
                response = await self._http.send(request, auth=auth, stream=True)
                try:
                    status, location = response.status_code, response.headers.get("location")
                    async for chunk in response.aiter_bytes():
                        body += chunk
                        if len(body) > largest:
                            trouble = _too_much(largest)
                            break
                finally:
                    await response.aclose()
        except FAILURES as error:
            trouble = trouble_of(error, self.endpoint.place, self._manners.seconds)
        return Answer(status, body.decode(errors="replace"), trouble, location)


@asynccontextmanager
async def connect(
    endpoint: Endpoint,
    account: Credentials,
    manners: Manners,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Connection]:
    """Open connections as they are needed and close them all at the end.

    A proxy of the environment is used, but never for this machine itself: what is safe in the
    clear on loopback is not safe at a proxy. ``transport`` takes the network's place in tests.
    """
    try:
        http = httpx.AsyncClient(
            headers={"user-agent": f"did-reconciler/{__version__}"},
            timeout=httpx.Timeout(manners.seconds, connect=CONNECT_SECONDS, pool=None),
            limits=httpx.Limits(
                max_connections=manners.concurrency,
                max_keepalive_connections=manners.concurrency,
                keepalive_expiry=IDLE_SECONDS,
            ),
            follow_redirects=False,
            trust_env=not endpoint.loopback,
            transport=transport,
        )
    except (ImportError, OSError, ValueError, httpx.InvalidURL):
        # Not the exception's own words: a proxy's URL may hold a password.
        http = None
    if http is None:
        raise Unreachable(
            "the proxy or the certificates that the environment names cannot be used",
            hint="check HTTPS_PROXY, ALL_PROXY, NO_PROXY (http:// proxies only), "
            "SSL_CERT_FILE and SSL_CERT_DIR",
        )
    async with http:
        yield Connection(http, endpoint, account, manners)


def _too_much(largest: int) -> Trouble:
    return Trouble(
        f"more than {largest // _MIB} MiB arrived",
        "check that the endpoint is VICIdial's non_agent_api.php",
    )
