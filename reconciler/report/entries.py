"""Which numbers of a block the same happens to: spans gathered by what a reader is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
from reconciler.numbers import Span, count
from reconciler.report.model import BlockPlace
from reconciler.report.words import MOVING


@dataclass(frozen=True, slots=True)
class Entry:
    """Numbers of one block to which the same happens, in order."""

    subject: Change | Note
    spans: tuple[Span, ...]

    @property
    def numbers(self) -> int:
        """How many numbers."""
        return count(self.spans)


@dataclass(frozen=True, slots=True)
class BlockEntries:
    """What happens in a block; ``place`` is None when it is no longer declared."""

    name: str
    place: BlockPlace | None
    entries: tuple[Entry, ...]

    @property
    def numbers(self) -> int:
        """How many numbers, those of which two things are said counted twice."""
        return sum(entry.numbers for entry in self.entries)


def by_block(
    said: Iterable[tuple[Span, Change | Note]], blocks: Iterable[BlockPlace]
) -> tuple[BlockEntries, ...]:
    """Gather ``said`` by block, in the order of ``blocks``; those no longer declared at the end.

    Within a block in the order in which ``said`` comes.
    """
    gathered: dict[str, dict[Change | Note, list[Span]]] = {}
    for span, subject in said:
        alike = gathered.setdefault(subject.block, {})
        alike.setdefault(_shown(subject), []).append(span)
    places = {place.name: place for place in blocks}
    order = [name for name in places if name in gathered]
    order += sorted(gathered.keys() - places.keys())
    return tuple(
        BlockEntries(
            name,
            places.get(name),
            tuple(Entry(subject, tuple(spans)) for subject, spans in gathered[name].items()),
        )
        for name in order
    )


def _shown(subject: Change | Note) -> Change | Note:
    """What of it a reader is shown, so that numbers that look alike are one entry."""
    match subject:
        case Create() | Adopt() | Update() | Park() | Settle():
            return replace(subject, removal=None)
        case Delete():
            return replace(subject, removal=None, before=subject.before.only(MOVING))
        case _:
            return subject
