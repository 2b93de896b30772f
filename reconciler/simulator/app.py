"""The simulator over HTTP: the API, the admin page, and ``/_simulator`` to inspect and control it.

An ASGI application. A delayed request does not block others; each call is carried out in one piece.
A connection can be cut only if the server passes its transport (see ``server``).
"""

import asyncio
import base64
import binascii
import json
from collections import Counter
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reconciler.simulator.faults import (
    ActiveFaults,
    FaultKind,
    FaultRule,
    FaultsError,
    parse_faults,
)
from reconciler.simulator.replies import AS_SET, Reply
from reconciler.simulator.texts import decode_form, encoded
from reconciler.simulator.vicidial import Vicidial, named_function

API_PATH = "/vicidial/non_agent_api.php"
COMPARE_PATH = "/vicidial/settings_compare.php"
TRANSPORT = "reconciler.transport"
"""The key of a request's extensions under which the server puts the connection's transport."""

_FORM = "application/x-www-form-urlencoded"
_PROXY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>proxy</center>\r\n"
    "</body>\r\n</html>\r\n"
)


class Simulator:
    """One simulated server, its counts and its faults, and the application that serves them."""

    def __init__(self, vicidial: Vicidial) -> None:
        self._vicidial = vicidial
        self._calls: Counter[str] = Counter()
        self._faults = ActiveFaults()
        self.app = Starlette(
            routes=[
                Route(API_PATH, self._api, methods=["GET", "POST"]),
                Route(COMPARE_PATH, self._compare, methods=["GET", "POST"]),
                Route("/_simulator/dids", self._show_dids),
                Route("/_simulator/calls", self._show_calls),
                Route("/_simulator/reset", self._reset, methods=["POST"]),
                Route("/_simulator/faults", self._set_faults, methods=["POST"]),
            ]
        )

    async def _api(self, request: Request) -> Response:
        posted, queried = await _posted(request), _queried(request)
        function = named_function({**posted, **queried})
        return await self._served(function, lambda: self._vicidial.api(posted, queried))

    async def _compare(self, request: Request) -> Response:
        params = {**await _posted(request), **_queried(request)}
        user, password = _credentials(request.headers.get("authorization", ""))
        return await self._served(
            "settings_compare", lambda: self._vicidial.compare(user, password, params)
        )

    async def _served(self, function: str, work: Callable[[], Reply]) -> Response:
        """Count the request, apply the faults, and do the work."""
        self._calls[function] += 1
        hit = self._faults.hit(function)
        if hit.delay:
            await asyncio.sleep(hit.delay)
        return _response(work()) if hit.rule is None else _spoilt(hit.rule, work)

    async def _show_dids(self, _: Request) -> Response:
        return JSONResponse([dict(row) for row in self._vicidial.table.rows()])

    async def _show_calls(self, _: Request) -> Response:
        return JSONResponse(dict(sorted(self._calls.items())))

    async def _reset(self, _: Request) -> Response:
        self._vicidial.reset()
        self._calls.clear()
        self._faults = ActiveFaults()
        return JSONResponse({"reset": True})

    async def _set_faults(self, request: Request) -> Response:
        try:
            self._faults = parse_faults(json.loads(await request.body()))
        except FaultsError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except ValueError as error:
            return JSONResponse({"error": f"not JSON: {error}"}, status_code=400)
        return JSONResponse({"rules": len(self._faults.armed)})


def _response(reply: Reply) -> Response:
    return Response(
        encoded(reply.body),
        reply.status,
        headers={"content-type": reply.content_type, **dict(reply.headers)},
    )


def _spoilt(rule: FaultRule, work: Callable[[], Reply]) -> Response:
    match rule.kind:
        case FaultKind.ERROR_BEFORE:
            return Response(status_code=500, media_type=AS_SET)
        case FaultKind.ERROR_AFTER:
            work()
            return Response(status_code=500, media_type=AS_SET)
        case FaultKind.CUT_BEFORE:
            return _Silence()
        case FaultKind.CUT_AFTER:
            work()
            return _Silence()
        case FaultKind.TRUNCATE:
            reply = _response(work())
            return _Half(reply.body, reply.status_code, dict(reply.headers))
        case FaultKind.GARBAGE:
            work()
            return Response(_PROXY_PAGE, rule.status, media_type="text/html")
        case FaultKind.DELAY:  # pragma: no branch  (there is no other)
            return _response(work())


class _Silence(Response):
    """Closes the connection without sending a byte."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        _transport(scope).abort()
        await _disconnected(receive)


class _Half(Response):
    """Sends the first half of a body, then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _transport(scope).close()
        await _disconnected(receive)


def _transport(scope: MutableMapping[str, Any]) -> asyncio.Transport:
    transport = scope.get("extensions", {}).get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionAbortedError("cannot cut the connection: the server passes no transport")
    return transport


async def _disconnected(receive: Receive) -> None:
    """Wait for the disconnect; otherwise the server would send an answer of its own."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _posted(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}
    return decode_form(await request.body())


def _queried(request: Request) -> dict[str, str]:
    return decode_form(request.scope["query_string"])


def _credentials(header: str) -> tuple[str, str]:
    """User and password of HTTP Basic; empty when there are none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(token, validate=True).decode("utf-8", "surrogateescape")
    except binascii.Error:
        return "", ""
    user, _, password = decoded.partition(":")
    return user, password
