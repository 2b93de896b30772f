"""Patterns, spans and maps of spans: numbers by the block, never one by one.

A *pattern* is a DID as VICIdial stores it. A *span* is a run of consecutive patterns of one form:
the same prefix, and as many digits after it (``7275553300-7275553399``, ``+17275551212``,
``MAIN_LINE``). A *span map* maps spans to values; two of them are overlaid or compared in one
sweep, so work grows with the lines of a spec and not with its numbers.

Two patterns are the same number when they differ in case only (VICIdial keeps one row for both);
the spelling of each is kept.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from reconciler.characters import Characters, is_storable, kept, size, unit

LONGEST_PATTERN = 50
SHORTEST_PATTERN = 2
LARGEST_SPAN = 1_000_000

KEPT = r"A-Za-z0-9:+*#._"
"""What a pattern may hold besides letters of other scripts, as the inside of a class."""

_COMMON = re.compile(f"[{KEPT}]{{{SHORTEST_PATTERN},{LONGEST_PATTERN}}}")
_DASH = re.compile("[-–]")

T = TypeVar("T")
U = TypeVar("U")


class NumberError(ValueError):
    """A text that is not a pattern or span; the message says why and what to write."""


def check_pattern(text: str) -> str:
    """Return ``text`` when VICIdial would store it exactly so, else raise :class:`NumberError`.

    Letters of other scripts are among what it stores, where its setting says so: whether it does
    is held against the target by ``specs``.
    """
    if _COMMON.fullmatch(text):
        return text
    left = kept(text, KEPT, Characters.ANY)
    if left != text:
        bad = sorted(set(text) - set(left))
        shown = " ".join(repr(char) for char in bad)
        raise NumberError(
            f"{text!r} holds {shown}, which the server would drop: "
            "a number has letters, digits and : + * # . _ only"
        )
    if not is_storable(text):
        raise NumberError(f"{text!r} holds a letter that the database cannot keep (beyond U+FFFF)")
    if size(text) < SHORTEST_PATTERN:
        raise NumberError(f"{text!r} is shorter than {SHORTEST_PATTERN} characters")
    if size(text) > LONGEST_PATTERN:
        raise NumberError(
            f"{text!r} has {size(text)} {unit(text)}: the server would cut it to {LONGEST_PATTERN}"
        )
    return text


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive patterns: ``prefix`` and each number ``first`` to ``last`` in ``width`` digits.

    A pattern that ends in no digit has width 0 and ``first == last == 0``.
    """

    prefix: str
    width: int
    first: int
    last: int

    @property
    def form(self) -> tuple[str, int]:
        """What two spans must share to have numbers in common."""
        return self.prefix.lower(), self.width

    @property
    def key(self) -> tuple[str, int, int]:
        """Sorts spans, and identifies a single pattern."""
        return self.prefix.lower(), self.width, self.first

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __getitem__(self, index: int) -> str:
        """The pattern at ``index`` (from 0)."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._spell(self.first + index)

    def __iter__(self) -> Iterator[str]:
        for number in range(self.first, self.last + 1):
            yield self._spell(number)

    def __str__(self) -> str:
        """As a person reads it, with an en dash: ``7275553300–7275553399``."""
        return self[0] if len(self) == 1 else f"{self[0]}–{self[len(self) - 1]}"

    @property
    def text(self) -> str:
        """As files hold it: ``7275553300-7275553399``."""
        return self[0] if len(self) == 1 else f"{self[0]}-{self[len(self) - 1]}"

    @property
    def label(self) -> str:
        """With its size: ``7275553300–7275553399 (100)``."""
        return f"{self} ({len(self):,})"

    def take(self, count: int) -> "Span":
        """The first ``count`` patterns."""
        return replace(self, last=self.first + count - 1)

    def drop(self, count: int) -> "Span":
        """All but the first ``count`` patterns."""
        return replace(self, first=self.first + count)

    def _spell(self, number: int) -> str:
        return f"{self.prefix}{number:0{self.width}d}" if self.width else self.prefix


def span_of(pattern: str) -> Span:
    """The span of one pattern, which must be valid."""
    prefix = check_pattern(pattern).rstrip("0123456789")
    digits = pattern[len(prefix) :]
    number = int(digits) if digits else 0
    return Span(prefix, len(digits), number, number)


def range_ends(text: str) -> list[str]:
    """The parts of ``text`` between dashes: one for a number, two for a range."""
    return [end.strip() for end in _DASH.split(text)]


def parse_span(text: str, *, largest: int | None = LARGEST_SPAN) -> Span:
    """Read ``7275553300`` or ``7275553300-7275553399``; raise :class:`NumberError` with the reason.

    A span goes forwards, has ends of one form and at most ``largest`` numbers (None: any count;
    neighbours in a state file may have become one span larger than a person may write).
    """
    ends = range_ends(text)
    if len(ends) == 1:
        return span_of(ends[0])
    if len(ends) > 2 or not all(ends):
        raise NumberError(f"{text!r} is not a range: a range is FIRST-LAST, without other dashes")
    first, last = span_of(ends[0]), span_of(ends[1])
    if first.form != last.form or not first.width:
        raise NumberError(
            f"{text!r} is not a range: both ends must have the same length, and end in digits "
            "after the same beginning"
        )
    if last.first < first.first:
        raise NumberError(f"{text!r} runs backwards")
    size = last.last - first.first + 1
    most = sys.maxsize if largest is None else largest  # len() can say no more than that
    if size > most:
        raise NumberError(f"{text!r} has {size:,} numbers: a range has at most {most:,}")
    return replace(first, last=last.last)


def count(spans: Iterable[Span]) -> int:
    """How many numbers the spans hold together."""
    return sum(map(len, spans))


class SpanMap(Generic[T]):
    """Maps numbers to values: sorted spans that do not overlap, each with a value.

    Immutable. Canonical: neighbours of equal value and spelling are one span, so two maps of the
    same numbers and values are equal. Values are compared with ``==`` and never ``None``.
    """

    __slots__ = ("_entries", "_keys")

    def __init__(self, entries: Iterable[tuple[Span, T]] = ()) -> None:
        """``entries`` in any order; raise ValueError when two of them share a number."""
        ordered = sorted(entries, key=lambda entry: entry[0].key)
        self._entries: tuple[tuple[Span, T], ...] = tuple(_joined(ordered))
        self._keys: list[tuple[str, int, int]] | None = None
        for (left, _), (right, _) in zip(self._entries, self._entries[1:], strict=False):
            if left.form == right.form and right.first <= left.last:
                raise ValueError(f"{left} and {right} overlap")

    @classmethod
    def _from_sorted(cls, entries: Iterable[tuple[Span, T]]) -> "SpanMap[T]":
        new: SpanMap[T] = cls()
        new._entries = tuple(_joined(entries))
        return new

    def __iter__(self) -> Iterator[tuple[Span, T]]:
        return iter(self._entries)

    def __len__(self) -> int:
        """Spans, not numbers; see :attr:`count`."""
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SpanMap) and self._entries == other._entries

    def __hash__(self) -> int:
        return hash(self._entries)

    def __repr__(self) -> str:
        inside = ", ".join(f"{span.text}: {value!r}" for span, value in self._entries)
        return f"SpanMap({inside})"

    @property
    def count(self) -> int:
        """How many numbers the map has."""
        return count(span for span, _ in self._entries)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans alone."""
        return tuple(span for span, _ in self._entries)

    def at(self, pattern: str) -> tuple[Span, T] | None:
        """The entry that holds ``pattern``, whatever its case."""
        wanted = span_of(pattern)
        index = bisect_right(self._sorted_keys(), wanted.key) - 1
        if index < 0:
            return None
        span, value = self._entries[index]
        if span.form != wanted.form or wanted.first > span.last:
            return None
        return span, value

    def _sorted_keys(self) -> list[tuple[str, int, int]]:
        if self._keys is None:
            self._keys = [span.key for span, _ in self._entries]
        return self._keys

    def get(self, pattern: str) -> T | None:
        """The value of ``pattern``, whatever its case."""
        entry = self.at(pattern)
        return None if entry is None else entry[1]

    def cut_to(self, span: Span) -> "SpanMap[T]":
        """The part of the map that is in ``span``, at the cost of the entries there."""
        place = max(bisect_right(self._sorted_keys(), span.key) - 1, 0)
        inside: list[tuple[Span, T]] = []
        while place < len(self._entries) and self._entries[place][0].key <= (*span.form, span.last):
            mine, value = self._entries[place]
            ahead = max(span.first - mine.first, 0)
            shared = min(mine.last, span.last) - mine.first - ahead + 1
            if mine.form == span.form and shared > 0:
                inside.append((mine.drop(ahead).take(shared), value))
            place += 1
        return self._from_sorted(inside)

    def overlaid(self, top: "SpanMap[T]") -> "SpanMap[T]":
        """This map with ``top`` laid over it: where both have a number, ``top`` wins."""
        return self._from_sorted(
            (span, above if above is not None else below)  # type: ignore[misc]
            for span, above, below in align(top, self)
        )

    def within(self, other: "SpanMap[U]") -> "SpanMap[T]":
        """Only the numbers that ``other`` has too."""
        return self._from_sorted(
            (span, mine)
            for span, mine, theirs in align(self, other)
            if mine is not None and theirs is not None
        )

    def without(self, other: "SpanMap[U]") -> "SpanMap[T]":
        """Only the numbers that ``other`` does not have."""
        return self._from_sorted(
            (span, mine)
            for span, mine, theirs in align(self, other)
            if mine is not None and theirs is None
        )

    def where(self, wanted: Callable[[T], bool]) -> "SpanMap[T]":
        """Only the entries whose value is ``wanted``."""
        return self._from_sorted((span, value) for span, value in self._entries if wanted(value))

    def mapped(self, change: Callable[[T], U]) -> "SpanMap[U]":
        """The same numbers with ``change`` of each value."""
        return SpanMap._from_sorted((span, change(value)) for span, value in self._entries)


