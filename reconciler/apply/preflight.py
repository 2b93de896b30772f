"""Everything that can be found out before the first change, changing nothing.

Version, log-in, rights, sources and, where the account may read it, the list of all numbers. The
log-in goes first and alone: ten refused ones would lock the account.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.apply.pace import Pace
from reconciler.diff.model import Adopt, Create
from reconciler.numbers import NumberError, Span, SpanMap, span_of
from reconciler.plan.plan import Plan
from reconciler.vicidial.client import Reader
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import DidMissing


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. ``present`` is the server's own list of numbers, None where unreadable.

    ``unreadable`` says why; ``missing`` holds the sources that do not exist, with the words.
    """

    present: SpanMap[bool] | None = None
    unreadable: str | None = None
    missing: Mapping[str, str] = field(default_factory=dict)


async def preflight(reader: Reader, plan: Plan, pace: Pace) -> Checked:
    """Check that the plan can be carried out. Raises ServerStop when it cannot."""
    await pace.turn()
    await reader.check_version()
    await pace.turn()
    sources = _sources(plan)
    if not sources:
        await reader.check_rights_to_update(next(iter(plan.changes))[0][0])
        return Checked()
    await reader.check_rights_to_copy()
    await pace.turn()
    listed = await reader.numbers()
    if isinstance(listed, NotReadable):
        missing = await _missing(reader, sources, plan.target.concurrency, pace)
        return Checked(None, listed.words, missing)
    present = spans_of(listed)
    unlisted = [source for source in sources if present.get(source) is None]
    return Checked(present, None, await _missing(reader, unlisted, plan.target.concurrency, pace))


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


async def _missing(
    reader: Reader, sources: list[str], concurrency: int, pace: Pace
) -> dict[str, str]:
    slots = asyncio.Semaphore(concurrency)

    async def ask(source: str) -> bool:
        async with slots:
            await pace.turn()
            return isinstance(await reader.exists(source), DidMissing)

    answers = await asyncio.gather(*(ask(source) for source in sources))
    return {
        source: f"source {source} does not exist on the server, or this user may not see it"
        for source, missing in zip(sources, answers, strict=True)
        if missing
    }
