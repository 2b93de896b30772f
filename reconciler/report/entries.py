"""Which numbers of a block the same happens to: spans gathered by what a reader is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from reconciler.destination import Callers
from reconciler.diff.model import (
    Adopt,
    Change,
    Create,
    Delete,
    Note,
    Park,
    Settle,
    Update,
)
from reconciler.numbers import Span, Spans
from reconciler.report.model import BlockPlace, PlanDocument
from reconciler.report.words import risk
from reconciler.routing import NOTHING

NOBODY = Callers(None, None)
"""Callers are not mentioned."""


class Said(NamedTuple):
    """What is said of the numbers of some spans; ``callers`` of a note are :data:`NOBODY`."""

    spans: Spans
    subject: Change | Note
    callers: Callers = NOBODY


class Entry(NamedTuple):
    """Numbers of one block to which the same happens, in order: one kind of change.

    ``risk`` says why a reviewer must look at it; it is None where nobody must.
    """

    subject: Change | Note
    callers: Callers
    spans: Spans
    numbers: int
    risk: str | None

    @property
    def rank(self) -> tuple[bool, int]:
        """Sorts what is risky first, and the rare before the common."""
        return self.risk is None, self.numbers


@dataclass(frozen=True, slots=True)
class BlockEntries:
    """What happens in a block; ``place`` is None when it is no longer declared.

    ``left_out`` are entries that are only counted.
    """

    name: str
    place: BlockPlace | None
    entries: tuple[Entry, ...]
    left_out: tuple[Entry, ...] = ()

    @property
    def is_risky(self) -> bool:
        """Whether a reviewer must look at it."""
        return any(entry.risk is not None for entry in (*self.entries, *self.left_out))

    @property
    def numbers(self) -> int:
        """How many numbers, those of which two things are said counted twice."""
        return sum(entry.numbers for entry in (*self.entries, *self.left_out))


def changes_said(document: PlanDocument) -> list[Said]:
    """The changes of a plan, as a reader is shown them, in order of their first numbers."""
    shown = document.told.mapped(lambda told: (_shown(told[0]), told[1]))
    return [Said(spans, *told) for told, spans in shown.gathered().items()]


def notes_said(notes: Iterable[tuple[Span, Note]]) -> list[Said]:
    """Notes, in the order of the first of each."""
    found: dict[Note, list[Span]] = {}
    for span, note in notes:
        found.setdefault(note, []).append(span)
    return [Said(Spans.of(spans), note) for note, spans in found.items()]


def by_risk(
    blocks: Iterable[BlockEntries],
) -> tuple[tuple[BlockEntries, ...], tuple[BlockEntries, ...]]:
    """The blocks with what a reviewer must look at alone, and with all else."""
    risky: list[BlockEntries] = []
    others: list[BlockEntries] = []
    for block in blocks:
        first = sum(entry.risk is not None for entry in block.entries)  # these come first
        for found, entries in (risky, block.entries[:first]), (others, block.entries[first:]):
            if entries:
                found.append(replace(block, entries=entries))
    return tuple(risky), tuple(others)


def by_block(said: Iterable[Said], blocks: Iterable[BlockPlace]) -> tuple[BlockEntries, ...]:
    """Gather ``said`` by block, in the order of ``blocks``; those no longer declared at the end.

    Within a block the risky and the rare come first, what is alike in this as ``said`` comes.
    """
    gathered: dict[str, list[Entry]] = {}
    for spans, subject, callers in said:
        why = risk(subject, callers) if isinstance(subject, Change) else None
        entry = Entry(subject, callers, spans, spans.numbers, why)
        gathered.setdefault(subject.block, []).append(entry)
    places = {place.name: place for place in blocks}
    order = [name for name in places if name in gathered]
    order += sorted(gathered.keys() - places.keys())
    return tuple(
        BlockEntries(name, places.get(name), tuple(sorted(gathered[name], key=_rank)))
        for name in order
    )


def _rank(entry: Entry) -> tuple[bool, int]:
    return entry.rank


def _shown(subject: Change | Note) -> Change | Note:
    """What of it a reader is shown, so that numbers that look alike are one entry."""
    match subject:
        case Create() | Adopt() | Update() | Park() | Settle():
            return subject if subject.removal is None else replace(subject, removal=None)
        case Delete():
            return replace(subject, removal=None, before=NOTHING)
        case _:
            return subject
