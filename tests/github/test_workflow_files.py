"""What each workflow may do, held as a table: a change of rights shows as a change of a test."""

import re
from pathlib import Path

import pytest
import yaml

from reconciler.github.applied import FOUND, STEP
from reconciler.github.trusted import APPLYING, PLANNING
from tests.github import expressions
from tests.github.desk import short_files

GITHUB = Path(__file__).parents[2] / ".github"
WORKFLOW = GITHUB / "workflows"
WORKFLOWS = sorted(WORKFLOW.glob("*.yml"))
ACTION = GITHUB / "actions" / "reconcile" / "action.yml"

RIGHTS = {
    "apply.yml": {
        "show": {"contents": "read"},
        "targets": {"actions": "read", "contents": "read", "pull-requests": "read"},
        "apply": {"actions": "read", "contents": "write"},
        "tell": {"contents": "read", "issues": "write", "pull-requests": "write"},
    },
    "ci.yml": {"check": {"contents": "read"}},
    "plan.yml": {
        "stale": {"actions": "read", "contents": "read", "pull-requests": "read"},
        "plan": {
            "actions": "read",
            "contents": "read",
            "pull-requests": "write",
            "statuses": "write",
        },
    },
    "queue.yml": {"queue": {"contents": "read", "statuses": "write"}},
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
        uses = step.get("uses", "$/")
        assert uses.startswith("$/") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", uses)
        assert "${{" not in step.get("run", "")
        if uses.startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_only_the_apply_knows_secrets_and_only_where_they_are_needed(path):
    knowing = [step["name"] for step in steps(read(path)) if "secrets." in str(step.get("env", ""))]
    wanted = ["Check the credentials, and who may use them", "Apply what was reviewed"]
    assert knowing == (wanted if path.name == "apply.yml" else [])


def test_the_plan_is_made_by_the_default_branch_for_every_pull_request():
    """Without path filters: a required status that a filter skips would be missing for ever."""
    content = read(WORKFLOW / "plan.yml")
    types = ["opened", "synchronize", "reopened", "edited"]
    assert content["on"]["pull_request_target"] == {"types": types}
    assert set(content["on"]) == {*PLANNING.events, "workflow_call"}
    checkouts = [each for each in steps(content) if "actions/checkout@" in each.get("uses", "")]
    assert {each["with"]["ref"] for each in checkouts} == {
        "${{ github.event.repository.default_branch }}"
    }


def test_what_is_proven_by_a_run_names_its_job_and_step():
    """Since when plans count is found by these names."""
    content = read(WORKFLOW / APPLYING.file)
    assert set(content["on"]) == {*APPLYING.events, "workflow_call"}
    job = content["jobs"]["apply"]
    assert job["name"] == "Apply ${{ matrix.target }} at ${{ needs.targets.outputs.short }}"
    assert [step.get("name") for step in job["steps"]].count(STEP) == 1
    looks = content["jobs"]["targets"]
    assert looks["name"] == "Targets"
    assert [step.get("name") for step in looks["steps"]].count(FOUND) == 1
    assert looks["outputs"]["short"] == "${{ steps.reviewed.outputs.short }}"


def test_plans_are_made_again_after_the_workflow_that_applies():
    plan, apply = (read(WORKFLOW / each.file) for each in (PLANNING, APPLYING))
    assert plan["on"]["workflow_run"] == {"workflows": [apply["name"]], "types": ["completed"]}


@pytest.mark.parametrize("path", [each for each in WORKFLOWS if each.name != "ci.yml"], ids=str)
def test_from_another_repository_it_takes_what_it_takes_by_hand(path):
    content = read(path)
    called = content["on"]["workflow_call"]["inputs"]
    by_hand = content["on"].get("workflow_dispatch", {}).get("inputs", {})
    assert {name: each["type"] for name, each in by_hand.items()}.items() <= {
        name: each["type"] for name, each in called.items()
    }.items()
    runners = {job["runs-on"] for job in content["jobs"].values()}
    assert runners == {"${{ inputs.runner || vars.DID_RUNNER || 'ubuntu-24.04' }}"}


def test_applies_wait_for_each_other_and_are_never_cut_short():
    content = read(WORKFLOW / "apply.yml")
    assert content["concurrency"]["cancel-in-progress"] == "false"
    assert content["concurrency"]["queue"] == "max"


@pytest.mark.parametrize("name", ["plan.yml", "apply.yml", "queue.yml"])
def test_the_short_file_of_the_documentation_calls_it_with_all_it_needs(name):
    short, called = yaml.load(short_files()[name], Loader=yaml.BaseLoader), read(WORKFLOW / name)
    assert short["name"] == called["name"]
    events = {event: each for event, each in called["on"].items() if event != "workflow_call"}
    theirs = dict(short["on"])
    by_hand, asked = (
        each.pop("workflow_dispatch", {}).get("inputs", {}) for each in (events, theirs)
    )
    assert theirs == events
    assert set(asked) == set(by_hand)
    (job,) = short["jobs"].values()
    assert job["uses"] == f"OWNER/did-reconciler/.github/workflows/{name}@COMMIT"
    assert set(job.get("with", {})) == set(by_hand)
    needed: dict[str, str] = {}
    for each in called["jobs"].values():
        for right, level in each["permissions"].items():
            needed[right] = "write" if "write" in (level, needed.get(right)) else level
    assert job["permissions"] == needed
    assert set(job.get("secrets", {})) == set(called["on"]["workflow_call"].get("secrets", {}))


DISPATCH = {"target": "", "approve": "", "override-limits": "", "show": False}


@pytest.mark.parametrize(
    ("event", "inputs", "group"),
    [
        ("push", {}, "dids-apply"),
        ("schedule", {}, "dids-apply"),
        ("workflow_dispatch", {}, "dids-apply"),
        ("workflow_dispatch", {"approve": "0123456789ab"}, "dids-apply"),
        ("workflow_dispatch", {"override-limits": "0123456789ab"}, "dids-apply"),
        ("workflow_dispatch", {"show": True}, "dids-show-9"),
    ],
)
def test_only_a_run_that_shows_a_plan_waits_for_nobody(event, inputs, group):
    content = read(WORKFLOW / "apply.yml")
    github = {"event_name": event, "run_id": "9"}
    context = {"github": github, "inputs": {**DISPATCH, **inputs}}
    assert expressions.text(content["concurrency"]["group"], context) == group


@pytest.mark.parametrize(
    ("variables", "inputs", "name"),
    [
        ({}, {}, "production"),
        ({"DID_ENVIRONMENTS": "each"}, {}, "production-tampa"),
        ({}, {"environments": "each"}, "production-tampa"),
        ({"DID_ENVIRONMENTS": "each"}, {"environments": "one"}, "production"),
    ],
)
def test_the_environment_that_is_looked_at_is_the_one_of_the_job(variables, inputs, name):
    job = read(WORKFLOW / "apply.yml")["jobs"]["apply"]
    context = {"vars": variables, "inputs": inputs, "matrix": {"target": "tampa"}}
    assert expressions.text(job["environment"], context) == name
    assert job["env"]["ENVIRONMENT"] == job["environment"]
