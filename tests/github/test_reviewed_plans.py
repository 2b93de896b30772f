"""What counts as reviewed: plans that the trusted workflow made of merged pull requests."""

import json
from dataclasses import replace

import pytest

from reconciler.github import reviewed
from reconciler.github.applied import Since, last_applied
from reconciler.github.client import LARGEST_ARCHIVE
from reconciler.github.planned import artifact_name
from reconciler.github.reviewed import Counting, Missing, Plans, merged_pulls, overlaps
from reconciler.report.comment import NotCompared, Overlap
from tests.github.artifacts import files_of, leaves
from tests.github.hub import archived, commit
from tests.github.sections import document, new

HEAD = commit("head")
OWN = document([new()], base=[])
OTHER = document([new("7275553390-7275553399")], base=[])


@pytest.fixture
def pull(hub):
    """A pull request, merged."""
    hub.opens(1, HEAD)
    return 1


def asked(hub, github, number=1, targets=None):
    return Plans(github, "main").of(github.pull(number), targets)


def merged(hub, number=1):
    hub.merges(number, commit(f"merge {number}"))


def why(found):
    assert isinstance(found, Missing)
    return found.why


# --- which pull requests


def test_those_merged_since_are_found_however_they_were_merged(hub, github):
    for number in (3, 1, 2):
        hub.opens(number, commit(f"head {number}"))
    hub.merges(3, commit("a"))
    hub.merges(1, commit("b"), commit("c"))
    hub.merges(2, commit("theirs"), commit("d"))
    found = merged_pulls(github, "main", {commit(name) for name in "abcd"}, None)
    assert [pull.number for pull in found] == [1, 2, 3]
    found = merged_pulls(github, "main", {commit("c")}, None)
    assert [pull.number for pull in found] == [1]


def test_those_of_another_branch_or_closed_without_a_merge_are_not(hub, github):
    hub.opens(1, HEAD, base="release")
    hub.merges(1, commit("a"))
    hub.opens(2, HEAD)
    hub.pulls[2]["state"] = "closed"
    hub.pulls[2]["merge_commit_sha"] = commit("a")
    assert merged_pulls(github, "main", {commit("a")}, None) == []


def test_what_was_updated_before_is_not_looked_through(hub, github):
    for number in range(1, 10):
        hub.opens(number, HEAD)
        hub.merges(number, commit(str(number)))
    since = hub.pulls[8]["merged_at"]
    hub.page = 2
    found = merged_pulls(github, "main", {commit(str(number)) for number in range(10)}, since)
    assert [pull.number for pull in found] == [8, 9]
    assert len(hub.requests) == 2


# --- which plan of one


def test_the_newest_plan_of_the_newest_commit_counts(hub, github, pull):
    leaves(hub, pull, OTHER)
    leaves(hub, pull, OWN)
    merged(hub)
    found = asked(hub, github)
    assert isinstance(found, Counting)
    assert found.of("tampa") == OWN
    assert found.of("reno") is None


def test_a_pull_request_that_changes_no_specs_counts_with_nothing(hub, github, pull):
    leaves(hub, pull)
    found = asked(hub, github)
    assert isinstance(found, Counting)
    assert found.plans == ()


def test_only_the_plans_of_the_targets_asked_for_are_read(hub, github, pull):
    reno = replace(OWN, target="reno")
    files = files_of(hub.pulls[1], OWN, reno) | {"plans/reno.json": "no plan"}
    leaves(hub, pull, archive=archived(files))
    assert isinstance(asked(hub, github, targets=["tampa"]), Counting)
    assert asked(hub, github).invalid


@pytest.mark.parametrize(
    "run",
    [
        {"event": "pull_request"},
        {"event": "workflow_dispatch"},
        {"path": ".github/workflows/other.yml"},
        {"path": ".github/workflows/other/plan.yml"},
        {"path": "evil/.github/workflows/plan.yml"},
    ],
)
def test_a_run_of_anything_else_proves_nothing(hub, github, pull, run):
    leaves(hub, pull, OWN)
    leaves(hub, pull, OTHER, run=run)
    assert asked(hub, github).of("tampa") == OWN
    hub.artifacts.pop(0)
    assert why(asked(hub, github)) == (
        "its newest commit was not planned by a run of this repository's plan.yml"
    )


