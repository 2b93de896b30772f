"""Attacks on the chain from pull request to apply, and accidents that look like them.

Each is carried out on the workflow files themselves. Those that the finder of plans decides alone
are among the sweeps here: test_reviewed_plans holds it to each of them.
"""

import io
import json
import time
import zipfile
from dataclasses import replace

import pytest

from reconciler.github.applied import FOUND, STEP
from reconciler.github.planned import PlannedPull, artifact_name
from reconciler.numbers import SpanMap, span_of
from reconciler.report.document import from_json, to_json
from reconciler.routing import Routing
from reconciler.state.codec import decode, encode
from reconciler.state.model import BegunCreate, Record, Seed
from tests.github.desk import TARGET, block
from tests.github.hub import archived
from tests.github.rehearsing import PASSWORD, SALES, SUPPORT, all_in

HAND_MADE = "7275550001"
FORGED = {"tampa/sales.yaml": block("7275553300-7275553309", group="BILLING")}


def approved_digest(run):
    """The digest that the log of a refused apply names."""
    return run.log.partition("approve exactly it: --approve ")[2][:12]


def plan_files(rehearsal, number):
    """The files that the trusted run left for a pull request."""
    head = rehearsal.hub.pulls[number]["head"]["sha"]
    (found,) = (
        each for each in rehearsal.hub.artifacts if each["name"] == artifact_name(number, head)
    )
    with zipfile.ZipFile(io.BytesIO(rehearsal.hub.archives[found["id"]])) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def forge(rehearsal, number, files, **run):
    """Some other run leaves an artifact under the name that counts."""
    head = rehearsal.hub.pulls[number]["head"]["sha"]
    made = rehearsal.hub.ran(head, **run)
    rehearsal.hub.left(made, artifact_name(number, head), archived(files))


def sales_that_may_be_deleted(rehearsal):
    """Main's policy is to delete what leaves; ten numbers are applied."""
    desk = rehearsal.desk
    desk.write({"tampa/target.yaml": desk.target() + "removal: {action: delete}\n"})
    desk.commit("Removal")
    desk.push_main()
    desk.opens(1, SALES)
    rehearsal.planned(1)
    desk.merges(1)
    assert rehearsal.pushed().succeeded


def removed_and_made_again(rehearsal):
    """A removal that was reviewed and done; then the number made by hand, and the state set back.

    Returns the run of the apply that removed it.
    """
    desk = rehearsal.desk
    sales_that_may_be_deleted(rehearsal)
    before = rehearsal.state()
    desk.opens(2, {"tampa/sales.yaml": block("7275553300-7275553308")})
    rehearsal.planned(2)
    desk.merges(2)
    applied = rehearsal.pushed()
    assert applied.succeeded
    assert "7275553309" not in rehearsal.dids()
    rehearsal.by_hand("7275553309")
    desk.pushes_state(before)
    return applied


def check_refused(rehearsal, run):
    """Nothing was sent, nothing changed, and the log says why."""
    assert run.job("Apply tampa").result == "failure"
    assert rehearsal.vicidial.calls() == {}
    assert "not reviewed: " in run.log


@pytest.mark.parametrize(
    "run",
    [
        {"event": "pull_request"},
        pytest.param({"path": ".github/workflows/evil.yml"}, marks=pytest.mark.sweep),
    ],
)
def test_what_another_run_claims_is_never_applied(rehearsal, run):
    """Also where it is the newest, and all that it says is well formed."""
    desk = rehearsal.desk
    desk.opens(1, SALES)
    rehearsal.planned(1)
    files = plan_files(rehearsal, 1)
    desk.opens(1, FORGED)
    head = rehearsal.hub.pulls[1]["head"]["sha"]
    pull = json.loads(files["pull.json"]) | {"head": head}
    forge(rehearsal, 1, files | {"pull.json": json.dumps(pull)}, **run)
    desk.merges(1)
    applied = rehearsal.pushed()
    check_refused(rehearsal, applied)
    assert "was not planned by a run of this repository's plan.yml" in applied.log
    assert rehearsal.comment(1).startswith("**Merged and not applied: no plan of this pull request")


