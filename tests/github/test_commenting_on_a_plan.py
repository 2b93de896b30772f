"""A pull request was planned: it gets the comment and the status, and no other gets anything."""

import json
from dataclasses import replace

import pytest

from reconciler.errors import UsageError
from reconciler.github.commenting import tell_plan
from reconciler.github.event import (
    completed_run,
    default_branch,
    pull_event,
    run_url,
    workflow_url,
)
from reconciler.github.planned import PlannedPull
from reconciler.report.comment import MARKER
from reconciler.report.document import Remark
from reconciler.report.model import PlanProblem
from tests.conftest import state
from tests.github.artifacts import BASE, leaves
from tests.github.hub import commit
from tests.github.sections import document, new, there

HEAD = commit("head")
RUN = "https://github.com/acme/numbers/actions/runs/7"
OWN = document([new()], base=[])
QUIET = document([new()], base=[new()])


def event(number=7, *, head=HEAD, base="main"):
    """What GitHub writes of a pull request."""
    return {
        "action": "synchronize",
        "number": number,
        "repository": {"default_branch": "main"},
        "pull_request": {
            "number": number,
            "head": {"sha": head},
            "base": {"ref": base, "sha": BASE},
        },
    }


def read(folder, content):
    file = folder / "event.json"
    file.write_text(json.dumps(content))
    return pull_event({"GITHUB_EVENT_PATH": str(file)})


@pytest.fixture
def told(github, tmp_path):
    """Comment on a pull request of which these plans were made."""

    def tell(*plans, head=HEAD, problems=(), crashed=False, base="main"):
        targets = tuple(plan.target for plan in plans)
        pull = PlannedPull(7, head, base, BASE, commit("tree"), targets, problems)
        given = read(tmp_path, event(head=head, base=base))
        return tell_plan(github, given, None if crashed else (pull, plans), run=RUN).words

    return tell


def status(hub):
    (found,) = hub.statuses
    assert found["context"] == "DIDs planned"
    assert found["target_url"] == RUN
    return found["sha"], found["state"], found["description"]


def test_the_pull_request_gets_its_plan_and_then_its_status(hub, told):
    hub.opens(7, HEAD)
    assert "pull/7#" in told(OWN)
    (body,) = hub.bodies(7)
    assert body.startswith("**tampa: 100 numbers created, 3 calls**\n")
    assert f"commit `{HEAD[:12]}` · [plan.json]({RUN})" in body
    assert status(hub) == (HEAD, "success", "100 numbers changed")
    assert [path.rpartition("/")[0].rpartition("/")[2] for path, _ in hub.sent("POST")] == [
        "7",
        "statuses",
    ]


def test_another_push_updates_the_same_comment(hub, told):
    hub.opens(7, HEAD)
    told(OWN)
    hub.opens(7, commit("second"))
    told(document([new("7275553300")], base=[]), head=commit("second"))
    (body,) = hub.bodies(7)
    assert body.startswith("**tampa: 1 number created, ")
    assert [each["sha"] for each in hub.statuses] == [HEAD, commit("second")]


@pytest.mark.parametrize(
    "changed", [{"head": commit("a newer push")}, {"base": "release"}, {"closed": True}]
)
def test_one_that_has_changed_since_gets_nothing(hub, told, changed):
    closed = changed.pop("closed", False)
    hub.opens(7, **({"head": HEAD} | changed))
    if closed:
        hub.merges(7, commit("merged"))
    assert told(OWN) == "pull request 7: has changed since the plan; no comment posted"
    assert hub.comments == hub.statuses == []


def test_a_plan_that_could_not_be_stored_is_told_and_the_status_fails(hub, github, tmp_path):
    hub.opens(7, HEAD)
    pull = PlannedPull(7, HEAD, "main", BASE, commit("tree"), ("tampa",))
    given = read(tmp_path, event())
    tell_plan(github, given, (pull, (OWN,)), run=RUN, is_stored=False)
    assert "- `the plan could not be kept for the apply" in hub.bodies(7)[0]
    assert status(hub)[1] == "failure"


def test_one_into_another_branch_is_commented_on_too(hub, told):
    hub.opens(7, HEAD, base="release")
    told(OWN, base="release")
    assert len(hub.bodies(7)) == 1
    assert hub.statuses[0]["context"] == "DIDs planned for release"
    hub.opens(7, HEAD, base="release/" + "x" * 300)
    told(OWN, base="release/" + "x" * 300)
    assert len(hub.statuses[1]["context"]) == 255


def test_a_plan_made_after_the_approval_says_that_it_needs_a_new_one(hub, told):
    hub.opens(7, HEAD)
    hub.approves(7, by="eve")
    told(OWN)
    assert status(hub)[2] == "100 numbers changed"
    hub.statuses.clear()
    hub.approves(7)
    told(OWN)
    words = "100 numbers changed; approved before this plan: a new approval makes it count"
    assert status(hub)[2] == words
    assert len(words) <= 140


def test_a_pull_request_that_changes_no_number_is_only_marked(hub, told):
    hub.opens(7, HEAD)
    assert told(QUIET).endswith("no changes; no comment posted")
    assert told().endswith("no comment posted")
    assert told(document([new()], state(there()), base=[new()])).endswith("no comment posted")
    assert hub.comments == []
    assert {each["state"] for each in hub.statuses} == {"success"}


def test_a_target_that_leaves_is_told_though_no_number_changes(hub, told):
    hub.opens(7, HEAD)
    told(replace(QUIET, remarks=(Remark("tampa leaves", "look twice"),), leaving=True))
    assert "- `tampa leaves`\n>   `look twice`" in hub.bodies(7)[0]


