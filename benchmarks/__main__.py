"""Run every benchmark and print a table: ``python -m benchmarks``.

Seconds differ from machine to machine, so what counts is the ratio of two measurements in one run:
the same work on 1,000,000 numbers and on 1,000 (of numbers without any likeness: on 8 times as
many). A ratio above its limit makes the run fail.
"""

import sys

from benchmarks.measure import Comparison, compare
from benchmarks.numbers import CASES as NUMBERS
from benchmarks.planning import CASES as PLANNING
from benchmarks.scheduling import CASES as SCHEDULING

CASES = NUMBERS + PLANNING + SCHEDULING


def row(name: str, result: Comparison) -> str:
    """One line of the table."""
    return (
        f"{name:<44} {result.small * 1e3:>10.3f} {result.large * 1e3:>10.3f} "
        f"{result.ratio:>7.2f} {result.limit:>7.2f}  {'ok' if result.holds else 'TOO SLOW'}"
    )


def main() -> int:
    """Measure everything; 1 when a limit does not hold."""
    print(f"{'':<44} {'1,000':>10} {'1,000,000':>10}")
    print(f"{'':<44} {'ms':>10} {'ms':>10} {'ratio':>7} {'limit':>7}")
    results = []
    for case in CASES:
        result = compare(case)
        results.append(result)
        print(row(case.name, result), flush=True)
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
