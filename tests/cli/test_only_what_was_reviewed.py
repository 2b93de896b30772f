"""``apply --reviewed``: what no reviewed plan holds is never sent."""

import json

import pytest

from reconciler.cli import exits
from reconciler.routing import Routing
from reconciler.state.codec import encode
from reconciler.state.model import BegunCreate, Record, Seed
from tests.cli.office import SALES, SUPPORT
from tests.conftest import state

MORE = SALES.replace("7275553300-7275553309", "7275553300-7275553311")
ALLOW = "apply: {unreviewed: allow}\n"


def reviewed(shop, name="plan.json", *options):
    shop.ran("plan", "--out", name, *options)
    return name


def test_exactly_what_was_reviewed_is_applied(shop):
    reviewed(shop)
    done = shop.ran("apply", "--yes", "--reviewed", "plan.json")
    assert "10 of 10 confirmed" in done.out
    assert "Not reviewed" not in done.out


def test_numbers_that_were_not_reviewed_stop_it_before_the_first_call(shop, server):
    reviewed(shop)
    shop.blocks(MORE)
    done = shop.run("apply", "--yes", "--reviewed", "plan.json")
    assert done.code == exits.ERROR
    shown = done.out.partition("\n\nNot reviewed:\n")[2]
    assert "7275553310–7275553311 (2)" in shown
    assert "7275553300" not in shown
    assert "plan " not in shown
    assert "error: not reviewed: 2 numbers; not in the plan given: nothing was sent\n" in done.err
    assert "give its plan.json with --reviewed" in done.err
    assert server.calls() == {}


def test_reviewed_is_the_union_of_the_plans_given(shop):
    reviewed(shop, "one.json")
    shop.blocks(SALES.replace("7275553300-7275553309", "7275553310-7275553311"))
    reviewed(shop, "two.json")
    shop.blocks(MORE)
    shop.ran("apply", "--yes", "--reviewed", "one.json", "two.json")


def test_of_several_plans_none_may_hold_a_number(shop):
    reviewed(shop, "one.json")
    reviewed(shop, "two.json")
    shop.blocks(MORE)
    done = shop.run("apply", "--yes", "--reviewed", "one.json", "two.json")
    assert "not reviewed: 2 numbers; in none of the 2 plans given" in done.err


def test_what_was_done_meanwhile_drops_out(shop):
    shop.blocks(MORE)
    reviewed(shop)
    shop.blocks(SALES)
    shop.ran("apply", "--yes")
    shop.blocks(MORE)
    assert "2 of 2 confirmed" in shop.ran("apply", "--yes", "--reviewed", "plan.json").out


def test_a_value_that_was_not_reviewed_stops_it_too(shop, server):
    shop.ran("apply", "--yes")
    shop.blocks(SALES.replace("SALESLINE", "SUPPORT"))
    reviewed(shop)
    shop.blocks(SALES.replace("SALESLINE", "BILLING"))
    server.reset()
    done = shop.run("apply", "--yes", "--reviewed", "plan.json")
    assert done.code == exits.ERROR
    assert "10 numbers" in done.err
    assert server.calls() == {}


def test_settings_are_reviewed_as_well(shop):
    shop.ran("apply", "--yes")
    reviewed(shop)
    shop.target("tampa", "limits: {max_create: 7}\n")
    done = shop.run("apply", "--yes", "--reviewed", "plan.json")
    assert done.code == exits.ERROR
    assert "  ! limits.max_create  2000 → 7" in done.out.partition("Not reviewed:")[2]
    assert "not reviewed: 1 setting of target.yaml; " in done.err
    shop.blocks(MORE)
    done = shop.run("apply", "--yes", "--reviewed", "plan.json")
    assert "not reviewed: 2 numbers and 1 setting of target.yaml; " in done.err


def test_what_was_pending_on_the_base_is_not_for_the_pull_request_to_approve(shop):
    shop.commit()
    shop.blocks(MORE)
    reviewed(shop, "plan.json", "--base", "main")
    assert json.loads(shop.read("plan.json"))["own"]["numbers"] == ["7275553310-7275553311"]
    done = shop.run("apply", "--yes", "--reviewed", "plan.json")
    assert "not reviewed: 10 numbers; not in the plan given" in done.err


def test_with_no_plan_given_nothing_was_reviewed(shop, server):
    done = shop.run("apply", "--yes", "--reviewed")
    assert done.code == exits.ERROR
    assert "not reviewed: 10 numbers; no plan was given: nothing was sent" in done.err
    assert "Not reviewed:" not in done.out
    assert server.calls() == {}


@pytest.mark.parametrize("other", ["reno", "endpoint"])
def test_a_plan_of_another_target_or_endpoint_reviews_nothing(shop, server, other):
    away = "https://else.example.com/vicidial/non_agent_api.php"
    if other == "reno":
        shop.target("reno", endpoint=away)
        shop.blocks(target="reno")
        reviewed(shop, "plan.json", "--target", "reno")
    else:
        reviewed(shop, "plan.json", "--endpoint", away)
    done = shop.run("apply", "--yes", "--reviewed", "plan.json", "--target", "tampa")
    assert done.code == exits.ERROR
    assert f"no plan given is for tampa at {server.endpoint}" in done.err
    assert server.calls() == {}


def test_a_target_may_let_through_what_was_not_reviewed(shop):
    shop.target("tampa", ALLOW)
    done = shop.ran("apply", "--yes", "--reviewed")
    assert "not reviewed: 10 numbers; allowed by apply.unreviewed" in done.err
    assert "10 of 10 confirmed" in done.out


