"""Since when merged pull requests count: what the runs of the apply prove of it."""

import pytest

from reconciler.github import applied
from reconciler.github.applied import FOUND, LOST, STEP, Since, last_applied
from tests.github.hub import commit

APPLY = {"path": ".github/workflows/apply.yml", "event": "push"}
TIPS = [commit(word) for word in ("first", "second", "third")]


def applies(hub, tip, *targets, failed=(), looked=True, caller="", **more):
    """A run of the apply on ``tip``, and what came of its targets; returns it."""
    steps = {f"{caller}Targets": [FOUND]} if looked else {}
    steps |= {f"{caller}Apply {each} at {tip[:12]}": [STEP] for each in targets}
    steps |= {f"{caller}Apply {each} at {tip[:12]}": ["Store the results"] for each in failed}
    return hub.ran(tip, steps=steps, **{**APPLY, **more})


def tip(name):
    return next((each for each in TIPS if each.startswith(name)), None)


def since(hub, github, *targets, declared=lambda target, tip: True, number=None):
    """Asked by the next run, or by one of an older number."""
    found = last_applied(
        github,
        number or hub.numbers.get(APPLY["path"], 1),
        targets or ("tampa",),
        "main",
        tip=tip,
        is_declared=declared,
    )
    return found if targets else found["tampa"]


def test_nothing_was_applied_when_no_run_was_before(hub, github):
    assert since(hub, github) == Since(None)


def test_it_is_the_newest_run_whose_apply_of_the_target_succeeded(hub, github):
    applies(hub, TIPS[0], "tampa", "reno")
    second = applies(hub, TIPS[1], "tampa", failed=["reno"], conclusion="failure")
    failed = applies(hub, TIPS[2], failed=["tampa", "reno"], conclusion="failure")
    assert since(hub, github, "tampa", "reno") == {
        "tampa": Since(TIPS[1], (failed,)),
        "reno": Since(TIPS[0], (failed, second)),
    }


def test_it_is_the_commit_that_was_applied_which_may_be_newer_than_the_push(hub, github):
    steps = {"Targets": [FOUND], f"Apply tampa at {TIPS[1][:12]}": [STEP]}
    hub.ran(TIPS[0], steps=steps, **APPLY)
    assert since(hub, github) == Since(TIPS[1])
    steps = {"Targets": [FOUND], f"Apply tampa at {commit('nowhere')[:12]}": [STEP]}
    hub.ran(TIPS[2], steps=steps, **APPLY)
    assert since(hub, github).commit == TIPS[1]


@pytest.mark.parametrize("event", ["push", "schedule"])
def test_a_run_that_had_nothing_to_do_for_a_target_proves_it_too(hub, github, event):
    """So a quiet target does not grow old beside busy ones."""
    applies(hub, TIPS[0], "tampa", "reno")
    applies(hub, TIPS[1], "tampa", event=event)
    assert since(hub, github, "tampa", "reno") == dict.fromkeys(("tampa", "reno"), Since(TIPS[1]))


@pytest.mark.parametrize(
    "run",
    [
        {"event": "workflow_dispatch"},  # it may have been for another target
        {"conclusion": "cancelled"},  # its jobs may not have begun
        {"conclusion": "failure"},
        {"conclusion": None},
        {"looked": False},
    ],
)
def test_a_run_that_may_have_had_something_to_do_proves_nothing(hub, github, run):
    applies(hub, TIPS[0], "tampa")
    applies(hub, TIPS[1], **run)
    assert since(hub, github).commit == TIPS[0]


def test_a_job_of_a_reusable_workflow_has_the_caller_s_name_before_its_own(hub, github):
    applies(hub, TIPS[1], "tampa", caller="apply / ")
    assert since(hub, github) == Since(TIPS[1])
    steps = {"Targets": [FOUND], f"Apply tampa at {TIPS[2][:12]} / evil": [STEP]}
    hub.ran(TIPS[2], steps=steps, **{**APPLY, "event": "workflow_dispatch"})
    assert since(hub, github).commit == TIPS[1]


@pytest.mark.parametrize(
    "run",
    [
        {"event": "workflow_dispatch", "branch": "evil"},
        {"event": "pull_request"},
        {"tip": commit("of a tag that has the name of the branch")},
    ],
)
def test_a_run_of_another_branch_proves_nothing(hub, github, run):
    applies(hub, TIPS[0], "tampa")
    applies(hub, run.pop("tip", TIPS[2]), "tampa", **run)
    assert since(hub, github) == Since(TIPS[0])


def test_a_tag_of_the_branch_s_name_on_an_old_commit_of_it_proves_nothing(hub, github):
    """There the target may not have been declared; but the jobs of such a run are skipped."""
    applies(hub, TIPS[1], "tampa")
    applies(hub, TIPS[0], looked=False, event="workflow_dispatch")
    assert since(hub, github, declared=lambda target, tip: tip != TIPS[0]) == Since(TIPS[1])


def test_a_run_that_was_deleted_is_missed(hub, github):
    for each in TIPS:
        applies(hub, each, failed=["tampa"])
    del hub.runs[1]
    assert since(hub, github) == LOST
    # Also the newest of them: its number was given out.
    del hub.runs[1]
    assert since(hub, github) == LOST


def test_a_flood_of_runs_loses_it_and_does_not_set_it_back(hub, github, monkeypatch):
    monkeypatch.setattr(applied, "MOST_RUNS", 5)
    applies(hub, TIPS[0], "tampa")
    for _ in range(5):
        applies(hub, TIPS[1], event="workflow_dispatch", branch="evil")
    assert since(hub, github) == LOST


def test_where_very_many_runs_applied_nothing_no_more_are_asked(hub, github, monkeypatch):
    monkeypatch.setattr(applied, "MOST_ASKED", 3)
    applies(hub, TIPS[0], "tampa")
    for _ in range(3):
        applies(hub, TIPS[1], failed=["tampa"], conclusion="failure")
    assert since(hub, github) == LOST
    assert len([path for path, _ in hub.sent("GET") if path.endswith("/jobs")]) == 3


def test_daily_runs_that_are_not_wanted_cost_nothing(hub, github):
    applies(hub, TIPS[0], "tampa")
    for _ in range(30):
        applies(hub, TIPS[1], looked=False, event="schedule", conclusion="skipped")
    assert since(hub, github) == Since(TIPS[0])
    assert len(hub.requests) == 2


def test_a_target_that_was_not_declared_was_not_applied_before(hub, github):
    """A new one in an old repository: all that was merged since counts for it."""
    applies(hub, TIPS[0], "tampa")
    applies(hub, TIPS[1], failed=["tampa"], conclusion="failure")
    last = applies(hub, TIPS[2], failed=["tampa", "reno"], conclusion="failure")
    found = since(
        hub, github, "tampa", "reno", declared=lambda name, tip: name == "tampa" or tip == TIPS[2]
    )
    assert found["reno"] == Since(TIPS[1], (last,))
    assert found["tampa"].commit == TIPS[0]


def test_newer_runs_do_not_count_and_one_that_is_listed_twice_counts_once(hub, github):
    applies(hub, TIPS[0], "tampa")
    applies(hub, TIPS[1], failed=["tampa"], conclusion="failure")
    applies(hub, TIPS[2], "tampa")
    hub.runs.insert(2, hub.runs[1])
    assert since(hub, github, number=3).commit == TIPS[0]
