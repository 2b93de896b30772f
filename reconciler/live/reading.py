"""The one interface of all readers: what there is, what reading it costs, and the columns.

Each reader says what it sees and what it does not. Numbers that a reader has not shown were not
looked at, and nothing may be said of them.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from reconciler.vicidial.readings import NotReadable

Row = Mapping[str, str]
"""Column → value, as the server stores it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a reading takes: ``requests``, and ``size`` in bytes as sent without compression."""

    requests: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is, before any column is read.

    ``numbers`` are those that the reader sees. A request shows ``at_once`` of them, ``page`` bytes
    large; 0 where no request is needed. ``sees`` and ``blind`` say what is seen and what is not.
    """

    numbers: frozenset[str]
    sees: tuple[str, ...]
    blind: tuple[str, ...]
    at_once: int = 0
    page: int = 0

    def cost(self, count: int) -> Cost:
        """What it takes to read the columns of ``count`` numbers."""
        if not self.at_once:
            return Cost()
        requests = -(-count // self.at_once)
        return Cost(requests, requests * self.page)


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of the numbers asked for; one that is in neither is not there.

    ``unread`` are those that could not be read, with why.
    """

    read: Mapping[str, Row]
    unread: Mapping[str, str]


class LiveReader(Protocol):
    """Reads a server, or what was exported from it; never changes anything."""

    async def survey(self) -> Survey | NotReadable:
        """What there is; NotReadable where this account or file shows nothing."""
        ...

    def rows(self, patterns: Sequence[str]) -> AsyncIterator[Rows]:
        """The columns of ``patterns``, part by part as they arrive.

        A reading that was stopped goes on with the numbers that were not shown yet.
        """
        ...