def test_one_that_no_longer_changes_any_is_told_so(hub, told):
    hub.opens(7, HEAD)
    told(OWN)
    told(QUIET)
    (body,) = hub.bodies(7)
    assert body.startswith("**tampa: no changes of its own, 100 pending anyway**\n")
    told()
    assert hub.bodies(7)[0].startswith("**No changes: no specs of a target change**\n")


def test_a_withdrawn_change_is_worth_a_comment(hub, told):
    hub.opens(7, HEAD)
    told(document([], base=[new()]))
    assert len(hub.bodies(7)) == 1


def test_several_targets_are_sections_of_one_comment(hub, told):
    hub.opens(7, HEAD)
    told(OWN, replace(OWN, target="ybor"))
    (body,) = hub.bodies(7)
    assert body.index("### `tampa`") < body.index("### `ybor`")


def test_other_pull_requests_on_the_same_numbers_are_named(hub, told):
    hub.opens(7, HEAD)
    hub.opens(8, commit("other"), branch="other")
    leaves(hub, 8, OWN)
    told(OWN)
    assert "> - pull request 8: 100 numbers, `7275553300–7275553399`" in hub.bodies(7)[0]


FAULTS = (
    PlanProblem("group is too long", "write at most 20 characters", "did_specs/tampa/a.yaml", 8),
    PlanProblem("@everyone <b>", None, "did_specs/tampa/`b`.yaml"),
)


def test_faults_of_the_specs_stand_in_the_comment_and_the_status_fails(hub, told):
    hub.opens(7, HEAD)
    told(OWN)
    hub.statuses.clear()
    told(problems=FAULTS)
    (body,) = hub.bodies(7)
    assert body.startswith(
        "**No plan: 2 faults in the specs**\n\n"
        "- `did_specs/tampa/a.yaml:8`: `group is too long`\n"
        "  What to do: `write at most 20 characters`\n"
        "- ``did_specs/tampa/`b`.yaml``: `@everyone <b>`\n\n"
    )
    assert f"[the run's log]({RUN})" in body
    assert status(hub) == (HEAD, "failure", "no plan: see the comment")


def test_without_a_page_of_the_run_the_status_links_nowhere(hub, github, tmp_path):
    hub.opens(7, HEAD)
    pull = PlannedPull(7, HEAD, "main", BASE)
    tell_plan(github, read(tmp_path, event()), (pull, ()), run=None)
    assert "target_url" not in hub.statuses[0]


def test_very_many_faults_are_counted(hub, told):
    hub.opens(7, HEAD)
    told(problems=FAULTS * 5000)
    assert "- and 9,970 more: see the log" in hub.bodies(7)[0]


def test_a_run_that_left_nothing_is_told(hub, told):
    hub.opens(7, HEAD)
    told(crashed=True)
    assert "- `the run that plans ended without a plan`\n" in hub.bodies(7)[0]
    assert status(hub)[1] == "failure"


@pytest.mark.parametrize(
    "content", ["{}", "[]", '{"pull_request": 3}', '{"pull_request": {"number": "x"}}']
)
def test_an_event_that_is_something_else_is_told(tmp_path, content):
    with pytest.raises(UsageError, match="is not one of a pull request"):
        read(tmp_path, json.loads(content))


def test_a_head_that_is_no_commit_is_told(tmp_path):
    with pytest.raises(UsageError, match="is not a commit"):
        read(tmp_path, event(head="--upload-pack=evil"))


def test_the_default_branch_is_the_event_s(tmp_path):
    file = tmp_path / "event.json"
    file.write_text('{"repository": {"default_branch": "trunk"}}')
    assert default_branch({"GITHUB_EVENT_PATH": str(file)}) == "trunk"
    file.write_text("{}")
    scheduled = {"GITHUB_EVENT_NAME": "schedule", "GITHUB_REF_NAME": "trunk"}
    assert default_branch({"GITHUB_EVENT_PATH": str(file), **scheduled}) == "trunk"
    with pytest.raises(UsageError, match="names no default branch"):
        default_branch({"GITHUB_EVENT_PATH": str(file)})


def test_the_run_that_an_event_is_about_is_read(tmp_path):
    file = tmp_path / "event.json"
    file.write_text('{"workflow_run": {"id": 7}}')
    assert completed_run({"GITHUB_EVENT_PATH": str(file)}) == 7
    for content in ("{}", "[]", '{"workflow_run": {"id": null}}'):
        file.write_text(content)
        with pytest.raises(UsageError, match="is not one of a run"):
            completed_run({"GITHUB_EVENT_PATH": str(file)})


def test_without_a_readable_event_it_says_where_it_runs(tmp_path):
    with pytest.raises(UsageError, match="runs in GitHub Actions"):
        pull_event({})
    with pytest.raises(UsageError, match="cannot be read"):
        pull_event({"GITHUB_EVENT_PATH": str(tmp_path / "none.json")})


def test_the_pages_of_runs_and_workflows_are_known_in_actions_alone():
    env = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/numbers",
        "GITHUB_RUN_ID": "7",
    }
    assert run_url(env) == "https://github.com/acme/numbers/actions/runs/7"
    assert workflow_url(env, "apply.yml") == (
        "https://github.com/acme/numbers/actions/workflows/apply.yml"
    )
    assert run_url({}) is None
    assert workflow_url({}, "apply.yml") is None


def test_the_marker_is_a_comment_of_html():
    assert MARKER.startswith("<!-- ")
    assert MARKER.endswith(" -->")
