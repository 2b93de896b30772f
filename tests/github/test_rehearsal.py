"""The workflows rehearsed: their very files, step by step, from a pull request to its apply."""

import json
import os

import pytest

from reconciler.report.comment import MARKER
from tests.github.desk import PROJECT, TARGET, block, short_files
from tests.github.rehearsing import SALES, SUPPORT, all_in


def test_from_an_opened_pull_request_to_the_apply(rehearsal):
    desk, hub = rehearsal.desk, rehearsal.hub

    head = desk.opens(1, SALES)
    plan = rehearsal.planned(1, "opened")
    assert plan.succeeded, plan.log
    assert [each["name"] for each in hub.artifacts] == [f"did-plans-1-{head}"]
    assert rehearsal.comment(1).startswith("**tampa: 10 numbers created, 3 calls**\n")
    assert rehearsal.status(head) == ("DIDs planned", "success", "10 numbers changed")
    assert rehearsal.numbers() == {}
    assert rehearsal.state() is None

    desk.opens(1, {"tampa/sales.yaml": block("7275553300-7275553304")})
    rehearsal.planned(1)
    assert rehearsal.comment(1).startswith("**tampa: 5 numbers created, 3 calls**\n")

    head = desk.merges(1, "squash")
    apply = rehearsal.pushed()
    assert apply.succeeded, apply.log
    assert rehearsal.numbers() == all_in("SALESLINE", 7275553300, 7275553304)
    assert rehearsal.comment(1).startswith("**tampa: applied in ")
    assert ": 5 of 5 confirmed**\n" in rehearsal.comment(1)
    assert "The plan that was reviewed" in rehearsal.comment(1)
    assert "Held to the plans of 1 pull request: 1" in apply.summary
    assert json.loads(rehearsal.state())["applied_commit"] == head
    assert desk.on_remote("log", "--format=%s", "did-state").startswith("Apply tampa: +5 ~0 -0\n")
    assert desk.on_remote("rev-parse", "main").strip() == head

    # Nothing is due now: the environment is not entered, and the state is not written.
    saved = desk.on_remote("rev-parse", "did-state")
    again = rehearsal.pushed()
    assert again.succeeded
    assert "nothing to apply for tampa" in again.log
    assert [job.result for job in again.jobs][2:] == ["skipped", "skipped"]
    assert desk.on_remote("rev-parse", "did-state") == saved
    assert rehearsal.comment(1).endswith(f"{MARKER}\n")


def test_a_fork_is_planned_without_secrets_and_its_faults_stand_in_the_comment(rehearsal):
    desk = rehearsal.desk
    fork = {"owner": "stranger", "repository": 2}

    faulty = block("7275553300-7275553309", group="WAY TOO LONG!")
    head = desk.opens(7, {"tampa/sales.yaml": faulty}, **fork)
    plan = rehearsal.planned(7, "opened")
    assert not plan.succeeded
    assert "::error file=did_specs/tampa/sales.yaml,line=8" in plan.log
    body = rehearsal.comment(7)
    assert body.startswith(
        "**No plan: 1 fault in the specs**\n\n- `did_specs/tampa/sales.yaml:8`: "
    )
    assert rehearsal.status(head) == ("DIDs planned", "failure", "no plan: see the comment")
    assert rehearsal.hub.artifacts == []

    desk.opens(7, SALES, **fork)
    rehearsal.planned(7)
    assert rehearsal.comment(7).startswith("**tampa: 10 numbers created, 3 calls**\n")

    desk.opens(7, {"tampa/sales.yaml": "version: 1\nblocks: 3\n"}, **fork)
    rehearsal.planned(7)
    assert rehearsal.comment(7).startswith("**No plan: ")
    assert rehearsal.vicidial.calls() == {}


