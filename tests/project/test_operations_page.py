"""docs/operations.md teaches the words that the program prints."""

import re
from pathlib import Path

import pytest

from reconciler.apply.retry import RetryPolicy
from reconciler.report.outcome import meanings
from reconciler.state.lease import USUAL
from reconciler.vicidial.answer import Answer
from reconciler.vicidial.pages import numbers_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
SOURCES = "\n".join(path.read_text() for path in (ROOT / "reconciler").rglob("*.py"))


def first_cells(heading):
    """The first column of the table in the section that is called so."""
    section = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    return re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)[1:]


def test_every_outcome_of_an_apply_is_explained_by_its_printed_name():
    printed = [name.replace("_", " ") for name in meanings() if name != "confirmed"]
    assert first_cells("Exit code 3") == printed


@pytest.mark.parametrize("words", first_cells('"the list of all numbers'))
def test_every_reason_against_the_list_is_one_that_is_recognised(words):
    if words.startswith("settings_compare.php"):
        found = numbers_of(Answer(200, "Login incorrect, please try again||\n"), "6666")
    else:
        found = numbers_of(Answer(200, f"{words}\n"), "6666")
    assert words in found.words
    assert "is not recognised" not in found.words


@pytest.mark.parametrize("quoted", sorted(set(re.findall('"([^"`]+)"', PAGE))))
def test_a_message_is_quoted_as_it_is_written(quoted):
    for part in quoted.split("…"):
        assert part.strip(" ,") in SOURCES


def test_the_times_and_counts_are_those_of_the_program():
    assert "no clear answer, up to four times" in PAGE
    assert RetryPolicy().attempts == 4
    assert "waits that long, up to two minutes" in PAGE
    assert RetryPolicy().longest_pause == 120
    assert "Two minutes after the last renewal" in PAGE
    assert USUAL.expiry == 120
