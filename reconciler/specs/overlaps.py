"""Numbers of which two things are said: one clash for each span that says it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from reconciler.numbers import Span, SpanMap

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clash(Generic[T]):
    """Numbers of which two things were said; ``span`` is spelled as the second says it."""

    span: Span
    first: T
    second: T


def overlaps(entries: Iterable[tuple[Span, T]]) -> list[Clash[T]]:
    """Each span that shares numbers with one before it, in the order of numbers.

    At most one clash for each span, with the one that reaches furthest, so that a thousand spans
    over each other are a thousand clashes and not a million.
    """
    found: list[Clash[T]] = []
    reach: tuple[Span, T] | None = None
    for span, value in sorted(entries, key=lambda entry: entry[0].key):
        if reach is not None and reach[0].form == span.form:
            shared = min(reach[0].last, span.last) - span.first + 1
            if shared > 0:
                found.append(Clash(span.take(shared), reach[1], value))
            if span.last <= reach[0].last:
                continue
        reach = span, value
    return found


def disjoint(entries: Iterable[tuple[Span, T]]) -> SpanMap[T]:
    """A map of spans that may overlap; of what was said before, nothing is said again."""
    kept: list[tuple[Span, T]] = []
    for span, value in sorted(entries, key=lambda entry: entry[0].key):
        rest = span
        if kept and kept[-1][0].form == span.form:
            shared = kept[-1][0].last - span.first + 1
            if shared > span.last - span.first:
                continue
            rest = span.drop(shared) if shared > 0 else span
        kept.append((rest, value))
    return SpanMap(kept)
