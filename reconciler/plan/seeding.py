"""Numbers to be created from one source, and in which order.

::

    source ──copy──▶ numbers with nothing declared
       │  └──copy with description──▶ numbers that declare only a description
       └──copy──▶ one seed for each routing ──update──▶ seed confirmed ──copy──▶ its group

No number but a seed ever answers with a routing it should not have, and a group of any size costs
one update. Whatever is used up is dropped, so that choosing the next call costs the same however
many groups and descriptions there are.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.numbers import Span
from reconciler.plan.calls import CallCount, CopyCall, batches, next_batch
from reconciler.plan.queue import Queue
from reconciler.routing import DESCRIPTION, Routing


@dataclass(slots=True)
class DescriptionGroup:
    """Numbers of a routing group that share every field, the description included."""

    fresh: Queue = field(default_factory=Queue)
    begun: Queue = field(default_factory=Queue)
    """May exist already, with a routing of an earlier apply: last to become the seed."""

    @property
    def queue(self) -> Queue:
        """Where the next numbers are taken from: rather fresh ones."""
        return self.fresh or self.begun


@dataclass(slots=True)
class RoutingGroup:
    """Numbers of one source with the same declared fields, descriptions aside.

    Descriptions ride along with the copies of the seed, so its description groups share it.
    """

    by_description: OrderedDict[str | None, DescriptionGroup] = field(default_factory=OrderedDict)
    seed: str | None = None
    seed_description: str | None = None
    open: bool = False
    """Its seed is confirmed: the others may be copied."""
    closed: str | None = None
    """Why no more of it may be copied."""

    def with_description(self, description: str | None) -> DescriptionGroup:
        """The numbers that declare this description (None: none)."""
        return self.by_description.setdefault(description, DescriptionGroup())

    def undescribed_first(self) -> None:
        """All numbers are in: put first those that declare no description.

        One of them becomes the seed, since its copies must have the source's description.
        """
        if None in self.by_description:
            self.by_description.move_to_end(None, last=False)

    def next_seed(self) -> str | None:
        """Take the next number that may become the seed; None when no number is left."""
        found = self._first()
        if found is None:
            return None
        self.seed_description, part = found
        self.seed = part.queue.take_number()
        return self.seed

    def next_copy(self) -> CopyCall | None:
        """The next copy of the confirmed seed."""
        if not self.open or self.closed is not None or self.seed is None:
            return None
        found = self._first()
        if found is None:
            return None
        description, part = found
        same = description == self.seed_description
        return CopyCall(self.seed, next_batch(part.queue), None if same else description)

    def _first(self) -> tuple[str | None, DescriptionGroup] | None:
        """The first description group that has numbers left."""
        while self.by_description:
            description, part = next(iter(self.by_description.items()))
            if part.queue:
                return description, part
            del self.by_description[description]
        return None

    def give_back(self, call: CopyCall) -> None:
        """A copy of the seed that was not sent."""
        description = self.seed_description if call.description is None else call.description
        self.with_description(description).fresh.give_back(call.spans)

    def expected(self) -> CallCount:
        """The calls when all goes well, the copy that makes the seed not counted."""
        return CallCount(
            copies=sum(
                batches(part.fresh) + batches(part.begun) for part in self.by_description.values()
            ),
            updates=1,
        )


@dataclass(slots=True)
class SourceGroup:
    """All numbers to be created from ``source``."""

    source: str
    direct: Queue = field(default_factory=Queue)
    """Copied as they are: the seeds, and then what declares nothing."""
    described: OrderedDict[str, Queue] = field(default_factory=OrderedDict)
    groups: dict[Routing, RoutingGroup] = field(default_factory=dict)
    waiting: bool = False
    """Its source is created or changed in the same plan and not confirmed yet."""
    closed: str | None = None
    """Why nothing more may be copied from the source."""

    def queue(self, routing: Routing, *, begun: bool) -> Queue:
        """Where numbers wait that are to be created with ``routing``."""
        base = routing.without({DESCRIPTION: ""})
        if base:
            part = self.groups.setdefault(base, RoutingGroup()).with_description(
                routing.get(DESCRIPTION)
            )
            return part.begun if begun else part.fresh
        if routing:
            return self.described.setdefault(routing[DESCRIPTION], Queue())
        return self.direct

    def next_copy(self) -> CopyCall | None:
        """The next copy of the source itself."""
        if self.waiting or self.closed is not None:
            return None
        if self.direct:
            return CopyCall(self.source, next_batch(self.direct))
        while self.described:
            description, queue = next(iter(self.described.items()))
            if queue:
                return CopyCall(self.source, next_batch(queue), description)
            del self.described[description]
        return None

    def give_back(self, call: CopyCall) -> None:
        """A copy of the source that was not sent."""
        queue = self.direct
        if call.description is not None:
            queue = self.described.setdefault(call.description, Queue())
        queue.give_back(call.spans)

    def expected(self) -> CallCount:
        """The calls when all goes well."""
        if self.closed is not None:
            return CallCount()
        copies = batches(self.direct)
        copies += sum(batches(queue) for queue in self.described.values())
        return sum((group.expected() for group in self.groups.values()), CallCount(copies=copies))

    @property
    def count(self) -> int:
        """The numbers that are still to be copied."""
        if self.closed is not None:
            return 0
        queues = [self.direct, *self.described.values()]
        for group in self.groups.values():
            for part in group.by_description.values():
                queues += [part.fresh, part.begun]
        return sum(queue.numbers for queue in queues)

    def left(self, why: str) -> Iterator[tuple[Span, str]]:
        """What was never sent, and why not; ``why`` where it has no reason of its own."""
        if self.closed is not None:
            why = self.closed
        elif self.waiting:
            why = f"copied from {self.source}, which was not confirmed"
        for queue in (self.direct, *self.described.values()):
            yield from ((span, why) for span in queue)
        for group in self.groups.values():
            reason = why if group.closed is None else group.closed
            for part in group.by_description.values():
                for queue in (part.fresh, part.begun):
                    yield from ((span, reason) for span in queue)


def pop_number(queue: deque[Span]) -> str:
    """Take the first number of ``queue``."""
    span = queue.popleft()
    if len(span) > 1:
        queue.appendleft(span.drop(1))
    return span[0]
