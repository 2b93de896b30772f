"""What stands in a list of numbers, and where: columns for runs, an object for any other item."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from reconciler.errors import Location
from reconciler.numbers import Part, Span, Spans, span_of
from reconciler.specs.nodes import Run


@dataclass(frozen=True, slots=True)
class ListedSpan:
    """A number or range, and where it is listed."""

    span: Span
    at: Location


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """The numbers and ranges of a list, in its order."""

    parts: tuple[ListedSpan | Run, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __iter__(self) -> Iterator[ListedSpan]:
        """Each item with its place; made of runs as they are asked for."""
        for part in self.parts:
            if isinstance(part, Run):
                for index, span in enumerate(part.spans):
                    yield ListedSpan(span, part.place(index))
            else:
                yield part

    @property
    def spans(self) -> Spans:
        """The numbers alone."""
        return Spans(chain.from_iterable(self._pieces()))

    def _pieces(self) -> Iterator[tuple[Part, ...]]:
        single: list[Span] = []
        for part in self.parts:
            if isinstance(part, Run):
                yield Spans.of(single).parts
                yield part.spans.parts
                single = []
            else:
                single.append(part.span)
        yield Spans.of(single).parts

    def place(self, pattern: str) -> Location:
        """Where ``pattern`` is listed, which must be; of a number that is there twice, the first.

        Looks through the list, so it is for what is asked of single numbers.
        """
        wanted = span_of(pattern)
        return next(
            listed.at
            for listed in self
            if listed.span.form == wanted.form
            and listed.span.first <= wanted.first <= listed.span.last
        )