def test_a_run_that_is_gone_proves_nothing(hub, github, pull):
    leaves(hub, pull, OWN)
    hub.runs.clear()
    assert "was not planned" in why(asked(hub, github))
    hub.artifacts[0]["workflow_run"] = None
    assert "was not planned" in why(asked(hub, github))


@pytest.mark.parametrize("again", [False, True])
def test_what_was_made_after_the_last_approval_does_not_count(hub, github, pull, again):
    leaves(hub, pull, OWN)
    hub.approves(pull)
    leaves(hub, pull, OTHER)
    if again:
        hub.approves(pull)
    merged(hub)
    assert asked(hub, github).of("tampa") == (OTHER if again else OWN)


def test_a_review_after_the_merge_moves_nothing(hub, github, pull):
    leaves(hub, pull, OWN)
    merged(hub)
    leaves(hub, pull, OTHER)
    hub.approves(pull)
    assert asked(hub, github).of("tampa") == OWN


def test_a_dismissed_approval_lets_nothing_in_that_came_after_it(hub, github, pull):
    """Dismissed after the merge it would leave that as the end, and a later plan would count."""
    leaves(hub, pull, OWN)
    hub.approves(pull, state="DISMISSED")
    leaves(hub, pull, OTHER)
    merged(hub)
    assert asked(hub, github).of("tampa") == OWN


def test_without_an_approval_the_merge_ends_it(hub, github, pull):
    leaves(hub, pull, OWN)
    merged(hub)
    leaves(hub, pull, OTHER)
    assert asked(hub, github).of("tampa") == OWN
    hub.artifacts.pop(0)
    assert why(asked(hub, github)) == "it was planned only after its merge"


def test_an_approval_before_any_plan_leaves_none(hub, github, pull):
    hub.approves(pull)
    leaves(hub, pull, OWN)
    merged(hub)
    assert why(asked(hub, github)) == "it was planned only after its last approval"


@pytest.mark.parametrize(
    "review",
    [
        {"head": commit("older")},
        {"state": "CHANGES_REQUESTED"},
        {"by": "eve"},
        {"by": "mallory"},
        {"by": None},
    ],
)
def test_only_an_approval_of_that_commit_by_somebody_who_may_merge_counts(
    hub, github, pull, review
):
    hub.approves(pull, **review)
    leaves(hub, pull, OWN)
    merged(hub)
    assert asked(hub, github).of("tampa") == OWN


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"number": 2}, "its plan is of another pull request"),
        ({"head": commit("another")}, "its plan is of another pull request"),
        ({"base": "release"}, "it was planned for release, not for main"),
        ({"targets": ("reno",)}, "its plan cannot be used: the artifact holds plans/reno.json 0"),
        ({"targets": tuple(map(str, range(501)))}, "its plan cannot be used: pull.json names 501"),
    ],
)
def test_it_must_say_inside_what_it_is_of(hub, github, pull, about, reason):
    leaves(hub, pull, OWN, **about)
    found = asked(hub, github)
    assert found.invalid
    assert found.why.startswith(reason)


def test_a_pull_request_that_github_moved_to_main_needs_a_plan_for_main(hub, github, pull):
    leaves(hub, pull, OWN, base="release")
    assert why(asked(hub, github)) == "it was planned for release, not for main"


@pytest.mark.parametrize("again", [False, True])
def test_a_plan_made_again_after_the_approval_replaces_none_that_was_approved(
    hub, github, pull, again
):
    """Both are of one run, the later of a high attempt."""
    made = leaves(hub, pull, OWN)
    hub.approves(pull)
    content = archived(files_of(hub.pulls[pull], OTHER))
    hub.left(made, artifact_name(pull, HEAD, 12), content)
    if again:
        hub.approves(pull)
    merged(hub)
    assert asked(hub, github).of("tampa") == (OTHER if again else OWN)


