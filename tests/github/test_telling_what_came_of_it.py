"""After an apply: files from the job that applied, comments from the one that may write them."""

import json

import pytest

from reconciler.errors import NotReviewed, UsageError
from reconciler.github.client import PullRequest
from reconciler.github.outcome import (
    EARLIER,
    PULLS,
    REPORT,
    SINCE,
    EarlierReports,
    Merged,
    OutcomeError,
    ReviewedPull,
    TargetOutcome,
    folders_in,
    read_outcomes,
    write_reviewed,
)
from reconciler.github.planned import PlannedPull
from reconciler.github.reviewed import Counting, Missing
from reconciler.github.telling import summary, tell_results
from reconciler.report.comment import MARKER
from reconciler.report.document import to_json
from reconciler.report.outcome import stopped_json
from reconciler.report.result import ApplyResult, read_report
from tests.github.hub import archived, commit
from tests.github.sections import DONE, NEW, REFUSED, new, report

HEAD = commit("head")
LOG = "https://github.com/acme/numbers/actions/runs/9"
AGAIN = "https://github.com/acme/numbers/actions/workflows/apply.yml"
RESULT = ApplyResult(None, log=LOG, again=AGAIN)
ALL_DONE = report([new()], [("7275553300-7275553399", DONE)])


def pull(number):
    return PullRequest(number, HEAD, "main", is_open=False, updated_at="2026-01-01T00:00:00Z")


def counting(number):
    about = PlannedPull(number, HEAD, "main", commit("base"), targets=("tampa",))
    return pull(number), Counting(about, (NEW,))


PULL = PlannedPull(9, HEAD, "main", commit("base"))
OF_SEVEN = (ReviewedPull(7, HEAD, NEW),)


def outcome(text=ALL_DONE, *, target="tampa", pulls=OF_SEVEN):
    return TargetOutcome(target, pulls, None if text is None else read_report(text, "report.json"))


def test_what_was_written_is_read_back(tmp_path):
    found = (counting(7), (pull(8), Missing("expired")), (pull(9), Counting(PULL, ())))
    write_reviewed(tmp_path, "tampa", Merged(HEAD, found), ["{}"])
    folder = tmp_path / "tampa"
    assert (folder / "plans" / "7.json").read_text() == to_json(NEW)
    assert (folder / SINCE).read_text() == HEAD
    assert (folder / EARLIER / "0.json").read_text() == "{}"
    (folder / REPORT).write_text(ALL_DONE)
    of_others = (ReviewedPull(8, HEAD, None, "expired"), ReviewedPull(9, HEAD, None))
    assert read_outcomes(folders_in(folder)) == (outcome(pulls=(*OF_SEVEN, *of_others)),)


def test_of_an_earlier_run_all_reports_are_found_at_once(hub, github):
    run = hub.ran(HEAD, path=".github/workflows/apply.yml", event="push")
    for target in ("tampa", "ybor"):
        hub.left(run, f"outcome-{target}", archived({"report.json": ALL_DONE}))
    earlier = EarlierReports(github)
    assert [earlier.of(target, [run]) for target in ("tampa", "ybor", "reno")] == [
        [ALL_DONE],
        [ALL_DONE],
        [],
    ]
    assert len([path for path, _ in hub.sent("GET") if path.endswith("/artifacts")]) == 1


def test_several_targets_have_a_folder_each(tmp_path):
    for target in ("ybor", "tampa"):
        write_reviewed(tmp_path, target, Merged("", (), lost="gone"), [])
    found = read_outcomes(folders_in(tmp_path))
    assert found == tuple(TargetOutcome(each, (), None, "gone") for each in ("tampa", "ybor"))


def test_where_nothing_was_applied_there_is_nothing_to_tell(tmp_path):
    assert folders_in(tmp_path / "none") == ()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"target": "tampa"}', '{"target": "t", "pulls": 3}']
)
def test_a_folder_that_is_none_is_told(tmp_path, content):
    (tmp_path / PULLS).write_text(content)
    with pytest.raises(OutcomeError, match="has no valid files of an apply"):
        read_outcomes([tmp_path])


