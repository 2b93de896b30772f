"""Ten times the listed numbers cost ten times the steps, through the whole of a plan.

Steps are calls of functions, Python's own included: they do not vary, as seconds do.
"""

import gc
import sys

import pytest

from benchmarks.worlds import TARGET, applied, listed, many_files, ranges
from reconciler.cli.main import main
from reconciler.state.codec import encode

MOST = 11
"""Ten, and something for sorting."""


def steps(work):
    """How many functions ``work`` calls."""
    count = 0

    def seen(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    gc.collect()
    gc.disable()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


@pytest.fixture
def planned(tmp_path, monkeypatch, capsys):
    """The steps of ``reconciler plan`` in a new folder with these files."""

    def plan(name, files, known=None):
        target = tmp_path / name / "did_specs" / "tampa"
        target.mkdir(parents=True)
        (target / "target.yaml").write_text(TARGET)
        for file, text in files.items():
            (target / file).write_text(text)
        if known:
            state = tmp_path / name / "state" / "tampa.json"
            state.parent.mkdir()
            state.write_bytes(encode(applied(target.parent)))
        monkeypatch.chdir(tmp_path / name)
        exits = []
        count = steps(lambda: exits.append(main(["plan"])))
        assert exits == [0]
        assert ("No changes" in capsys.readouterr().out) == bool(known)
        return count

    return plan


@pytest.mark.parametrize("known", [False, True], ids=["all new", "nothing changed"])
def test_ten_times_the_listed_numbers_are_ten_times_the_steps(planned, known):
    planned("first", listed(100, 10), known)  # what is made once and kept is made now
    few = planned("few", listed(10_000, 200), known)
    assert planned("many", listed(100_000, 2000), known) <= MOST * few


def test_ten_times_the_ranges_are_ten_times_the_steps(planned):
    planned("first", ranges(1000, 10, 20))
    few = planned("few", ranges(100_000, 100, 500))
    assert planned("many", ranges(1_000_000, 1000, 5000)) <= MOST * few


def test_a_range_of_a_million_numbers_is_no_more_than_one_of_a_thousand(planned):
    planned("first", ranges(1000, 10, 20))
    small = planned("small", ranges(10_000, 10, 0))
    assert planned("large", ranges(10_000_000, 10, 0)) <= 1.02 * small  # it has longer labels


def test_listed_numbers_are_few_steps_each(planned):
    planned("first", listed(100, 10))
    assert planned("many", listed(100_000, 2000)) <= 25 * 100_000


def test_ten_times_the_files_are_ten_times_the_steps(planned):
    planned("first", many_files(1, 2, 10))
    few = planned("few", many_files(3, 20, 5))
    assert planned("many", many_files(30, 20, 5)) <= MOST * few
