"""Reads a server through its admin page ``settings_compare.php``.

One request lists all numbers; each further one shows all columns of two. Every page repeats the
whole list twice, so a reading of many numbers is large: it is told beforehand.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from reconciler.live.reading import Rows, Survey
from reconciler.vicidial.client import Reader
from reconciler.vicidial.readings import NotReadable

AT_ONCE = 2
"""Numbers that one page shows."""
_TOGETHER = 64
"""Pages that are asked for before the first of them is shown; the connection limits the rest."""

_SEES = ("every number within the user group's viewable groups", "all columns of each")
_BLIND = (
    "numbers of other user groups",
    "who changed a number, and when",
    "calls of numbers that are not declared",
)


class HttpReader:
    """Reads with the account of the API, by HTTP Basic."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def survey(self) -> Survey | NotReadable:
        """The list, in one request."""
        listed = await self._reader.listing()
        if isinstance(listed, NotReadable):
            return listed
        return Survey(listed.numbers, _SEES, _BLIND, AT_ONCE, listed.size)

    async def rows(self, patterns: Sequence[str]) -> AsyncIterator[Rows]:
        """Two numbers a request, several requests at a time."""
        size = AT_ONCE * _TOGETHER
        for start in range(0, len(patterns), size):
            part = patterns[start : start + size]
            asked = [part[at : at + AT_ONCE] for at in range(0, len(part), AT_ONCE)]
            for page in asyncio.as_completed([self._page(pair) for pair in asked]):
                yield await page

    async def _page(self, pair: Sequence[str]) -> Rows:
        found = await self._reader.settings(pair[0], pair[-1])
        if isinstance(found, NotReadable):
            return Rows({}, dict.fromkeys(pair, found.words))
        return Rows(found, {})