def test_a_run_is_asked_about_once(hub, github):
    made = hub.ran(HEAD, path=".github/workflows/evil.yml", event="push")
    finder = Plans(github, "main")
    for number in (1, 2):
        hub.opens(number, HEAD)
        hub.left(made, artifact_name(number, HEAD), b"forged")
    for number in (1, 2):
        assert "was not planned" in why(finder.of(github.pull(number)))
    assert len([path for path, _ in hub.sent("GET") if "/actions/runs/" in path]) == 1


def test_who_approved_is_asked_about_once(hub, github):
    for number in (1, 2):
        hub.opens(number, commit(f"head {number}"))
        leaves(hub, number, OWN)
        hub.approves(number)
        merged(hub, number)
    finder = Plans(github, "main")
    for number in (1, 2):
        assert isinstance(finder.of(github.pull(number)), Counting)
    assert len([path for path, _ in hub.sent("GET") if path.endswith("/permission")]) == 1


@pytest.mark.parametrize("problems", ["x", [3], [{}], [{"message": 3}]])
def test_problems_that_are_none_are_one_line_of_why(hub, github, pull, problems):
    files = files_of(hub.pulls[1])
    files["pull.json"] = json.dumps(json.loads(files["pull.json"]) | {"problems": problems})
    leaves(hub, pull, archive=archived(files))
    assert why(asked(hub, github)).startswith("its plan cannot be used: pull.json is not of a")


def test_a_plan_with_problems_does_not_count(hub, github, pull):
    files = files_of(hub.pulls[1])
    files["pull.json"] = json.dumps(
        json.loads(files["pull.json"]) | {"problems": [{"message": "no", "line": 3}]}
    )
    leaves(hub, pull, archive=archived(files))
    assert why(asked(hub, github)) == "its specs had faults when it was planned"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        archived({}),
        archived({"pull.json": "[]"}),
        archived({"pull.json": '{"version": 2}'}),
        archived({"pull.json": '{"version": 1, "version": 1}'}),
        archived({"pull.json": '{"version": 1, "number": true}'}),
        archived({"pull.json": "[" * 100_000}),
    ],
)
def test_any_bytes_are_one_line_of_why(hub, github, pull, content):
    leaves(hub, pull, archive=content)
    found = asked(hub, github)
    assert found.invalid
    assert found.why.startswith("its plan cannot be used: ")
    assert len(found.why) < 400


def test_a_plan_under_another_target_s_name_does_not_count(hub, github, pull):
    files = files_of(hub.pulls[1], replace(OWN, target="reno"))
    files["plans/tampa.json"] = files.pop("plans/reno.json")
    files["pull.json"] = files["pull.json"].replace("reno", "tampa")
    leaves(hub, pull, archive=archived(files))
    assert "is of target 'reno', not of 'tampa'" in why(asked(hub, github))


def test_a_plan_without_its_base_does_not_count(hub, github, pull):
    leaves(hub, pull, document([new()]))
    assert "the plan of tampa for pull request 1 has no base" in why(asked(hub, github))


def test_a_plan_that_expired_or_is_gone_is_told(hub, github, pull):
    leaves(hub, pull, OWN, expired=True)
    assert why(asked(hub, github)) == "its plan has expired"
    hub.artifacts[0]["expired"] = False
    hub.archives.clear()
    assert why(asked(hub, github)) == "its plan is gone"


def test_one_that_is_too_large_or_not_what_its_digest_says_is_not_read(hub, github, pull):
    leaves(hub, pull, OWN, digest="sha256:" + "0" * 64)
    assert "does not match its digest" in why(asked(hub, github))
    hub.artifacts[0]["size_in_bytes"] = LARGEST_ARCHIVE + 1
    assert "larger than 33,554,432 bytes" in why(asked(hub, github))


