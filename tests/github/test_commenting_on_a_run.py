"""A plan's run is over: its pull request gets the comment, and nothing else gets anything."""

import json
from dataclasses import replace

import pytest

from reconciler.errors import UsageError
from reconciler.github.comment import MARKER
from reconciler.github.commenting import tell_plan
from reconciler.github.event import plan_run, run_url, workflow_url
from reconciler.report.document import Remark, to_json
from tests.conftest import state
from tests.github.hub import commit, zipped
from tests.github.sections import LIVE_CHANGE, NEW, document, new, there

HEAD = commit("head")
PLAN = ".github/workflows/plan.yml"


def event(
    run, *, head=HEAD, owner="acme", branch="change", repository=1, conclusion="success", **more
):
    """What GitHub writes of a finished run."""
    return {
        "action": "completed",
        "repository": {"default_branch": "main"},
        "workflow_run": {
            "id": run,
            "event": "pull_request",
            "path": PLAN,
            "conclusion": conclusion,
            "head_sha": head,
            "head_branch": branch,
            "head_repository": {"id": repository, "owner": {"login": owner}},
            "html_url": f"https://github.com/acme/numbers/actions/runs/{run}",
            "pull_requests": [],
            **more,
        },
    }


@pytest.fixture
def told(hub, github, tmp_path):
    """Comment on a run that left these plans."""

    def tell(*plans, archive=None, **more):
        run = hub.ran(more.get("head", HEAD), conclusion=more.get("conclusion", "success"))
        for plan in plans:
            hub.left(run, f"plan-{plan.target}", zipped(plan_json=to_json(plan)))
        if archive is not None:
            hub.left(run, "plan-ybor", archive)
        file = tmp_path / "event.json"
        file.write_text(json.dumps(event(run, **more)))
        return tell_plan(github, plan_run({"GITHUB_EVENT_PATH": str(file)}))

    return tell


def test_the_pull_request_gets_its_plan(hub, told):
    hub.opens(7, HEAD)
    assert "pull/7#" in told(NEW).words
    (body,) = hub.bodies(7)
    assert body.startswith("**tampa: 100 numbers created, 3 calls**\n")
    assert (
        f"commit `{HEAD[:12]}` · [plan.json](https://github.com/acme/numbers/actions/runs/" in body
    )


def test_a_fork_s_pull_request_gets_its_plan_too(hub, told):
    hub.opens(7, HEAD, owner="stranger", repository=2)
    told(NEW, owner="stranger", repository=2)
    assert len(hub.bodies(7)) == 1


def test_another_push_updates_the_same_comment(hub, told):
    hub.opens(7, HEAD)
    told(NEW)
    hub.opens(7, commit("second"))
    told(LIVE_CHANGE, head=commit("second"))
    (body,) = hub.bodies(7)
    assert body.startswith("**tampa: 100 numbers rerouted, 100 calls**\n")


@pytest.mark.parametrize(
    "opened",
    [
        {"head": commit("a newer push")},
        {"branch": "another"},
        {"owner": "stranger"},
        {"base": "release"},
        {"repository": 2},
    ],
)
def test_only_the_pull_request_whose_tip_was_planned_is_meant(hub, told, opened):
    hub.opens(7, **({"head": HEAD} | opened))
    assert told(NEW).words == f"no open pull request has commit {HEAD[:12]} at its tip"
    assert hub.comments == []


def test_a_merged_one_keeps_what_was_told_of_its_apply(hub, told):
    hub.opens(7, HEAD)
    hub.merges(7, commit("merged"))
    told(NEW)
    assert hub.comments == []


def test_a_fork_that_is_gone_has_no_pull_request_to_comment_on(hub, told):
    assert "no open pull request" in told(NEW, head_repository=None).words


def test_a_push_while_the_plans_were_fetched_is_noticed(hub, github, told):
    hub.opens(7, HEAD)
    original = hub._list_comments

    def pushed(*arguments, **more):
        hub.opens(7, commit("pushed meanwhile"))
        return original(*arguments, **more)

    hub._list_comments = pushed
    assert told(NEW).words == "pull request 7: has changed since the plan; no comment posted"
    assert hub.comments == []


def test_a_pull_request_that_changes_no_number_is_not_bothered(hub, told):
    hub.opens(7, HEAD)
    pending = document([new()], base=[new()])
    assert told(pending).words == "pull request 7: no changes; no comment posted"
    assert told(document([new()], state(there()))).words.endswith("no comment posted")
    assert hub.comments == []