@pytest.mark.sweep
def test_a_flood_of_forged_plans_hides_no_real_one(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, SALES)
    rehearsal.planned(1)
    for _ in range(40):
        forge(rehearsal, 1, {"pull.json": "{}"}, event="pull_request")
    rehearsal.hub.approves(1)
    desk.merges(1)
    assert rehearsal.pushed().succeeded
    assert len(rehearsal.numbers()) == 10


def test_a_number_that_only_a_pushed_state_names_is_not_deleted(rehearsal):
    """Somebody writes a state that lists a number made by hand; a remark is changed and merged."""
    desk, hub = rehearsal.desk, rehearsal.hub
    rehearsal.by_hand(HAND_MADE)
    sales_that_may_be_deleted(rehearsal)
    state = json.loads(rehearsal.state())
    profile = next(iter(state["profiles"]))
    state["numbers"].append({"span": HAND_MADE, "block": "sales", "profile": profile})
    state["serial"] += 1
    desk.pushes_state(json.dumps(state))

    desk.opens(2, {"tampa/remark.yaml": "version: 1\nblocks: []\n"})
    rehearsal.planned(2)
    hub.approves(2)
    files = plan_files(rehearsal, 2)
    plan = from_json(files["plans/tampa.json"], "plan")
    assert not plan.own_changes
    assert plan.own.pending.get(HAND_MADE).action == "delete"
    # And a run of somebody's own claims the removal for the pull request.
    own = json.loads(files["plans/tampa.json"])
    own["own"]["numbers"] = [HAND_MADE]
    forge(rehearsal, 2, files | {"plans/tampa.json": json.dumps(own)}, event="pull_request")
    desk.merges(2)
    applied = rehearsal.pushed()
    assert applied.job("Apply tampa").result == "failure"
    assert "not reviewed: 1 number; " in applied.log
    assert HAND_MADE in rehearsal.dids()


def test_a_plan_into_another_branch_counts_nowhere(rehearsal):
    desk = rehearsal.desk
    desk.git("push", "-q", "origin", "main:release")
    desk.opens(1, SALES)
    desk.hub.pulls[1]["base"]["ref"] = "release"
    rehearsal.planned(1)
    assert rehearsal.comment(1).startswith("**tampa: 10 numbers created")
    # Retargeted by GitHub itself when its base was merged: no event, no new plan.
    desk.hub.pulls[1]["base"]["ref"] = "main"
    desk.merges(1)
    applied = rehearsal.pushed()
    check_refused(rehearsal, applied)
    assert "it was planned for release, not for main" in applied.log

    # The way out is one click: the digest of what the log shows.
    done = rehearsal.dispatched(approve=approved_digest(applied))
    assert done.succeeded, done.log
    assert len(rehearsal.numbers()) == 10


@pytest.mark.sweep
def test_a_merge_faster_than_the_plan_and_the_way_out(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, SALES)
    desk.merges(1)
    applied = rehearsal.pushed()
    check_refused(rehearsal, applied)
    assert not rehearsal.dispatched(approve="0123456789ab").succeeded
    assert rehearsal.vicidial.calls() == {}
    assert rehearsal.dispatched(target="tampa", approve=approved_digest(applied)).succeeded
    assert rehearsal.numbers() == all_in("SALESLINE", 7275553300, 7275553309)


@pytest.mark.sweep
@pytest.mark.parametrize("way", ["expired", "failed", "after the approval", "after the merge"])
def test_a_plan_that_was_not_there_to_be_seen_does_not_count(rehearsal, way):
    desk, hub = rehearsal.desk, rehearsal.hub
    desk.opens(1, SALES)
    if way == "failed":
        hub.left(hub.ran("0" * 40), "did-plans-1-nothing", b"")
    elif way == "after the approval":
        hub.approves(1)
        rehearsal.planned(1)
    elif way == "expired":
        rehearsal.planned(1)
        hub.artifacts[-1]["expired"] = True
    desk.merges(1)
    if way == "after the merge":
        hub.pulls[1]["state"] = "open"
        rehearsal.planned(1)
        hub.pulls[1]["state"] = "closed"
    check_refused(rehearsal, rehearsal.pushed())


