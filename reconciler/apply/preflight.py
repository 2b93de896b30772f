"""All checks before the first change; they change nothing.

Version, log-in, rights, sources and, where the account may read it, the list of all numbers. The
log-in goes first and alone: ten refused ones would lock the account. Every right that the plan
needs is asked for, as far as that changes nothing: the right to delete cannot be, since the server
looks for the number first. A check without a clear answer is repeated; if it never gets one,
nothing is changed. The list is an admin page that may be refused while the API works: an apply goes
on without it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from reconciler.apply.needs import needs_of
from reconciler.apply.pace import Pace
from reconciler.apply.retry import RetryPolicy
from reconciler.diff.model import Adopt, Create
from reconciler.errors import Unreachable
from reconciler.numbers import NumberError, Span, SpanMap, span_of
from reconciler.plan.plan import Plan
from reconciler.state.model import BegunCreate, BegunDelete
from reconciler.vicidial.client import Reader
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import DidMissing, Exists

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

    def unlisted(self, before: bool) -> bool:  # noqa: FBT001
        """Whether the list cannot be read; as ``before`` where it was not asked for."""
        return before if self.present is None and self.unreadable is None else self.present is None


async def preflight(
    reader: Reader, plan: Plan, pace: Pace, retry: RetryPolicy | None = None
) -> Checked:
    """Check that the plan can be carried out. Raises ServerStop when it cannot."""
    return await _Preflight(reader, pace, retry or RetryPolicy()).check(plan)


class _Preflight:
    """Asks at the run's pace, and retries where no clear answer came."""

    def __init__(self, reader: Reader, pace: Pace, retry: RetryPolicy) -> None:
        self._reader = reader
        self._pace = pace
        self._retry = retry

    async def check(self, plan: Plan) -> Checked:
        sources = _sources(plan)
        known = await self._rights(plan, sources)
        if not sources and not plan.conflicts and not _has_doubts(plan):
            return Checked()
        listed = await self._list()
        sources = [source for source in sources if source not in known]
        slots = asyncio.Semaphore(plan.target.concurrency)
        if isinstance(listed, NotReadable):
            _LOG.info("the list of all numbers is not readable", why=listed.words)
            return Checked(None, listed.words, await self._missing(sources, slots))
        present = spans_of(listed)
        unlisted = [source for source in sources if present.get(source) is None]
        return Checked(present, None, await self._missing(unlisted, slots))

    async def _rights(self, plan: Plan, sources: list[str]) -> set[str]:
        """Prove what the plan needs, before its first change; returns sources found to exist."""
        reader, calls = self._reader, plan.calls
        await self._insist(lambda: reader.check_version(needs_of(plan)))
        if sources:
            await self._insist(reader.check_rights_to_copy)
        conflicts = () if sources else plan.conflicts.spans
        if calls.copies == calls.total and not conflicts:
            return set()
        # Seeds are updated too. Any number will do; a source has to be asked for anyway.
        spans = plan.changes.spans or conflicts
        pattern = sources[0] if sources else spans[0][0]
        found = await self._insist(lambda: reader.check_rights_to_update(pattern))
        return {pattern} if isinstance(found, Exists) else set()

    async def _list(self) -> frozenset[str] | NotReadable:
        try:
            return await self._insist(self._listed)
        except _LateError as late:
            return late.found

    async def _insist(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer to ``question``, with retries; raise Unreachable without one."""
        async for attempt in self._retry.again_on(Unreachable, unless=self._too_long):
            with attempt:
                await self._pace.turn()
                try:
                    return await question()
                except Unreachable as error:
                    self._pace.failed(0.0 if self._too_long(error) else error.wait)
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _listed(self) -> frozenset[str] | NotReadable:
        listed = await self._reader.numbers()
        if isinstance(listed, NotReadable) and listed.passing:
            raise _LateError(listed)
        return listed

    def _too_long(self, error: Exception) -> bool:
        return isinstance(error, Unreachable) and not self._retry.waits_for(error.wait)

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


class _LateError(Unreachable):
    """The list could not be read now; a retry may help."""

    def __init__(self, found: NotReadable) -> None:
        super().__init__(found.words, wait=found.wait)
        self.found = found


def spans_of(patterns: frozenset[str]) -> SpanMap[bool]:
    """The patterns as spans; values that are not patterns are left out."""
    found: dict[tuple[str, int, int], Span] = {}
    for pattern in patterns:
        try:
            span = span_of(pattern)
        except NumberError:
            continue
        found[span.key] = span
    return SpanMap((span, True) for span in found.values())


def _has_doubts(plan: Plan) -> bool:
    """Whether a number that left the YAML may exist, and would then have to be proven ours."""
    return any(
        isinstance(record.standing, BegunCreate | BegunDelete)
        for _, record in plan.state.records.within(plan.changes)
    )


def _sources(plan: Plan) -> list[str]:
    """The sources that must exist before the first change, each once."""
    found: dict[str, str] = {}
    for _, change in plan.changes:
        if isinstance(change, Create | Adopt):
            found.setdefault(change.source.lower(), change.source)
    return [
        source
        for source in found.values()
        if not isinstance(plan.changes.get(source), Create | Adopt)
    ]
