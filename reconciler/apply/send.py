"""One call, sent until its answer is clear or patience ends.

Repeating is safe: a copy tells of each number whether it was there, an update or a deletion done
twice is done once. What was unclear on the way is remembered, since a number that then "already
exists" is our own.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from reconciler.apply.pace import Pace
from reconciler.apply.patience import Patience
from reconciler.errors import ServerStop, Unreachable
from reconciler.plan.calls import Call, CopyCall, DeleteCall, ProbeCall, UpdateCall
from reconciler.plan.schedule import Reply
from reconciler.vicidial.client import Server
from reconciler.vicidial.replies import (
    CallRefused,
    Copied,
    CopyLine,
    CopyReply,
    SourceMissing,
    Unclear,
)

__all__ = ["Answered", "Patience", "Sender"]

_LOG = structlog.get_logger()

CUT_OFF = Unclear("it was under way when the run was ended")


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
    """Sends calls at a pace; ``stopping`` tells whether to give up rather than try again.

    ``unclear`` is told the words of each answer that was not clear.
    """

    def __init__(
        self,
        server: Server,
        pace: Pace,
        patience: Patience,
        stopping: Callable[[], bool],
        unclear: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._server = server
        self._pace = pace
        self._patience = patience
        self._stopping = stopping
        self._unclear = unclear
        self._under_way: dict[Call, _Copying | _Repeating] = {}

    async def send(self, call: Call) -> Answered | None:
        """The answer to ``call``, as clear as it could be made; None when it was never sent.

        Raises ServerStop when no further call may be sent and this one did nothing. Cancelled, it
        leaves to :meth:`so_far` what is known.
        """
        tries: _Copying | _Repeating
        tries = _Copying(call) if isinstance(call, CopyCall) else _Repeating(call)
        self._under_way[call] = tries
        try:
            async for attempt in self._patience.again_on(_AgainError):
                with attempt:
                    await self._try(tries)
        except _AgainError:
            pass
        except ServerStop as stop:
            del self._under_way[call]
            if not tries.doubtful:
                raise
            return Answered(tries.reply(), frozenset(tries.doubtful), stop)
        return self.so_far(call)

    def waits(self, call: Call) -> bool:
        """Whether ``call`` waits for its turn or for another try: nothing of it is on its way."""
        tries = self._under_way.get(call)
        return tries is None or not tries.on_its_way

    def so_far(self, call: Call) -> Answered | None:
        """What is known of a call that is sent no more; None when it was never sent."""
        tries = self._under_way.pop(call, None)
        if tries is not None and tries.on_its_way:
            tries.cut_off()
        if tries is None or not tries.sent:
            return None
        return Answered(tries.reply(), frozenset(tries.doubtful))

    async def _try(self, tries: "_Copying | _Repeating") -> None:
        await self._pace.turn()
        if self._stopping():
            return
        started = time.monotonic()
        tries.on_its_way = True
        try:
            await tries.send(self._server)
        except ServerStop:
            tries.on_its_way = False
            raise
        seconds = time.monotonic() - started
        if tries.clear:
            self._pace.answered(tries.kind, seconds)
            _LOG.debug("answered", **tries.told(), seconds=round(seconds, 3))
            return
        found = tries.unclear
        _LOG.info("no clear answer", **tries.told(), words=found.words, seconds=round(seconds, 3))
        self._unclear(found.words)
        if not self._patience.waits_for(found.wait):
            raise Unreachable(
                f"the server asks to be left alone for {found.wait:.0f} s ({found.words})",
                hint="apply again after that",
            )
        self._pace.failed(found.wait)
        raise _AgainError


class _Copying:
    """A copy: lines that arrived count, only the rest is asked again."""

    def __init__(self, call: CopyCall) -> None:
        self._call = call
        self._wanted = list(call.patterns())
        self._lines: dict[str, CopyLine] = {}
        self.doubtful: set[str] = set()
        self._other: CopyReply | None = None
        self.unclear = CUT_OFF
        self.clear = False
        self.sent = False
        self.on_its_way = False

    @property
    def kind(self) -> object:
        """Copies of about as many numbers take the server about as long."""
        return len(self._wanted).bit_length()

    async def send(self, server: Server) -> None:
        self._take(await server.writer.copy(self._call.via, self._wanted, self._call.description))

    def cut_off(self) -> None:
        """No answer will be waited for."""
        self._take(CUT_OFF)

    def _take(self, reply: CopyReply) -> None:
        self.sent, self.on_its_way = True, False
        match reply:
            case Copied(lines):
                self._lines |= lines
            case Unclear():
                self._lines |= dict.fromkeys(self._wanted, reply)
            case SourceMissing() | CallRefused():  # pragma: no branch  (there is no other)
                self._other = reply
        unclear = [text for text in self._wanted if isinstance(self._lines.get(text), Unclear)]
        self.doubtful.update(unclear)
        for line in self._lines.values():
            if isinstance(line, Unclear):
                self.unclear = line
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
        self._reply: Reply = CUT_OFF
        self.unclear = CUT_OFF
        self.doubtful: set[str] = set()
        self.clear = False
        self.sent = False
        self.on_its_way = False

    @property
    def kind(self) -> object:
        """Calls of one class take the server about as long."""
        return type(self._call)

    async def send(self, server: Server) -> None:
        match self._call:
            case UpdateCall(pattern, routing):
                self._take(await server.writer.update(pattern, routing))
            case DeleteCall(pattern):
                self._take(await server.writer.delete(pattern))
            case ProbeCall(pattern):  # pragma: no branch  (there is no other)
                self._take(await server.reader.exists(pattern))

    def cut_off(self) -> None:
        """No answer will be waited for."""
        self._take(CUT_OFF)

    def _take(self, reply: Reply) -> None:
        self.sent, self.on_its_way = True, False
        self._reply = reply
        self.clear = not isinstance(reply, Unclear)
        if isinstance(reply, Unclear):
            self.unclear = reply
            self.doubtful.add(self._call.pattern)

    def told(self) -> dict[str, object]:
        """The call as a log line tells it."""
        words = "" if not self.clear else getattr(self._reply, "words", "")
        return {
            "function": "update_did",
            "number": self._call.pattern,
            "reply": type(self._reply).__name__,
            **({"words": words} if words else {}),
        }

    def reply(self) -> Reply:
        return self._reply