@pytest.mark.sweep
def test_an_approval_of_a_reader_or_of_an_older_commit_moves_nothing(rehearsal):
    desk, hub = rehearsal.desk, rehearsal.hub
    old = desk.opens(1, SUPPORT)
    desk.opens(1, SALES)
    hub.approves(1, head=old)
    hub.approves(1, by="eve")
    hub.approves(1, state="COMMENTED")
    rehearsal.planned(1)
    desk.merges(1)
    assert rehearsal.pushed().succeeded
    assert len(rehearsal.numbers()) == 15


def test_settings_that_change_where_it_goes_are_shown_and_no_password_follows(rehearsal):
    """One pull request: another server, an empty state, no limits, and nothing to be reviewed."""
    desk, vicidial = rehearsal.desk, rehearsal.vicidial
    evil = vicidial.endpoint.replace("127.0.0.1", "127.0.0.2")
    text = TARGET.format(endpoint=evil).replace("did-state", "elsewhere").replace("100", "9999")
    desk.opens(1, {"tampa/target.yaml": text + "apply: {unreviewed: allow}\n"})
    rehearsal.planned(1)
    body = rehearsal.comment(1)
    assert body.startswith(
        f"# tampa sends its calls and its password to `{evil}`, no longer to `{vicidial.endpoint}`"
    )
    for name in ("endpoint", "state", "limits.max_create", "apply.unreviewed"):
        assert f"`{name}`" in body
    desk.merges(1)
    desk.write(SALES)
    desk.commit("Past all review")
    desk.push_main()
    applied = rehearsal.pushed()
    assert applied.job("Apply tampa").result == "failure"
    assert "VICIDIAL_NETRC has no machine 127.0.0.2:" in applied.log
    assert vicidial.calls() == {}

    # Also with an account for it, the new setting lets nothing through at once.
    rehearsal.runner.secrets["VICIDIAL_NETRC"] += (
        f"\nmachine {evil.split('/')[2]} login 6666 password {PASSWORD}"
    )
    check_refused(rehearsal, rehearsal.pushed())


def test_an_old_apply_that_is_run_again_brings_nothing_back(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, SALES)
    rehearsal.planned(1)
    desk.merges(1)
    old = rehearsal.pushed()
    assert old.succeeded
    desk.opens(2, {"tampa/sales.yaml": block("7275553300-7275553309", group="SUPPORT")})
    rehearsal.planned(2)
    desk.merges(2)
    assert rehearsal.pushed().succeeded
    again = rehearsal.again(old, "apply")
    assert "this run was run again, and would count what an apply since then has done" in again.log
    assert rehearsal.numbers() == all_in("SUPPORT", 7275553300, 7275553309)


@pytest.mark.sweep
def test_nothing_is_applied_from_an_environment_that_any_branch_may_use(rehearsal):
    desk = rehearsal.desk
    desk.opens(1, SALES)
    rehearsal.planned(1)
    desk.merges(1)
    for open_to in (None, "protected", (("branch", "main"), ("branch", "release/*"))):
        rehearsal.hub.deployers = open_to
        applied = rehearsal.pushed()
        assert applied.job("Apply tampa").result == "failure"
        assert "the environment production is open to" in applied.log
    assert rehearsal.vicidial.calls() == {}


@pytest.mark.parametrize("content", [b"PK\x03\x04broken"])
def test_a_broken_artifact_of_one_pull_request_hurts_no_other(rehearsal, content):
    """Even where a trusted run left it, and the other pull request is open or merged."""
    desk, hub = rehearsal.desk, rehearsal.hub
    evil = desk.opens(9, SUPPORT)
    hub.left(hub.ran(evil), artifact_name(9, evil), content)
    desk.opens(1, SALES)
    assert rehearsal.planned(1).succeeded
    assert "Not compared with these other open pull requests:" in rehearsal.comment(1)
    desk.merges(1)
    applied = rehearsal.pushed()
    assert applied.succeeded, applied.log
    assert len(rehearsal.numbers()) == 10


