"""Numbers to be created from one source, and in which order.

::

    source ──copy──▶ numbers with nothing declared
       │  └──copy with description──▶ numbers that declare only a description
       └──copy──▶ one seed for each routing ──update──▶ seed confirmed ──copy──▶ its group

No number but a seed ever answers with a routing it should not have, and a group of any size costs
one update.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

from reconciler.numbers import Span
from reconciler.plan.calls import CallCount, batches
from reconciler.routing import DESCRIPTION, Routing


class Stage(Enum):
    """How far a group has come."""

    SEEDING = auto()
    OPEN = auto()
    CLOSED = auto()


@dataclass(slots=True)
class Pool:
    """Numbers of a group that share every field, the description included."""

    routing: Routing
    fresh: deque[Span] = field(default_factory=deque)
    begun: deque[Span] = field(default_factory=deque)
    """May exist already, with a routing of an earlier apply: last to become the seed."""

    def spans(self) -> list[Span]:
        """All that is waiting."""
        return [*self.fresh, *self.begun]

    def pop(self) -> str | None:
        """Take one number, rather a fresh one."""
        for queue in (self.fresh, self.begun):
            if queue:
                span = queue.popleft()
                if len(span) > 1:
                    queue.appendleft(span.drop(1))
                return span[0]
        return None


@dataclass(slots=True)
class Group:
    """Numbers of one source with the same declared fields, descriptions aside.

    Descriptions ride along with the copies of the seed, so they share it.
    """

    pools: dict[str | None, Pool] = field(default_factory=dict)
    stage: Stage = Stage.SEEDING
    seed: str | None = None
    seed_pool: Pool | None = None

    def pool(self, routing: Routing) -> Pool:
        """The pool for numbers that declare exactly ``routing``."""
        return self.pools.setdefault(routing.get(DESCRIPTION), Pool(routing))

    def next_seed(self) -> str | None:
        """Take the next number that may become the seed; None when no number is left.

        Rather one that declares no description: its copies must have the source's.
        """
        for described in sorted(self.pools, key=lambda text: (text is not None, text or "")):
            pool = self.pools[described]
            self.seed = pool.pop()
            if self.seed is not None:
                self.seed_pool = pool
                return self.seed
        self.seed_pool = None
        return None

    def expected(self) -> CallCount:
        """The calls when all goes well, the copy that makes the seed not counted."""
        return CallCount(
            copies=sum(batches(pool.spans()) for pool in self.pools.values()), updates=1
        )


@dataclass(slots=True)
class Family:
    """All numbers to be created from ``source``."""

    source: str
    plain: deque[Span] = field(default_factory=deque)
    described: dict[str, deque[Span]] = field(default_factory=dict)
    groups: dict[Routing, Group] = field(default_factory=dict)
    seeds: deque[Span] = field(default_factory=deque)
    """Seeds still to be copied from the source; they go before the plain numbers."""
    waiting: bool = False
    """Its source is created or changed in the same plan and not confirmed yet."""

    def add(self, span: Span, routing: Routing, *, begun: bool) -> None:
        """A span to be created with ``routing``."""
        base = routing.without({DESCRIPTION: ""})
        if base:
            pool = self.groups.setdefault(base, Group()).pool(routing)
            (pool.begun if begun else pool.fresh).append(span)
        elif routing:
            self.described.setdefault(routing[DESCRIPTION], deque()).append(span)
        else:
            self.plain.append(span)

    def expected(self) -> CallCount:
        """The calls when all goes well."""
        copies = batches([*self.seeds, *self.plain])
        copies += sum(batches(spans) for spans in self.described.values())
        return sum(
            (group.expected() for group in self.groups.values()), CallCount(copies=copies)
        )