def test_a_target_that_leaves_is_told_though_no_number_changes(hub, told):
    hub.opens(7, HEAD)
    quiet = document([new()], base=[new()])
    leaving = replace(quiet, remarks=(Remark("tampa leaves", "look twice"),), leaving=True)
    told(leaving)
    assert "- `tampa leaves`\n>   `look twice`" in hub.bodies(7)[0]


def test_one_that_no_longer_changes_any_is_told_so(hub, told):
    hub.opens(7, HEAD)
    told(NEW)
    told(document([new()], base=[new()]))
    (body,) = hub.bodies(7)
    assert body.startswith("**tampa: no changes of its own, 100 pending anyway**\n")


def test_a_withdrawn_change_is_worth_a_comment(hub, told):
    hub.opens(7, HEAD)
    told(document([], base=[new()]))
    assert len(hub.bodies(7)) == 1


def test_several_targets_are_sections_of_one_comment(hub, told):
    from dataclasses import replace

    hub.opens(7, HEAD)
    told(replace(NEW, target="ybor"), NEW)
    (body,) = hub.bodies(7)
    assert body.index("### `tampa`") < body.index("### `ybor`")


def test_other_artifacts_and_those_of_an_earlier_start_do_not_matter(hub, github, told):
    hub.opens(7, HEAD)
    run = 1000
    hub.left(run, "logs", b"whatever")
    hub.left(run, "plan-tampa", b"of an earlier start")
    told(NEW)
    assert hub.bodies(7)[0].startswith("**tampa: 100 numbers created, 3 calls**\n")


def test_other_pull_requests_on_the_same_numbers_are_named(hub, told):
    hub.opens(7, HEAD)
    hub.opens(8, commit("other"), branch="other")
    run = hub.ran(commit("other"))
    hub.left(run, "plan-tampa", zipped(plan_json=to_json(NEW)))
    told(NEW)
    assert "> - pull request 8: 100 numbers, `7275553300–7275553399`" in hub.bodies(7)[0]


def test_a_failed_plan_corrects_the_comment_of_the_one_before(hub, told):
    hub.opens(7, HEAD)
    told(NEW)
    hub.opens(7, commit("faulty"))
    assert told(head=commit("faulty"), conclusion="failure").words.endswith("there is no plan")
    (body,) = hub.bodies(7)
    assert body.startswith("**No plan: ")
    assert f"commit `{commit('faulty')[:12]}`" in body


def test_a_first_failed_plan_needs_no_comment_beside_the_failed_check(hub, told):
    hub.opens(7, HEAD)
    assert told(conclusion="failure").words.endswith("no comment to correct")
    assert hub.comments == []


def test_a_plan_that_cannot_be_used_is_an_error_and_no_comment(hub, told):
    hub.opens(7, HEAD)
    found = told(NEW, archive=zipped(plan_json='{"version": 2, "html": "<img>"}'))
    assert "is not a plan" in found.error.message
    assert hub.comments == []


def test_a_plan_under_another_target_s_name_is_an_error_and_corrects_the_comment(hub, told):
    hub.opens(7, HEAD)
    told(NEW)
    found = told(archive=zipped(plan_json=to_json(NEW)))
    assert "of target 'tampa', not of 'ybor'" in found.error.message
    assert hub.bodies(7)[0].startswith("**No plan: ")


def test_a_run_of_another_workflow_is_refused(told):
    with pytest.raises(UsageError, match=r"only plans of \.github/workflows/plan\.yml are"):
        told(NEW, path=".github/workflows/evil.yml")


def test_a_run_that_no_pull_request_started_is_refused(told):
    with pytest.raises(UsageError, match="started by push"):
        told(NEW, event="push")


@pytest.mark.parametrize("content", ["{}", "[]", '{"workflow_run": 3}'])
def test_an_event_that_is_something_else_is_told(tmp_path, content):
    (tmp_path / "event.json").write_text(content)
    with pytest.raises(UsageError, match="is not a finished workflow run"):
        plan_run({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_without_a_readable_event_it_says_where_it_runs(tmp_path):
    with pytest.raises(UsageError, match="runs in GitHub Actions"):
        plan_run({})
    with pytest.raises(UsageError, match="cannot be read"):
        plan_run({"GITHUB_EVENT_PATH": str(tmp_path / "none.json")})


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