@pytest.mark.parametrize("removed", ["the run", pytest.param("it all", marks=pytest.mark.sweep)])
def test_old_plans_do_not_count_again_where_the_last_apply_was_removed(rehearsal, removed):
    """A removal that was reviewed and done, a state set back, and the run of its apply deleted."""
    hub = rehearsal.hub
    applied = removed_and_made_again(rehearsal)
    gone = [applied.id] if removed == "the run" else [run["id"] for run in hub.runs[1:]]
    hub.runs = [run for run in hub.runs if run["id"] not in gone]
    applied = rehearsal.pushed()
    assert applied.job("Apply tampa").result == "failure"
    assert "no plan counts for tampa, since it is not proven since when: a run " in applied.log
    assert "7275553309" in rehearsal.dids()


@pytest.mark.sweep
def test_a_last_apply_is_believed_only_of_the_workflow_that_applies(rehearsal):
    """A run of anything else cannot set back since when pull requests count, nor advance it."""
    desk, hub = rehearsal.desk, rehearsal.hub
    start = desk.head()
    desk.opens(1, SALES)
    rehearsal.planned(1)
    desk.merges(1)
    for run in (
        {"path": ".github/workflows/evil.yml", "event": "push"},
        {"path": ".github/workflows/apply.yml", "event": "workflow_dispatch", "branch": "evil"},
        {"path": ".github/workflows/apply.yml", "event": "pull_request"},
    ):
        for commit in (start, desk.head()):
            steps = {"Targets": [FOUND], f"Apply tampa at {commit[:12]}": [STEP]}
            hub.ran(commit, steps=steps, **run)
    assert rehearsal.pushed().succeeded
    assert len(rehearsal.numbers()) == 10


def test_a_number_that_only_a_pushed_state_calls_begun_is_not_taken_over(rehearsal):
    """It was reviewed to be created, and somebody else has made it: the state says it was ours."""
    desk = rehearsal.desk
    sales_that_may_be_deleted(rehearsal)
    rehearsal.by_hand("7275554000")
    desk.opens(2, {"tampa/other.yaml": block("7275554000", name="other", group="SUPPORT")})
    rehearsal.planned(2)
    plan = from_json(plan_files(rehearsal, 2)["plans/tampa.json"], "plan")
    state = decode(rehearsal.state().encode(), "state")
    begun = BegunCreate(
        "7275551114", Seed(), Routing({"did_route": "IN_GROUP", "group": "SUPPORT"})
    )
    forged = Record("other", begun, plan=plan.digest)
    records = SpanMap([*state.records, (span_of("7275554000"), forged)])
    forged_state = replace(state, serial=state.serial + 1, records=records)
    desk.pushes_state(encode(forged_state).decode())
    before = rehearsal.dids()
    desk.merges(2)
    applied = rehearsal.pushed()
    assert applied.job("Apply tampa").result == "failure"
    assert "not reviewed: 1 number; " in applied.log
    assert rehearsal.dids() == before


def test_nobody_approves_a_digest_alone_but_who_may_change_the_environment(rehearsal):
    desk = rehearsal.desk
    desk.write(SALES)
    desk.commit("Without a review")
    desk.push_main()
    refused = rehearsal.pushed()
    check_refused(rehearsal, refused)
    rehearsal.runner.actor = "bob"
    alone = rehearsal.dispatched(approve=approved_digest(refused))
    assert "bob may not approve a digest alone: nothing was applied" in alone.log
    assert rehearsal.numbers() == {}
    rehearsal.hub.second_person = True
    assert rehearsal.dispatched(approve=approved_digest(refused)).succeeded
    assert len(rehearsal.numbers()) == 10


@pytest.mark.sweep
def test_an_apply_that_is_run_again_whole_counts_no_old_plan(rehearsal):
    """A removal that was done, the number made again by hand, and the state set back."""
    applied = removed_and_made_again(rehearsal)
    for jobs in (["apply"], ["targets", "apply"]):
        again = rehearsal.again(applied, *jobs)
        assert "this run was run again" in again.log
    assert "7275553309" in rehearsal.dids()


