"""The calls for numbers that exist: updates, parking, deletion, and asking whether one exists.

An update whose values are refused stops the updates to the same values; a number that is missing
stops nothing but itself.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.diff.model import Adopt, Create, Delete, Park, Settle, Update
from reconciler.numbers import Span, count, span_of
from reconciler.plan.calls import CallCount, DeleteCall, ProbeCall, UpdateCall
from reconciler.plan.creating import GONE
from reconciler.plan.known import Before, delete_mark, update_mark
from reconciler.plan.outcome import (
    Done,
    NotStarted,
    Outcome,
    Refused,
    Settled,
    Unknown,
    Vanished,
)
from reconciler.plan.seeding import pop_number
from reconciler.routing import Routing
from reconciler.state.model import Begun, BegunDelete, Confirmed
from reconciler.vicidial.replies import (
    CallRefused,
    Deleted,
    DeleteReply,
    DidMissing,
    Exists,
    ProbeReply,
    Unclear,
    Updated,
    UpdateReply,
)

EditCall = UpdateCall | DeleteCall | ProbeCall


@dataclass(slots=True)
class _Alike:
    """Numbers that get the same fields."""

    spans: deque[Span] = field(default_factory=deque)
    closed: str | None = None


class Editing:
    """Updates, deletions and probes, in this order."""

    def __init__(self, before: Before) -> None:
        self._before = before
        self._updates: dict[Routing, _Alike] = {}
        self._open: deque[Routing] = deque()
        """Those of which something may be left to send."""
        self._deletes: deque[Span] = deque()
        self._probes: deque[Span] = deque()

    def add(self, span: Span, change: Update | Park | Delete | Settle | Create | Adopt) -> None:
        """Numbers to be updated or deleted, or (any other change) to be asked for."""
        match change:
            case Update() | Park():
                if change.after not in self._updates:
                    self._updates[change.after] = _Alike()
                    self._open.append(change.after)
                self._updates[change.after].spans.append(span)
            case Delete():
                self._deletes.append(span)
            case Settle() | Create() | Adopt():  # pragma: no branch  (there is no other)
                self._probes.append(span)

    def expected(self) -> CallCount:
        """The calls it takes; asked before any is taken."""
        return CallCount(
            updates=sum(count(alike.spans) for alike in self._updates.values()),
            deletes=count(self._deletes),
            probes=count(self._probes),
        )

    def take(self) -> EditCall | None:
        """The next call."""
        while self._open:
            routing = self._open[0]
            alike = self._updates[routing]
            if alike.spans and alike.closed is None:
                return UpdateCall(pop_number(alike.spans), routing)
            self._open.popleft()
        if self._deletes:
            return DeleteCall(pop_number(self._deletes))
        if self._probes:
            return ProbeCall(pop_number(self._probes))
        return None

    def give_back(self, call: EditCall) -> None:
        """``call`` was taken and not sent."""
        span = span_of(call.pattern)
        match call:
            case UpdateCall():
                self._updates[call.routing].spans.appendleft(span)
                self._open.appendleft(call.routing)
            case DeleteCall():
                self._deletes.appendleft(span)
            case ProbeCall():  # pragma: no branch  (there is no other)
                self._probes.appendleft(span)

    def left(self, why: str) -> Iterator[Settled]:
        """What was not sent and will not be."""
        for alike in self._updates.values():
            reason = why if alike.closed is None else alike.closed
            yield from (Settled(span, NotStarted(reason)) for span in alike.spans)
        for queue in (self._deletes, self._probes):
            yield from (Settled(span, NotStarted(why)) for span in queue)

    def marks(self, call: EditCall) -> Iterator[tuple[Span, Begun]]:
        """What the state must say of the number before the call is sent."""
        match call:
            case UpdateCall(pattern, routing):
                yield span_of(pattern), update_mark(self._before, pattern, routing)
            case DeleteCall(pattern):
                yield span_of(pattern), delete_mark(self._before, pattern)
            case ProbeCall():  # pragma: no branch  (there is no other)
                return

    def updated(self, call: UpdateCall, reply: UpdateReply, doubtful: frozenset[str]) -> Settled:
        """Take in the reply to an update or a parking."""
        return Settled(span_of(call.pattern), self._updated(call, reply, doubtful))

    def _updated(self, call: UpdateCall, reply: UpdateReply, doubtful: frozenset[str]) -> Outcome:
        pattern = call.pattern
        known = self._before.confirmed(pattern)
        match reply:
            case Updated():
                before = known or Confirmed(self._before.origin(pattern))
                return Done(Confirmed(before.source, before.routing.overlaid(call.routing)))
            case DidMissing() if known is None:
                return Done(None)
            case DidMissing():
                return Unknown(GONE) if pattern in doubtful else Vanished(GONE)
            case CallRefused(words):
                alike = self._updates[call.routing]
                alike.closed = f"the same update was refused for {pattern}: {words}"
                return Unknown(words) if pattern in doubtful else Refused(words)
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)

    def deleted(self, call: DeleteCall, reply: DeleteReply, doubtful: frozenset[str]) -> Settled:
        """Take in the reply to a deletion."""
        return Settled(span_of(call.pattern), self._deleted(call.pattern, reply, doubtful))

    def _deleted(self, pattern: str, reply: DeleteReply, doubtful: frozenset[str]) -> Outcome:
        match reply:
            case Deleted():
                return Done(None)
            case DidMissing():
                ours = pattern in doubtful or self._before.confirmed(pattern) is None
                return Done(None) if ours else Vanished(GONE)
            case CallRefused(words):
                return Unknown(words) if pattern in doubtful else Refused(words)
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)

    def probed(self, call: ProbeCall, reply: ProbeReply) -> Settled:
        """Take in the answer to whether a number exists."""
        return Settled(span_of(call.pattern), self._probed(call.pattern, reply))

    def _probed(self, pattern: str, reply: ProbeReply) -> Outcome:
        match reply:
            case Exists():
                begun = self._before.begun(pattern)
                if isinstance(begun, BegunDelete):
                    return Done(begun.before)
                return Done(Confirmed(self._before.origin(pattern)))
            case DidMissing():
                settles = isinstance(self._before.changes.get(pattern), Settle)
                return Done(None) if settles else Vanished(GONE)
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)
