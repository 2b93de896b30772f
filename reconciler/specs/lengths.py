"""Numbers of a length unlike the rest of their block: a digit too many, one too few, half a range.

Where all numbers are of one length (North America), any other among them is pointed out; elsewhere
lengths vary, so that only one among many is, and none that extends another number or is extended
by it (``+492012345678`` and its extensions).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.errors import Location
from reconciler.numbers import Span
from reconciler.specs.codes import Code
from reconciler.specs.display import LONGEST_NUMBER
from reconciler.specs.faults import Finding
from reconciler.specs.listed import ListedSpan
from reconciler.specs.writings import SHORTEST

_ENOUGH = 10
"""Numbers of one length after which even a single range shows what is usual."""
_MOST = 0.8
_MANY = 5


def unusual(listed: Sequence[ListedSpan]) -> Iterator[tuple[Location, Finding]]:
    """What is unlike the rest among the numbers of one block."""
    for prefix in ("", "+"):
        digits = [each for each in listed if each.span.prefix == prefix]
        long = [each for each in digits if SHORTEST <= each.span.width <= LONGEST_NUMBER]
        usual = _usual(long)
        if usual is None:
            continue
        yield from _short_ranges(digits, len(long), usual)
        for each in _odd(long, usual):
            yield (
                each.at,
                Finding(
                    Code.LENGTH,
                    f"{each.span} has {each.span.width} digits, and most others of the block have "
                    f"{usual}",
                    "check that no digit is missing or too many",
                ),
            )


def _usual(long: Sequence[ListedSpan]) -> int | None:
    """The length that most of them have, so that others stand out."""
    if not long:
        return None
    lines: Counter[int] = Counter()
    numbers: Counter[int] = Counter()
    for each in long:
        lines[each.span.width] += 1
        numbers[each.span.width] += len(each.span)
    width = max(lines, key=lambda width: (lines[width], numbers[width]))
    enough = lines[width] > 1 or numbers[width] >= _ENOUGH
    return width if enough and lines[width] * 2 >= len(long) else None


def _odd(long: Sequence[ListedSpan], usual: int) -> Iterator[ListedSpan]:
    others = [each for each in long if each.span.width != usual]
    if not others:
        return
    same = [each.span for each in long if each.span.width == usual]
    if all(map(_is_north_american, same)):
        yield from others
    elif len(same) >= _MANY and len(same) >= _MOST * len(long):
        same.sort(key=lambda span: span.last)
        yield from (each for each in others if not _extends(each.span, same))


def _is_north_american(span: Span) -> bool:
    ten = 10**10
    if span.width == 10:
        return not span.prefix and span.first >= 2 * ten // 10
    return span.width == 11 and ten + 2 * ten // 10 <= span.first and span.last < 2 * ten


def _extends(one: Span, same: Sequence[Span]) -> bool:
    """Whether one of ``same``, which are sorted, begins with ``one`` or the other way round."""
    more = 10 ** abs(same[0].width - one.width)
    if same[0].width > one.width:
        first, last = one.first * more, one.last * more + more - 1
    else:
        first, last = one.first // more, one.last // more
    place = bisect_left(same, first, key=lambda span: span.last)
    return place < len(same) and same[place].first <= last


def _short_ranges(
    digits: Sequence[ListedSpan], long: int, usual: int
) -> Iterator[tuple[Location, Finding]]:
    if long * 2 < len(digits):
        return  # extensions are usual here
    for each in digits:
        if each.span.width < SHORTEST and len(each.span) > 1:
            yield (
                each.at,
                Finding(
                    Code.SHORT_RANGE,
                    f"{each.span.label} are numbers of {each.span.width} digits beside numbers of "
                    f"{usual}",
                    "write both ends in full, unless these are extensions",
                ),
            )
