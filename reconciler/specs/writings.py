"""One telephone number in several writings: ``02079460100``, ``00442079460100``, ``+442079460100``.

To VICIdial each is a DID of its own, and the carrier sends one of them. Spans are compared by
*canonical* spans: the digits of the international number. A bare number may have several, since it
is not known which country it is dialled in unless the target says so; then the country codes are
considered that the target's international numbers begin with.

How a writing becomes canonical depends on its form (prefix and count of digits) alone, and is an
interval and a shift: the work grows with the spans and not with their numbers. Forms that have no
canonical length in common with anything else are not looked at.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler import columns
from reconciler.columns import Columns
from reconciler.numbers import Form, Span, SpanMap, span_of
from reconciler.specs.dialling import country_code, trunk_prefix
from reconciler.specs.display import LONGEST_NUMBER

SHORTEST = 7
"""Digits of the shortest number that is one of a telephone and no extension."""
SHORTEST_WITHOUT_TRUNK = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """Numbers of one form from ``low`` to ``high`` are canonical by adding ``shift``."""

    low: int
    high: int
    shift: int
    width: int


class Writings:
    """How the numbers of one target may be written; ``home`` is its country code, where known."""

    def __init__(self, numbers: SpanMap[Any], home: str | None = None) -> None:
        self._home = home
        self._forms = set(filter(_is_telephone, numbers.lines))
        codes = {code for form in self._forms for code in _codes(form, numbers.lines[form])}
        own = "" if home is None else trunk_prefix(home)
        rivals = {code for code in codes if own and trunk_prefix(code) == own}
        self._codes = sorted((codes - rivals) | ({home} if home else set()))
        rules = {form: tuple(self._rules(*form)) for form in self._forms}
        widths = Counter(rule.width for each in rules.values() for rule in each)
        self._shared = {
            form: tuple(rule for rule in each if widths[rule.width] > 1)
            for form, each in rules.items()
        }

    def meet(self, numbers: SpanMap[Any]) -> bool:
        """Whether some of ``numbers`` are written twice, each time otherwise."""
        found: dict[int, list[Columns]] = {}
        for form, line in numbers.lines.items():
            for rule in self._shared.get(form, ()):
                part = columns.part(line, rule.low, rule.high)
                firsts = [number + rule.shift for number in part.firsts]
                lasts = [number + rule.shift for number in part.lasts]
                found.setdefault(rule.width, []).append(Columns(firsts, lasts, part.ids))
        return any(columns.ordered(each).clash is not None for each in found.values())

    def canonical(self, span: Span) -> Iterator[tuple[Span, Rule]]:
        """The canonical spans that may meet those of other forms, each with its rule."""
        for rule in self._shared.get(span.form, ()):
            low, high = max(span.first, rule.low), min(span.last, rule.high)
            if low <= high:
                yield Span("", rule.width, low + rule.shift, high + rule.shift), rule

    def others(self, pattern: str) -> Iterator[str]:
        """Other patterns of the target's forms that are the same number."""
        asked = span_of(pattern)
        if not _is_telephone(asked.form):
            return
        found = {
            (rule.width, asked.first + rule.shift)
            for rule in self._rules(*asked.form)
            if rule.low <= asked.first <= rule.high
        }
        for form in sorted(self._forms):
            for rule in self._rules(*form):
                for width, number in found:
                    own = number - rule.shift
                    if width == rule.width and rule.low <= own <= rule.high:
                        text = Span(*form, own, own)[0]
                        if text != pattern:
                            yield text

    def _rules(self, prefix: str, width: int) -> Iterator[Rule]:
        ten = 10**width
        yield Rule(ten // 10, ten - 1, 0, width)
        if prefix:
            return
        if width - 2 > SHORTEST:
            yield Rule(ten // 1000, ten // 100 - 1, 0, width - 2)
        if self._home in (None, "1"):
            lead = 11 * ten // 1000
            if width - 3 > SHORTEST:
                yield Rule(lead + ten // 10000, lead + ten // 1000 - 1, -lead, width - 3)
            if width == 10:
                yield Rule(2 * ten // 10, ten - 1, ten, 11)
        for code in self._codes:
            yield from _national(code, width)


def _national(code: str, width: int) -> Iterator[Rule]:
    """Numbers as they are dialled within the country of ``code``."""
    trunk = trunk_prefix(code)
    rest = width - len(trunk)
    least = SHORTEST if trunk else SHORTEST_WITHOUT_TRUNK
    if code == "1" or rest < least or rest + len(code) > LONGEST_NUMBER:
        return
    ten = 10**rest
    own = int(trunk or "0") * ten
    yield Rule(
        own + (ten // 10 if trunk else 0), own + ten - 1, int(code) * ten - own, rest + len(code)
    )


def _is_telephone(form: Form) -> bool:
    return form[0] in ("", "+") and SHORTEST <= form[1] <= LONGEST_NUMBER + 3


def _codes(form: Form, line: Columns) -> Iterator[str]:
    """The country codes of spans whose ends begin as numbers that are dialled from abroad."""
    prefix, width = form
    for start in ("",) if prefix else ("00", "011"):
        rest = width - len(start)
        low = int(start or "0") * 10**rest
        known = min(rest, 4, 6 - len(start))
        leads = {
            (number - low) // 10 ** (rest - known)
            for ends in (line.firsts, line.lasts)
            for number in ends[bisect_left(ends, low) : bisect_left(ends, low + 10**rest)]
        }
        for lead in leads:
            code = country_code(f"{lead:0{known}d}")
            if code is not None:
                yield code
