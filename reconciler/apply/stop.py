"""Ask a run to end early: because of a signal, or of a call's answer."""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stop:
    """``why`` is the reason given for everything that was not started."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""
    _grace: float | None = None
    _hurried: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self, why: str, *, grace: float | None = None) -> None:
        """Start no more calls; those under way get ``grace`` seconds (None: all they need).

        If called again, the first reason and the first grace stay.
        """
        if not self.event.is_set():
            self.why = why
            self.event.set()
        if grace is not None and self._grace is None:
            self._grace = grace
            self._hurried.set()

    @property
    def asked(self) -> bool:
        """Whether the run is to end."""
        return self.event.is_set()

    async def out_of_time(self) -> None:
        """Return when the grace is over; without a grace, never."""
        await self._hurried.wait()
        await asyncio.sleep(self._grace or 0.0)
