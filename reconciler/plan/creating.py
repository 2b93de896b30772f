"""The calls that create numbers or take them over, and what each answer leads to.

What stops what: a refused source stops the copies from it; a seed that was not confirmed stops its
group; a seed that is somebody else's number is a conflict of that number, and the next becomes the
seed; a number that is missing, refused or in conflict stops nothing but itself.
"""

from collections import deque
from collections.abc import Iterator
from functools import partial

from reconciler.diff.model import Adopt, Create, Settle, Update, is_unsettled
from reconciler.numbers import Span, align, span_of
from reconciler.plan.asserting import Assertion, Seeding
from reconciler.plan.calls import CallCount, CopyCall
from reconciler.plan.flight import CopyFlight, CopyResult, UpdateFlight
from reconciler.plan.known import Before, create_mark
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
    NotInserted,
    SourceMissing,
    Unclear,
    UpdateReply,
)

Key = tuple[str, int, int]

GONE = (
    "the server has no such number, or this user may not see it: where it was deleted by hand, "
    "run `reconciler state forget NUMBER` and plan again to create it anew"
)


class Creating:
    """Copies, the updates of seeds, and the updates of numbers that turn out to exist."""

    def __init__(self, before: Before) -> None:
        self._before = before
        self._sources: dict[str, SourceGroup] = {}
        self._assertions: deque[Assertion] = deque()
        self._seeds: dict[Key, Seeding] = {}
        self._open: deque[tuple[SourceGroup, RoutingGroup | None]] = deque()
        """Where copies may be taken from: of a source, of a confirmed seed."""

    # --- building

    def add(self, span: Span, change: Create | Adopt) -> None:
        """Numbers that are to be copied from their source."""
        source_group = self._sources.setdefault(change.source.lower(), SourceGroup(change.source))
        source_group.add(span, change.routing, begun=is_unsettled(change))

    def add_existing(self, span: Span, change: Create | Adopt) -> None:
        """Numbers that the server's list shows: no copy, an update of all that is declared."""
        for pattern in span:
            origin = self._before.origin(pattern)
            ours = Confirmed(origin) if isinstance(change, Create) else None
            self._assertions.append(
                Assertion(pattern, change.routing, origin, ours, missing=Vanished(GONE))
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
            source_group.direct.appendleft(span)
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
        return sum((source_group.expected() for source_group in self._sources.values()), start)

    def take(self) -> CopyFlight | UpdateFlight | None:
        """The next call whose conditions are met."""
        if self._assertions:
            return self._update(self._assertions.popleft())
        while self._open:
            source_group, group = self._open[0]
            call = (source_group if group is None else group).next_copy()
            if call is not None:
                return self._copy(call, source_group, group)
            self._open.popleft()
        return None

    def _copy(
        self, call: CopyCall, source_group: SourceGroup, group: RoutingGroup | None
    ) -> CopyFlight:
        def give_back() -> None:
            (source_group if group is None else group).give_back(call)
            self._open.appendleft((source_group, group))

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
        for source_group in self._sources.values():
            yield from (
                Settled(span, NotStarted(reason)) for span, reason in source_group.left(why)
            )

    # --- marks

    def _update_mark(self, assertion: Assertion) -> Begun:
        change = self._before.changes.get(assertion.pattern)
        if not isinstance(change, Create):
            return BegunUpdate(Confirmed(assertion.origin), assertion.routing)
        role: Role = FromSource() if assertion.seed is None else Seed()
        begun = self._before.begun(assertion.pattern)
        return create_mark(change.source, role, assertion.routing, begun)

    def _copy_marks(self, call: CopyCall, role: Role) -> Iterator[tuple[Span, Begun]]:
        for span in call.spans:
            for part, change, record in align(
                self._before.changes.cut_to(span), self._before.records.cut_to(span)
            ):
                assert isinstance(change, Create | Adopt)  # noqa: S101  (only these are copied)
                standing = None if record is None else record.standing
                begun = standing if isinstance(standing, BegunCreate | BegunDelete) else None
                here = Seed() if part.key in self._seeds else role
                yield part, create_mark(change.source, here, change.routing, begun)

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
        """The number was there before the copy."""
        origin = self._before.origin(pattern)
        perhaps_ours = is_unsettled(change) or pattern in doubtful
        if isinstance(change, Adopt):
            known = Confirmed(origin) if perhaps_ours else None
            found = Assertion(pattern, change.routing, origin, known, Vanished(GONE))
        elif perhaps_ours:
            # One that an update then does not see belongs to a group of users other than ours.
            origin = origin or change.source
            fit = seed if self._like_its_source(pattern, change) else None
            ours = Confirmed(origin)
            found = Assertion(pattern, change.routing, origin, ours, ConflictFound(), fit)
        else:
            yield Settled(span_of(pattern), ConflictFound())
            self._next_seed(seed)
            return
        if change.routing:
            self._assertions.append(found)
        else:
            yield Settled(span_of(pattern), Done(Confirmed(origin)))
        if found.seed is None:
            self._next_seed(seed)

    def _next_seed(self, seed: Seeding | None) -> None:
        """A number that was to become a seed is none: the next of its group is."""
        if seed is not None:
            self._choose_seed(*seed)

    def _like_its_source(self, pattern: str, change: Create | Adopt) -> bool:
        """Whether a number begun earlier differs from the source in declared fields only."""
        match self._before.begun(pattern):
            case None:
                return True
            case BegunCreate(source, _, sent):
                return source == change.source and not sent.without(change.routing)
            case BegunDelete():  # pragma: no branch  (there is no other)
                return False

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
