"""How many calls are sent at a time, and how soon after each other.

Starts with one; each clear answer adds one, up to the target's concurrency; a failure halves the
number, and slow answers lower it. ``requests_per_second`` is never exceeded, and a pause that the
server asks for (``Retry-After``) is kept.
"""

import asyncio
import time
from collections.abc import Callable

SLOWER = 3.0
"""An answer this many times slower than the quickest of its kind means an overloaded server."""
FORGETS = 1.05
"""The quickest answer counts a little less with each one after it: a server may stay slower."""
NOISE = 0.1
"""Seconds by which answers differ by chance."""


class Pace:
    """Decides how many calls may be under way (``width``) and when the next may start."""

    def __init__(
        self,
        concurrency: int,
        per_second: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.width = 1
        self._most = concurrency
        self._gap = None if per_second is None else 1 / per_second
        self._clock = clock
        self._next = 0.0
        self._paused_until = 0.0
        self._one_at_a_time = asyncio.Lock()
        self._quickest: dict[object, float] = {}

    async def turn(self) -> None:
        """Wait until a call may start: calls start at least ``1 / per_second`` apart."""
        while (rest := self._paused_until - self._clock()) > 0:
            await asyncio.sleep(rest)
        if self._gap is None:
            return
        async with self._one_at_a_time:
            while (early := self._next - self._clock()) > 0:
                await asyncio.sleep(early)
            # From now, not from when it was due: a late start is not made up for.
            self._next = self._clock() + self._gap

    def answered(self, kind: object, seconds: float) -> None:
        """A clear answer to a call of ``kind`` (calls that cost the server alike) arrived."""
        quickest = min(seconds, self._quickest.get(kind, seconds) * FORGETS)
        self._quickest[kind] = quickest
        if seconds > SLOWER * quickest + NOISE:
            self.width = max(1, self.width - 1)
        else:
            self.width = min(self._most, self.width + 1)

    def failed(self, wait: float = 0.0) -> None:
        """No clear answer arrived; no call starts in the next ``wait`` seconds."""
        self.width = max(1, self.width // 2)
        self._paused_until = max(self._paused_until, self._clock() + wait)
