"""One call, sent until its answer is clear or the retry policy ends.

Repeating is safe: a copy tells of each number whether it was there, an update or a deletion done
twice is done once. What was unclear on the way is remembered on the flight, since a number that
then "already exists" is our own.
"""

import time
from collections.abc import Callable

import structlog

from reconciler.apply.breaker import Breaker
from reconciler.apply.pace import Pace
from reconciler.apply.retry import RetryPolicy
from reconciler.errors import ServerStop, Unreachable
from reconciler.plan.flight import (
    CUT_OFF,
    CopyFlight,
    DeleteFlight,
    Flight,
    ProbeFlight,
    ReadFlight,
    UpdateFlight,
)
from reconciler.vicidial.client import Server

__all__ = ["RetryPolicy", "Sender"]

_LOG = structlog.get_logger()


class _AgainError(Exception):
    """The answer was not clear."""


class Sender:
    """Sends calls at a pace; ``stopping`` returns whether to give up instead of retrying.

    ``unclear`` gets the words of each answer that was not clear.
    """

    def __init__(
        self,
        server: Server,
        pace: Pace,
        retry: RetryPolicy,
        stopping: Callable[[], bool],
        unclear: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._server = server
        self._pace = pace
        self._retry = retry
        self._stopping = stopping
        self._unclear = unclear
        self._breaker = Breaker(server.reader.answers, retry.probe_waits, unclear)

    async def send(self, flight: Flight) -> None:
        """Send the call until its answer is as clear as it can be made; the flight keeps it.

        Raises ServerStop when no more calls may be sent. After a cancellation or an error the
        flight has what is known by then.
        """
        try:
            async for attempt in self._retry.again_on(_AgainError):
                with attempt:
                    await self._try(flight)
        except _AgainError:
            pass
        finally:
            if flight.on_its_way:
                flight.answered(CUT_OFF)

    async def _try(self, flight: Flight) -> None:
        await self._breaker.closed()
        await self._pace.turn()
        if self._stopping():
            return
        started = time.monotonic()
        flight.on_its_way = True
        try:
            await self._ask(flight)
        except ServerStop:
            flight.on_its_way = False
            raise
        seconds = time.monotonic() - started
        if flight.clear:
            self._breaker.answered()
            self._pace.answered(_cost(flight), seconds)
            _LOG.debug("answered", **_log_fields(flight), seconds=round(seconds, 3))
            return
        found = flight.unclear
        _LOG.info(
            "no clear answer", **_log_fields(flight), words=found.words, seconds=round(seconds, 3)
        )
        self._unclear(found.words)
        if found.lost:
            self._breaker.lost(found.words)
        else:
            self._breaker.answered()
        if not self._retry.waits_for(found.wait):
            raise Unreachable(
                f"the server asks to wait {found.wait:.0f} s ({found.words})",
                hint="apply again after that",
            )
        self._pace.failed(found.wait)
        raise _AgainError

    async def _ask(self, flight: Flight) -> None:
        reader, writer = self._server.reader, self._server.writer
        match flight:
            case CopyFlight(call=call):
                flight.answered(await writer.copy(call.via, flight.wanted, call.description))
            case UpdateFlight(call=call):
                flight.answered(await writer.update(call.pattern, call.routing))
            case DeleteFlight(call=call):
                flight.answered(await writer.delete(call.pattern))
            case ProbeFlight(call=call):
                flight.answered(await reader.exists(call.pattern))
            case ReadFlight(call=call):  # pragma: no branch  (there is no other)
                flight.answered(await reader.columns(call.pattern, call.source or call.pattern))


def _cost(flight: Flight) -> object:
    """Equal for calls that take the server about as long."""
    match flight:
        case CopyFlight():
            return len(flight.wanted).bit_length()
        case (
            UpdateFlight() | DeleteFlight() | ProbeFlight() | ReadFlight()
        ):  # pragma: no branch  (no other)
            return type(flight)


def _log_fields(flight: Flight) -> dict[str, object]:
    """The call and its answer, for a log line."""
    match flight:
        case CopyFlight(call=call):
            first, last = call.spans[0], call.spans[-1]
            return {
                "function": "copy_did",
                "source": call.via,
                "first": first[0],
                "last": last[len(last) - 1],
                "numbers": sum(map(len, call.spans)),
                "unclear": 0 if flight.clear else len(flight.wanted),
            }
        case (
            UpdateFlight() | DeleteFlight() | ProbeFlight() | ReadFlight()
        ):  # pragma: no branch  (no other)
            words = getattr(flight.reply, "words", "") if flight.clear else ""
            read = isinstance(flight, ReadFlight)
            return {
                "function": "settings_compare" if read else "update_did",
                "number": flight.call.pattern,
                "reply": type(flight.reply).__name__,
                **({"words": words} if words else {}),
            }
