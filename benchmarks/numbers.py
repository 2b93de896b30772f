"""Maps of spans: a hundred lines of YAML, each with an override, over few or many numbers."""

from collections.abc import Callable

from benchmarks.measure import Case
from reconciler.numbers import Span, SpanMap, align

LINES = 100
FIRST = 7_270_000_000


def blocks(numbers: int) -> SpanMap[str]:
    """``LINES`` blocks that hold ``numbers`` together."""
    step = numbers // LINES
    return SpanMap(
        (Span("", 10, FIRST + at, FIRST + at + step - 1), f"block {at}")
        for at in range(0, numbers, step)
    )


def overrides(numbers: int) -> SpanMap[str]:
    """A stretch in the middle of each block."""
    step = numbers // LINES
    return SpanMap(
        (Span("", 10, FIRST + at + step // 4, FIRST + at + step // 2), "night")
        for at in range(0, numbers, step)
    )


def overlay(numbers: int) -> Callable[[], object]:
    """Lay the overrides over the blocks."""
    bottom, top = blocks(numbers), overrides(numbers)
    return lambda: bottom.overlaid(top)


def alignment(numbers: int) -> Callable[[], object]:
    """Compare what is wanted with what is known."""
    wanted, known = blocks(numbers).overlaid(overrides(numbers)), blocks(numbers)
    return lambda: sum(left != right for _, left, right in align(wanted, known))


def look_up(numbers: int) -> Callable[[], object]:
    """Find one number."""
    known = blocks(numbers)
    pattern = str(FIRST + numbers - 1)
    return lambda: known.get(pattern)


CASES = (
    Case("overlay: overrides over blocks", overlay),
    Case("align: wanted beside known", alignment),
    Case("get: one number", look_up),
)