def align(left: SpanMap[T], right: SpanMap[U]) -> Iterator[tuple[Span, T | None, U | None]]:
    """Both maps cut at each other's edges, in one sweep; a side without the span gives ``None``.

    Where both have it, it is spelled as in ``left``::

        left     |---a---|-----b-----|            |--c--|
        right        |-----x-----|        |-y-|
                 (a,·)(a,x)(b,x)(b,·)     (·,y)   (c,·)
    """
    lefts, rights = iter(left), iter(right)
    one, two = next(lefts, None), next(rights, None)
    while one is not None and two is not None:
        (mine, a), (theirs, b) = one, two
        if mine.form != theirs.form:
            before = mine.form < theirs.form
            ahead = 0
        else:
            before = mine.first <= theirs.first
            ahead = abs(mine.first - theirs.first)
            if ahead == 0:
                shared = min(len(mine), len(theirs))
                yield mine.take(shared), a, b
                one = (mine.drop(shared), a) if shared < len(mine) else next(lefts, None)
                two = (theirs.drop(shared), b) if shared < len(theirs) else next(rights, None)
                continue
        if before:
            alone = len(mine) if not ahead else min(ahead, len(mine))
            yield mine.take(alone), a, None
            one = (mine.drop(alone), a) if alone < len(mine) else next(lefts, None)
        else:
            alone = len(theirs) if not ahead else min(ahead, len(theirs))
            yield theirs.take(alone), None, b
            two = (theirs.drop(alone), b) if alone < len(theirs) else next(rights, None)
    if one is not None:
        yield one[0], one[1], None
        yield from ((span, value, None) for span, value in lefts)
    if two is not None:
        yield two[0], None, two[1]
        yield from ((span, None, value) for span, value in rights)


def _joined(entries: Iterable[tuple[Span, T]]) -> Iterator[tuple[Span, T]]:
    """Neighbours of equal value and spelling become one span."""
    held: tuple[Span, T] | None = None
    for span, value in entries:
        if held is not None:
            before, said = held
            if (
                span.first == before.last + 1
                and span.prefix == before.prefix
                and span.width == before.width
                and (value is said or value == said)
            ):
                held = (replace(before, last=span.last), said)
                continue
            yield held
        held = (span, value)
    if held is not None:
        yield held
