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
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import sub
from typing import Any, Generic, TypeVar, overload

from reconciler import columns
from reconciler.characters import Characters, is_storable, kept, size, unit
from reconciler.columns import EMPTY, NOTHING, Columns

LONGEST_PATTERN = 50
SHORTEST_PATTERN = 2
LARGEST_SPAN = 1_000_000

KEPT = r"A-Za-z0-9:+*#._"
"""What a pattern may hold besides letters of other scripts, as the inside of a class."""

_COMMON = re.compile(f"[{KEPT}]{{{SHORTEST_PATTERN},{LONGEST_PATTERN}}}")
_DASH = re.compile("[-–]")

Form = tuple[str, int]
"""What two spans must share to have numbers in common: the prefix in lower case, the width."""

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
    return spans.numbers if isinstance(spans, Spans) else sum(map(len, spans))


Part = tuple[str, int, list[int], list[int]]
"""Prefix and width of some spans, and where each begins and ends."""


class Spans(Sequence[Span]):
    """Spans in order; each is made when it is asked for."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        """``parts`` are prefix, width, and where the spans of these begin and end."""
        self.parts = tuple(parts)

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "Spans":
        """The same spans, in their order."""
        parts: list[Part] = []
        for span in spans:
            if not parts or parts[-1][:2] != (span.prefix, span.width):
                parts.append((span.prefix, span.width, [], []))
            parts[-1][2].append(span.first)
            parts[-1][3].append(span.last)
        return cls(parts)

    @classmethod
    def parsed(cls, texts: Sequence[str], *, largest: int | None = LARGEST_SPAN) -> "Spans":
        """The spans of texts as :func:`parse_span` reads them, and its errors.

        Digits of one length, with or without a +, and ranges of such are read in one go.
        """
        begins, ends = texts, texts
        if any("-" in text for text in texts):
            begins = [text.partition("-")[0] for text in texts]
            ends = [text.rpartition("-")[2] for text in texts]
        first, last = _alike(begins), _alike(ends)
        if first is not None and last is not None and first[:2] == last[:2]:
            prefix, width, firsts = first
            one, lasts = len(prefix) + width, last[2]
            sizes = [last - first for first, last in zip(firsts, lasts, strict=True)]
            fit = min(sizes) >= 0 and (largest is None or max(sizes) < largest)
            if fit and {one, 2 * one + 1}.issuperset(map(len, texts)):
                return cls([(prefix, width, firsts, lasts)])
        return cls.of(parse_span(text, largest=largest) for text in texts)

    def __len__(self) -> int:
        return sum(len(firsts) for _, _, firsts, _ in self.parts)

    def __iter__(self) -> Iterator[Span]:
        for prefix, width, firsts, lasts in self.parts:
            for first, last in zip(firsts, lasts, strict=True):
                yield Span(prefix, width, first, last)

    @overload
    def __getitem__(self, index: int) -> Span: ...
    @overload
    def __getitem__(self, index: slice) -> "Spans": ...
    def __getitem__(self, index: int | slice) -> "Span | Spans":
        if isinstance(index, int):
            return next(iter(self[range(len(self))[index] :]))
        start, stop, _ = index.indices(len(self))
        parts = []
        for prefix, width, firsts, lasts in self.parts:
            here = slice(max(start, 0), max(stop, 0))
            if firsts[here]:
                parts.append((prefix, width, firsts[here], lasts[here]))
            start, stop = start - len(firsts), stop - len(firsts)
        return Spans(parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    @property
    def numbers(self) -> int:
        """How many numbers the spans hold together."""
        return sum(Columns(firsts, lasts, []).numbers for _, _, firsts, lasts in self.parts)

    def texts(self) -> Iterator[str]:
        """The spans as files hold them: :attr:`Span.text` of each."""
        for prefix, width, firsts, lasts in self.parts:
            yield from _texts(prefix, width, firsts, lasts)


def _alike(texts: Sequence[str]) -> tuple[str, int, list[int]] | None:
    """Prefix, width and numbers of digits that all have one length, a + before all or none."""
    together, lengths = "".join(texts), set(map(len, texts))
    length = lengths.pop() if len(lengths) == 1 else 0
    if not SHORTEST_PATTERN <= length <= LONGEST_PATTERN:
        return None
    prefix = "+" if together[::length] == "+" * len(texts) else ""
    digits = together.replace(prefix, "") if prefix else together
    width = length - len(prefix)
    if len(digits) < width * len(texts) or not (digits.isascii() and digits.isdecimal()):
        return None
    return prefix, width, list(map(int, texts))


def _texts(prefix: str, width: int, firsts: list[int], lasts: list[int]) -> Iterable[str]:
    """:attr:`Span.text` of each span."""
    if not width:
        return [prefix for _ in firsts]
    if not prefix and firsts[0] >= 10 ** (width - 1):  # the smallest has no leading zero
        if firsts == lasts:
            return map(str, firsts)
        return [
            f"{first}" if first == last else f"{first}-{last}"
            for first, last in zip(firsts, lasts, strict=True)
        ]
    return [
        f"{prefix}{first:0{width}d}"
        if first == last
        else f"{prefix}{first:0{width}d}-{prefix}{last:0{width}d}"
        for first, last in zip(firsts, lasts, strict=True)
    ]


class SpanMap(Generic[T]):
    """Maps numbers to values: sorted spans that do not overlap, each with a value.

    Immutable. Canonical: neighbours of equal value and spelling are one span, so two maps of the
    same numbers and values are equal. Values are hashable, compared with ``==`` and never ``None``.

    Kept as columns, one set for each form (:mod:`reconciler.columns`). The ids in them number the
    map's *meanings*: how the prefix of some numbers is spelled, and their value. There are few of
    these where there are many spans, so what is asked of values is asked once for each meaning.
    """

    __slots__ = ("lines", "meanings")

    def __init__(self, entries: Iterable[tuple[Span, T]] = ()) -> None:
        """``entries`` in any order; raise ValueError when two of them share a number."""
        meanings: _Numbered[tuple[str, T]] = _Numbered()
        found: dict[Form, Columns] = {}
        for span, value in entries:
            line = found.setdefault(span.form, Columns([], [], []))
            line.firsts.append(span.first)
            line.lasts.append(span.last)
            line.ids.append(meanings.number((span.prefix, value)))
        self.meanings: tuple[tuple[str, T], ...] = meanings.all()
        lines = {form: [line] for form, line in found.items()}
        self.lines = _in_order(lines, self.meanings)

    @classmethod
    def of(cls, entries: Iterable[tuple[Spans, T]]) -> "SpanMap[T]":
        """All of some spans with their value; raise ValueError when two of them share a number."""
        meanings: _Numbered[tuple[str, T]] = _Numbered()
        found: dict[Form, list[Columns]] = {}
        for spans, value in entries:
            for prefix, width, firsts, lasts in spans.parts:
                ids = [meanings.number((prefix, value))] * len(firsts)
                form = prefix.lower(), width
                found.setdefault(form, []).append(Columns(firsts, lasts, ids))
        return _map_of(_in_order(found, meanings.all()), meanings.all())

    @classmethod
    def united(cls, maps: Iterable["SpanMap[T]"]) -> "SpanMap[T]":
        """All that ``maps`` hold; raise ValueError when two of them share a number."""
        meanings: _Numbered[tuple[str, T]] = _Numbered()
        found: dict[Form, list[Columns]] = {}
        for each in maps:
            names = list(map(meanings.number, each.meanings))
            for form, line in each.lines.items():
                ids = list(map(names.__getitem__, line.ids))
                found.setdefault(form, []).append(Columns(line.firsts, line.lasts, ids))
        return _map_of(_in_order(found, meanings.all()), meanings.all())

    def __iter__(self) -> Iterator[tuple[Span, T]]:
        for (_, width), line in self.lines.items():
            for first, last, each in zip(*line, strict=True):
                prefix, value = self.meanings[each]
                yield Span(prefix, width, first, last), value

    def __len__(self) -> int:
        """Spans, not numbers; see :attr:`count`."""
        return sum(len(line.firsts) for line in self.lines.values())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpanMap) or self.lines.keys() != other.lines.keys():
            return False
        return all(
            (mine.firsts, mine.lasts) == (theirs.firsts, theirs.lasts)
            and all(
                self.meanings[one] == other.meanings[two]
                for one, two in set(zip(mine.ids, theirs.ids, strict=True))
            )
            for mine, theirs in zip(self.lines.values(), other.lines.values(), strict=True)
        )

    def __hash__(self) -> int:
        return hash((len(self), frozenset(self.meanings)))

    def __repr__(self) -> str:
        inside = ", ".join(f"{span.text}: {value!r}" for span, value in self)
        return f"SpanMap({inside})"

    @property
    def count(self) -> int:
        """How many numbers the map has."""
        return sum(line.numbers for line in self.lines.values())

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans alone."""
        return tuple(span for span, _ in self)

    @property
    def values(self) -> tuple[T, ...]:
        """The values, each once."""
        return tuple(dict.fromkeys(value for _, value in self.meanings))

    def counts(self) -> dict[T, int]:
        """How many numbers have each value, in the order of their first numbers."""
        found: Counter[int] = Counter()
        for firsts, lasts, ids in self.lines.values():
            found.update(ids)
            more = list(map(sub, lasts, firsts))
            for each, number in compress(zip(ids, more, strict=True), more):
                found[each] += number
        numbers: dict[T, int] = {}
        for each, number in found.items():
            _, value = self.meanings[each]
            numbers[value] = numbers.get(value, 0) + number
        return numbers

    def gathered(self) -> dict[T, Spans]:
        """The spans of each value, in the order of their first numbers."""
        found: dict[T, list[Part]] = {}
        for (_, width), line in self.lines.items():
            for each, firsts, lasts in columns.gathered(line):
                prefix, value = self.meanings[each]
                found.setdefault(value, []).append((prefix, width, firsts, lasts))
        return {value: Spans(parts) for value, parts in found.items()}

    def rendered(self, render: Callable[[T], U]) -> Iterator[tuple[str, U]]:
        """The text of each span, with ``render`` of its value, called once for each meaning."""
        results = [render(value) for _, value in self.meanings]
        for (_, width), line in self.lines.items():
            prefixes = {self.meanings[each][0] for each in set(line.ids)}
            if len(prefixes) == 1:
                texts = _texts(prefixes.pop(), width, line.firsts, line.lasts)
                yield from zip(texts, map(results.__getitem__, line.ids), strict=True)
            else:
                for first, last, each in zip(*line, strict=True):
                    yield Span(self.meanings[each][0], width, first, last).text, results[each]

    def at(self, pattern: str) -> tuple[Span, T] | None:
        """The entry that holds ``pattern``, whatever its case."""
        wanted = span_of(pattern)
        line = self.lines.get(wanted.form)
        if line is None:
            return None
        place = bisect_right(line.firsts, wanted.first) - 1
        if place < 0 or line.lasts[place] < wanted.first:
            return None
        return _span(wanted.form, line, place, self.meanings), self.meanings[line.ids[place]][1]

    def get(self, pattern: str) -> T | None:
        """The value of ``pattern``, whatever its case."""
        entry = self.at(pattern)
        return None if entry is None else entry[1]

    def cut_to(self, span: Span) -> "SpanMap[T]":
        """The part of the map that is in ``span``, at the cost of the entries there."""
        line = self.lines.get(span.form)
        if line is None:
            return SpanMap()
        part = columns.part(line, span.first, span.last)
        return _with_meanings({span.form: part}, self.meanings)

    def beside(self, other: "SpanMap[U]") -> "SpanMap[tuple[T | None, U | None]]":
        """What both maps say of each number; None on the side that does not have it.

        Where both have it, it is spelled as here. This is :func:`align` as a map.
        """
        return self._beside(other, sorted(self.lines.keys() | other.lines.keys()))

    def _beside(
        self, other: "SpanMap[U]", forms: Iterable[Form]
    ) -> "SpanMap[tuple[T | None, U | None]]":
        """The same of some forms."""
        radix = len(other.meanings) + 1
        lines: dict[Form, Columns] = {}
        names: dict[int, int] = {}
        for form in forms:
            mine, theirs = self.lines.get(form, EMPTY), other.lines.get(form, EMPTY)
            line = columns.swept(mine, theirs, radix)
            for pair in dict.fromkeys(line.ids):
                names.setdefault(pair, len(names))
            lines[form] = columns.renamed(line, names)
        pairs = (columns.parted(pair, radix) for pair in names)
        meanings = tuple(self._paired(one, two, other) for one, two in pairs)
        return _map_of(lines, meanings)

    def _paired(
        self, one: int, two: int, other: "SpanMap[Any]"
    ) -> tuple[str, tuple[T | None, Any]]:
        """What a meaning of this map and one of the other say together."""
        if one == NOTHING:
            prefix, theirs = other.meanings[two]
            return prefix, (None, theirs)
        prefix, mine = self.meanings[one]
        return prefix, (mine, None if two == NOTHING else other.meanings[two][1])

    def overlaid(self, top: "SpanMap[T]") -> "SpanMap[T]":
        """This map with ``top`` laid over it: where both have a number, ``top`` wins."""
        if not top:
            return self
        return top.beside(self).picked(lambda both: both[1] if both[0] is None else both[0])

    def within(self, other: "SpanMap[U]") -> "SpanMap[T]":
        """Only the numbers that ``other`` has too."""
        shared = self.lines.keys() & other.lines.keys()
        if not shared:
            return SpanMap()
        return self._beside(other, sorted(shared)).picked(
            lambda both: None if both[1] is None else both[0]
        )

    def without(self, other: "SpanMap[U]") -> "SpanMap[T]":
        """Only the numbers that ``other`` does not have."""
        if self.lines.keys().isdisjoint(other.lines):
            return self
        return self._beside(other, self.lines).picked(
            lambda both: both[0] if both[1] is None else None
        )

    def where(self, wanted: Callable[[T], bool]) -> "SpanMap[T]":
        """Only the entries whose value is ``wanted``."""
        return self.picked(lambda value: value if wanted(value) else None)

    def mapped(self, change: Callable[[T], U]) -> "SpanMap[U]":
        """The same numbers with ``change`` of each value."""
        return self.picked(change)

    def picked(self, choose: Callable[[T], U | None]) -> "SpanMap[U]":
        """The numbers with what ``choose`` gives for each value; those of None are left out."""
        chosen = [(prefix, choose(value)) for prefix, value in self.meanings]
        found = [(prefix, value) for prefix, value in chosen if value is not None]
        if len(found) == len(chosen) and (len(found) < 2 or len(set(found)) == len(found)):
            return _map_of(self.lines, tuple(found))  # the spans and their ids stay as they are
        return _with_meanings(self.lines, chosen)


