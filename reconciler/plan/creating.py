"""The calls that create numbers or take them over, and what each answer leads to.

What stops what: a refused source stops the copies from it; a seed that was not confirmed stops its
group; a seed that is somebody else's number is a conflict of that number, and the next becomes the
seed; a number that is missing, refused or in conflict stops nothing but itself.
"""

from collections import deque
from collections.abc import Iterator

from reconciler.diff.model import Adopt, Create, Settle, Update
from reconciler.numbers import Span, align, span_of
from reconciler.plan.asserting import Assertion, Assertions, Seeding
from reconciler.plan.calls import CallCount, CopyCall, UpdateCall
from reconciler.plan.known import Before, create_mark
from reconciler.plan.outcome import (
    Conflicting,
    Done,
    NotStarted,
    Outcome,
    Refused,
    Settled,
    Unfinished,
    Unknown,
    Vanished,
)
from reconciler.plan.seeding import Family, Group
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
    CopyReply,
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
        self._families: dict[str, Family] = {}
        self._assertions = Assertions()
        self._seeds: dict[Key, Seeding] = {}
        self._open: deque[tuple[Family, Group | None]] = deque()
        """Where copies may be taken from: of a family's source, of a group's seed."""
        self._sent: dict[CopyCall, tuple[Family, Group | None]] = {}

    # --- building

    def add(self, span: Span, change: Create | Adopt) -> None:
        """Numbers that are to be copied from their source."""
        family = self._families.setdefault(change.source.lower(), Family(change.source))
        family.add(span, change.routing, begun=change.begun)

    def add_existing(self, span: Span, change: Create | Adopt) -> None:
        """Numbers that the server's list shows: no copy, an update of all that is declared."""
        for pattern in span:
            origin = self._before.origin(pattern)
            ours = Confirmed(origin) if isinstance(change, Create) else None
            self._assertions.add(
                Assertion(pattern, change.routing, origin, ours, missing=Vanished(GONE))
            )

    def ready(self) -> None:
        """All numbers are added: choose the seeds, and see which sources must be waited for."""
        for family in self._families.values():
            change = self._before.changes.get(family.source)
            family.waiting = isinstance(change, Create | Adopt | Update | Settle)
            if change is None and self._before.is_conflict(family.source):
                family.closed = (
                    f"its source {family.source} is somebody else's number: adopt it with "
                    "adopt: true on its block, or copy from another"
                )
            for group in reversed(family.groups.values()):
                group.arrange()
                self._choose_seed(family, group)
            self._open.append((family, None))

    def _choose_seed(self, family: Family, group: Group) -> None:
        """Send the next number of a group on its way to become the seed."""
        seed = group.next_seed()
        if seed is not None:
            span = span_of(seed)
            family.direct.appendleft(span)
            self._seeds[span.key] = family, group
            self._open.appendleft((family, None))

    def refuse_source(self, source: str, why: str) -> None:
        """Nothing may be copied from ``source``."""
        family = self._families.get(source.lower())
        if family is not None:
            family.closed = why

    # --- what is ahead

    def expected(self) -> CallCount:
        """The calls it takes when all goes well; asked before any is taken."""
        start = CallCount(updates=len(self._assertions))
        return sum((family.expected() for family in self._families.values()), start)

    def take(self) -> CopyCall | UpdateCall | None:
        """The next call whose conditions are met."""
        update = self._assertions.take()
        if update is not None:
            return update
        while self._open:
            family, group = self._open[0]
            call = (family if group is None else group).next_copy()
            if call is not None:
                self._sent[call] = family, group
                return call
            self._open.popleft()
        return None

    def owns(self, call: UpdateCall) -> bool:
        """Whether this update is one of ours."""
        return self._assertions.sent(call.pattern) is not None

    def give_back(self, call: CopyCall | UpdateCall) -> None:
        """``call`` was taken and not sent."""
        match call:
            case CopyCall():
                family, group = self._sent.pop(call)
                (family if group is None else group).give_back(call)
                self._open.appendleft((family, group))
            case UpdateCall():  # pragma: no branch  (there is no other)
                self._assertions.give_back(call)

    def left(self, why: str) -> Iterator[Settled]:
        """What was not sent and will not be."""
        yield from self._assertions.left(why)
        for family in self._families.values():
            yield from (Settled(span, NotStarted(reason)) for span, reason in family.left(why))

    # --- marks

    def marks(self, call: CopyCall | UpdateCall) -> Iterator[tuple[Span, Begun]]:
        """What the state must say of the call's numbers before it is sent."""
        match call:
            case CopyCall():
                group = self._sent[call][1]
                role: Role = FromSource() if group is None else CopyOf(call.via)
                for span in call.spans:
                    yield from self._copy_marks(span, role)
            case UpdateCall(pattern, routing):  # pragma: no branch  (there is no other)
                change = self._before.changes.get(pattern)
                begun = self._before.begun(pattern)
                if isinstance(change, Create):
                    sent = self._assertions.sent(pattern)
                    role = FromSource() if sent is None or sent.seed is None else Seed()
                    yield span_of(pattern), create_mark(change.source, role, routing, begun)
                else:
                    known = Confirmed(self._before.origin(pattern))
                    yield span_of(pattern), BegunUpdate(known, routing)

    def _copy_marks(self, span: Span, role: Role) -> Iterator[tuple[Span, Begun]]:
        for part, change, record in align(
            self._before.changes.cut_to(span), self._before.records.cut_to(span)
        ):
            assert isinstance(change, Create | Adopt)  # noqa: S101  (only these are copied)
            standing = None if record is None else record.standing
            begun = standing if isinstance(standing, BegunCreate | BegunDelete) else None
            here = Seed() if part.key in self._seeds else role
            yield part, create_mark(change.source, here, change.routing, begun)

    # --- what came back

    def copied(
        self, call: CopyCall, reply: CopyReply, doubtful: frozenset[str]
    ) -> Iterator[Settled]:
        """Take in the reply to a copy; see :meth:`Schedule.settle`."""
        family, group = self._sent.pop(call)
        match reply:
            case Copied(lines):
                for pattern in call.patterns():
                    yield from self._line(pattern, lines[pattern], family, doubtful)
            case Unclear():
                for pattern in call.patterns():
                    yield from self._line(pattern, reply, family, doubtful)
            case SourceMissing(words) | CallRefused(words):  # pragma: no branch  (no other)
                why = f"copying {call.via} was refused: {words}"
                if group is None:
                    family.closed = why
                else:
                    group.closed = why
                for span in call.spans:
                    yield from _refused(span, words, doubtful)
                    _lose_seed(self._seeds.pop(span.key, None), why)

    def _line(
        self, pattern: str, line: CopyLine, family: Family, doubtful: frozenset[str]
    ) -> Iterator[Settled]:
        change = self._before.changes.get(pattern)
        assert isinstance(change, Create | Adopt)  # noqa: S101  (only these are copied)
        span = span_of(pattern)
        seed = self._seeds.pop(span.key, None)
        match line:
            case Added():
                if seed is None:
                    yield Settled(span, Done(Confirmed(family.source, change.routing)))
                else:
                    ours = Confirmed(family.source)
                    missing = Unfinished(GONE, ours)
                    self._assertions.add(
                        Assertion(pattern, change.routing, family.source, ours, missing, seed)
                    )
            case AlreadyExists():
                yield from self._existing(pattern, change, seed, doubtful)
            case NotInserted(words):
                yield from _refused(span, words, doubtful)
                _lose_seed(seed, f"its seed {pattern} was not confirmed")
            case Unclear(words):  # pragma: no branch  (there is no other)
                yield Settled(span, Unknown(words))
                _lose_seed(seed, f"its seed {pattern} was not confirmed")

    def _existing(
        self,
        pattern: str,
        change: Create | Adopt,
        seed: Seeding | None,
        doubtful: frozenset[str],
    ) -> Iterator[Settled]:
        """The number was there before the copy."""
        origin = self._before.origin(pattern)
        perhaps_ours = change.begun or pattern in doubtful
        if isinstance(change, Adopt):
            known = Confirmed(origin) if perhaps_ours else None
            found = Assertion(pattern, change.routing, origin, known, Vanished(GONE))
        elif perhaps_ours:
            # One that an update then does not see belongs to a group of users other than ours.
            origin = origin or change.source
            fit = seed if self._like_its_source(pattern, change) else None
            ours = Confirmed(origin)
            found = Assertion(pattern, change.routing, origin, ours, Conflicting(), fit)
        else:
            yield Settled(span_of(pattern), Conflicting())
            self._next_seed(seed)
            return
        if change.routing:
            self._assertions.add(found)
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

    def updated(self, call: UpdateCall, reply: UpdateReply) -> Iterator[Settled]:
        """Take in the reply to the update of a seed, or of a number that existed."""
        span = span_of(call.pattern)
        assertion, outcome = self._assertions.answered(call, reply)
        match outcome:
            case Done() if assertion.seed is not None:
                assertion.seed[1].open = True
                self._open.append(assertion.seed)
            case Conflicting():
                self._next_seed(assertion.seed)
            case _:
                _lose_seed(assertion.seed, f"its seed {call.pattern} was not confirmed")
        yield Settled(span, outcome)

    def source_settled(self, pattern: str, outcome: Outcome) -> None:
        """A number's outcome is final: it may be a source that others wait for."""
        family = self._families.get(pattern.lower())
        if family is not None and family.waiting:
            family.waiting = False
            if isinstance(outcome, Done) and outcome.left is not None:
                self._open.append((family, None))
            else:
                family.closed = f"its source {family.source} was not confirmed"


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
