"""Measure the same work at two sizes, taking turns, so that a busy machine slows both."""

import time
from collections.abc import Callable
from dataclasses import dataclass

SMALL = 1_000
LARGE = 1_000_000
ROUNDS = 15
AT_LEAST = 0.005
"""Seconds a round should take: shorter ones are repeated, since clocks and caches blur them."""


@dataclass(frozen=True, slots=True)
class Case:
    """``prepare(numbers)`` gives the work to be measured; ``limit`` is how much dearer the large
    one may be."""

    name: str
    prepare: Callable[[int], Callable[[], object]]
    limit: float = 1.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Seconds for the small and the large work, each the fastest of all rounds."""

    small: float
    large: float
    limit: float

    @property
    def ratio(self) -> float:
        """How much dearer the large one was."""
        return self.large / self.small

    @property
    def holds(self) -> bool:
        """Whether it stays within the limit."""
        return self.ratio <= self.limit


def compare(case: Case) -> Comparison:
    """Measure a case at both sizes."""
    small, large = case.prepare(SMALL), case.prepare(LARGE)
    times = max(1, round(AT_LEAST / max(_seconds(small, 1), 1e-7)))
    smalls, larges = [], []
    for _ in range(ROUNDS):
        smalls.append(_seconds(small, times))
        larges.append(_seconds(large, times))
    return Comparison(min(smalls), min(larges), case.limit)


def _seconds(work: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times
