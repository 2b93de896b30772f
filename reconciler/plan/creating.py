"""The calls that create numbers or take them over, and what each answer leads to.

Where the server's list cannot be read, each number is asked for before it is copied: a copy that
loses its reply would leave it open whose a number is that exists then.

What stops what: a refused source stops the copies from it; a seed that was not confirmed stops its
group; a seed that is somebody else's number is a conflict of that number, and the next becomes the
seed; a number that is missing, refused or in conflict stops nothing but itself.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from reconciler.diff.model import Adopt, Create, Settle, Update, is_unsettled
from reconciler.numbers import Span, SpanMap, span_of
from reconciler.plan.asserting import Assertion, Seeding
from reconciler.plan.calls import CallCount, CopyCall, ProbeCall
from reconciler.plan.flight import CopyFlight, CopyResult, ProbeFlight, UpdateFlight
from reconciler.plan.known import Before, origin_of
from reconciler.plan.outcome import (
    ConflictFound,
    Done,
    NotStarted,
    Outcome,
    Refused,
    Settled,
    Unfinished,
    Unknown,
    Vanished,
)
from reconciler.plan.proving import Proving
from reconciler.plan.queue import Queue
from reconciler.plan.seeding import RoutingGroup, SourceGroup
from reconciler.state.model import (
    Begun,
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    CopyOf,
    FromSource,
    Role,
    Seed,
)
from reconciler.vicidial.replies import (
    Added,
    AlreadyExists,
    CallRefused,
    Copied,
    CopyLine,
    DidMissing,
    Exists,
    NotInserted,
    ProbeReply,
    SourceMissing,
    Unclear,
    UpdateReply,
)

Key = tuple[str, int, int]

GONE = (
    "the server has no such number, or this user may not see it: where it was deleted by hand, "
    "run `reconciler state forget NUMBER` and plan again to create it anew"
)


@dataclass(slots=True)
class _Asking:
    """A copy whose numbers are asked for first; it goes to those that are ``missing``."""

    call: CopyCall
    source_group: SourceGroup
    group: RoutingGroup | None
    questions: deque[str]
    under_way: int = 0
    missing: set[str] = field(default_factory=set)

    @property
    def queue(self) -> SourceGroup | RoutingGroup:
        """Where the numbers came from."""
        return self.source_group if self.group is None else self.group

    @property
    def closed(self) -> bool:
        """Whether nothing may be copied any more."""
        return self.queue.closed is not None or self.source_group.closed is not None

    def copy_to(self, wanted: set[str]) -> CopyCall:
        """The copy to the ``wanted`` of its numbers, in spans cut as before."""
        spans = (
            part
            for span in self.call.spans
            for part in SpanMap((span_of(p), True) for p in span if p in wanted).spans
        )
        return CopyCall(self.call.via, tuple(spans), self.call.description)

    def give_back(self) -> None:
        """Put back into the queue what was not settled."""
        self.queue.give_back(self.copy_to({*self.missing, *self.questions}))


class Creating:
    """Copies, the updates of seeds, and the updates of numbers that turn out to exist.

    ``asks``: each number is asked for before it is copied.
    """

    def __init__(self, before: Before, proving: Proving, *, asks: bool) -> None:
        self._before = before
        self._proving = proving
        self._asks = asks
        self._asked: deque[_Asking] = deque()
        """Copies whose numbers are being asked for."""
        self._looks: deque[str] = deque()
        """Numbers that were copied without a reply and declare nothing."""
        self._sources: dict[str, SourceGroup] = {}
        self._assertions: deque[Assertion] = deque()
        self._seeds: dict[Key, Seeding] = {}
        self._open: deque[tuple[SourceGroup, RoutingGroup | None]] = deque()
        """Where copies may be taken from: of a source, of a confirmed seed."""

    # --- building

    def queue(self, change: Create | Adopt) -> Queue:
        """Where numbers wait that are to be copied from their source."""
        source_group = self._sources.setdefault(change.source.lower(), SourceGroup(change.source))
        return source_group.queue(change.routing, begun=is_unsettled(change))

    def add_existing(self, span: Span, change: Create | Adopt) -> None:
        """Numbers that the server's list shows: no copy, an update of all that is declared."""
        for pattern in span:
            begun = self._before.begun(pattern)
            if isinstance(change, Create) and begun is not None:
                self._doubt(pattern, change, begun, None)
                continue
            origin = self._before.origin(pattern)
            self._assertions.append(
                Assertion(pattern, change.routing, origin, None, missing=Vanished(GONE))
            )

    def ready(self) -> None:
        """All numbers are added: choose the seeds, and see which sources must be waited for."""
        for source_group in self._sources.values():
            change = self._before.changes.get(source_group.source)
            source_group.waiting = isinstance(change, Create | Adopt | Update | Settle)
            if change is None and self._before.is_conflict(source_group.source):
                source_group.closed = (
                    f"its source {source_group.source} is somebody else's number: adopt it with "
                    "adopt: true on its block, or copy from another"
                )
            for group in reversed(source_group.groups.values()):
                group.undescribed_first()
                self._choose_seed(source_group, group)
            self._open.append((source_group, None))

    def _choose_seed(self, source_group: SourceGroup, group: RoutingGroup) -> None:
        """Send the next number of a group on its way to become the seed."""
        seed = group.next_seed()
        if seed is not None:
            span = span_of(seed)
            source_group.direct.give_back([span])
            self._seeds[span.key] = source_group, group
            self._open.appendleft((source_group, None))

    def refuse_source(self, source: str, why: str) -> None:
        """Nothing may be copied from ``source``."""
        source_group = self._sources.get(source.lower())
        if source_group is not None:
            source_group.closed = why

    # --- what is ahead

    def expected(self) -> CallCount:
        """The calls it takes when all goes well; asked before any is taken."""
        start = CallCount(updates=len(self._assertions))
        if self._asks:
            start += CallCount(probes=sum(each.count for each in self._sources.values()))
        return sum((source_group.expected() for source_group in self._sources.values()), start)

    def take(self) -> CopyFlight | UpdateFlight | ProbeFlight | None:
        """The next call whose conditions are met."""
        if self._assertions:
            return self._update(self._assertions.popleft())
        if self._looks:
            return self._look(self._looks.popleft())
        if (flight := self._take_asked()) is not None:
            return flight
        while self._open:
            source_group, group = self._open[0]
            call = (source_group if group is None else group).next_copy()
            if call is None:
                self._open.popleft()
            elif self._asks:
                asking = _Asking(call, source_group, group, deque(call.patterns()))
                self._asked.append(asking)
                return self._ask(asking, asking.questions.popleft())
            else:
                return self._copy(call, source_group, group)
        return None

    def _take_asked(self) -> CopyFlight | ProbeFlight | None:
        """The next copy whose numbers were all asked for, or else the next question."""
        for asking in list(self._asked):
            if asking.closed:
                asking.questions, questions = deque(), asking.questions
                asking.missing.update(questions)  # they go back with the others
            if asking.questions or asking.under_way:
                continue
            self._asked.remove(asking)
            call = asking.copy_to(asking.missing)
            if asking.closed:
                asking.give_back()
            elif call.spans:
                return self._copy(call, asking.source_group, asking.group)
        for asking in self._asked:
            if asking.questions:
                return self._ask(asking, asking.questions.popleft())
        return None

    def _ask(self, asking: _Asking, pattern: str) -> ProbeFlight:
        def give_back() -> None:
            asking.under_way -= 1
            asking.questions.appendleft(pattern)

        asking.under_way += 1
        return ProbeFlight(
            ProbeCall(pattern),
            [],
            leads_to=lambda reply, _: self._asked_for(asking, pattern, reply),
            give_back=give_back,
        )

    def _asked_for(self, asking: _Asking, pattern: str, reply: ProbeReply) -> Iterator[Settled]:
        """What the server said of a number that is to be copied."""
        asking.under_way -= 1
        if isinstance(reply, DidMissing):
            asking.missing.add(pattern)
            return
        seed = self._seeds.pop(span_of(pattern).key, None)
        change = self._before.changes.get(pattern)
        assert isinstance(change, Create | Adopt)  # noqa: S101  (only these are copied)
        match reply:
            case Exists():
                yield from self._existing(pattern, change, seed, frozenset())
            case Unclear(words):  # pragma: no branch  (there is no other)
                why = f"the server did not say whether it exists: {words}"
                yield Settled(span_of(pattern), NotStarted(why))
                self._next_seed(seed)

    def _look(self, pattern: str) -> ProbeFlight:
        """Ask for a number that was missing, was copied without a reply, and exists now."""
        return ProbeFlight(
            ProbeCall(pattern),
            [],
            leads_to=lambda reply, _: [Settled(span_of(pattern), self._looked(pattern, reply))],
            give_back=lambda: self._looks.appendleft(pattern),
        )

    def _looked(self, pattern: str, reply: ProbeReply) -> Outcome:
        match reply:
            case Exists():
                change = self._before.changes.get(pattern)
                assert isinstance(change, Create)  # noqa: S101  (only these are looked at)
                return Done(Confirmed(change.source))
            case DidMissing():
                return ConflictFound()  # it belongs to a group of users other than ours
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)

    def _copy(
        self, call: CopyCall, source_group: SourceGroup, group: RoutingGroup | None
    ) -> CopyFlight:
        def give_back() -> None:
            (source_group if group is None else group).give_back(call)
            self._open.appendleft((source_group, group))

        # Given back, its numbers are asked for again: somebody may have made one meanwhile.
        return CopyFlight(
            call,
            self._copy_marks(call, FromSource() if group is None else CopyOf(call.via)),
            leads_to=partial(self._copied, call, source_group, group),
            give_back=give_back,
        )

    def _update(self, assertion: Assertion) -> UpdateFlight:
        return UpdateFlight(
            assertion.call,
            [(span_of(assertion.pattern), self._update_mark(assertion))],
            leads_to=lambda reply, _: self._updated(assertion, reply),
            give_back=partial(self._assertions.append, assertion),
        )

    def left(self, why: str) -> Iterator[Settled]:
        """What was not sent and will not be."""
        for each in self._assertions:
            yield Settled(span_of(each.pattern), each.not_sent(why))
        for pattern in self._looks:
            yield Settled(span_of(pattern), Unknown(f"it exists, and was not asked for: {why}"))
        for asking in self._asked:
            asking.give_back()
        for source_group in self._sources.values():
            yield from (
                Settled(span, NotStarted(reason)) for span, reason in source_group.left(why)
            )

    # --- marks

    def _update_mark(self, assertion: Assertion) -> Begun:
        return BegunUpdate(assertion.ours or Confirmed(assertion.origin), assertion.routing)

    def _copy_marks(self, call: CopyCall, role: Role) -> Iterator[tuple[Span, Begun]]:
        for span in call.spans:
            for part, change in self._before.changes.cut_to(span):
                assert isinstance(change, Create | Adopt)  # noqa: S101  (only these are copied)
                here = Seed() if part.key in self._seeds else role
                yield part, BegunCreate(change.source, here, change.routing)

    # --- what came back

    def _copied(
        self,
        call: CopyCall,
        source_group: SourceGroup,
        group: RoutingGroup | None,
        reply: CopyResult,
        doubtful: frozenset[str],
    ) -> Iterator[Settled]:
        match reply:
            case Copied(lines):
                for pattern in call.patterns():
                    yield from self._line(pattern, lines[pattern], source_group, doubtful)
            case SourceMissing(words) | CallRefused(words):  # pragma: no branch  (no other)
                why = f"copying {call.via} was refused: {words}"
                if group is None:
                    source_group.closed = why
                else:
                    group.closed = why
                for span in call.spans:
                    yield from _refused(span, words, doubtful)
                    _lose_seed(self._seeds.pop(span.key, None), why)

    def _line(
        self, pattern: str, line: CopyLine, source_group: SourceGroup, doubtful: frozenset[str]
    ) -> Iterator[Settled]:
        change = self._before.changes.get(pattern)
        assert isinstance(change, Create | Adopt)  # noqa: S101  (only these are copied)
        span = span_of(pattern)
        seed = self._seeds.pop(span.key, None)
        match line:
            case Added():
                if seed is None:
                    yield Settled(span, Done(Confirmed(source_group.source, change.routing)))
                else:
                    ours = Confirmed(source_group.source)
                    missing = Unfinished(GONE, ours)
                    self._before.learn(pattern, BegunUpdate(ours, change.routing))
                    self._assertions.append(
                        Assertion(pattern, change.routing, source_group.source, ours, missing, seed)
                    )
            case AlreadyExists():
                yield from self._existing(pattern, change, seed, doubtful)
            case NotInserted(words):
                yield from _refused(span, words, doubtful)
                _lose_seed(seed, _not_confirmed(pattern))
            case Unclear(words):  # pragma: no branch  (there is no other)
                yield Settled(span, Unknown(words))
                _lose_seed(seed, _not_confirmed(pattern))

    def _existing(
        self,
        pattern: str,
        change: Create | Adopt,
        seed: Seeding | None,
        doubtful: frozenset[str],
    ) -> Iterator[Settled]:
        """The number was there before the copy, or before this try of it."""
        begun = self._before.begun(pattern)
        if isinstance(change, Adopt):
            yield from self._adopted(pattern, change, perhaps_ours=pattern in doubtful)
        elif pattern in doubtful and self._asks:
            # It was missing when it was asked for, just before this copy.
            self._made(pattern, change)
        elif pattern in doubtful:
            sent = BegunCreate(change.source, FromSource(), change.routing)
            self._doubt(pattern, change, sent, seed)
            return
        elif begun is not None and not self._asks:
            # The list did not show it: a call of an earlier apply may have come this late.
            self._doubt(pattern, change, begun, None)
        else:
            yield Settled(span_of(pattern), ConflictFound(begun))
        self._next_seed(seed)

    def _adopted(self, pattern: str, change: Adopt, *, perhaps_ours: bool) -> Iterator[Settled]:
        """It exists, whosever it is: it gets what is declared."""
        origin = self._before.origin(pattern)
        if not change.routing:
            yield Settled(span_of(pattern), Done(Confirmed(origin)))
            return
        ours = Confirmed(origin) if perhaps_ours or is_unsettled(change) else None
        self._assertions.append(Assertion(pattern, change.routing, origin, ours, Vanished(GONE)))

    def _made(self, pattern: str, change: Create) -> None:
        """A copy of ours made it; what it has now was not read, so it is no seed."""
        if not change.routing:
            self._looks.append(pattern)
            return
        # One that an update then does not see belongs to a group of users other than ours.
        ours = Confirmed(change.source)
        self._assertions.append(
            Assertion(pattern, change.routing, change.source, ours, ConflictFound())
        )

    def _doubt(
        self,
        pattern: str,
        change: Create,
        begun: BegunCreate | BegunDelete,
        seed: Seeding | None,
    ) -> None:
        """It exists, and ``begun`` may have made it: its columns tell."""
        self._proving.add(
            pattern,
            begun,
            partial(self._proven, pattern, change, begun, seed),
            lambda: _lose_seed(seed, _not_confirmed(pattern)),
        )

    def _proven(
        self,
        pattern: str,
        change: Create,
        begun: BegunCreate | BegunDelete,
        seed: Seeding | None,
        *,
        ours: bool,
    ) -> Iterator[Settled]:
        """Its columns were read."""
        if not ours:
            yield Settled(span_of(pattern), ConflictFound(begun))
            self._next_seed(seed)
            return
        self._before.learn_from(pattern, begun)
        origin = origin_of(begun)
        if not change.routing:
            yield Settled(span_of(pattern), Done(Confirmed(origin)))
            return
        self._assertions.append(
            Assertion(pattern, change.routing, origin, Confirmed(origin), Vanished(GONE), seed)
        )

    def _next_seed(self, seed: Seeding | None) -> None:
        """A number that was to become a seed is none: the next of its group is."""
        if seed is not None:
            self._choose_seed(*seed)

    def _updated(self, assertion: Assertion, reply: UpdateReply) -> Iterator[Settled]:
        """The update of a seed, or of a number that existed."""
        outcome = assertion.outcome(reply)
        match outcome:
            case Done() if assertion.seed is not None:
                assertion.seed[1].open = True
                self._open.append(assertion.seed)
            case ConflictFound():
                self._next_seed(assertion.seed)
            case _:
                _lose_seed(assertion.seed, _not_confirmed(assertion.pattern))
        yield Settled(span_of(assertion.pattern), outcome)

    def source_settled(self, pattern: str, outcome: Outcome) -> None:
        """A number's outcome is final: it may be a source that others wait for."""
        source_group = self._sources.get(pattern.lower())
        if source_group is not None and source_group.waiting:
            source_group.waiting = False
            if isinstance(outcome, Done) and outcome.left is not None:
                self._open.append((source_group, None))
            else:
                source_group.closed = _not_confirmed(source_group.source)


def _not_confirmed(copied: str) -> str:
    return f"copied from {copied}, which was not confirmed"


def _lose_seed(seed: Seeding | None, why: str) -> None:
    if seed is not None:
        seed[1].closed = why


def _refused(span: Span, words: str, doubtful: frozenset[str]) -> Iterator[Settled]:
    """The server refused; a number that an earlier try may have created is still unknown."""
    if doubtful.isdisjoint(span):
        yield Settled(span, Refused(words))
    else:
        for pattern in span:
            outcome = Unknown(words) if pattern in doubtful else Refused(words)
            yield Settled(span_of(pattern), outcome)
