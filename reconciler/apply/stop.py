"""Asking a run to end early: by a signal, or by what a call came to."""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stop:
    """``why`` is told of everything that was not started."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""
    _grace: float | None = None
    _hurried: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self, why: str, *, grace: float | None = None) -> None:
        """Start no further call; those under way get ``grace`` seconds (None: all they need).

        Asked again, the first reason stands, and the first grace.
        """
        if not self.event.is_set():
            self.why = why
            self.event.set()
        if grace is not None and self._grace is None:
            self._grace = grace
            self._hurried.set()

    @property
    def asked(self) -> bool:
        """Whether to end."""
        return self.event.is_set()

    async def out_of_time(self) -> None:
        """Return when the grace is over; never, where none was given."""
        await self._hurried.wait()
        await asyncio.sleep(self._grace or 0.0)
