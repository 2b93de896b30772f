"""After the merge the same comment tells what came of it, in the server's words and ours."""

import json

import pytest

from reconciler.errors import LoginRefused, UsageError
from reconciler.numbers import Span
from reconciler.plan.outcome import ConflictFound, Refused
from reconciler.report.comment import PlanOrigin, Section, comment
from reconciler.report.outcome import stopped_json
from reconciler.report.result import ApplyResult, Report, ReportFileError, read_report
from tests.github.sections import (
    BILLING,
    DONE,
    NEW,
    REFUSED,
    UNKNOWN,
    document,
    new,
    report,
)

LOG = "https://github.com/acme/numbers/actions/runs/9"
AGAIN = "https://github.com/acme/numbers/actions/workflows/apply.yml"
ALL_DONE = report([new()], [("7275553300-7275553399", DONE)])
SOME_DONE = report(
    [new()],
    [("7275553300-7275553397", DONE), ("7275553398", REFUSED), ("7275553399", UNKNOWN)],
)


def result(text):
    return ApplyResult(None if text is None else read_report(text, "report.json"), LOG, AGAIN)


def told(text, plan=NEW):
    return comment([Section(plan, result=result(text))], PlanOrigin("c0ffee" * 6 + "c0de"))


def test_all_confirmed_is_told_in_one_line_and_the_plan_is_folded():
    body = told(ALL_DONE)
    assert body.startswith(
        "**tampa: applied in 1.2 s: 100 of 100 confirmed**\n\n"
        f"[the run's log]({LOG})\n\n"
        "<details><summary>The plan that was reviewed</summary>\n\n**new → in-group"
    )


def test_what_was_refused_is_told_in_the_server_s_words_and_inert():
    body = told(SOME_DONE)
    assert body.startswith(
        "**tampa: applied in 1.2 s: 98 of 100 confirmed, 1 refused, 1 unknown**\n\n"
        "**1 number**: the server refused: they are as they were\n\n"
        "- `7275553398`: `update_did GROUP DOES NOT EXIST: @everyone <b>`\n\n"
    )


def test_what_is_unknown_is_settled_by_the_next_run_which_can_be_started_there():
    body = told(SOME_DONE)
    assert "**1 number**: no clear answer: the next run settles them\n\n- `7275553399`" in body
    assert f"To continue: [start the apply by hand]({AGAIN}) · [the run's log]({LOG})" in body


def test_of_a_run_that_did_more_only_the_pull_request_s_own_numbers_are_told():
    plan = document([new(), new("7275554000-7275554009", of=BILLING)], base=[new()])
    text = report(
        [new(), new("7275554000-7275554009", of=BILLING)],
        [("7275553300-7275553399", UNKNOWN), ("7275554000-7275554009", DONE)],
    )
    body = told(text, plan)
    assert body.startswith("**tampa: applied in 1.2 s: 10 of 10 confirmed**\n")
    assert "start the apply by hand" not in body


def test_what_was_done_already_leaves_nothing_to_tell():
    text = report([new("7275559900")], [("7275559900", DONE)])
    assert told(text).startswith("**tampa: applied, nothing of this was left to do**\n")


def test_an_apply_that_was_killed_says_so_and_where_to_look():
    body = told(None)
    assert body.startswith("**tampa: the apply ended without a report**\n\nIt ended before")
    assert f"[start the apply by hand]({AGAIN})" in body


def test_an_apply_that_was_refused_says_why_and_what_to_do():
    text = stopped_json("tampa", UsageError("`x` was *not* reviewed", hint="have it reviewed"))
    assert told(text).startswith(
        "**tampa: not applied, the apply stopped**\n\n"
        "It stopped: `` `x` was *not* reviewed ``\n\n"
        "What to do: `have it reviewed`\n\n"
        f"To continue: [start the apply by hand]({AGAIN})"
    )
    without = stopped_json("tampa", UsageError("no credentials"))
    assert "What to do" not in told(without)


def test_an_apply_that_stopped_on_its_way_says_both():
    text = report([new()], [("7275553300", DONE)], stopped=LoginRefused("wrong user or password"))
    body = told(text)
    assert body.startswith("**tampa: applied in 1.2 s: 1 of 100 confirmed, 99 not started**")
    assert "It stopped: `wrong user or password`" in body


def test_many_reasons_and_spans_are_counted():
    numbers = [f"72755533{number:02}" for number in range(0, 98, 2)]
    other = [(each, Refused(f"reason {index}")) for index, each in enumerate(numbers[:22])]
    alike = [(each, Refused("the same")) for each in numbers[22:]]
    body = told(report([new()], [*other, *alike]))
    assert "- and 3 more reasons" in body
    assert body.count("`reason ") == 20
    short = told(report([new()], alike))
    assert "`7275553354` and 21 more spans: `the same`" in short


def test_words_may_be_missing():
    body = told(report([new()], [("7275553300", ConflictFound())]))
    assert "\n- `7275553300`\n" in body


def test_in_brief_only_the_counts_are_told():
    sections = [Section(NEW, result=result(SOME_DONE)) for _ in range(40)]
    body = comment(sections, PlanOrigin(), limit=40_000)
    assert "**1 number**: the server refused: they are as they were" in body
    assert "GROUP DOES NOT EXIST" not in body


def test_without_addresses_there_are_no_links():
    found = ApplyResult(read_report(SOME_DONE, "report.json"))
    assert "](" not in comment([Section(NEW, result=found)], PlanOrigin())


def test_a_report_is_read_back_as_it_was_written():
    found = read_report(ALL_DONE, "report.json")
    assert isinstance(found, Report)
    assert (found.target, found.seconds) == ("tampa", 1.2)
    assert list(found.outcomes) == [(Span("", 10, 7275553300, 7275553399), ("confirmed", None))]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 99}, "is of format 99, not 1"),
        ({"target": None, "seconds": "soon"}, "is not a report"),
        ({"outcomes": 3}, "is not a report"),
        ({"outcomes": [{"outcome": "magic", "numbers": ["7275553300"]}]}, "'magic' is not known"),
        ({"outcomes": [{"outcome": "refused", "numbers": ["7-5-3"]}]}, "is not a report"),
        ({"outcomes": ["text"]}, "is not a report"),
        ({"stopped": {"message": "x"}}, "is not a report"),
    ],
)
def test_a_report_that_cannot_be_used_says_why(change, why):
    text = json.dumps(json.loads(ALL_DONE) | change)
    with pytest.raises(ReportFileError, match=why):
        read_report(text, "report.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '"x"'])
def test_what_is_no_report_at_all_says_so(text):
    with pytest.raises(ReportFileError, match=r"report.json is not a report of an apply"):
        read_report(text, "report.json")
