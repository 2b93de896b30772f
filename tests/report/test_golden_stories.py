"""Whole plans as they are shown; ``python -m tests.bless`` writes them anew."""

import json

import pytest

from reconciler.report.document import from_json, to_json
from tests.bless import CASES, document, shown, stories


@pytest.mark.parametrize("story", stories())
def test_a_story_is_shown_as_it_was_blessed(story):
    blessed = {name: (CASES / story / name).read_text(encoding="utf-8") for name in shown(story)}
    assert shown(story) == blessed


@pytest.mark.parametrize("story", stories())
def test_what_a_story_wrote_is_read_back_as_it_was(story):
    text = (CASES / story / "plan.json").read_text(encoding="utf-8")
    assert from_json(text, "plan.json") == document(story)
    assert to_json(from_json(text, "plan.json")) == text


def test_ten_thousand_numbers_fit_on_a_screen():
    lines = (CASES / "ten-thousand-numbers" / "plan.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    assert all(len(line) <= 100 for line in lines)


def test_a_story_counts_what_it_changes():
    content = json.loads((CASES / "first-block" / "plan.json").read_text(encoding="utf-8"))
    assert content["numbers"]["create"] == 100
    assert content["calls"] == {
        "copies": 3,
        "updates": 2,
        "deletes": 0,
        "probes": 0,
        "concurrency": 4,
        "seconds": 0.105,
    }


def test_the_readme_shows_a_plan_as_it_is_shown():
    readme = (CASES.parents[1] / "README.md").read_text(encoding="utf-8")
    assert (CASES / "rerouted-and-new" / "plan.txt").read_text(encoding="utf-8") in readme


def test_the_page_on_github_shows_the_first_line_of_a_comment():
    page = (CASES.parents[1] / "docs" / "github.md").read_text(encoding="utf-8")
    first = (CASES / "rerouted-and-new" / "plan.md").read_text(encoding="utf-8").splitlines()[0]
    assert f"`{first.strip('*')}`" in page