def test_two_merges_at_once_and_a_plan_that_became_stale(rehearsal):
    desk = rehearsal.desk
    for number, files in ((1, SALES), (2, SUPPORT)):
        desk.opens(number, files)
        rehearsal.planned(number)
    desk.opens(3, {"tampa/old.yaml": block("7275555000", name="old", group="BILLING")})
    rehearsal.planned(3)

    # The apply of the first waits, and is dropped for that of the second.
    desk.merges(1, "merge")
    desk.merges(2, "rebase")
    applied = rehearsal.pushed()
    assert applied.succeeded, applied.log
    assert rehearsal.numbers() == (
        all_in("SALESLINE", 7275553300, 7275553309) | all_in("SUPPORT", 7275554000, 7275554004)
    )
    assert ": 10 of 10 confirmed**" in rehearsal.comment(1)
    assert ": 5 of 5 confirmed**" in rehearsal.comment(2)

    # The third was planned when nothing of that was there: it does exactly its own.
    desk.merges(3, "squash")
    assert rehearsal.pushed().succeeded
    assert rehearsal.numbers()["7275555000"] == "BILLING"
    assert len(rehearsal.numbers()) == 16
    assert ": 1 of 1 confirmed**" in rehearsal.comment(3)
    assert ": 10 of 10 confirmed**" in rehearsal.comment(1)


def test_a_failing_apply_is_told_and_the_next_goes_on_from_there(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, {"tampa/sales.yaml": block("7275553300-7275553301", group="NOSUCHGROUP")})
    rehearsal.planned(1)
    desk.merges(1)
    failed = rehearsal.pushed()
    assert failed.job("Apply tampa").result == "failure"
    assert failed.job("Report").result == "success"
    body = rehearsal.comment(1)
    assert body.startswith("**tampa: applied in ")
    assert ": 0 of 2 confirmed, 1 unfinished, 1 not started**\n" in body
    assert "- `7275553300`: `ERROR: update_did GROUP ID MUST BE A VALID INBOUND GROUP" in body
    assert "- `7275553301`: `copied from 7275553300, which was not confirmed`" in body
    assert "To continue: [start the apply by hand](https://github.com/acme/numbers/actions/" in body
    (issue,) = rehearsal.hub.issues
    assert issue["title"] == "The apply of tampa did not finish"
    assert "NOSUCHGROUP" in issue["body"] or "MUST BE A VALID INBOUND GROUP" in issue["body"]

    desk.opens(2, {"tampa/sales.yaml": block("7275553300-7275553301")})
    rehearsal.planned(2)
    desk.merges(2)
    assert rehearsal.pushed().succeeded
    assert rehearsal.numbers() == all_in("SALESLINE", 7275553300, 7275553301)
    assert "confirmed**" in rehearsal.comment(2)
    assert issue["state"] == "closed"


def test_what_a_killed_server_left_goes_on_under_the_plan_that_began_it(rehearsal):
    """The copy arrived, the update did not: the update counts as reviewed with its creation."""
    desk = rehearsal.desk
    desk.opens(1, {"tampa/sales.yaml": block("7275553300")})
    rehearsal.planned(1)
    desk.merges(1)
    # The first asks whether the account may update at all.
    rule = {"kind": "error_before", "function": "update_did"}
    rehearsal.vicidial.faults({"rules": [{**rule, "nth": nth} for nth in range(2, 12)]})
    stopped = rehearsal.pushed()
    assert not stopped.succeeded
    assert '"plan": "' in rehearsal.state()
    rehearsal.vicidial.faults({})

    # The daily apply goes on with it, where the repository wants one.
    assert {job.result for job in rehearsal.scheduled().jobs} == {"skipped"}
    rehearsal.runner.variables["DID_DAILY"] = "true"
    applied = rehearsal.scheduled()
    assert applied.succeeded, applied.log
    assert rehearsal.numbers() == all_in("SALESLINE", 7275553300, 7275553300)
    assert '"plan": "' not in rehearsal.state()


