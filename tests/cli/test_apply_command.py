"""``apply``: shown, asked, done; and everything that stops it before the first call."""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from typing import cast

import pytest

from reconciler.cli import exits
from reconciler.cli.commands import apply as command
from reconciler.cli.console import OutputError
from tests.cli.office import SALES, SUPPORT, Typist

GONE = "version: 1\nblocks: []\n"


def typing(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", Typist(text))


def test_the_plan_is_shown_the_apply_confirmed_and_the_next_plan_empty(shop, server):
    done = shop.ran("apply", "--yes")
    assert done.out.startswith("tampa · 1 block, 10 numbers declared · no state yet")
    assert "\n\ntampa: applied in " in done.out
    assert done.out.endswith("10 of 10 confirmed\n")
    assert done.err == ""
    routed = {row["did_pattern"]: row["group_id"] for row in server.dids()}
    assert {routed[str(number)] for number in range(7275553300, 7275553310)} == {"SALESLINE"}
    again = shop.ran("plan", "--detailed-exitcode")
    assert again.out == "No changes: tampa is as declared (10 numbers).\n"


def test_an_apply_with_nothing_to_do_asks_nobody_and_nothing(shop, server):
    shop.ran("apply", "--yes")
    server.reset()
    done = shop.ran("apply")
    assert done.out == "No changes: tampa is as declared (10 numbers).\n"
    assert server.calls() == {}


@pytest.mark.parametrize("answer", ["no\n", "\n", "y\n", ""])
def test_anything_but_yes_applies_nothing(shop, server, monkeypatch, answer):
    typing(monkeypatch, answer)
    done = shop.run("apply")
    assert done.code == exits.ERROR
    assert f"Apply 10 changes to tampa ({server.endpoint})? Type yes: " in done.err
    assert done.err.endswith("nothing was sent; no number was changed\n")
    assert server.calls() == {}


def test_yes_applies(shop, monkeypatch):
    typing(monkeypatch, "yes\n")
    assert "10 of 10 confirmed" in shop.ran("apply").out


def test_where_nobody_can_be_asked_yes_is_to_be_given(shop, server):
    done = shop.run("apply")
    assert done.code == exits.ERROR
    assert done.err == (
        "error: cannot ask for confirmation: standard input is not a terminal\n"
        "  hint: look at the plan, then run apply with --yes\n"
    )
    assert server.calls() == {}


def test_without_credentials_nothing_is_asked_of_anybody(shop, server, monkeypatch):
    monkeypatch.delenv("VICIDIAL_PASS")
    done = shop.run("apply", "--yes")
    assert done.code == exits.ERROR
    assert "no credentials for target tampa: VICIDIAL_PASS is not set" in done.err
    assert "VICIDIAL_PASS in the environment; with _TAMPA at the end" in done.err
    assert server.calls() == {}


def test_targets_are_applied_in_turn_until_one_is_not_confirmed(shop, server):
    shop.target("reno", "limits: {max_create: 1}\n")
    shop.blocks(SUPPORT, target="reno")
    done = shop.run("apply", "--yes")
    assert done.code == exits.ERROR
    assert "error: reno: 5 numbers would be created; max_create is 1: nothing was sent" in done.err
    assert "tampa" not in done.out
    assert server.calls() == {}
    shop.target("reno")
    assert shop.ran("apply", "--yes").out.count("confirmed") == 2


def test_options_for_one_plan_are_refused_for_several(shop):
    shop.target("reno")
    shop.blocks(SUPPORT, target="reno")
    for option in ("--undo", "--report", "--override-limits"):
        done = shop.run("apply", "--yes", option, "x")
        assert (done.code, done.out) == (exits.ERROR, "")
        assert f"{option} needs one target; 2 are selected" in done.err


# --- limits


def test_a_plan_over_a_limit_is_shown_and_refused_with_the_way_on(shop, server):
    shop.target("tampa", "limits: {max_create: 9}\n")
    assert shop.run("plan").code == exits.DONE
    done = shop.run("apply", "--yes")
    assert done.code == exits.ERROR
    assert "10 numbers would be created; max_create is 9: nothing was sent" in done.err
    digest = digest_of(shop)
    assert done.err.endswith(f"--override-limits {digest[:12]}\n")
    assert server.calls() == {}


def digest_of(shop):
    shop.ran("plan", "--out", "plan.json")
    return str(json.loads(shop.read("plan.json"))["digest"])


@pytest.mark.parametrize(
    "name",
    [lambda digest: digest[:12], lambda digest: digest, lambda digest: digest[:20].upper()],
)
def test_the_digest_of_this_very_plan_lets_it_through(shop, name):
    shop.target("tampa", "limits: {max_create: 9}\n")
    shop.ran("apply", "--yes", "--override-limits", name(digest_of(shop)))


@pytest.mark.parametrize("name", [lambda digest: digest[:11], lambda _: "0" * 12, lambda _: ""])
def test_no_other_digest_does(shop, server, name):
    shop.target("tampa", "limits: {max_create: 9}\n")
    done = shop.run("apply", "--yes", "--override-limits", name(digest_of(shop)))
    assert done.code == exits.ERROR
    assert "does not name this plan, which is" in done.err
    assert server.calls() == {}


def test_a_digest_that_is_not_needed_does_no_harm(shop):
    shop.ran("apply", "--yes", "--override-limits", "whatever")


def test_nothing_lets_a_change_of_protected_numbers_through(shop, server):
    shop.target("tampa", "protected: [7275553305]\n")
    digest = digest_of(shop)
    for options in ([], ["--override-limits", digest]):
        done = shop.run("apply", "--yes", *options)
        assert done.code == exits.ERROR
        assert "7275553305 (1) would be changed, and may not be: protected" in done.err
        assert "leave them out of the YAML, or out of `protected`" in done.err
    assert server.calls() == {}


# --- the state's endpoint


def test_a_state_of_another_endpoint_stops_until_it_is_rebound(shop, server):
    shop.ran("apply", "--yes")
    other = server.endpoint.replace("127.0.0.1", "localhost")
    shop.target(endpoint=other)
    shop.blocks(SALES.replace("553309", "553310"))
    server.reset()
    done = shop.run("apply", "--yes")
    assert done.code == exits.ERROR
    assert f"belongs to {server.endpoint}, and the target is now {other}" in done.err
    assert "reconciler state rebind --target tampa" in done.err
    assert server.calls() == {}
    assert "endpoint" in done.out
    shop.ran("state", "rebind", "--yes")
    assert f"endpoint  {server.endpoint}" not in shop.ran("plan").out


def test_changed_settings_are_noted_without_a_call(shop, server):
    shop.ran("apply", "--yes")
    shop.target("tampa", "limits: {max_create: 77}\n")
    assert "limits.max_create" in shop.ran("plan").out
    server.reset()
    shop.ran("apply", "--yes", "--report", "report.json", "--undo", "undo.json")
    assert server.calls() == {}
    assert shop.run("plan", "--detailed-exitcode").code == exits.DONE
    assert json.loads(shop.read("report.json"))["numbers"]["planned"] == 0
    assert json.loads(shop.read("undo.json"))["steps"] == []


# --- files


def test_report_and_way_back_are_written_where_asked(shop):
    shop.ran("apply", "--yes", "--report", "report.json", "--undo", "undo.json")
    report, undo = json.loads(shop.read("report.json")), json.loads(shop.read("undo.json"))
    assert report["numbers"]["confirmed"] == 10
    assert undo["steps"] == [{"action": "delete", "numbers": ["7275553300-7275553309"]}]
    assert undo["undoes"] == report["digest"]


@pytest.mark.parametrize("option", ["--report", "--undo"])
def test_a_file_that_cannot_be_written_is_found_out_first(shop, server, option):
    done = shop.run("apply", "--yes", option, "missing/file.json")
    assert (done.code, done.out) == (exits.ERROR, "")
    assert "cannot write missing/file.json" in done.err
    assert server.calls() == {}


def test_a_file_that_cannot_be_written_any_more_is_told_and_the_apply_stays_done(shop, monkeypatch):
    monkeypatch.setattr(command, "check_writable", lambda path: None)
    done = shop.run("apply", "--yes", "--report", "missing/report.json", "--undo", "undo.json")
    assert done.code == exits.DONE
    assert "10 of 10 confirmed" in done.out
    assert "cannot write missing/report.json" in done.err
    assert json.loads(shop.read("undo.json"))["steps"]


# --- how it ends


def test_numbers_that_were_refused_are_an_exit_code_of_their_own(shop):
    shop.target("tampa", "defaults: {source: 7275550000}\n")
    text = shop.read("did_specs/tampa/target.yaml")
    shop.write("did_specs/tampa/target.yaml", text.replace("defaults: {source: 7275551114}\n", ""))
    done = shop.run("apply", "--yes", "--report", "report.json")
    assert done.code == exits.UNCONFIRMED
    assert "source 7275550000 does not exist on the server, or this user may not see it" in done.out
    assert json.loads(shop.read("report.json"))["numbers"]["confirmed"] == 0


def test_somebody_else_s_numbers_are_a_conflict_told_again_and_told_when_gone(shop, server):
    # 7275559000 is in the fixture.
    shop.blocks(SALES.replace("7275553300-7275553309", "7275559000-7275559001"))
    done = shop.run("apply", "--yes")
    assert done.code == exits.UNCONFIRMED
    assert "exist on the server and are not ours" in done.out
    assert "1 conflict" in shop.ran("plan").out
    shop.blocks(
        SALES.replace("7275553300-7275553309", "7275559000-7275559002")
    )  # so that something is to be done
    delete(server, "7275559000")
    done = shop.ran("apply", "--yes")
    assert "1 conflict no longer on the server: the next plan creates what it was" in done.err
    assert "1 to create" in shop.ran("plan").out


def delete(server, pattern):
    import httpx

    answer = httpx.post(
        server.endpoint,
        data={
            "source": "test",
            "user": "6666",
            "pass": "1234",
            "function": "update_did",
            "did_pattern": pattern,
            "delete_did": "Y",
        },
        verify=False,
    )
    assert "SUCCESS" in answer.text


def test_a_report_that_cannot_be_said_changes_nothing_that_was_done(shop, monkeypatch):
    def said(error):
        def say(text):
            if "confirmed" in text:
                raise error

        return say

    monkeypatch.setattr(command, "say", said(BrokenPipeError()))
    assert shop.run("apply", "--yes").code == exits.DONE
    shop.blocks(SALES.replace("SALESLINE", "SUPPORT"))
    full = OutputError("cannot write to standard output: full")
    monkeypatch.setattr(command, "say", said(full))
    done = shop.run("apply", "--yes")
    assert done.code == exits.DONE
    assert "cannot write to standard output: full" in done.err


def test_an_ended_apply_is_code_by_code_what_the_readme_says():
    from reconciler.apply.run import Applied
    from reconciler.cli.applying import Ended
    from reconciler.errors import LoginRefused, UsageError
    from reconciler.numbers import span_of
    from reconciler.plan.outcome import Done, NotStarted, Settled, Unknown
    from reconciler.plan.plan import Plan

    def ended(outcome, error=None, signal=None):
        settled = (Settled(span_of("7275553300"), outcome),)
        return Ended(cast("Plan", None), Applied(settled, 1.0, error), signal)

    code = command._code
    assert code(ended(Done(None))) == 0
    assert code(ended(Unknown("no reply"))) == 3
    assert code(ended(NotStarted("stopped"), LoginRefused("no"))) == 1
    assert code(ended(Unknown("no reply"), LoginRefused("no"))) == 3
    assert code(ended(NotStarted("stopped"), UsageError("odd"))) == 3
    assert code(ended(NotStarted("stopped"), None, 15)) == 143
    assert code(ended(Done(None), None, 2)) == 130
    assert replace(ended(Done(None)), signal=None).untouched is False


def ending(monkeypatch, *codes):
    """Let applies end with these codes, without a server."""
    from reconciler.apply.run import Applied
    from reconciler.cli import applying

    left = list(codes)

    def carry_out(spec, plan, *_):
        return applying.Ended(plan, Applied((), 0.5), signal=None)

    monkeypatch.setattr(applying, "carry_out", carry_out)
    monkeypatch.setattr(command, "_code", lambda ended: left.pop(0))


def test_the_first_target_that_is_not_confirmed_ends_it(office, monkeypatch):
    office.target("reno")
    office.blocks(SUPPORT, target="reno")
    office.target("zeno")
    office.blocks(SUPPORT.replace("727555", "813555"), target="zeno")
    ending(monkeypatch, exits.DONE, exits.UNCONFIRMED)
    done = office.run("apply", "--yes")
    assert done.code == exits.UNCONFIRMED
    assert "reno: applied in 0.5 s" in done.out
    assert "tampa: applied in 0.5 s" in done.out
    assert "zeno" not in done.out


def test_a_report_tells_too_why_nothing_was_tried(office):
    office.target("tampa", "limits: {max_create: 1}\n")
    done = office.run("apply", "--yes", "--report", "report.json")
    assert done.code == exits.ERROR
    assert "max_create is 1" in office.read("report.json")
    assert "max_create is 1" in office.run("apply", "--yes").err


def test_ended_while_it_checks_it_has_sent_nothing(shop, server):
    server.faults({"rules": [{"kind": "delay", "function": "version", "seconds": 5}]})

    def end():
        while not server.calls():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    ending = threading.Thread(target=end)
    ending.start()
    done = shop.run("apply", "--yes")
    ending.join()
    assert done.code == 128 + signal.SIGINT
    assert done.out.endswith("tampa: nothing was sent; no number was changed\n")
    assert shop.run("state", "list").out == "tampa: nothing is known yet\n"


def test_without_the_list_the_plan_counts_the_questions_and_says_why(shop, monkeypatch):
    monkeypatch.setenv("VICIDIAL_USER", "8008")
    monkeypatch.setenv("VICIDIAL_PASS", "nodelete")
    done = shop.ran("apply", "--yes")
    assert "10 numbers asked for one by one, before anything is copied" in done.err
    shop.blocks(SALES.replace("7275553300-7275553309", "7275553300-7275553319"))
    planned = shop.ran("plan").out
    assert "the last apply could not read the server's list of all numbers: 10 numbers" in planned
    assert "11 update_did (10 only asking)" in planned
    assert "could not read" not in shop.ran("plan", "--target", "tampa", "--state", "file:x").out


def test_a_number_in_doubt_is_settled_by_an_account_that_may_read(shop, server, monkeypatch):
    shop.ran("apply", "--yes")
    state = json.loads(shop.read("state/tampa.json"))
    (numbers,) = state["numbers"]
    begun = {"action": "create", "source": "7275551114", "role": "from source"}
    doubt = {"begun": {**begun, "routing": {"did_route": "IN_GROUP", "group": "SALESLINE"}}}
    state["numbers"] = [{"span": numbers["span"], "block": "sales", "conflict": True, **doubt}]
    shop.write("state/tampa.json", json.dumps(state))
    assert "nothing proves that the earlier apply" in " ".join(shop.ran("plan").out.split())
    monkeypatch.setenv("VICIDIAL_USER", "8008")
    monkeypatch.setenv("VICIDIAL_PASS", "nodelete")
    assert "turned out to be ours" not in shop.ran("apply", "--yes").err
    monkeypatch.setenv("VICIDIAL_USER", "6666")
    monkeypatch.setenv("VICIDIAL_PASS", "1234")
    assert "10 numbers in doubt turned out to be ours" in shop.ran("apply", "--yes").err
    assert "~ 7275553300–7275553309 (10)" in shop.ran("plan").out
    shop.ran("apply", "--yes")
    assert "No changes" in shop.ran("plan").out
