"""Everything that can be found out before the first change, changing nothing.

Version, log-in, rights, sources and, where the account may read it, the list of all numbers. The
log-in goes first and alone: ten refused ones would lock the account. What got no clear answer is
asked again, and without one nothing begins: going on without a list that is only late would let a
number of somebody else's be taken for one of ours whose reply got lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from reconciler.apply.needs import needs_of
from reconciler.apply.pace import Pace
from reconciler.apply.patience import Patience
from reconciler.diff.model import Adopt, Create
from reconciler.errors import Unreachable
from reconciler.numbers import NumberError, Span, SpanMap, span_of
from reconciler.plan.plan import Plan
from reconciler.vicidial.client import Reader
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import DidMissing

_LOG = structlog.get_logger()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. ``present`` is the server's own list of numbers, None where unreadable.

    ``unreadable`` says why; ``missing`` holds the sources that do not exist, with the words.
    """

    present: SpanMap[bool] | None = None
    unreadable: str | None = None
    missing: Mapping[str, str] = field(default_factory=dict)


async def preflight(
    reader: Reader, plan: Plan, pace: Pace, patience: Patience | None = None
) -> Checked:
    """Check that the plan can be carried out. Raises ServerStop when it cannot."""
    return await _Preflight(reader, pace, patience or Patience()).check(plan)


class _Preflight:
    """Asks at the run's pace, and again where no clear answer came."""

    def __init__(self, reader: Reader, pace: Pace, patience: Patience) -> None:
        self._reader = reader
        self._pace = pace
        self._patience = patience

    async def check(self, plan: Plan) -> Checked:
        reader = self._reader
        await self._insist(lambda: reader.check_version(needs_of(plan)))
        sources = _sources(plan)
        if not sources:
            first = next(iter(plan.changes))[0][0]
            await self._insist(lambda: reader.check_rights_to_update(first))
            return Checked()
        await self._insist(reader.check_rights_to_copy)
        listed = await self._insist(self._listed)
        slots = asyncio.Semaphore(plan.target.concurrency)
        if isinstance(listed, NotReadable):
            _LOG.info("the list of all numbers is not readable", why=listed.words)
            return Checked(None, listed.words, await self._missing(sources, slots))
        present = spans_of(listed)
        unlisted = [source for source in sources if present.get(source) is None]
        return Checked(present, None, await self._missing(unlisted, slots))

    async def _insist(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that must be answered; raise Unreachable when it never is."""
        async for attempt in self._patience.again_on(Unreachable):
            with attempt:
                await self._pace.turn()
                return await question()
        raise AssertionError("patience ends with an answer or an error")

    async def _listed(self) -> frozenset[str] | NotReadable:
        listed = await self._reader.numbers()
        if isinstance(listed, NotReadable) and listed.passing:
            raise Unreachable(
                f"the server did not show its list of numbers: {listed.words}",
                hint="try again; nothing was changed",
            )
        return listed

    async def _missing(self, sources: list[str], slots: asyncio.Semaphore) -> dict[str, str]:
        async def ask(source: str) -> bool:
            async with slots:
                reply = await self._insist(lambda: self._reader.check_rights_to_update(source))
                return isinstance(reply, DidMissing)

        answers = await asyncio.gather(*(ask(source) for source in sources))
        return {
            source: f"source {source} does not exist on the server, or this user may not see it"
            for source, missing in zip(sources, answers, strict=True)
            if missing
        }


def spans_of(patterns: frozenset[str]) -> SpanMap[bool]:
    """The patterns as spans; what a server holds that is no pattern is left out."""
    found: dict[tuple[str, int, int], Span] = {}
    for pattern in patterns:
        try:
            span = span_of(pattern)
        except NumberError:
            continue
        found[span.key] = span
    return SpanMap((span, True) for span in found.values())


def _sources(plan: Plan) -> list[str]:
    """The sources that must exist before the plan begins, each once."""
    found: dict[str, str] = {}
    for _, change in plan.changes:
        if isinstance(change, Create | Adopt):
            found.setdefault(change.source.lower(), change.source)
    return [
        source
        for source in found.values()
        if not isinstance(plan.changes.get(source), Create | Adopt)
    ]