def test_what_is_older_than_the_newest_artifacts_is_asked_for_by_name(
    hub, github, pull, monkeypatch
):
    monkeypatch.setattr(reviewed, "MOST_PREFETCHED", 3)
    leaves(hub, pull, OWN)
    hub.approves(pull)
    for number in range(5):
        hub.left(hub.ran(HEAD), f"logs-{number}", b"")
    leaves(hub, pull, OTHER)
    merged(hub)
    assert asked(hub, github).of("tampa") == OWN
    # The run is not among the newest either.
    assert [path for path, _ in hub.sent("GET") if path.endswith("/actions/runs/1000")]


def test_artifacts_of_others_under_its_name_do_not_hide_it(hub, github, pull):
    leaves(hub, pull, OWN)
    for _ in range(150):
        leaves(hub, pull, archive=b"", run={"event": "pull_request"})
    assert asked(hub, github).of("tampa") == OWN
    runs = [path for path, _ in hub.sent("GET") if "/actions/runs/" in path]
    assert len(runs) == reviewed.MOST_ASKED


# --- how much is asked


def test_a_hundred_merged_pull_requests_are_few_requests(hub, github):
    """Of GitHub's thousand an hour; five targets cost no more than one."""
    plans = [replace(OWN, target=f"t{number}") for number in range(5)]
    for number in range(1, 101):
        hub.opens(number, commit(f"head {number}"))
        leaves(hub, number, *plans)
        hub.approves(number)
        merged(hub, number)
    commits = {commit(f"merge {number}") for number in range(1, 101)}
    finder = Plans(github, "main")
    names = [plan.target for plan in plans]
    since = last_applied(github, 1, names, "main", tip=str, is_declared=lambda target, commit: True)
    assert since == dict.fromkeys(names, Since(None))
    found = [finder.of(pull) for pull in merged_pulls(github, "main", commits, None)]
    assert len(found) == 100
    assert all(isinstance(each, Counting) for each in found)
    assert len(hub.requests) <= 300


# --- other pull requests


def test_other_open_pull_requests_on_the_same_numbers_are_found(hub, github, pull):
    for number, plan in ((2, OTHER), (3, document([new("7275559900")], base=[]))):
        hub.opens(number, commit(str(number)))
        leaves(hub, number, plan)
    found = overlaps(Plans(github, "main"), [OWN], 1)
    assert found == {"tampa": (Overlap(2, OTHER.own_changes.spans),)}


def test_one_into_another_branch_takes_no_room(hub, github, pull, monkeypatch):
    monkeypatch.setattr(reviewed, "MOST_OTHERS", 1)
    hub.opens(2, commit("2"))
    leaves(hub, 2, OTHER)
    hub.opens(3, commit("3"), base="release")
    hub.pulls = dict(sorted(hub.pulls.items(), reverse=True))
    assert overlaps(Plans(github, "main"), [OWN], 1)["tampa"][0].number == 2


def test_one_that_cannot_be_compared_is_named_and_one_without_a_plan_is_not(hub, github, pull):
    for number in (2, 3, 4):
        hub.opens(number, commit(str(number)))
    leaves(hub, 2, archive=b"broken")
    found = overlaps(Plans(github, "main"), [OWN], 1)["tampa"]
    assert [type(each) for each in found] == [NotCompared]
    assert "not a valid zip" in found[0].why


def test_an_answer_of_github_that_cannot_be_used_skips_one(hub, github, pull):
    hub.opens(2, commit("2"))
    leaves(hub, 2, OWN)
    finder = Plans(github, "main")
    finder.of(github.pull(1))
    hub.faults = [None, (400, {}, b'{"message": "no"}')]
    (found,) = overlaps(finder, [OWN], 1)["tampa"]
    assert "GitHub says 400, no" in found.why


def test_a_comment_beside_thirty_others_is_few_requests(hub, github, pull):
    plans = [replace(OWN, target=f"t{number}") for number in range(10)]
    for number in range(2, 40):
        hub.opens(number, commit(str(number)))
        leaves(hub, number, *plans)
    found = overlaps(Plans(github, "main"), plans, 1)
    assert {len(each) for each in found.values()} == {reviewed.MOST_OTHERS}
    assert len(hub.requests) <= 60
