"""An apply that did not finish: one issue a target says what is left, until one finishes."""

from dataclasses import replace

import pytest

from reconciler.errors import UsageError
from reconciler.github.client import BOT
from reconciler.github.unfinished import marker, tell_unfinished
from reconciler.report.outcome import stopped_json
from tests.github.sections import DONE, REFUSED, new, report
from tests.github.test_telling_what_came_of_it import AGAIN, ALL_DONE, RESULT, outcome

SOME = report([new()], [("7275553300-7275553398", DONE), ("7275553399", REFUSED)])
STOPPED = stopped_json("tampa", UsageError("away @everyone", hint="come back"))


def told(github, *outcomes):
    return [each.words for each in tell_unfinished(github, outcomes, RESULT)]


@pytest.mark.parametrize("text", [SOME, STOPPED, None])
def test_it_opens_an_issue_with_what_is_left_and_how_to_go_on(hub, github, text):
    assert told(github, outcome(text)) == ["tampa: issue 100 says what is left"]
    (issue,) = hub.issues
    assert issue["title"] == "The apply of tampa did not finish"
    assert issue["body"].startswith("**tampa: ")
    assert f"To continue: [start the apply by hand]({AGAIN})" in issue["body"]
    assert issue["body"].endswith(f"{marker('tampa')}\n")


def test_the_next_one_updates_it_and_one_that_finishes_closes_it(hub, github):
    told(github, outcome(STOPPED))
    assert "`away @everyone`" in hub.issues[0]["body"]
    assert told(github, outcome(SOME)) == ["tampa: issue 100 says what is left"]
    assert "1 refused" in hub.issues[0]["body"]
    assert told(github, outcome(ALL_DONE)) == ["issue 100 is closed: what it was about is done"]
    assert (hub.issues[0]["state"], hub.issues[0]["state_reason"]) == ("closed", "completed")
    assert told(github, outcome(ALL_DONE)) == []
    assert len(hub.issues) == 1


def test_why_no_plan_counts_is_said_where_that_is_so(hub, github):
    told(github, replace(outcome(STOPPED), lost="a run was deleted"))
    words = "No plan counts, since it is not proven since when: `a run was deleted`. Approve a "
    assert words in hub.issues[0]["body"]
    told(github, outcome(STOPPED))
    assert "No plan counts" not in hub.issues[0]["body"]


def test_a_run_that_failed_before_any_apply_has_an_issue_until_one_starts(hub, github):
    (found,) = tell_unfinished(github, [], RESULT, not_started=True)
    assert found.words == "the apply: issue 100 says what is left"
    assert hub.issues[0]["title"] == "An apply did not start"
    assert "`the job Targets failed: nothing was sent`" in hub.issues[0]["body"]
    assert f"[start the apply by hand]({AGAIN})" in hub.issues[0]["body"]
    assert told(github) == []
    assert told(github, outcome(SOME))[1] == "issue 100 is closed: what it was about is done"


def test_each_target_has_its_own(hub, github):
    told(github, outcome(SOME), outcome(None, target="reno", pulls=()))
    assert [each["title"].split()[3] for each in hub.issues] == ["tampa", "reno"]
    told(github, outcome(ALL_DONE), outcome(SOME, target="reno", pulls=()))
    assert [each["state"] for each in hub.issues] == ["closed", "open"]


def test_an_issue_of_somebody_else_and_a_pull_request_are_left_alone(hub, github):
    theirs = {"number": 1, "state": "open", "user": {"login": "ann"}, "body": marker("tampa")}
    pull = {"number": 2, "state": "open", "user": {"login": BOT}, "body": marker("tampa")}
    nothing = {"number": 3, "state": "open", "user": {"login": BOT}, "body": None}
    hub.issues = [theirs, {**pull, "pull_request": {"url": "x"}}, nothing]
    told(github, outcome(SOME))
    assert [each["number"] for each in hub.issues] == [1, 2, 3, 103]
    told(github, outcome(ALL_DONE))
    assert [each["state"] for each in hub.issues] == ["open", "open", "open", "closed"]


def test_very_many_numbers_are_only_counted(hub, github, monkeypatch):
    monkeypatch.setattr("reconciler.github.unfinished.LONGEST", 700)
    told(github, outcome(SOME))
    assert "**1 number**: the server refused" in hub.issues[0]["body"]
    monkeypatch.setattr("reconciler.github.unfinished.LONGEST", 300)
    told(github, outcome(SOME))
    assert "GROUP DOES NOT EXIST" not in hub.issues[0]["body"]


def test_a_repository_without_issues_is_told_and_no_error(hub, github):
    hub.issues = None
    (found,) = tell_unfinished(github, [outcome(SOME)], RESULT)
    assert found.words == "tampa: no issue, since the repository has none"
    assert found.error is None


def test_what_github_refuses_is_told_for_each(hub, github):
    refused = (403, {}, b'{"message": "no"}')
    hub.faults = [refused]
    (found,) = tell_unfinished(github, [outcome(SOME)], RESULT)
    assert found.words.startswith("the issues cannot be read: ")
    hub.faults = [None, refused]
    first, second = tell_unfinished(
        github, [outcome(SOME), outcome(SOME, target="reno", pulls=())], RESULT
    )
    assert first.error is not None
    assert second.error is None