def test_that_it_may_let_them_through_must_itself_have_been_reviewed(shop, server):
    shop.ran("apply", "--yes")
    shop.target("tampa", ALLOW)
    shop.blocks(MORE)
    sent = server.calls()
    done = shop.run("apply", "--yes", "--reviewed")
    assert done.code == exits.ERROR
    assert "! apply.unreviewed  refuse → allow" in done.out
    assert "not reviewed: 2 numbers and 1 setting of target.yaml" in done.err
    assert server.calls() == sent

    # Reviewed, it counts from the next apply on.
    shop.blocks(SALES)
    reviewed(shop)
    shop.blocks(MORE)
    assert shop.run("apply", "--yes", "--reviewed", "plan.json").code == exits.ERROR
    assert server.calls() == sent
    shop.blocks(SALES)
    shop.ran("apply", "--yes", "--reviewed", "plan.json")
    shop.blocks(MORE)
    done = shop.ran("apply", "--yes", "--reviewed", "plan.json")
    assert "not reviewed: 2 numbers; allowed by apply.unreviewed" in done.err


def test_what_was_not_reviewed_may_be_approved_by_the_digest_of_its_plan(shop, server):
    done = shop.run("apply", "--yes", "--reviewed")
    digest = done.err.partition("--approve ")[2][:12]
    refused = shop.run("apply", "--yes", "--reviewed", "--approve", "0123456789ab")
    assert refused.code == exits.ERROR
    assert f"--approve 0123456789ab does not name this plan, which is {digest}" in refused.err
    assert server.calls() == {}
    done = shop.ran("apply", "--yes", "--reviewed", "--approve", digest)
    assert "not reviewed: 10 numbers; approved by the digest of this plan" in done.err
    assert "10 of 10 confirmed" in done.out


def test_an_approval_lifts_no_limit(shop, server):
    shop.target("tampa", "limits: {max_create: 7}\n")
    digest = shop.run("apply", "--yes", "--reviewed").err.partition("--approve ")[2][:12]
    done = shop.run("apply", "--yes", "--reviewed", "--approve", digest)
    assert done.code == exits.ERROR
    assert "10 numbers would be created; max_create is 7" in done.err
    assert server.calls() == {}


def test_every_setting_that_changed_since_the_last_apply_must_have_been_reviewed(shop, server):
    """Also those that no state remembers, and whatever a state says."""
    shop.commit()
    base = shop.git("rev-parse", "HEAD").strip()
    reviewed(shop, "numbers.json")
    shop.target("tampa", "apply: {concurrency: 3, unreviewed: allow}\n")
    done = shop.run("apply", "--yes", "--reviewed", "numbers.json", "--since", base)
    assert done.code == exits.ERROR
    shown = done.out.partition("Not reviewed:\n")[2]
    assert "  ! apply.concurrency  4 → 3\n  ! apply.unreviewed  refuse → allow\n" in shown
    assert server.calls() == {}
    reviewed(shop, "settings.json", "--base", base)
    both = ("--reviewed", "numbers.json", "settings.json")
    assert "10 of 10 confirmed" in shop.ran("apply", "--yes", *both, "--since", base).out


def test_where_nothing_was_applied_yet_every_setting_is_new(shop):
    reviewed(shop)
    done = shop.run("apply", "--yes", "--reviewed", "plan.json", "--since", "")
    assert "  ! endpoint  none → http://" in done.out.partition("Not reviewed:\n")[2]


@pytest.mark.parametrize("since", ["0" * 40, "-x"])
def test_an_unknown_commit_of_the_last_apply_is_an_error(shop, since):
    shop.commit()
    reviewed(shop)
    done = shop.run("apply", "--yes", "--reviewed", "plan.json", f"--since={since}")
    assert done.code == exits.ERROR
    assert f"--since {since} is not a commit" in done.err


def test_a_number_counts_as_begun_only_where_an_earlier_report_left_it(shop, server):
    """A state alone could name somebody else's number."""
    reviewed(shop)
    digest = json.loads(shop.read("plan.json"))["digest"]
    fields = Routing({"did_route": "IN_GROUP", "group": "SALESLINE"})
    begun = Record("sales", BegunCreate("7275551114", Seed(), fields), plan=digest)
    left = state(("7275553300", begun), endpoint=server.endpoint)
    shop.write("state/tampa.json", encode(left).decode())
    nothing = {"version": 1, "target": "tampa", "seconds": 0, "outcomes": []}
    shop.write("empty.json", json.dumps(nothing))
    for earlier in ([], ["empty.json"]):
        done = shop.run("apply", "--yes", "--reviewed", "plan.json", "--earlier", *earlier)
        assert "not reviewed: 1 number; not in the plan given" in done.err
    assert server.calls() == {}
    outcomes = [{"outcome": "unknown", "numbers": ["7275553300"]}]
    shop.write("report.json", json.dumps(nothing | {"outcomes": outcomes}))
    shop.ran("apply", "--yes", "--reviewed", "plan.json", "--earlier", "report.json")


@pytest.mark.parametrize("option", ["--since", "--approve", "--earlier"])
def test_options_of_a_review_need_one(shop, option):
    done = shop.run("apply", "--yes", option, "0123456789ab")
    assert f"{option} is for --reviewed" in done.err


def test_numbers_in_question_are_asked_about_only_once_what_was_reviewed_is_clear(shop, server):
    """No preflight either: a plan file that is none stops before anything is sent."""
    shop.write("plan.json", "{}")
    done = shop.run("apply", "--yes", "--reviewed", "plan.json")
    assert done.code == exits.ERROR
    assert "plan.json" in done.err
    assert server.calls() == {}


def test_unrelated_blocks_do_not_make_a_plan_unreviewed(shop):
    reviewed(shop)
    shop.write("did_specs/tampa/support.yaml", SUPPORT)
    reviewed(shop, "later.json")
    shop.ran("apply", "--yes", "--reviewed", "plan.json", "later.json")
