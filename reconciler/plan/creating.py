"""The calls that create numbers or take them over, and what each answer leads to.

What stops what: a refused source stops the copies from it; a seed that was not confirmed stops its
group; a seed that is somebody else's number is a conflict of that number, and the next becomes the
seed; a number that is missing, refused or in conflict stops nothing but itself.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.diff.model import Adopt, Create, Update
from reconciler.numbers import Span, SpanMap, align, span_of
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
from reconciler.routing import Routing
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
    DidMissing,
    NotInserted,
    SourceMissing,
    Unclear,
    Updated,
    UpdateReply,
)

Key = tuple[str, int, int]

GONE = (
    "the server has no such number, or this user may not see it: where it was deleted by hand, "
    "run `reconciler state forget NUMBER` and plan again to create it anew"
)


@dataclass(frozen=True, slots=True)
class _Assertion:
    """A number that exists and gets every declared field by an update of its own.

    ``created`` is what is known of it when that is refused, for one that this run created.
    """

    pattern: str
    routing: Routing
    left: Confirmed
    created: Confirmed | None
    group: Group | None
    """The group whose seed it is."""


class Creating:
    """Copies, the updates of seeds, and the updates of numbers that turn out to exist."""

    def __init__(self, before: Before) -> None:
        self._before = before
        self._families: dict[str, Family] = {}
        self._assertions: deque[_Assertion] = deque()
        self._asserting: dict[Key, _Assertion] = {}
        self._seeds: dict[Key, tuple[Family, Group]] = {}
        self._sent: dict[CopyCall, tuple[Family, Group | None]] = {}

    # --- building

    def add(self, span: Span, change: Create | Adopt) -> None:
        """Numbers that are to be copied from their source."""
        family = self._families.setdefault(change.source.lower(), Family(change.source))
        family.add(span, change.routing, begun=isinstance(change, Create) and change.begun)

    def add_existing(self, span: Span, change: Create | Adopt) -> None:
        """Numbers that the server's list shows: no copy, an update of all that is declared."""
        for pattern in span:
            left = Confirmed(self._before.origin(pattern), change.routing)
            self._assertions.append(_Assertion(pattern, change.routing, left, None, None))

    def ready(self) -> None:
        """All numbers are added: choose the seeds, and see which sources must be waited for."""
        for family in self._families.values():
            change = self._before.changes.get(family.source)
            family.waiting = isinstance(change, Create | Adopt | Update)
            for group in family.groups.values():
                self._seed(family, group)

    def _seed(self, family: Family, group: Group) -> None:
        """Send the next number of a group on its way to become the seed."""
        seed = group.next_seed()
        if seed is not None:
            span = span_of(seed)
            family.direct.appendleft(span)
            self._seeds[span.key] = family, group

    def refuse_source(self, source: str, why: str) -> None:
        """Nothing may be copied from ``source``."""
        family = self._families.get(source.lower())
        if family is not None:
            family.closed = why

    # --- what is ahead

    def expected(self) -> CallCount:
        """The calls that are left when all goes well."""
        start = CallCount(updates=len(self._assertions))
        return sum((family.expected() for family in self._families.values()), start)

    def take(self) -> CopyCall | UpdateCall | None:
        """The next call whose conditions are met."""
        if self._assertions:
            assertion = self._assertions.popleft()
            self._asserting[span_of(assertion.pattern).key] = assertion
            return UpdateCall(assertion.pattern, assertion.routing)
        for family in self._families.values():
            owners: tuple[Family | Group, ...] = (family, *family.groups.values())
            for owner in owners:
                call = owner.next_copy()
                if call is not None:
                    self._sent[call] = family, owner if isinstance(owner, Group) else None
                    return call
        return None

    def owns(self, call: UpdateCall) -> bool:
        """Whether this update is one of ours."""
        return span_of(call.pattern).key in self._asserting

    def give_back(self, call: CopyCall | UpdateCall) -> None:
        """``call`` was taken and not sent."""
        match call:
            case CopyCall():
                family, group = self._sent.pop(call)
                (family if group is None else group).give_back(call)
            case UpdateCall(pattern):
                self._assertions.append(self._asserting.pop(span_of(pattern).key))

    def left(self, why: str) -> Iterator[Settled]:
        """What was not sent and will not be."""
        for assertion in self._assertions:
            span = span_of(assertion.pattern)
            if assertion.created is None:
                yield Settled(span, NotStarted(why))
            else:
                yield Settled(span, Unfinished(why, assertion.created))
            if assertion.group is not None and assertion.group.closed is None:
                assertion.group.closed = why
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
            case UpdateCall(pattern, routing):
                change = self._before.changes.get(pattern)
                begun = self._before.begun(pattern)
                if isinstance(change, Create):
                    role = Seed() if self._is_seed(pattern) else FromSource()
                    yield span_of(pattern), create_mark(change.source, role, routing, begun)
                else:
                    yield span_of(pattern), BegunUpdate(Confirmed(None), routing)

    def _is_seed(self, pattern: str) -> bool:
        return self._asserting[span_of(pattern).key].group is not None

    def _copy_marks(self, span: Span, role: Role) -> Iterator[tuple[Span, Begun]]:
        alone = SpanMap([(span, True)])
        for part, change, record in align(
            self._before.changes.within(alone), self._before.records.within(alone)
        ):
            if isinstance(change, Create | Adopt):
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
            case SourceMissing(words) | CallRefused(words):
                why = f"copying {call.via} was refused: {words}"
                if group is None:
                    family.closed = why
                else:
                    group.closed = why
                for span in call.spans:
                    yield Settled(span, Refused(words))
                    self._lose_seed(self._seeds.pop(span.key, None), why)

    def _line(
        self, pattern: str, line: CopyLine, family: Family, doubtful: frozenset[str]
    ) -> Iterator[Settled]:
        change = self._before.changes.get(pattern)
        assert isinstance(change, Create | Adopt)  # noqa: S101  (only these are copied)
        span = span_of(pattern)
        seeding = self._seeds.pop(span.key, None)
        match line:
            case Added():
                left = Confirmed(family.source, change.routing)
                if seeding is None:
                    yield Settled(span, Done(left))
                else:
                    created = Confirmed(family.source)
                    self._assert(pattern, left, created, seeding[1])
            case AlreadyExists():
                yield from self._existing(pattern, change, seeding, pattern in doubtful)
            case NotInserted(words):
                yield Settled(span, Refused(words))
                self._lose_seed(seeding, f"its seed {pattern} was not confirmed")
            case Unclear(words):
                yield Settled(span, Unknown(words))
                self._lose_seed(seeding, f"its seed {pattern} was not confirmed")

    def _existing(
        self,
        pattern: str,
        change: Create | Adopt,
        seeding: tuple[Family, Group] | None,
        ours: bool,  # noqa: FBT001
    ) -> Iterator[Settled]:
        """The number was there before the copy."""
        ours = ours or (isinstance(change, Create) and change.begun)
        if not ours and isinstance(change, Create):
            yield Settled(span_of(pattern), Conflicting())
        else:
            origin = self._before.origin(pattern)
            source = change.source if ours and origin is None else origin
            left = Confirmed(source, change.routing)
            if ours and seeding is not None and self._like_its_source(pattern, change):
                self._assert(pattern, left, None, seeding[1])
                return
            if change.routing:
                self._assert(pattern, left, None, None)
            else:
                yield Settled(span_of(pattern), Done(left))
        if seeding is not None:
            self._seed(*seeding)

    def _assert(
        self, pattern: str, left: Confirmed, created: Confirmed | None, group: Group | None
    ) -> None:
        self._assertions.append(_Assertion(pattern, left.routing, left, created, group))

    def _like_its_source(self, pattern: str, change: Create | Adopt) -> bool:
        """Whether a number begun earlier differs from the source in declared fields only."""
        match self._before.begun(pattern):
            case None:
                return True
            case BegunCreate(source, _, sent):
                return source == change.source and not sent.without(change.routing)
            case BegunDelete():
                return False

    def updated(self, call: UpdateCall, reply: UpdateReply) -> Iterator[Settled]:
        """Take in the reply to the update of a seed, or of a number that existed."""
        span = span_of(call.pattern)
        assertion = self._asserting.pop(span.key)
        outcome = _asserted(assertion, reply)
        if assertion.group is not None:
            if isinstance(outcome, Done):
                assertion.group.open = True
            else:
                assertion.group.closed = f"its seed {call.pattern} was not confirmed"
        yield Settled(span, outcome)

    def source_settled(self, pattern: str, outcome: Outcome) -> None:
        """A number's outcome is final: it may be a source that others wait for."""
        family = self._families.get(pattern.lower())
        if family is not None and family.waiting:
            family.waiting = False
            if not isinstance(outcome, Done):
                family.closed = f"its source {family.source} was not confirmed"

    def _lose_seed(self, seeding: tuple[Family, Group] | None, why: str) -> None:
        if seeding is not None:
            seeding[1].closed = why


def _asserted(assertion: _Assertion, reply: UpdateReply) -> Outcome:
    match reply:
        case Updated():
            return Done(assertion.left)
        case DidMissing():
            return Vanished(GONE)
        case CallRefused(words) if assertion.created is not None:
            return Unfinished(words, assertion.created)
        case CallRefused(words):
            return Refused(words)
        case Unclear(words):
            return Unknown(words)
