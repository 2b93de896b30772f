"""Whatever goes wrong with whatever request: the next run leaves everything as declared."""

import time

import pytest

from reconciler.errors import Unreachable
from reconciler.plan.outcome import Unknown
from tests.sweeps.story import calls_of

KINDS = (
    "error_before",
    "error_after",
    "cut_before",
    "cut_after",
    "truncate",
    "garbage",
    "delay",
)
FUNCTIONS = ("version", "settings_compare", "copy_did", "update_did")
LATE = 0.9
"""Seconds a delayed reply takes; longer than this client waits."""
PATIENT, HASTY = 30.0, 0.5


def disturbed_and_completed(story, ending, folder, rule, *, checked=False):
    """Apply with one fault (from the first change on: ``checked``), then without.

    Returns what the first came to.
    """

    def disturb():
        story.simulator.faults({"rules": [{"seconds": LATE, **rule}]})

    site = story.begin(folder)
    site.options.timeout = HASTY if rule["kind"] == "delay" else PATIENT
    if checked:
        site.options.checked = disturb
    else:
        disturb()
    _, first = site.apply()
    story.simulator.faults({})
    site.options.checked = lambda: None
    site.options.timeout = PATIENT
    site.apply_cleanly()
    assert story.check(site) == ending
    if rule["kind"] == "delay":
        # What the server still does for requests that nobody waits for must change nothing.
        time.sleep(LATE)
        assert story.check(site) == ending
    return first


@pytest.fixture(scope="session")
def requests(story, ending, tmp_path_factory):
    """How many requests an undisturbed apply makes."""
    site = story.begin(tmp_path_factory.mktemp("counted"))
    site.apply_cleanly()
    return calls_of(story.simulator)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_in_the_middle_is_settled_within_the_run(kind, story, ending, requests, tmp_path):
    rule = {"kind": kind, "nth": requests // 2}
    first = disturbed_and_completed(story, ending, tmp_path, rule)
    assert first.error is None


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "truncate"])
def test_calls_that_are_never_answered_leave_numbers_unknown_until_it_does(
    kind, story, ending, tmp_path
):
    first = disturbed_and_completed(story, ending, tmp_path, {"kind": kind}, checked=True)
    assert first.error is None or isinstance(first.error, Unreachable)
    assert any(isinstance(each.outcome, Unknown) for each in first.settled)
    assert not first.complete


@pytest.mark.sweep
@pytest.mark.parametrize("kind", KINDS)
def test_any_single_fault_is_settled(kind, story, ending, requests, tmp_path):
    for nth in range(1, requests + 1):
        rule = {"kind": kind, "nth": nth}
        first = disturbed_and_completed(story, ending, tmp_path / str(nth), rule)
        assert first.error is None, nth


@pytest.mark.sweep
@pytest.mark.parametrize("kind", KINDS)
def test_any_share_of_faults_is_settled(kind, story, ending, tmp_path):
    for seed in range(20):
        rule = {"kind": kind, "share": 0.05 * (1 + seed), "seed": seed}
        disturbed_and_completed(story, ending, tmp_path / str(seed), rule)


@pytest.mark.sweep
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", [None, *FUNCTIONS])
def test_anything_may_fail_throughout(function, kind, story, ending, tmp_path):
    rule = {"kind": kind} if function is None else {"kind": kind, "function": function}
    disturbed_and_completed(story, ending, tmp_path / "all", rule)
    disturbed_and_completed(story, ending, tmp_path / "checked", rule, checked=True)
