"""Who a run says it is, and what its log holds."""

import getpass
import io
import json
import re
import sys
from pathlib import Path

import pytest
import structlog

from reconciler.cli import logs
from reconciler.cli.identity import identify
from reconciler.plan.plan import make_plan
from reconciler.secrets import register
from tests.conftest import declared, spec, state

ACTIONS = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.example.com",
    "GITHUB_REPOSITORY": "acme/dids",
    "GITHUB_RUN_ID": "77",
    "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
}


def test_a_run_names_itself_in_the_server_s_log_within_its_twenty_letters():
    assert re.fullmatch("did[0-9a-f]{8}", identify({}).source)
    who = identify(ACTIONS)
    assert re.fullmatch("did0123456[0-9a-f]{8}", who.source)
    assert len(who.source) <= 20


def test_no_two_runs_are_called_alike():
    assert identify({}).run != identify({}).run


def test_a_holder_is_somebody_one_can_go_and_ask():
    holder = identify({}).holder
    assert re.fullmatch(r".+ on .+, process \d+", holder.who)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", holder.since)
    assert holder.run is None


def test_run_by_github_the_run_s_page_is_named():
    assert identify(ACTIONS).holder.run == "https://github.example.com/acme/dids/actions/runs/77"


def test_a_user_without_a_name_is_somebody(monkeypatch):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert identify({}).holder.who.startswith("somebody on ")


def test_a_save_tells_what_it_is_for_and_by_whom():
    who = identify(ACTIONS)
    assert who.note("Forget 7275553300 by hand", "asked by Ann").splitlines() == [
        "Forget 7275553300 by hand",
        "",
        "asked by Ann",
        f"run {who.run} by {who.holder.who}",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "https://github.example.com/acme/dids/actions/runs/77",
    ]
    assert identify({}).note("Title").count("\n") == 2


def test_an_apply_names_its_plan_and_the_pull_requests_that_reviewed_it():
    plan = make_plan(spec(("7275553300-7275553309", declared())), state())
    who = identify({}, [Path("outcome/plans/12.json"), Path("handmade.json")])
    assert who.message(plan).splitlines() == [
        "Apply tampa: +10 ~0 -0",
        "",
        f"plan {plan.digest}",
        "pull request #12",
        "reviewed handmade.json",
        f"run {who.run} by {who.holder.who}",
    ]


@pytest.mark.parametrize(
    ("verbose", "expected"),
    [(0, ["warned"]), (1, ["informed", "warned"]), (2, ["debugged", "informed", "warned"])],
)
def test_the_more_v_the_more_is_told(monkeypatch, verbose, expected):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    logs.configure(verbose, "json")
    log = structlog.get_logger()
    log.debug("debugged")
    log.info("informed")
    log.warning("warned")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == expected


def test_a_log_line_hides_passwords_in_either_form(at_home, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    register("s3cr3t-word")
    for form in ("text", "json"):
        logs.configure(2, form)
        structlog.get_logger().info("sent", body="pass=s3cr3t-word&user=x")
    assert "s3cr3t" not in stream.getvalue()
    assert stream.getvalue().count("***") == 2


def test_log_lines_go_where_standard_error_is_when_they_are_written(monkeypatch):
    """A progress bar takes its place meanwhile, and draws itself below them."""
    monkeypatch.setattr(sys, "stderr", before := io.StringIO())
    logs.configure(1, "text")
    log = structlog.get_logger()
    monkeypatch.setattr(sys, "stderr", meanwhile := io.StringIO())
    log.info("one")
    assert before.getvalue() == ""
    assert "one" in meanwhile.getvalue()
