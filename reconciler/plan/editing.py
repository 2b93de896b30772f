"""The calls for numbers that exist: updates, parking, deletion, and asking whether one exists.

An update whose values are refused stops the updates to the same values; a number that is missing
stops nothing but itself. A number that left the YAML while it was begun is not touched until it is
proven to be ours.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from reconciler.diff.model import Adopt, Delete, Park, Settle, Update
from reconciler.numbers import Span, count, span_of
from reconciler.plan.calls import CallCount, DeleteCall, ProbeCall, UpdateCall
from reconciler.plan.creating import GONE
from reconciler.plan.flight import DeleteFlight, Flight, ProbeFlight, UpdateFlight
from reconciler.plan.known import Before, delete_mark, update_mark
from reconciler.plan.outcome import (
    ConflictFound,
    Done,
    NotStarted,
    Outcome,
    Refused,
    Settled,
    Unknown,
    Vanished,
)
from reconciler.plan.proving import Proving
from reconciler.plan.seeding import pop_number
from reconciler.routing import Routing
from reconciler.state.model import BegunCreate, BegunDelete, Confirmed
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


@dataclass(slots=True)
class _SameUpdate:
    """Numbers that get the same fields."""

    spans: deque[Span] = field(default_factory=deque)
    closed: str | None = None


class Editing:
    """Updates, deletions and probes, in this order."""

    def __init__(self, before: Before, proving: Proving, *, asks: bool) -> None:
        self._before = before
        self._proving = proving
        self._asks = asks
        self._updates: dict[Routing, _SameUpdate] = {}
        self._open: deque[Routing] = deque()
        """Those of which something may be left to send."""
        self._deletes: deque[Span] = deque()
        self._probes: deque[Span] = deque()
        self._then = CallCount()
        """What is to be done with numbers in doubt once they are proven to be ours."""

    def add_begun(self, span: Span, change: Park | Delete | Settle) -> None:
        """Numbers that may exist and be ours: they are asked for, as far as is known yet."""
        self._probes.append(span)
        match change:
            case Park() if not self._asks:
                self._then += CallCount(updates=len(span))
            case Delete() if not self._asks:
                self._then += CallCount(deletes=len(span))
            case _:
                pass

    def add_existing(self, span: Span, change: Park | Delete | Settle) -> None:
        """Numbers that exist and were begun: nothing is done to them before they are proven."""
        for pattern in span:
            begun = self._before.begun(pattern)
            assert begun is not None  # noqa: S101  (only these are in doubt)
            self._proving.add(pattern, begun, partial(self._proven, pattern, begun, change))

    def _proven(
        self,
        pattern: str,
        begun: BegunCreate | BegunDelete,
        change: Park | Delete | Settle,
        *,
        ours: bool,
    ) -> Iterator[Settled]:
        if not ours:
            yield Settled(span_of(pattern), ConflictFound(begun))
            return
        self._before.learn_from(pattern, begun)
        if isinstance(change, Settle):
            yield Settled(span_of(pattern), Done(self._before.confirmed(pattern)))
        else:
            self.add(span_of(pattern), change)

    def add(self, span: Span, change: Update | Park | Delete | Adopt) -> None:
        """Numbers to be updated or deleted, or (any other change) to be asked for."""
        match change:
            case Update() | Park():
                same = self._updates.setdefault(change.after, _SameUpdate())
                if not same.spans:
                    self._open.append(change.after)
                same.spans.append(span)
            case Delete():
                self._deletes.append(span)
            case Adopt():  # pragma: no branch  (there is no other)
                self._probes.append(span)

    def expected(self) -> CallCount:
        """The calls it takes; asked before any is taken."""
        return self._then + CallCount(
            updates=sum(count(same.spans) for same in self._updates.values()),
            deletes=count(self._deletes),
            probes=count(self._probes),
        )

    def take(self) -> Flight | None:
        """The next call."""
        while self._open:
            routing = self._open[0]
            same = self._updates[routing]
            if same.spans and same.closed is None:
                return self._update(pop_number(same.spans), routing)
            self._open.popleft()
        if self._deletes:
            return self._delete(pop_number(self._deletes))
        if self._probes:
            return self._probe(pop_number(self._probes))
        return None

    def _update(self, pattern: str, routing: Routing) -> UpdateFlight:
        span = span_of(pattern)

        def give_back() -> None:
            self._updates[routing].spans.appendleft(span)
            self._open.appendleft(routing)

        return UpdateFlight(
            UpdateCall(pattern, routing),
            [(span, update_mark(self._before, pattern, routing))],
            leads_to=lambda reply, doubtful: [
                Settled(span, self._updated(pattern, routing, reply, doubtful))
            ],
            give_back=give_back,
        )

    def _delete(self, pattern: str) -> DeleteFlight:
        span = span_of(pattern)
        return DeleteFlight(
            DeleteCall(pattern),
            [(span, delete_mark(self._before, pattern))],
            leads_to=lambda reply, doubtful: [
                Settled(span, self._deleted(pattern, reply, doubtful))
            ],
            give_back=lambda: self._deletes.appendleft(span),
        )

    def _probe(self, pattern: str) -> ProbeFlight:
        span = span_of(pattern)
        return ProbeFlight(
            ProbeCall(pattern),
            [],
            leads_to=lambda reply, _: [Settled(span, self._probed(pattern, reply))],
            give_back=lambda: self._probes.appendleft(span),
        )

    def left(self, why: str) -> Iterator[Settled]:
        """What was not sent and will not be."""
        for same in self._updates.values():
            reason = why if same.closed is None else same.closed
            yield from (Settled(span, NotStarted(reason)) for span in same.spans)
        for queue in (self._deletes, self._probes):
            yield from (Settled(span, NotStarted(why)) for span in queue)

    def _updated(
        self, pattern: str, routing: Routing, reply: UpdateReply, doubtful: frozenset[str]
    ) -> Outcome:
        """What an update or a parking came to."""
        known = self._before.confirmed(pattern)
        match reply:
            case Updated():
                before = known or Confirmed(self._before.origin(pattern))
                return Done(Confirmed(before.source, before.routing.overlaid(routing)))
            case DidMissing():
                return Unknown(GONE) if pattern in doubtful else Vanished(GONE)
            case CallRefused(words):
                self._updates[
                    routing
                ].closed = f"the same update was refused for {pattern}: {words}"
                return Unknown(words) if pattern in doubtful else Refused(words)
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)

    def _deleted(self, pattern: str, reply: DeleteReply, doubtful: frozenset[str]) -> Outcome:
        match reply:
            case Deleted():
                return Done(None)
            case DidMissing():
                return Done(None) if pattern in doubtful else Vanished(GONE)
            case CallRefused(words):
                return Unknown(words) if pattern in doubtful else Refused(words)
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)

    def _probed(self, pattern: str, reply: ProbeReply) -> Outcome:
        adopts = isinstance(self._before.changes.get(pattern), Adopt)
        match reply:
            case Exists():
                begun = self._before.begun(pattern)
                if begun is not None and not adopts:
                    return ConflictFound(begun)
                return Done(Confirmed(self._before.origin(pattern)))
            case DidMissing():
                return Vanished(GONE) if adopts else Done(None)
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)
