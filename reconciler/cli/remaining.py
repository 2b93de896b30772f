"""Remaining time of an apply: first from the plan's estimate, then from the observed pace."""

import time
from collections.abc import Callable

from reconciler.plan.plan import Plan

TRUST = 1.0
"""The weight of the plan's estimate: it counts like this many observed seconds."""


class Remaining:
    """``done`` and ``plan.work`` are seconds of work, not numbers.

    A copy handles up to 181 numbers and an update one, so numbers per second would mislead.
    """

    def __init__(self, plan: Plan, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = plan.work
        self._expected = plan.seconds
        self._clock = clock
        self._started = clock()
        self.done = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    @property
    def left(self) -> float:
        """Estimated seconds left."""
        if not self._total:
            return 0.0
        expected_pace = self._total / self._expected
        observed = self.done + TRUST * expected_pace
        return max(0.0, self._total - self.done) * (self.elapsed + TRUST) / observed

    def words(self) -> str:
        """``elapsed 0:12, about 0:30 left``."""
        return f"elapsed {_clock_words(self.elapsed)}, about {_clock_words(self.left)} left"


def _clock_words(seconds: float) -> str:
    """``0:30``, ``1:02:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
