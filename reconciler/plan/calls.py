"""The requests that change something (and the one that only asks), before they are sent."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.characters import size
from reconciler.numbers import Span
from reconciler.routing import Routing

LONGEST_LIST = 2000
"""Bytes of ``new_dids`` that the server takes: 181 numbers of ten digits."""


@dataclass(frozen=True, slots=True)
class CopyCall:
    """Copy ``via`` onto every number of ``spans``, with ``description`` in place of its own."""

    via: str
    spans: tuple[Span, ...]
    description: str | None = None

    def patterns(self) -> Iterator[str]:
        """The numbers in the order in which the server takes them."""
        for span in self.spans:
            yield from span


@dataclass(frozen=True, slots=True)
class UpdateCall:
    """Give ``pattern`` every field of ``routing``."""

    pattern: str
    routing: Routing


@dataclass(frozen=True, slots=True)
class DeleteCall:
    """Delete ``pattern``."""

    pattern: str


@dataclass(frozen=True, slots=True)
class ProbeCall:
    """Ask whether ``pattern`` exists; changes nothing."""

    pattern: str


@dataclass(frozen=True, slots=True)
class ReadCall:
    """Read the columns of ``pattern`` and of the ``source`` it may be a copy of; changes nothing.

    Without a source only its own columns count.
    """

    pattern: str
    source: str | None


Call = CopyCall | UpdateCall | DeleteCall | ProbeCall | ReadCall


@dataclass(frozen=True, slots=True)
class CallCount:
    """How many requests of each kind. ``probes`` are those that only ask or read."""

    copies: int = 0
    updates: int = 0
    deletes: int = 0
    probes: int = 0

    def __add__(self, other: "CallCount") -> "CallCount":
        return CallCount(
            self.copies + other.copies,
            self.updates + other.updates,
            self.deletes + other.deletes,
            self.probes + other.probes,
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.copies + self.updates + self.deletes + self.probes


def next_batch(queue: deque[Span]) -> tuple[Span, ...]:
    """Take from the front of ``queue`` as many numbers as one copy may name."""
    room = LONGEST_LIST + 1  # the last number needs no comma
    batch: list[Span] = []
    while queue:
        each = size(queue[0][0]) + 1
        fitting = room // each
        if fitting == 0:
            break
        span = queue.popleft()
        if fitting < len(span):
            queue.appendleft(span.drop(fitting))
            span = span.take(fitting)
        batch.append(span)
        room -= each * len(span)
    return tuple(batch)


def batches(spans: Iterable[Span]) -> int:
    """How many copies :func:`next_batch` makes of all ``spans``, without making them."""
    found, room = 0, 0
    for span in spans:
        each = size(span[0]) + 1
        left = len(span) - room // each
        if left <= 0:
            room -= each * len(span)
            continue
        most = (LONGEST_LIST + 1) // each
        more = -(-left // most)
        found += more
        room = LONGEST_LIST + 1 - each * (left - (more - 1) * most)
    return found