def test_the_comment_of_each_pull_request_is_told(hub, github):
    both = (ReviewedPull(7, HEAD, NEW), ReviewedPull(8, commit("other"), NEW))
    told = tell_results(github, [outcome(pulls=both)], RESULT)
    assert [each.error for each in told] == [None, None]
    for number in (7, 8):
        (body,) = hub.bodies(number)
        assert body.startswith("**tampa: applied in 1.2 s: 100 of 100 confirmed**\n")
    assert f"commit `{HEAD[:12]}`\n" in hub.bodies(7)[0]


def test_where_no_plan_counts_and_the_apply_stopped_for_it_the_pull_request_is_told(hub, github):
    stopped = stopped_json("tampa", NotReviewed("not reviewed: 10 numbers"))
    pulls = (ReviewedPull(7, HEAD, None, "its `plan` has expired"), *OF_SEVEN[1:])
    assert len(tell_results(github, [outcome(stopped, pulls=pulls)], RESULT)) == 1
    (body,) = hub.bodies(7)
    assert body.startswith("**Merged and not applied: no plan of this pull request counts")
    assert "The reason: ``its `plan` has expired``\n" in body
    assert f"[start the apply by hand]({AGAIN}) · [the run's log]({LOG})" in body
    assert body.endswith(f"{MARKER}\n")


@pytest.mark.parametrize("text", [ALL_DONE, None, stopped_json("tampa", UsageError("another"))])
def test_where_the_apply_went_on_it_is_not(hub, github, text):
    pulls = (ReviewedPull(7, HEAD, None, "its plan has expired"),)
    assert tell_results(github, [outcome(text, pulls=pulls)], RESULT) == []
    assert "No plan of pull request 7 counts: `its plan has expired`" in summary(
        [outcome(text, pulls=pulls)], RESULT
    )


def test_a_pull_request_without_a_plan_has_nothing_to_be_told(hub, github):
    assert tell_results(github, [outcome(pulls=(ReviewedPull(7, HEAD, None),))], RESULT) == []
    assert hub.comments == []


def test_each_target_s_outcome_is_a_section_of_one_comment(hub, github):
    from dataclasses import replace

    ybor = ReviewedPull(7, HEAD, replace(NEW, target="ybor"))
    stopped = stopped_json("ybor", UsageError("no credentials"))
    tell_results(github, [outcome(), outcome(stopped, target="ybor", pulls=(ybor,))], RESULT)
    (body,) = hub.bodies(7)
    assert body.startswith(
        "- **tampa: applied in 1.2 s: 100 of 100 confirmed**\n"
        "- **ybor: not applied, the apply stopped**\n"
    )


def test_one_that_cannot_be_told_does_not_keep_the_others_from_it(hub, github):
    hub.faults = [(403, {}, b'{"message": "locked"}')]
    both = (ReviewedPull(7, HEAD, NEW), ReviewedPull(8, HEAD, NEW))
    first, second = tell_results(github, [outcome(pulls=both)], RESULT)
    assert first.error is not None
    assert first.words.startswith("pull request 7: commenting failed: GET")
    assert first.words.endswith("locked")
    assert second.error is None
    assert len(hub.bodies(8)) == 1


def test_the_summary_tells_all_of_it():
    some = report([new()], [("7275553300-7275553398", DONE), ("7275553399", REFUSED)])
    assert summary([outcome(some), outcome(None, target="ybor", pulls=())], RESULT) == (
        "**tampa: applied in 1.2 s: 99 of 100 confirmed, 1 refused**\n\n"
        "**1 number**: the server refused: they are as they were\n\n"
        "- `7275553399`: `update_did GROUP DOES NOT EXIST: @everyone <b>`\n\n"
        f"To continue: [start the apply by hand]({AGAIN})\n\n"
        "Held to the plans of 1 pull request: 7\n\n"
        "**ybor: the apply ended without a report**\n\n"
        "It ended before it could write a report: see its log. The next apply settles what it "
        "began.\n\n"
        f"To continue: [start the apply by hand]({AGAIN})\n"
    )


def test_a_summary_is_never_empty():
    assert summary([], RESULT).startswith("**No results: no apply left any**\n\nIt ended before")


def test_a_report_s_file_is_json(tmp_path):
    assert json.loads(stopped_json("tampa", UsageError("why")))["stopped"] == {
        "message": "why",
        "hint": None,
    }
