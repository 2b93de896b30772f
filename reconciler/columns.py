"""Spans of one form as columns of integers: where each begins and ends, and what it stands for.

The numbers of one form are a line of integers, and a map of spans has such columns for each form.
A hundred thousand spans are three lists and no object each, so that whatever is done to all of them
is done by loops over integers, most of them Python's own. :mod:`reconciler.numbers` gives them
their meaning.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress, islice
from operator import le, sub
from typing import NamedTuple

NOTHING = -1
"""Marks spans that are left out, and in a pair the side that has none."""
END = 10**60
"""More than any number: the longest pattern has 50 digits."""


class Columns(NamedTuple):
    """Sorted spans that do not overlap. ``ids`` may hold one id many times. Never changed."""

    firsts: list[int]
    lasts: list[int]
    ids: list[int]

    @property
    def numbers(self) -> int:
        """How many numbers the spans hold together."""
        return sum(self.lasts) - sum(self.firsts) + len(self.firsts)

    @property
    def clash(self) -> int | None:
        """The place of the first span that shares numbers with the next; None where none does."""
        if True not in map(le, islice(self.firsts, 1, None), self.lasts):
            return None
        return list(map(le, islice(self.firsts, 1, None), self.lasts)).index(True)


EMPTY = Columns([], [], [])


def ordered(unordered: Sequence[Columns]) -> Columns:
    """All of ``unordered`` as one; its spans may overlap."""
    firsts, lasts, ids = unordered[0]
    if len(unordered) > 1:
        firsts = list(chain.from_iterable(each.firsts for each in unordered))
        lasts = list(chain.from_iterable(each.lasts for each in unordered))
        ids = list(chain.from_iterable(each.ids for each in unordered))
    if all(map(le, firsts, islice(firsts, 1, None))):
        return Columns(firsts, lasts, ids)
    if firsts == lasts and ids.count(ids[0]) == len(ids):
        firsts = sorted(firsts)
        return Columns(firsts, firsts, ids)
    rows = sorted(zip(firsts, lasts, ids, strict=True))
    return Columns(*map(list, zip(*rows, strict=True)))


def renamed(columns: Columns, names: Mapping[int, int]) -> Columns:
    """The same spans with other ids; those named :data:`NOTHING` are left out."""
    firsts, lasts, ids = columns
    new = list(map(names.__getitem__, ids))
    if NOTHING in new:
        kept = [name != NOTHING for name in new]
        firsts, lasts = list(compress(firsts, kept)), list(compress(lasts, kept))
        new = list(compress(new, kept))
    return Columns(firsts, lasts, new)


def joined(columns: Columns) -> Columns:
    """Neighbours of one id become one span."""
    firsts, lasts, ids = columns
    if 1 not in map(sub, islice(firsts, 1, None), lasts):
        return columns
    follows = zip(islice(firsts, 1, None), lasts, islice(ids, 1, None), ids, strict=False)
    begins = [True]
    begins += [first != last + 1 or one != other for first, last, one, other in follows]
    if all(begins):
        return columns
    ends = [*islice(begins, 1, None), True]
    return Columns(
        list(compress(firsts, begins)), list(compress(lasts, ends)), list(compress(ids, begins))
    )


def gathered(columns: Columns) -> Iterator[tuple[int, list[int], list[int]]]:
    """Each id with where its spans begin and end, in the order of their first numbers."""
    firsts, lasts, ids = columns
    counts = Counter(ids)
    if len(counts) > 1:
        by_id = sorted(range(len(ids)), key=ids.__getitem__)  # each id's in their order
        firsts = list(map(firsts.__getitem__, by_id))
        lasts = list(map(lasts.__getitem__, by_id))
    in_order = sorted(counts)
    ends = dict(zip(in_order, accumulate(map(counts.__getitem__, in_order)), strict=True))
    for each, count in counts.items():
        place = slice(ends[each] - count, ends[each])
        yield each, firsts[place], lasts[place]


def part(columns: Columns, first: int, last: int) -> Columns:
    """What lies between two numbers, both included, at the cost of the spans there."""
    start, stop = bisect_left(columns.lasts, first), bisect_right(columns.firsts, last)
    firsts, lasts = columns.firsts[start:stop], columns.lasts[start:stop]
    if firsts:
        firsts[0], lasts[-1] = max(firsts[0], first), min(lasts[-1], last)
    return Columns(firsts, lasts, columns.ids[start:stop])


def swept(left: Columns, right: Columns, radix: int) -> Columns:
    """Both sides cut at each other's edges, in one sweep; the ids become those of pairs.

    ``radix`` is more than any id of the right side and 1: see :func:`parted`. What one side has
    alone is copied at once, up to where the other side goes on.
    """
    if left.firsts == right.firsts and left.lasts == right.lasts:
        same = zip(left.ids, right.ids, strict=True)
        return Columns(left.firsts, left.lasts, [paired(one, other, radix) for one, other in same])
    firsts: list[int] = []
    lasts: list[int] = []
    pairs: list[int] = []

    def take_alone(side: Columns, place: int, begin: int, until: int, factor: int) -> int:
        """Copy what ``side`` has from ``begin`` until the other goes on; the place of its next."""
        stop = bisect_left(side.lasts, until, place)
        firsts.append(begin)
        if stop == place:  # the span reaches as far as the other
            lasts.append(until - 1)
            pairs.append(factor * (side.ids[place] + 1))
        else:
            firsts.extend(side.firsts[place + 1 : stop])
            lasts.extend(side.lasts[place:stop])
            pairs.extend([factor * (each + 1) for each in side.ids[place:stop]])
        return stop

    left_firsts, right_firsts = [*left.firsts, END], [*right.firsts, END]
    one = other = 0  # the places of the spans that are looked at
    here, there = left_firsts[0], right_firsts[0]  # the first numbers that are not dealt with
    while here < END or there < END:
        if here < there:
            stop = take_alone(left, one, here, there, radix)
            here = there if stop == one else left_firsts[stop]
            one = stop
        elif there < here:
            stop = take_alone(right, other, there, here, 1)
            there = here if stop == other else right_firsts[stop]
            other = stop
        else:
            last = min(left.lasts[one], right.lasts[other])
            firsts.append(here)
            lasts.append(last)
            pairs.append(paired(left.ids[one], right.ids[other], radix))
            here = there = last + 1
            if left.lasts[one] == last:
                one += 1
                here = left_firsts[one]
            if right.lasts[other] == last:
                other += 1
                there = right_firsts[other]
    return Columns(firsts, lasts, pairs)


def paired(left: int, right: int, radix: int) -> int:
    """Two ids as one."""
    return radix * (left + 1) + right + 1


def parted(pair: int, radix: int) -> tuple[int, int]:
    """The ids of a pair, the left one first; :data:`NOTHING` for a side that has none."""
    left, right = divmod(pair, radix)
    return left - 1, right - 1
