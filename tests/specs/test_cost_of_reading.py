"""Reading costs what the lines cost: eight times the lines, some eight times the steps."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from reconciler.errors import SpecFaults
from tests.numbers.test_cost_of_numbers import calls_of

HEAD = "version: 1\nblocks:\n  - name: a\n    numbers:\n"
BLOCK = """\
  - name: block-{n}
    numbers: [72{n:06d}00-72{n:06d}49]
    routing: {{did_route: IN_GROUP, group: SALESLINE, did_description: Tampa sales {n}}}
    overrides:
      - numbers: [72{n:06d}10-72{n:06d}12]
        routing: {{did_route: CALLMENU, menu_id: MAIN_IVR}}
"""


def steps(folder, text: str) -> int:
    """Function calls that reading ``text`` takes, faults or none."""
    folder.write("a.yaml", text.encode())

    def read() -> None:
        with suppress(SpecFaults):
            folder.read()

    return calls_of(read)


def growth(folder, text: Callable[[int], str], few: int = 50) -> float:
    """How much more eight times as many lines cost."""
    steps(folder, text(few))  # what is made once and kept is made now
    return steps(folder, text(8 * few)) / steps(folder, text(few))


def test_blocks_cost_what_they_are_in_number(folder):
    def blocks(count: int) -> str:
        return "version: 1\nblocks:\n" + "".join(BLOCK.format(n=n) for n in range(count))

    assert growth(folder, blocks) < 10
    assert folder.read().desired.count == 50 * 50


@pytest.mark.parametrize(
    "line",
    [
        lambda n: f"72755{n:05d}",
        lambda n: "7275600000-7275700000",
        lambda n: f"72756{n:05d}-72756{n + 1000:05d}",
        lambda n: "7275/600000",
    ],
    ids=["one number each", "all alike", "over each other", "all wrong"],
)
def test_lines_cost_what_they_are_in_number(folder, line):
    def lines(count: int) -> str:
        return HEAD + "".join(f"      - {line(n)}\n" for n in range(count))

    assert growth(folder, lines) < 10