@pytest.mark.sweep
def test_a_small_tree_of_terabytes_is_refused_at_once(rehearsal):
    desk = rehearsal.desk
    blob = desk.git("hash-object", "-w", "did_specs/tampa/target.yaml").strip()
    tree = desk.makes_tree("".join(f"100644 blob {blob}\t{name}.yaml\n" for name in "abcdefghij"))
    for _ in range(11):
        tree = desk.makes_tree("".join(f"040000 tree {tree}\t{name}\n" for name in "abcdefghij"))
    for folder in ("did_specs/tampa", "did_specs", ""):
        there = desk.git("ls-tree", f"main:{folder}")
        name = {"did_specs/tampa": "deep", "did_specs": "tampa", "": "did_specs"}[folder]
        others = [line for line in there.splitlines() if line.split("\t")[1] != name]
        tree = desk.makes_tree("\n".join([*others, f"040000 tree {tree}\t{name}", ""]))
    head = desk.git("commit-tree", "-p", "main", "-m", "Bomb", tree).strip()
    desk.git("push", "-q", "origin", f"{head}:refs/pull/1/head")
    rehearsal.hub.opens(1, head)
    began = time.monotonic()
    assert not rehearsal.planned(1).succeeded
    assert time.monotonic() - began < 30
    assert "has over 20,000 files and folders" in rehearsal.comment(1)
    assert rehearsal.status(head)[1] == "failure"


def test_code_links_and_conflicts_of_a_pull_request_are_not_followed(rehearsal):
    desk = rehearsal.desk
    link = desk.folder / "did_specs" / "tampa" / "link.yaml"
    link.symlink_to("/etc/passwd")
    head = desk.opens(1, {"../reconciler/__main__.py": "raise SystemExit('mine')\n"})
    plan = rehearsal.planned(1)
    assert not plan.succeeded
    assert "`did_specs/tampa/link.yaml is a link`" in rehearsal.comment(1)
    assert "mine" not in plan.log
    assert rehearsal.status(head)[1] == "failure"

    desk.opens(2, SALES)
    desk.write({"tampa/sales.yaml": block("7275550000")})
    desk.commit("Another")
    desk.push_main()
    assert not rehearsal.planned(2).succeeded
    assert "it conflicts with its base" in rehearsal.comment(2)


def test_a_push_while_it_was_planned_leaves_it_to_the_next_run(rehearsal):
    desk, hub = rehearsal.desk, rehearsal.hub
    old = desk.opens(1, SALES)
    new = desk.opens(1, SUPPORT)
    hub.pulls[1]["head"]["sha"] = old
    done = rehearsal.planned(1)
    assert "was pushed to since" in done.log
    assert hub.artifacts == []
    assert hub.comments == []
    assert hub.statuses == []
    hub.pulls[1]["head"]["sha"] = new
    assert rehearsal.planned(1).succeeded


@pytest.mark.sweep
def test_the_plan_of_an_older_tool_is_made_anew(rehearsal):
    desk, hub = rehearsal.desk, rehearsal.hub
    desk.opens(1, SALES)
    rehearsal.planned(1)
    files = plan_files(rehearsal, 1)
    older = json.loads(files["plans/tampa.json"]) | {"version": 1}
    hub.left(
        hub.artifacts[-1]["workflow_run"]["id"],
        hub.artifacts[-1]["name"],
        archived(files | {"plans/tampa.json": json.dumps(older)}),
    )
    desk.merges(1)
    applied = rehearsal.pushed()
    check_refused(rehearsal, applied)
    assert "was written by an older reconciler (format 1, this one reads 2)" in applied.log


@pytest.mark.sweep
def test_settings_and_plans_stand_as_they_were_made(rehearsal):
    """What a pull request's files say of themselves is what the finder holds them to."""
    rehearsal.desk.opens(1, SALES)
    rehearsal.planned(1)
    files = plan_files(rehearsal, 1)
    pull = json.loads(files["pull.json"])
    assert set(pull) == {"version", "tool", *PlannedPull.__dataclass_fields__}
    assert pull["targets"] == ["tampa"]
    document = from_json(files["plans/tampa.json"], "plan")
    assert to_json(document) == files["plans/tampa.json"]
    assert document.own is not None
