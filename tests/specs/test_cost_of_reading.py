"""Reading costs what the lines cost. Bounds are wide, for the sake of busy machines."""

import time

import pytest

from reconciler.errors import SpecFaults

HEAD = "version: 1\nblocks:\n  - name: a\n    numbers:\n"


def seconds(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def test_two_thousand_blocks_of_fifty_numbers(folder):
    block = """\
  - name: block-{n}
    numbers: [72{n:06d}00-72{n:06d}49]
    routing: {{did_route: IN_GROUP, group: SALESLINE, did_description: Tampa sales {n}}}
    overrides:
      - numbers: [72{n:06d}10-72{n:06d}12]
        routing: {{did_route: CALLMENU, menu_id: MAIN_IVR}}
"""
    lines = "".join(block.format(n=n) for n in range(2000))
    (folder.root / "tampa/a.yaml").write_text("version: 1\nblocks:\n" + lines)
    assert seconds(folder.read) < 6
    assert folder.read().desired.count == 100_000


def test_twenty_thousand_lines_of_one_number(folder):
    lines = "".join(f"      - 72755{n:05d}\n" for n in range(20_000, 40_000))
    folder.write("a.yaml", HEAD.encode() + lines.encode())
    assert seconds(folder.read) < 6


@pytest.mark.parametrize(
    "lines",
    [
        ["7275600000-7275700000"] * 20_000,
        [f"72756{n:05d}-72756{n + 1000:05d}" for n in range(20_000)],
        ["7275/600000"] * 20_000,
    ],
    ids=["all alike", "over each other", "all wrong"],
)
def test_twenty_thousand_faults(folder, lines):
    folder.write("a.yaml", (HEAD + "".join(f"      - {line}\n" for line in lines)).encode())

    def read() -> None:
        with pytest.raises(SpecFaults) as caught:
            folder.read()
        assert len(caught.value.faults) >= 19_999

    assert seconds(read) < 10
