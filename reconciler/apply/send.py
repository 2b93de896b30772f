"""One call, sent until its answer is clear or patience ends.

Repeating is safe: a copy tells of each number whether it was there, an update or a deletion done
twice is done once. What was unclear on the way is remembered, since a number that then "already
exists" is our own.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import stamina
import structlog

from reconciler.apply.pace import Pace
from reconciler.errors import ServerStop
from reconciler.plan.calls import Call, CopyCall, DeleteCall, ProbeCall, UpdateCall
from reconciler.plan.schedule import Reply
from reconciler.vicidial.client import Server
from reconciler.vicidial.replies import Copied, CopyLine, CopyReply, Unclear

_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call without a clear answer is sent, and the seconds between (with jitter)."""

    attempts: int = 4
    first_wait: float = 0.2
    longest_wait: float = 3.0


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a call, and the numbers that an earlier try left in doubt.

    ``stop``: the server then said something after which no further call may be sent.
    """

    reply: Reply
    doubtful: frozenset[str] = frozenset()
    stop: ServerStop | None = None


class _AgainError(Exception):
    """The answer was not clear."""


class Sender:
    """Sends calls at a pace; ``stopping`` tells whether to give up rather than try again."""

    def __init__(
        self, server: Server, pace: Pace, patience: Patience, stopping: Callable[[], bool]
    ) -> None:
        self._server = server
        self._pace = pace
        self._patience = patience
        self._stopping = stopping

    async def send(self, call: Call) -> Answered:
        """The answer to ``call``: clear, or as clear as it could be made.

        Raises ServerStop when no further call may be sent and this one did nothing.
        """
        tries: _Copying | _Repeating
        tries = _Copying(call) if isinstance(call, CopyCall) else _Repeating(call)
        patience = self._patience
        try:
            async for attempt in stamina.retry_context(
                on=_AgainError,
                attempts=patience.attempts,
                timeout=None,
                wait_initial=patience.first_wait,
                wait_max=patience.longest_wait,
                wait_jitter=patience.first_wait,
            ):
                with attempt:
                    await self._try(tries)
        except _AgainError:
            pass
        except ServerStop as stop:
            if not tries.doubtful:
                raise
            return Answered(tries.reply(), frozenset(tries.doubtful), stop)
        return Answered(tries.reply(), frozenset(tries.doubtful))

    async def _try(self, tries: "_Copying | _Repeating") -> None:
        await self._pace.turn()
        started = time.monotonic()
        await tries.send(self._server)
        seconds = time.monotonic() - started
        if tries.clear:
            self._pace.answered(tries.kind, seconds)
            _LOG.debug("answered", **tries.told(), seconds=round(seconds, 3))
        else:
            _LOG.warning("no clear answer", **tries.told(), seconds=round(seconds, 3))
            self._pace.failed()
            if not self._stopping():
                raise _AgainError


class _Copying:
    """A copy: lines that arrived count, only the rest is asked again."""

    def __init__(self, call: CopyCall) -> None:
        self._call = call
        self._wanted = list(call.patterns())
        self._lines: dict[str, CopyLine] = {}
        self.doubtful: set[str] = set()
        self._other: CopyReply | None = None
        self.clear = False

    @property
    def kind(self) -> object:
        """Copies of about as many numbers take the server about as long."""
        return len(self._wanted).bit_length()

    async def send(self, server: Server) -> None:
        reply = await server.writer.copy(self._call.via, self._wanted, self._call.description)
        match reply:
            case Copied(lines):
                self._lines |= lines
            case Unclear():
                self._lines |= dict.fromkeys(self._wanted, reply)
            case _:
                self._other = reply
        unclear = [text for text in self._wanted if isinstance(self._lines.get(text), Unclear)]
        self.doubtful.update(unclear)
        self.clear = self._other is not None or not unclear
        self._wanted = unclear or self._wanted

    def told(self) -> dict[str, object]:
        """The call as a log line tells it."""
        first, last = self._call.spans[0], self._call.spans[-1]
        return {
            "function": "copy_did",
            "source": self._call.via,
            "first": first[0],
            "last": last[len(last) - 1],
            "numbers": sum(map(len, self._call.spans)),
            "unclear": len(self._wanted) if not self.clear else 0,
        }

    def reply(self) -> CopyReply:
        if self._other is not None and not self._lines:
            return self._other
        return Copied(self._lines)


class _Repeating:
    """An update, a deletion or a probe: the same call again."""

    def __init__(self, call: UpdateCall | DeleteCall | ProbeCall) -> None:
        self._call = call
        self._reply: Reply = Unclear("not sent")
        self.doubtful: set[str] = set()
        self.clear = False

    @property
    def kind(self) -> object:
        """Calls of one class take the server about as long."""
        return type(self._call)

    async def send(self, server: Server) -> None:
        match self._call:
            case UpdateCall(pattern, routing):
                self._reply = await server.writer.update(pattern, routing)
            case DeleteCall(pattern):
                self._reply = await server.writer.delete(pattern)
            case ProbeCall(pattern):
                self._reply = await server.reader.exists(pattern)
        self.clear = not isinstance(self._reply, Unclear)
        if not self.clear:
            self.doubtful.add(self._call.pattern)

    def told(self) -> dict[str, object]:
        """The call as a log line tells it."""
        words = getattr(self._reply, "words", "")
        return {
            "function": "update_did",
            "number": self._call.pattern,
            "reply": type(self._reply).__name__,
            **({"words": words} if words else {}),
        }

    def reply(self) -> Reply:
        return self._reply