def test_the_last_target_leaves_in_a_plan_and_then_nothing_is_left_to_do(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, SALES)
    rehearsal.planned(1)
    desk.merges(1)
    assert rehearsal.pushed().succeeded

    desk.opens(2, {"tampa/target.yaml": None, "tampa/sales.yaml": None})
    plan = rehearsal.planned(2)
    assert plan.succeeded, plan.log
    body = rehearsal.comment(2)
    assert body.startswith(
        "**tampa: leaves the repository, nothing of its 10 known numbers changes"
    )
    assert "whatever its removal policy was; 10 numbers known of it stay on " in body
    desk.merges(2)
    applied = rehearsal.pushed()
    assert applied.succeeded, applied.log
    assert applied.job("Apply ").result == "skipped"
    assert rehearsal.numbers() == all_in("SALESLINE", 7275553300, 7275553309)

    head = desk.opens(3, {"../README.md": "Nothing is declared any more\n"})
    plan = rehearsal.planned(3)
    assert plan.succeeded, plan.log
    assert rehearsal.hub.bodies(3) == []
    assert rehearsal.status(head)[1] == "success"


def test_a_new_target_is_applied_to_the_server_that_the_comment_named_first(rehearsal):
    desk, endpoint = rehearsal.desk, rehearsal.vicidial.endpoint
    desk.opens(1, {"tampa/target.yaml": None, "reno/target.yaml": TARGET.format(endpoint=endpoint)})
    rehearsal.planned(1)
    first = rehearsal.comment(1).splitlines()[0]
    assert first == f"# reno sends its calls and its password to `{endpoint}`"
    desk.opens(1, {"reno/sales.yaml": block("7275553300")})
    rehearsal.planned(1)
    desk.merges(1)
    applied = rehearsal.pushed()
    assert applied.succeeded, applied.log
    assert len(rehearsal.numbers()) == 1


def test_what_an_apply_changed_is_planned_again_in_the_other_pull_requests(rehearsal):
    """The second was planned when the first was merged and not yet applied."""
    desk = rehearsal.desk
    desk.opens(3, {"../README.md": "Not about numbers\n"})
    rehearsal.planned(3)
    desk.opens(1, SALES)
    rehearsal.planned(1)
    desk.merges(1)
    head = desk.opens(2, SUPPORT)
    rehearsal.planned(2)
    assert "10 numbers" in rehearsal.comment(2)
    applied = rehearsal.pushed()
    assert applied.succeeded

    again = rehearsal.completed(applied)
    assert again.succeeded, again.log
    assert [job.name for job in again.jobs] == ["Find plans that are no longer true", "Plan"]
    assert "10 numbers" not in rehearsal.comment(2)
    assert rehearsal.status(head)[2] == "5 numbers changed"

    # Nothing is planned again after a run that applied nothing.
    assert [job.result for job in rehearsal.completed(again).jobs] == ["success", "skipped"]


@pytest.mark.sweep
def test_an_existing_repository_needs_the_three_short_files_of_the_documentation(rehearsal):
    """Their text as it stands there; the tool is the repository that they call."""
    desk = rehearsal.desk
    for name in ("reconciler", ".github", "requirements"):
        desk.git("rm", "-rq", name)
    desk.write({f"../.github/workflows/{name}": text for name, text in short_files().items()})
    desk.commit("Specs alone")
    desk.push_main()
    rehearsal.runner.called = PROJECT

    for number, files in ((1, SALES), (2, SUPPORT)):
        desk.opens(number, files)
        plan = rehearsal.planned(number, "opened")
        assert plan.succeeded, plan.log
        desk.merges(number)
        applied = rehearsal.pushed()
        assert applied.succeeded, applied.log
        assert "confirmed**" in rehearsal.comment(number)
        assert f"Held to the plans of 1 pull request: {number}" in applied.summary
        assert rehearsal.completed(applied).succeeded
    assert len(rehearsal.numbers()) == 15
    assert rehearsal.dispatched(show=True).succeeded
    assert rehearsal.queued().succeeded
    assert rehearsal.status(desk.head())[:2] == ("DIDs planned", "success")


