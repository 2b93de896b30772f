"""What counts as reviewed: plans of pull requests merged since the last confirmed apply."""

import pytest

from reconciler.github.archive import ArchiveError
from reconciler.github.client import LARGEST_ARCHIVE, Artifact
from reconciler.github.comment import NotCompared, Overlap
from reconciler.github.http import GitHubError
from reconciler.github.reviewed import (
    Missing,
    Planned,
    artifact_of,
    merged_pulls,
    overlaps,
    plan_of,
    planned,
)
from reconciler.report.document import PlanFileError, to_json
from tests.github.hub import commit, zipped
from tests.github.sections import BILLING, LIVE_CHANGE, NEW, document, new

MAIN = [commit(f"main {number}") for number in range(6)]
HEAD = commit("head")
TEXT = to_json(NEW)


def left(hub, text=TEXT, *, head=HEAD, name="plan-tampa", **more):
    run = hub.ran(head)
    hub.left(run, name, zipped(plan_json=text), **more)
    return run


def asked(hub, github, target="tampa", **more):
    if 1 not in hub.pulls:
        hub.opens(1, HEAD)
    return plan_of(github, github.pull(1), target, **more)


# --- which pull requests


def test_squashed_rebased_and_merged_ones_are_all_found(hub, github):
    for number in (1, 2, 3):
        hub.opens(number, commit(f"head {number}"))
    hub.commits = [MAIN[0]]
    hub.merges(3, MAIN[1])
    hub.merges(1, MAIN[2], MAIN[3])
    hub.merges(2, commit("theirs"), MAIN[4])
    found = merged_pulls(github, MAIN[0], MAIN[4])
    assert [(pull.number, pull.head) for pull in found] == [
        (number, commit(f"head {number}")) for number in (1, 2, 3)
    ]


def test_those_merged_before_are_not_looked_for(hub, github):
    hub.opens(1, HEAD)
    hub.opens(2, HEAD)
    hub.commits = [MAIN[0]]
    hub.merges(1, MAIN[1])
    hub.merges(2, MAIN[2])
    assert [pull.number for pull in merged_pulls(github, MAIN[1], MAIN[2])] == [2]
    assert merged_pulls(github, MAIN[2], MAIN[2]) == []


def test_one_that_only_holds_a_commit_of_main_was_not_merged(hub, github):
    hub.opens(1, HEAD)
    hub.commits = [MAIN[0], MAIN[1]]
    hub.brought = {MAIN[1]: 1}
    assert merged_pulls(github, MAIN[0], MAIN[1]) == []


def test_one_merged_into_another_branch_was_not_merged_into_main(hub, github):
    hub.opens(1, HEAD, base="release")
    hub.merges(1, commit("of release"))
    hub.commits = [MAIN[0], MAIN[1]]
    hub.brought = {MAIN[1]: 1}
    assert merged_pulls(github, MAIN[0], MAIN[1]) == []


@pytest.mark.parametrize("since", [None, commit("rewritten")])
def test_where_it_is_not_known_since_when_the_last_ones_are_taken(hub, github, since):
    hub.opens(1, HEAD)
    hub.commits = [MAIN[0]]
    hub.merges(1, MAIN[1])
    assert [pull.number for pull in merged_pulls(github, since, MAIN[1])] == [1]


# --- and which plan


def test_the_plan_is_what_the_run_of_its_tip_left(hub, github):
    left(hub)
    assert asked(hub, github) == Planned(NEW, TEXT)


def test_the_newest_run_that_left_one_is_taken(hub, github):
    left(hub, to_json(LIVE_CHANGE))
    left(hub)
    hub.ran(HEAD, conclusion="cancelled")
    assert asked(hub, github) == Planned(NEW, TEXT)


def test_of_a_run_started_again_the_last_plan_is_taken(hub, github):
    run = left(hub, to_json(LIVE_CHANGE))
    hub.left(run, "plan-tampa", zipped(plan_json=TEXT))
    assert asked(hub, github) == Planned(NEW, TEXT)


def test_other_workflows_other_events_and_other_commits_are_not_asked(hub, github):
    hub.ran(HEAD, path=".github/workflows/evil.yml")
    hub.ran(HEAD, event="push")
    left(hub, head=commit("another"))
    assert asked(hub, github) == Missing("no finished run planned it")