def _map_of(lines: dict[Form, Columns], meanings: tuple[tuple[str, T], ...]) -> SpanMap[T]:
    new: SpanMap[T] = SpanMap.__new__(SpanMap)
    new.lines, new.meanings = lines, meanings
    return new


def _with_meanings(
    lines: Mapping[Form, Columns], meanings: Sequence[tuple[str, T | None]]
) -> SpanMap[T]:
    """The map of these columns; of ``meanings``, some may be equal, and None is left out."""
    used: _Numbered[tuple[str, T]] = _Numbered()
    names: dict[int, int] = {}
    found: dict[Form, Columns] = {}
    for form, line in lines.items():
        for each in dict.fromkeys(line.ids):
            if each not in names:
                prefix, value = meanings[each]
                names[each] = NOTHING if value is None else used.number((prefix, value))
        kept = columns.renamed(line, names)
        if kept.firsts:
            found[form] = kept
    if len(used) < sum(name != NOTHING for name in names.values()):
        found = {form: columns.joined(line) for form, line in found.items()}
    return _map_of(found, used.all())


def _in_order(
    found: Mapping[Form, list[Columns]], meanings: Sequence[tuple[str, object]]
) -> dict[Form, Columns]:
    """The columns of each form, in any order; raise ValueError when two spans overlap."""
    lines: dict[Form, Columns] = {}
    for form in sorted(found):
        line = columns.ordered(found[form])
        place = line.clash
        if place is not None:
            one, other = (_span(form, line, each, meanings) for each in (place, place + 1))
            raise ValueError(f"{one} and {other} overlap")
        lines[form] = columns.joined(line)
    return lines


def _span(form: Form, line: Columns, place: int, meanings: Sequence[tuple[str, object]]) -> Span:
    prefix, _ = meanings[line.ids[place]]
    return Span(prefix, form[1], line.firsts[place], line.lasts[place])


def align(left: SpanMap[T], right: SpanMap[U]) -> Iterator[tuple[Span, T | None, U | None]]:
    """Both maps cut at each other's edges, in one sweep; a side without the span gives ``None``.

    Where both have it, it is spelled as in ``left``::

        left     |---a---|-----b-----|            |--c--|
        right        |-----x-----|        |-y-|
                 (a,·)(a,x)(b,x)(b,·)     (·,y)   (c,·)
    """
    for span, (one, other) in left.beside(right):
        yield span, one, other


class _Numbered(Generic[T]):
    """Gives each of several values a number, from 0, and equal values the same."""

    def __init__(self) -> None:
        self._numbers: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, value: T) -> int:
        """The number of ``value``, a new one where it is new."""
        return self._numbers.setdefault(value, len(self._numbers))

    def all(self) -> tuple[T, ...]:
        """The values, in the order of their numbers."""
        return tuple(self._numbers)
