"""Numbers to be created from one source, and in which order.

::

    source ──copy──▶ numbers with nothing declared
       │  └──copy with description──▶ numbers that declare only a description
       └──copy──▶ one seed for each routing ──update──▶ seed confirmed ──copy──▶ its group

No number but a seed ever answers with a routing it should not have, and a group of any size costs
one update.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.numbers import Span
from reconciler.plan.calls import CallCount, CopyCall, batches, next_batch
from reconciler.routing import DESCRIPTION, Routing


@dataclass(slots=True)
class Pool:
    """Numbers of a group that share every field, the description included."""

    routing: Routing
    fresh: deque[Span] = field(default_factory=deque)
    begun: deque[Span] = field(default_factory=deque)
    """May exist already, with a routing of an earlier apply: last to become the seed."""

    @property
    def description(self) -> str | None:
        """What all of its numbers declare as theirs."""
        return self.routing.get(DESCRIPTION)

    def pop(self) -> str | None:
        """Take one number, rather a fresh one."""
        for queue in (self.fresh, self.begun):
            if queue:
                return pop_number(queue)
        return None

    def waiting(self) -> Iterator[Span]:
        """All that is left to be copied from the seed."""
        yield from self.fresh
        yield from self.begun


@dataclass(slots=True)
class Group:
    """Numbers of one source with the same declared fields, descriptions aside.

    Descriptions ride along with the copies of the seed, so pools share it.
    """

    pools: dict[str | None, Pool] = field(default_factory=dict)
    seed: str | None = None
    seed_description: str | None = None
    open: bool = False
    """Its seed is confirmed: the others may be copied."""
    closed: str | None = None
    """Why no more of it may be copied."""

    def pool(self, routing: Routing) -> Pool:
        """The pool for numbers that declare exactly ``routing``."""
        return self.pools.setdefault(routing.get(DESCRIPTION), Pool(routing))

    def next_seed(self) -> str | None:
        """Take the next number that may become the seed; None when no number is left.

        Rather one that declares no description: its copies must have the source's.
        """
        for description in sorted(self.pools, key=lambda text: (text is not None, text or "")):
            self.seed = self.pools[description].pop()
            if self.seed is not None:
                self.seed_description = description
                return self.seed
        return None

    def next_copy(self) -> CopyCall | None:
        """The next copy of the confirmed seed."""
        if not self.open or self.closed is not None or self.seed is None:
            return None
        for pool in self.pools.values():
            queue = pool.fresh or pool.begun
            if queue:
                same = pool.description == self.seed_description
                return CopyCall(self.seed, next_batch(queue), None if same else pool.description)
        return None

    def give_back(self, call: CopyCall) -> None:
        """A copy of the seed that was not sent."""
        description = self.seed_description if call.description is None else call.description
        self.pools[description].fresh.extendleft(reversed(call.spans))

    def expected(self) -> CallCount:
        """The calls when all goes well, the copy that makes the seed not counted."""
        return CallCount(
            copies=sum(batches(pool.fresh) + batches(pool.begun) for pool in self.pools.values()),
            updates=1,
        )


@dataclass(slots=True)
class Family:
    """All numbers to be created from ``source``."""

    source: str
    direct: deque[Span] = field(default_factory=deque)
    """Copied as they are: the seeds, and then what declares nothing."""
    described: dict[str, deque[Span]] = field(default_factory=dict)
    groups: dict[Routing, Group] = field(default_factory=dict)
    waiting: bool = False
    """Its source is created or changed in the same plan and not confirmed yet."""
    closed: str | None = None
    """Why nothing more may be copied from the source."""

    def add(self, span: Span, routing: Routing, *, begun: bool) -> None:
        """A span to be created with ``routing``."""
        base = routing.without({DESCRIPTION: ""})
        if base:
            pool = self.groups.setdefault(base, Group()).pool(routing)
            (pool.begun if begun else pool.fresh).append(span)
        elif routing:
            self.described.setdefault(routing[DESCRIPTION], deque()).append(span)
        else:
            self.direct.append(span)

    def next_copy(self) -> CopyCall | None:
        """The next copy of the source itself."""
        if self.waiting or self.closed is not None:
            return None
        if self.direct:
            return CopyCall(self.source, next_batch(self.direct))
        for description, queue in self.described.items():
            if queue:
                return CopyCall(self.source, next_batch(queue), description)
        return None

    def give_back(self, call: CopyCall) -> None:
        """A copy of the source that was not sent."""
        queue = self.direct if call.description is None else self.described[call.description]
        queue.extendleft(reversed(call.spans))

    def expected(self) -> CallCount:
        """The calls when all goes well."""
        copies = batches(self.direct)
        copies += sum(batches(spans) for spans in self.described.values())
        return sum((group.expected() for group in self.groups.values()), CallCount(copies=copies))

    def left(self, why: str) -> Iterator[tuple[Span, str]]:
        """What was never sent, and why not; ``why`` where it has no reason of its own."""
        if self.closed is not None:
            why = self.closed
        elif self.waiting:
            why = f"its source {self.source} was not confirmed"
        for queue in (self.direct, *self.described.values()):
            yield from ((span, why) for span in queue)
        for group in self.groups.values():
            reason = why if group.closed is None else group.closed
            for pool in group.pools.values():
                yield from ((span, reason) for span in pool.waiting())


def pop_number(queue: deque[Span]) -> str:
    """Take the first number of ``queue``."""
    span = queue.popleft()
    if len(span) > 1:
        queue.appendleft(span.drop(1))
    return span[0]
