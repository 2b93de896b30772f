"""Ends a run whose server has stopped answering, before it marks every number of the plan.

::

    calls go out ──▶ TRIPS answers in a row are lost ──▶ no call goes out; the version is asked for
        ▲                                                        │              │
        └───────────────── it arrives ───────────────────────────┘              │
                                           it never arrives ──▶ Unreachable ────┘
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from reconciler.errors import Unreachable

TRIPS = 4
"""Lost answers in a row, to whatever calls, after which nothing is sent."""
PROBE_SECONDS = 5.0
"""Seconds that the server has to answer the question for its version."""


class Breaker:
    """Counts lost answers in a row, and makes calls wait while the server does not answer.

    ``waits``: the seconds before each question for the version. They are used up until a call gets
    an answer, so that a server that tells its version and nothing else ends the run too.
    """

    def __init__(
        self,
        answers: Callable[[], Awaitable[bool]],
        waits: Sequence[float],
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``answers`` asks for the version; ``told`` gets what a person should know."""
        self._answers = answers
        self._told = told
        self._all_waits = waits
        self._waits: Iterator[float] = iter(waits)
        self._lost = 0
        self._words = ""
        self._one_at_a_time = asyncio.Lock()

    def answered(self) -> None:
        """A call got an answer."""
        if self._lost:
            self._lost = 0
            self._waits = iter(self._all_waits)

    def lost(self, words: str) -> None:
        """A call got no answer; ``words`` say what came instead."""
        self._lost += 1
        self._words = words

    async def closed(self) -> None:
        """Return when calls may go out; raise Unreachable when the server stays away."""
        while self._lost >= TRIPS:
            async with self._one_at_a_time:
                if self._lost >= TRIPS:
                    await self._probe()

    async def _probe(self) -> None:
        wait = next(self._waits, None)
        if wait is None:
            raise Unreachable(
                f"the server stopped answering: {self._words}",
                hint="run apply again when it answers: it goes on where this one ended",
            )
        self._told(f"no answer ({self._words}): trying again in {wait:.0f} s")
        await asyncio.sleep(wait)
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                back = await self._answers()
        except TimeoutError:
            back = False
        if back:
            self._lost = TRIPS - 1  # the next lost answer makes calls wait again
