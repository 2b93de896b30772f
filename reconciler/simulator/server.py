"""The simulator on a real socket, over uvicorn.

For the command line (:func:`serve`), and in a thread for tests and demos (:func:`running`).
"""

import asyncio
import logging
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.errors import ReconcilerError
from reconciler.simulator.app import API_PATH, TRANSPORT, Simulator
from reconciler.simulator.fixture import Fixture, default_fixture, load_fixture
from reconciler.simulator.table import Table
from reconciler.simulator.vicidial import Vicidial

LOOPBACK = "127.0.0.1"
_KEEP_ALIVE_SECONDS = 60
_GRACE_SECONDS = 1
_START_SECONDS = 30
_BACKLOG = 512


class ListenError(ReconcilerError):
    """The address or port cannot be listened on."""


def serve(
    *,
    host: str = LOOPBACK,
    port: int = 0,
    fixture: Fixture | Path | None = None,
    data: Path | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM, then return 0.

    When ready, prints a line with the URL and a line with an account. ``port`` 0
    means any free one; without ``fixture`` there is one built in; without ``data`` the table lives
    in memory. Raises :class:`ListenError`, ``FixtureError`` or ``DataFileError``.
    """
    contents = _contents(fixture)
    with _listen(host, port) as listener, closing(Table(data)) as table:
        url = _url(listener)

        def ready() -> None:
            sys.stdout.write(f"VICIdial simulator on {url}{API_PATH}\n{_account(contents)}\n")
            sys.stdout.flush()

        _server(contents, table, ready).run(sockets=[listener])
    return 0


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator in this process; ``url`` has no path, ``endpoint`` is the API's."""

    url: str

    @property
    def endpoint(self) -> str:
        """Where calls go."""
        return self.url + API_PATH

    def dids(self) -> list[dict[str, Any]]:
        """Every row of the table, every column."""
        rows: list[dict[str, Any]] = self._ask("GET", "dids").json()
        return rows

    def calls(self) -> dict[str, int]:
        """Function → requests since the last reset."""
        counts: dict[str, int] = self._ask("GET", "calls").json()
        return counts

    def reset(self) -> None:
        """Back to the fixture; counts, faults and lock-outs cleared."""
        self._ask("POST", "reset")

    def faults(self, faults: Mapping[str, Any]) -> None:
        """Set faults, or clear them with ``{}``; raise ValueError with the reason."""
        answer = self._ask("POST", "faults", dict(faults))
        if answer.is_client_error:
            raise ValueError(answer.json()["error"])

    def _ask(self, method: str, what: str, body: object = None) -> httpx.Response:
        # With no certificates, since loading them takes longer than the request, which needs none.
        none = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with httpx.Client(trust_env=False, verify=none) as client:
            return client.request(method, f"{self.url}/_simulator/{what}", json=body)


@contextmanager
def running(fixture: Fixture | Path | None = None, data: Path | None = None) -> Iterator[Running]:
    """A simulator on a free port of this machine, in a thread, until the block ends."""
    contents = _contents(fixture)
    with _listen(LOOPBACK, 0) as listener, closing(Table(data)) as table:
        started = threading.Event()
        server = _server(contents, table, started.set)
        thread = threading.Thread(
            target=server.run, args=([listener],), name="simulator", daemon=True
        )
        thread.start()
        try:
            if not started.wait(_START_SECONDS):  # pragma: no cover  (only on a very slow machine)
                raise ListenError("the simulator did not start in time")
            yield Running(_url(listener))
        finally:
            server.should_exit = True
            thread.join()


def _contents(fixture: Fixture | Path | None) -> Fixture:
    if fixture is None:
        return default_fixture()
    return load_fixture(fixture) if isinstance(fixture, Path) else fixture


def _account(fixture: Fixture) -> str:
    """The account to use. Passwords of the simulator are not secret."""
    user = next((user for user in fixture.users.values() if user.may_use_the_api), None)
    if user is None:
        return "the fixture has no user that may change DIDs"
    return f"log in as user {user.name} with the password {user.password}"


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise ListenError(f"{port} is not a port: give one from 1 to 65535, or 0 for any free one")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only with the protocol named does asyncio send small replies at once (TCP_NODELAY).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ListenError(
            f"cannot listen on {host} port {port}: {error.strerror or error}",
            hint="give another --port, or 0 for any free one",
        ) from None
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(fixture: Fixture, table: Table, ready: Callable[[], None]) -> "_Server":
    return _Server(
        uvicorn.Config(
            Simulator(Vicidial(fixture, table)).app,
            http=_Protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        ),
        ready,
    )


class _Server(uvicorn.Server):
    """Calls ``ready`` when it listens; ends without an error at a signal."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  (uvicorn's)
        # Requests that still wait are cut off; uvicorn would log that as an error.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.should_exit = True


class _Protocol(H11Protocol):
    """Passes the connection's transport to the application, which can cut it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = app
