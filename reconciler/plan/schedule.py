"""Which call may go next, and what each answer leads to: the plan as a machine without I/O.

An apply takes calls until there are none and tells what came back; the order, the seeds and what a
refusal stops are decided here, so the calls a plan counts are the calls an apply sends.
"""

from collections.abc import Iterator
from functools import partial

from reconciler.diff.model import (
    FOUND,
    Adopt,
    Change,
    Create,
    Delete,
    Forget,
    Fresh,
    Park,
    Settle,
    Update,
)
from reconciler.numbers import Span, SpanMap, align, span_of
from reconciler.plan.calls import CallCount
from reconciler.plan.creating import Creating
from reconciler.plan.editing import Editing
from reconciler.plan.flight import Flight
from reconciler.plan.known import Before, proven
from reconciler.plan.outcome import ConflictFound, Done, Settled
from reconciler.plan.proving import Proving
from reconciler.plan.queue import Queue
from reconciler.state.model import BegunCreate, BegunDelete, Record, Standing


class Schedule:
    """The calls of ``changes``, given what is known and, where readable, which numbers exist.

    ``present`` is the server's own list of numbers. A number to be created that is on it is a
    conflict unless it is begun, and then proven to be ours, or its block adopts. Without the list
    (``unlisted``) each number is asked for before it is copied, and what is begun and exists stays
    in doubt. With neither, the server was not asked yet: the calls can only be counted. ``doubts``
    are conflicts in doubt that the plan leaves alone: those on the list are read once more.
    """

    def __init__(
        self,
        changes: SpanMap[Change],
        records: SpanMap[Record],
        present: SpanMap[bool] | None = None,
        *,
        unlisted: bool = False,
        doubts: SpanMap[BegunCreate | BegunDelete] | None = None,
    ) -> None:
        self._before = Before(changes, records)
        self._listed = present is not None
        self._proving = Proving()
        self._creating = Creating(self._before, self._proving, asks=unlisted)
        self._editing = Editing(self._before, self._proving, asks=unlisted)
        self.at_once: list[Settled] = []
        """What needs no call: conflicts that the server's list shows, numbers to be forgotten."""
        listed: SpanMap[bool] = SpanMap() if present is None else present

        def queue(both: tuple[Change | None, bool | None]) -> Queue | None:
            change, exists = both
            if not isinstance(change, Create | Adopt) or exists is not None:
                return None
            as_found = isinstance(change, Adopt) and change.earlier == FOUND and present is None
            return None if as_found else self._creating.queue(change)  # else it is there

        queued: SpanMap[Queue] = changes.beside(listed).picked(queue)
        for where, spans in queued.gathered().items():
            where.wait(spans)
        for span, change, exists in align(changes.without(queued), listed):
            if change is not None:
                self._add(span, change, listed=exists is not None)
        self._creating.ready()
        self._claims: list[tuple[Span, Standing]] = []
        for span, begun in (doubts or SpanMap()).within(listed):
            for pattern in span:
                then = partial(self._claimed, pattern, begun)
                self._proving.add(pattern, begun, then, planned=False)

    def _claimed(
        self, pattern: str, begun: BegunCreate | BegunDelete, *, ours: bool
    ) -> Iterator[Settled]:
        """The columns of a conflict in doubt were read."""
        if ours:
            self._claims.append((span_of(pattern), proven(begun)))
        yield from ()

    def _add(self, span: Span, change: Change, *, listed: bool) -> None:
        """What does not wait to be copied: of what is to be created, what exists already."""
        match change:
            case Create(earlier=Fresh()):
                self.at_once.append(Settled(span, ConflictFound()))
            case Create() | Adopt():
                self._add_existing(span, change)
            case Update():
                self._editing.add(span, change)
            case Park() | Delete() | Settle():
                self._remove(span, change, listed=listed)
            case Forget():  # pragma: no branch  (there is no other)
                self.at_once.append(Settled(span, Done(None)))

    def _remove(self, span: Span, change: Park | Delete | Settle, *, listed: bool) -> None:
        """Numbers that left the YAML; of some it is not known whether they exist."""
        for part, record in self._before.records.cut_to(span):
            begun = isinstance(record.standing, BegunCreate | BegunDelete)
            if not begun and not isinstance(change, Settle):
                self._editing.add(part, change)
            elif listed:
                self._editing.add_existing(part, change)
            elif self._listed:
                self.at_once.append(Settled(part, Done(None)))
            else:
                self._editing.add_begun(part, change)

    def _add_existing(self, span: Span, change: Create | Adopt) -> None:
        if change.routing or isinstance(change, Create):
            self._creating.add_existing(span, change)
        else:
            self._editing.add(span, change)

    def refuse_source(self, source: str, why: str) -> None:
        """``source`` does not exist: nothing is copied from it."""
        self._creating.refuse_source(source, why)

    def expected(self) -> CallCount:
        """The calls it takes when all goes well; asked before any is taken."""
        return self._creating.expected() + self._editing.expected()

    def take(self) -> Flight | None:
        """The next call whose conditions are met; None while there is none."""
        # Proofs come before everything else, since other calls may change what they rest on.
        flight = self._proving.take()
        if flight is not None or self._proving.busy:
            return flight
        return self._creating.take() or self._editing.take()

    def news(self) -> list[tuple[Span, Standing]]:
        """What answers have told of numbers that are not settled yet; each is told once."""
        told = list(self._before.news)
        self._before.news.clear()
        return told

    def settle(self, flight: Flight) -> list[Settled]:
        """Take in what ``flight`` came to. Returns the numbers whose outcome is now final."""
        settled = flight.outcomes()
        for each in settled:
            if len(each.span) == 1:
                self._creating.source_settled(each.span[0], each.outcome)
        return settled

    def claims(self) -> list[tuple[Span, Standing]]:
        """Conflicts in doubt that turned out to be ours; each is told once."""
        told, self._claims = self._claims, []
        return told

    def left(self, why: str) -> list[Settled]:
        """Nothing more will be sent: what was not started, and the reason of each."""
        return [
            *self._proving.left(why),
            *self._creating.left(why),
            *self._editing.left(why),
        ]
