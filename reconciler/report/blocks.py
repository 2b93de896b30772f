"""Blocks of a plan in so many lines: where these are too few, spans are shortened before kinds.

A kind of change is left out only where all of them together, each with one line of its spans, are
too many; then the risky ones go first, and the rarest of them before the common.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import merge
from itertools import repeat

from reconciler.report.entries import BlockEntries, Entry
from reconciler.report.layout import LEFT_OUT
from reconciler.report.lines import HEADING_LINES, SPAN_LINES, block_lines, least_lines
from reconciler.report.words import many


def block_parts(blocks: Sequence[BlockEntries], most: int | None, width: int) -> list[list[str]]:
    """The blocks in about ``most`` lines (None: all there is), saying what is left out.

    The lines of each block are one part.
    """
    if most is None:
        return [block_lines(block, width, None) for block in blocks]
    if sum(len(block.entries) for block in blocks) <= most:
        for spans in (SPAN_LINES, 1):
            parts = [block_lines(block, width, spans) for block in blocks]
            if sum(len(part) + 1 for part in parts) <= most:
                return parts
    return _rarest(blocks, most, width)


def _rarest(blocks: Sequence[BlockEntries], most: int, width: int) -> list[list[str]]:
    """The riskiest and rarest kinds of change that fit, each in its block."""
    chosen: dict[int, int] = {}
    left = most
    for place, entry in _ranked(blocks):
        left -= least_lines(entry, width) + (0 if place in chosen else HEADING_LINES)
        if left < 0 and chosen:
            break
        chosen[place] = chosen.get(place, 0) + 1
    parts = [
        block_lines(_first(blocks[place], count), width, 1)
        for place, count in sorted(chosen.items())
    ]
    rest = [block for place, block in enumerate(blocks) if place not in chosen]
    return [*parts, _left_out(rest)] if rest else parts


def _ranked(blocks: Sequence[BlockEntries]) -> Iterator[tuple[int, Entry]]:
    """All entries with the places of their blocks; those of a block are in this order already."""
    sorted_ones = (zip(repeat(place), block.entries) for place, block in enumerate(blocks))
    yield from merge(*sorted_ones, key=lambda each: each[1].rank)


def _first(block: BlockEntries, count: int) -> BlockEntries:
    """The block with its first entries; the others are only counted."""
    return replace(block, entries=block.entries[:count], left_out=block.entries[count:])


def _left_out(blocks: Sequence[BlockEntries]) -> list[str]:
    numbers = sum(block.numbers for block in blocks)
    words = f"{LEFT_OUT}{many(len(blocks), 'more block')} ({many(numbers, 'number')})"
    if any(block.is_risky for block in blocks):
        return [f"  ! {words}, which must be looked at too"]
    return [f"  {words}"]
