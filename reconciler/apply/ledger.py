"""The records during an apply: marks before calls, outcomes after them."""

from dataclasses import replace

from reconciler.diff.model import Change
from reconciler.numbers import Span, SpanMap, align
from reconciler.plan.outcome import (
    ConflictFound,
    Done,
    NotStarted,
    Outcome,
    Refused,
    Settled,
    Unfinished,
    Unknown,
    Vanished,
)
from reconciler.specs.model import Declared
from reconciler.state.journal import Writes, written
from reconciler.state.model import BegunUpdate, Conflict, Record, Standing


class Ledger:
    """The records of a state, changed by marks and outcomes.

    Writes are collected and laid over the records together, since each time costs a sweep.
    ``under`` tells of the numbers the digest of the plan that they are changed under; it stays with
    them until they are confirmed.
    """

    def __init__(
        self,
        records: SpanMap[Record],
        changes: SpanMap[Change],
        under: SpanMap[str],
    ) -> None:
        self._before = records
        self._records = records
        self._changes = SpanMap(
            (span, (change, plan)) for span, change, plan in align(changes, under) if change
        )
        self._writes: list[tuple[Span, Record | None]] = []

    @property
    def records(self) -> SpanMap[Record]:
        """What is known now."""
        self._records = written(self._records, self._writes)
        self._writes.clear()
        return self._records

    def mark(self, span: Span, standing: Standing) -> Writes:
        """A call for these numbers may be sent from now on, or an answer told what they are."""
        marked = self._recorded(span, standing)
        self._writes += marked
        return marked

    def claim(self, span: Span, standing: Standing) -> Writes:
        """A number that was in conflict is ours."""
        claimed = [
            (part, replace(record, standing=standing)) for part, record in self._before.cut_to(span)
        ]
        self._writes += claimed
        return claimed

    def drop(self, span: Span) -> None:
        """These numbers are no longer known."""
        self._writes.append((span, None))

    def settle(self, settled: list[Settled]) -> Writes:
        """Record outcomes; returns their writes, equal neighbours merged."""
        writes: list[tuple[Span, Record | None]] = []
        for span, outcome in SpanMap((each.span, each.outcome) for each in settled):
            writes += self._written(span, outcome)
        merged = _merged(writes)
        self._writes += merged
        return merged

    def _written(self, span: Span, outcome: Outcome) -> list[tuple[Span, Record | None]]:
        match outcome:
            case Done(None):
                return [(span, None)]
            case Done(left):
                return self._recorded(span, left, confirmed=True)
            case Unfinished(_, left):
                return self._recorded(span, left)
            case ConflictFound(doubt):
                return self._recorded(span, Conflict(doubt), confirmed=True)
            case Refused() | Vanished() | NotStarted():
                return self._restored(span)
            case Unknown():  # pragma: no branch  (there is no other)
                return []

    def _recorded(
        self, span: Span, standing: Standing | None, *, confirmed: bool = False
    ) -> list[tuple[Span, Record | None]]:
        assert standing is not None  # noqa: S101  (Done(None) was matched before)
        found: list[tuple[Span, Record | None]] = []
        for part, (change, plan) in self._changes.cut_to(span):
            removal = getattr(change, "removal", None)
            left = None if confirmed else plan
            found.append((part, Record(change.block, standing, removal, left)))
        return found

    def _restored(self, span: Span) -> list[tuple[Span, Record | None]]:
        alone = SpanMap([(span, True)])
        return [(part, record) for part, _, record in align(alone, self._before.cut_to(span))]


def refreshed(
    records: SpanMap[Record], desired: SpanMap[Declared], changes: SpanMap[Change]
) -> SpanMap[Record]:
    """``records`` with the block and removal policy that the YAML gives each number now.

    An update begun earlier that the plan no longer needs leaves its fields unknown.
    """
    found = [
        (span, _refreshed(record, declared, change is None))
        for span, record, (declared, change) in _three(records, desired, changes)
    ]
    return SpanMap(found)


def _three(
    records: SpanMap[Record], desired: SpanMap[Declared], changes: SpanMap[Change]
) -> list[tuple[Span, Record, tuple[Declared | None, Change | None]]]:
    paired = SpanMap(
        (span, (declared, change)) for span, declared, change in align(desired, changes)
    )
    return [
        (span, record, (None, None) if both is None else both)
        for span, record, both in align(records, paired)
        if record is not None
    ]


def _refreshed(record: Record, declared: Declared | None, quiet: bool) -> Record:  # noqa: FBT001
    standing = record.standing
    if quiet and isinstance(standing, BegunUpdate):
        standing = standing.certain
    if declared is None:
        return replace(record, standing=standing)
    block = declared.block
    return replace(record, block=block.name, standing=standing, removal=block.removal)


def _merged(
    writes: list[tuple[Span, Record | None]],
) -> list[tuple[Span, Record | None]]:
    known = SpanMap((span, record) for span, record in writes if record is not None)
    gone = SpanMap((span, True) for span, record in writes if record is None)
    return [*known, *((span, None) for span in gone.spans)]