def test_a_run_without_a_plan_of_this_target_leaves_it_missing(hub, github):
    left(hub)
    assert asked(hub, github, "ybor") == Missing("no finished run left a plan of it")


def test_a_repository_without_the_workflow_says_so(hub, github):
    found = asked(hub, github, workflow="gone.yml")
    assert found == Missing("this repository has no workflow gone.yml")


def test_an_expired_plan_is_missing(hub, github):
    left(hub, expired=True)
    assert asked(hub, github) == Missing("its plan has expired")


def test_a_plan_that_is_gone_is_missing(hub, github):
    left(hub)
    hub.archives.clear()
    assert asked(hub, github) == Missing("its plan is gone")


@pytest.mark.parametrize(
    ("archive", "why"),
    [
        (b"no zip", "not a valid zip"),
        (zipped(other_json=TEXT), "holds plan.json 0 times"),
        (zipped(plan_json="{}"), "is not a plan"),
        (zipped(plan_json=TEXT.replace('"tampa"', '"ybor"')), "of target 'ybor', not of 'tampa'"),
    ],
)
def test_a_plan_that_cannot_be_used_is_missing_and_says_why(hub, github, archive, why):
    hub.left(hub.ran(HEAD), "plan-tampa", archive)
    found = asked(hub, github)
    assert isinstance(found, Missing)
    assert why in found.why


def test_an_artifact_that_is_not_what_was_stored_is_not_used(hub, github):
    left(hub, digest="sha256:" + "0" * 64)
    found = asked(hub, github)
    assert found == Missing(
        "its plan cannot be used: the artifact does not match its digest", invalid=True
    )


def test_an_artifact_too_large_is_not_fetched(github):
    artifact = Artifact(1, "plan-tampa", LARGEST_ARCHIVE + 1, expired=False, digest=None)
    with pytest.raises(ArchiveError, match="larger than"):
        planned(github, artifact, "tampa")


def test_where_github_names_no_digest_none_is_asked_for(hub, github):
    number = hub.left(hub.ran(HEAD), "plan-tampa", zipped(plan_json=TEXT))
    artifact = Artifact(number, "plan-tampa", 10, expired=False, digest=None)
    assert planned(github, artifact, "tampa").document == NEW
    with pytest.raises(PlanFileError, match="not of 'ybor'"):
        planned(github, artifact, "ybor")


def test_there_may_be_no_artifact_of_that_name():
    assert artifact_of([], "plan-tampa") is None


# --- other pull requests


def test_open_ones_that_cannot_be_compared_are_named_and_hurt_nobody(hub, github):
    hub.opens(1, HEAD)
    hub.opens(2, commit("head 2"), branch="broken")
    left(hub, "no plan", head=commit("head 2"))
    hub.opens(3, commit("head 3"), branch="fine")
    left(hub, to_json(NEW), head=commit("head 3"))
    broken, fine = overlaps(github, github.pull(1), NEW, list(github.open_pulls()))
    assert fine == Overlap(3, NEW.changes.spans)
    assert isinstance(broken, NotCompared)
    assert broken.number == 2
    assert broken.why.startswith("its plan cannot be used: plan.json is not a plan: it is not JSON")


def test_open_ones_that_github_does_not_tell_of_are_named(hub, github, monkeypatch):
    hub.opens(1, HEAD)
    hub.opens(2, commit("head 2"), branch="other")
    monkeypatch.setattr(github, "runs", lambda *_: fails())
    assert overlaps(github, github.pull(1), NEW, list(github.open_pulls())) == (
        NotCompared(2, "GitHub is away"),
    )


def fails():
    raise GitHubError("GitHub is away")


def test_open_ones_that_change_the_same_numbers_are_found(hub, github):
    plan = document([new(), new("7275554000-7275554009", of=BILLING)], base=[new()])
    theirs = {2: to_json(plan), 3: to_json(NEW), 4: to_json(LIVE_CHANGE)}
    hub.opens(1, HEAD)
    for number, text in theirs.items():
        hub.opens(number, commit(f"head {number}"), branch=f"change-{number}")
        left(hub, text, head=commit(f"head {number}"))
    hub.opens(5, commit("never planned"))
    found = overlaps(github, github.pull(1), NEW, list(github.open_pulls()))
    assert found == (Overlap(3, NEW.changes.spans), Overlap(4, NEW.changes.spans))
