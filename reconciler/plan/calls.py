"""The requests that change something (and the one that only asks), before they are sent."""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.characters import size
from reconciler.numbers import Span
from reconciler.plan.queue import Queue
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


def next_batch(queue: Queue) -> tuple[Span, ...]:
    """Take from the front of ``queue`` as many numbers as one copy may name."""
    room = LONGEST_LIST + 1  # the last number needs no comma
    batch: list[Span] = []
    while queue:
        span = queue.take()
        each = size(span[0]) + 1
        fitting = room // each
        if fitting < len(span):
            queue.give_back([span.drop(fitting)])
            span = span.take(fitting)
        if not fitting:
            break
        batch.append(span)
        room -= each * len(span)
    return tuple(batch)


def batches(queue: Queue) -> int:
    """How many copies :func:`next_batch` makes of all of ``queue``, without making them."""
    found, room = 0, 0
    for bytes_each, numbers in queue.sizes():
        each = bytes_each + 1
        left = numbers - room // each
        if left <= 0:
            room -= each * numbers
            continue
        most = (LONGEST_LIST + 1) // each
        more = -(-left // most)
        found += more
        room = LONGEST_LIST + 1 - each * (left - (more - 1) * most)
    return found
