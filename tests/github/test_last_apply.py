"""Since when merged pull requests count: what the runs of the apply prove of it."""

import pytest

from reconciler.github import applied
from reconciler.github.applied import STEP, CurrentRun, Lost, Since, last_applied
from tests.github.hub import commit

APPLY = {"path": ".github/workflows/apply.yml", "event": "push"}
TIPS = [commit(word) for word in ("first", "second", "third")]


def applies(hub, tip, *targets, failed=(), **more):
    """A run of the apply on ``tip``, and what came of its targets; returns it."""
    steps = {f"Apply {each}": [STEP] for each in targets}
    steps |= {f"Apply {each}": ["Store the results"] for each in failed}
    return hub.ran(tip, steps=steps, **{**APPLY, **more})


def since(hub, github, *targets, declared=lambda target, tip: True, attempt=1):
    """Asked by the next run."""
    number = 1 + sum(run["path"] == APPLY["path"] for run in hub.runs)
    found = last_applied(
        github,
        CurrentRun(99, number, attempt),
        targets or ("tampa",),
        "main",
        was_tip=TIPS.__contains__,
        is_declared=declared,
    )
    return found if targets else found["tampa"]


def test_nothing_was_applied_when_no_run_was_before(hub, github):
    assert since(hub, github) == Since(None)


def test_it_is_the_newest_run_whose_apply_of_the_target_succeeded(hub, github):
    applies(hub, TIPS[0], "tampa", "reno")
    second = applies(hub, TIPS[1], "tampa")
    failed = applies(hub, TIPS[2], failed=["tampa"], conclusion="failure")
    assert since(hub, github, "tampa", "reno") == {
        "tampa": Since(TIPS[1], (failed,)),
        "reno": Since(TIPS[0], (failed, second)),
    }


def test_a_job_of_a_reusable_workflow_has_the_caller_s_name_before_its_own(hub, github):
    hub.ran(TIPS[1], steps={"apply / Apply tampa": [STEP]}, **APPLY)
    assert since(hub, github) == Since(TIPS[1])
    hub.ran(TIPS[2], steps={"Apply tampa / evil": [STEP]}, **APPLY)
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


def test_a_run_that_was_deleted_is_missed(hub, github):
    applies(hub, TIPS[0], "tampa")
    applies(hub, TIPS[1], "tampa")
    applies(hub, TIPS[2])
    del hub.runs[1]
    # As many numbers were given out as before.
    found = last_applied(
        github,
        CurrentRun(99, 4),
        ("tampa",),
        "main",
        was_tip=TIPS.__contains__,
        is_declared=lambda target, tip: True,
    )
    assert found["tampa"] == Lost("run 2 of apply.yml was deleted, or over 1,000 came since")


def test_a_flood_of_runs_loses_it_and_does_not_set_it_back(hub, github, monkeypatch):
    monkeypatch.setattr(applied, "MOST_RUNS", 5)
    applies(hub, TIPS[0], "tampa")
    for _ in range(5):
        applies(hub, TIPS[1], event="workflow_dispatch", branch="evil")
    assert isinstance(since(hub, github), Lost)


def test_where_very_many_runs_applied_nothing_no_more_are_asked(hub, github, monkeypatch):
    monkeypatch.setattr(applied, "MOST_ASKED", 3)
    applies(hub, TIPS[0], "tampa")
    for _ in range(3):
        applies(hub, TIPS[1])
    assert since(hub, github) == Lost("over 3 runs of apply.yml applied nothing of it")
    assert len([path for path, _ in hub.sent("GET") if path.endswith("/jobs")]) == 3


def test_daily_runs_are_not_asked_and_may_have_begun_something(hub, github):
    applies(hub, TIPS[0], "tampa")
    daily = [applies(hub, TIPS[1], event="schedule") for _ in range(30)]
    assert since(hub, github) == Since(TIPS[0], tuple(reversed(daily)))
    assert len(hub.requests) == 2


def test_a_target_that_was_not_declared_was_not_applied_before(hub, github):
    """A new one in an old repository: all that was merged since counts for it."""
    applies(hub, TIPS[0], "tampa")
    applies(hub, TIPS[1], "tampa")
    last = applies(hub, TIPS[2], failed=["reno"])
    found = since(
        hub, github, "tampa", "reno", declared=lambda name, tip: name == "tampa" or tip == TIPS[2]
    )
    assert found == {"tampa": Since(TIPS[1], (last,)), "reno": Since(TIPS[1], (last,))}


def test_newer_runs_and_this_one_do_not_count_but_its_first_attempt_may_have_begun(hub, github):
    applies(hub, TIPS[0], "tampa")
    this = applies(hub, TIPS[1], "tampa")
    applies(hub, TIPS[2], "tampa")
    found = last_applied(
        github,
        CurrentRun(this, 2, 2),
        ("tampa",),
        "main",
        was_tip=TIPS.__contains__,
        is_declared=lambda target, tip: True,
    )
    assert found["tampa"] == Since(TIPS[0], (this,))