def test_without_credentials_it_ends_neutral_with_a_notice(rehearsal):
    rehearsal.runner.secrets = {}
    rehearsal.desk.write(SALES)
    rehearsal.desk.commit("Begin")
    rehearsal.desk.push_main()
    done = rehearsal.pushed()
    assert done.succeeded
    assert "::notice title=Not applied::No credentials are set for tampa" in done.log
    assert rehearsal.vicidial.calls() == {}
    assert rehearsal.state() is None


def test_another_title_is_not_planned_and_another_base_is(rehearsal):
    rehearsal.desk.opens(1, SALES)
    done = rehearsal.planned(1, "edited", changes={"title": {"from": "x"}})
    assert {job.result for job in done.jobs} == {"skipped"}
    assert rehearsal.planned(1, "edited", changes={"base": {"ref": {"from": "x"}}}).succeeded
    assert rehearsal.comment(1).startswith("**tampa: 10 numbers created, 3 calls**\n")


@pytest.mark.sweep
def test_over_a_limit_it_stops_and_goes_on_by_hand(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, {"tampa/sales.yaml": block("7275553300-7275553419")})
    rehearsal.planned(1)
    body = rehearsal.comment(1)
    assert body.startswith("**tampa: stopped by its limits, 120 numbers created, 3 calls**\n")
    digest = body.partition("and override-limits `")[2].partition("`")[0]
    desk.merges(1)
    assert not rehearsal.pushed().succeeded
    assert rehearsal.numbers() == {}
    shown = rehearsal.dispatched(show=True)
    assert shown.succeeded
    assert "120 to create" in shown.log
    assert rehearsal.numbers() == {}
    assert not rehearsal.dispatched(override_limits="0123456789ab").succeeded
    assert rehearsal.dispatched(target="tampa", override_limits=digest).succeeded
    assert len(rehearsal.numbers()) == 120
    assert not rehearsal.dispatched(target="ybor").succeeded


@pytest.mark.sweep
def test_with_a_key_of_its_own_the_state_is_pushed_by_that_alone(rehearsal, tmp_path, monkeypatch):
    """Programs of ssh's names stand for it: they note what they were given."""
    said = tmp_path / "said"
    programs = {
        "ssh-agent": "echo 'SSH_AUTH_SOCK=/tmp/agent; export SSH_AUTH_SOCK;'",
        "ssh-add": f"cat >> {said}",
        "ssh": f'echo "$@ $SSH_AUTH_SOCK" >> {said}; git-receive-pack {rehearsal.desk.remote}',
    }
    for name, script in programs.items():
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    rehearsal.runner.secrets["DID_STATE_KEY"] = "-----BEGIN KEY-----\nnot a key\n-----END KEY-----"
    desk = rehearsal.desk
    desk.opens(1, SALES)
    rehearsal.planned(1)
    desk.merges(1)
    applied = rehearsal.pushed()
    assert applied.succeeded, applied.log
    assert "-----BEGIN KEY-----\nnot a key\n" in said.read_text()
    assert "-o StrictHostKeyChecking=yes -o UserKnownHostsFile=" in said.read_text()
    assert "git@github.com git-receive-pack 'acme/numbers.git' /tmp/agent" in said.read_text()
    assert json.loads(rehearsal.state())["numbers"]
    assert "not a key" not in rehearsal.said()


@pytest.mark.sweep
def test_a_cancellation_reaches_the_apply_itself_and_the_next_run_goes_on(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, {"tampa/sales.yaml": block("7275553300-7275553399")})
    rehearsal.planned(1)
    desk.merges(1)
    rehearsal.vicidial.faults({"rules": [{"kind": "delay", "function": "copy_did", "seconds": 2}]})
    rehearsal.runner.cancels("Apply what was reviewed", rehearsal.until_called("copy_did"))
    cancelled = rehearsal.pushed()
    assert cancelled.job("Apply tampa").result == "failure"
    assert "ending: no new calls" in cancelled.log
    rehearsal.vicidial.faults({})
    assert rehearsal.dispatched().succeeded
    assert rehearsal.numbers() == all_in("SALESLINE", 7275553300, 7275553399)
    assert "confirmed**" in rehearsal.comment(1)
