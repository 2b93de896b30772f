"""Numbers that wait for their calls, in order; spans are made of them as they are taken."""

from collections import deque
from collections.abc import Iterable, Iterator

from reconciler.characters import size
from reconciler.numbers import Span, Spans


class Queue:
    """Spans to be taken from the front, where some may be given back.

    Compared by identity: two queues that hold the same numbers are two queues.
    """

    __slots__ = ("_front", "_later", "_taken", "_waiting")

    def __init__(self) -> None:
        self._front: deque[Span] = deque()
        """What was given back, and what is left of a span that was cut."""
        self._waiting = Spans()
        self._later = iter(self._waiting)
        self._taken = 0
        """How many spans were taken of those that wait."""

    def wait(self, spans: Spans) -> None:
        """Put ``spans`` behind all others, before any is taken."""
        self._waiting = Spans((*self._waiting.parts, *spans.parts))
        self._later = iter(self._waiting)

    def give_back(self, spans: Iterable[Span]) -> None:
        """Put ``spans`` before all others, in their order."""
        self._front.extendleft(reversed(tuple(spans)))

    def take(self) -> Span:
        """Take the first span; there must be one."""
        if self._front:
            return self._front.popleft()
        self._taken += 1
        return next(self._later)

    def take_number(self) -> str:
        """Take the first number."""
        span = self.take()
        if len(span) > 1:
            self._front.appendleft(span.drop(1))
        return span[0]

    def __bool__(self) -> bool:
        return bool(self._front) or self._taken < len(self._waiting)

    def __iter__(self) -> Iterator[Span]:
        """All that is left."""
        return iter(self._left())

    @property
    def numbers(self) -> int:
        """How many numbers are left."""
        return self._left().numbers

    def sizes(self) -> Iterator[tuple[int, int]]:
        """How many bytes each number has, and how many such numbers follow each other."""
        for prefix, width, firsts, lasts in self._left().parts:
            part = Spans([(prefix, width, firsts, lasts)])
            yield size(prefix) + width, part.numbers

    def _left(self) -> Spans:
        front = Spans.of(self._front)
        return Spans((*front.parts, *self._waiting[self._taken :].parts))
