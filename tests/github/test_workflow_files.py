"""What each workflow may do, held as a table: a change of rights shows as a change of a test."""

import re
from pathlib import Path

import pytest
import yaml

from reconciler.github.planned import STATUS
from tests.github import expressions

GITHUB = Path(__file__).parents[2] / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTION = GITHUB / "actions" / "reconcile" / "action.yml"

RIGHTS = {
    "apply.yml": {
        "targets": {"actions": "read", "contents": "read", "pull-requests": "read"},
        "apply": {"actions": "read", "contents": "write"},
        "tell": {"contents": "read", "issues": "write", "pull-requests": "write"},
    },
    "ci.yml": {"check": {"contents": "read"}},
    "plan.yml": {
        "plan": {
            "actions": "read",
            "contents": "read",
            "pull-requests": "write",
            "statuses": "write",
        }
    },
    "queue.yml": {"planned": {"contents": "read"}},
}


def read(path):
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


def steps(content):
    jobs = content.get("jobs", {"action": content.get("runs")})
    return [step for job in jobs.values() for step in job["steps"]]


def test_each_job_has_the_rights_it_needs_and_no_others():
    found = {
        path.name: {name: job["permissions"] for name, job in read(path)["jobs"].items()}
        for path in WORKFLOWS
    }
    assert found == RIGHTS
    assert all(read(path)["permissions"] == {} for path in WORKFLOWS)


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_actions_are_pinned_and_no_text_of_others_is_part_of_a_script(path):
    for step in steps(read(path)):
        uses = step.get("uses", "./")
        assert uses.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", uses)
        assert "${{" not in step.get("run", "")
        if uses.startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_only_the_apply_knows_secrets_and_only_where_they_are_needed(path):
    knowing = [step["name"] for step in steps(read(path)) if "secrets." in str(step.get("env", ""))]
    wanted = ["See whether there are credentials", "Apply what was reviewed"]
    assert knowing == (wanted if path.name == "apply.yml" else [])


def test_the_plan_is_made_by_the_default_branch_for_every_pull_request():
    """Without path filters: a required status that a filter skips would be missing for ever."""
    content = read(GITHUB / "workflows" / "plan.yml")
    types = ["opened", "synchronize", "reopened", "edited"]
    assert content["on"] == {"pull_request_target": {"types": types}}
    checkouts = [each for each in steps(content) if "actions/checkout@" in each.get("uses", "")]
    assert {each["with"]["ref"] for each in checkouts} == {
        "${{ github.event.repository.default_branch }}"
    }


def test_the_queue_reports_under_the_name_of_the_required_status():
    content = read(GITHUB / "workflows" / "queue.yml")
    assert content["on"] == {"merge_group": ""}
    assert content["jobs"]["planned"]["name"] == STATUS


def test_applies_wait_for_each_other_and_are_never_cut_short():
    content = read(GITHUB / "workflows" / "apply.yml")
    assert content["concurrency"]["cancel-in-progress"] == "false"
    assert content["concurrency"]["queue"] == "max"


DISPATCH = {"target": "", "approve": "", "override-limits": "", "retry": True}


@pytest.mark.parametrize(
    ("event", "inputs", "group"),
    [
        ("push", {}, "apply"),
        ("schedule", {}, "apply"),
        ("workflow_dispatch", {}, "apply"),
        ("workflow_dispatch", {"retry": False, "approve": "0123456789ab"}, "apply"),
        ("workflow_dispatch", {"retry": False, "override-limits": "0123456789ab"}, "apply"),
        ("workflow_dispatch", {"retry": False}, "apply-show-9"),
    ],
)
def test_only_a_run_that_shows_a_plan_waits_for_nobody(event, inputs, group):
    content = read(GITHUB / "workflows" / "apply.yml")
    github = {"event_name": event, "run_id": "9"}
    context = {"github": github, "inputs": {**DISPATCH, **inputs}}
    assert expressions.text(content["concurrency"]["group"], context) == group


@pytest.mark.parametrize(
    ("variables", "name"),
    [({}, "production"), ({"DID_ENVIRONMENTS": "each"}, "production-tampa")],
)
def test_the_environment_that_is_looked_at_is_the_one_of_the_job(variables, name):
    job = read(GITHUB / "workflows" / "apply.yml")["jobs"]["apply"]
    context = {"vars": variables, "matrix": {"target": "tampa"}}
    assert expressions.text(job["environment"], context) == name
    assert job["env"]["ENVIRONMENT"] == job["environment"]
