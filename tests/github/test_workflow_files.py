"""What each workflow may do, held as a table: a change of rights shows as a change of a test."""

import re
from pathlib import Path

import pytest
import yaml

GITHUB = Path(__file__).parents[2] / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTION = GITHUB / "actions" / "reconcile" / "action.yml"

RIGHTS = {
    "apply.yml": {
        "targets": {"contents": "read"},
        "apply": {"actions": "read", "contents": "write", "pull-requests": "read"},
        "tell": {"contents": "read", "pull-requests": "write"},
    },
    "ci.yml": {"check": {"contents": "read"}},
    "comment.yml": {"comment": {"actions": "read", "contents": "read", "pull-requests": "write"}},
    "plan.yml": {"validate": {"contents": "read"}, "plan": {"contents": "read"}, "planned": {}},
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


def test_the_plan_runs_for_every_pull_request_so_that_it_can_be_required():
    on = read(GITHUB / "workflows" / "plan.yml")["on"]
    assert on == {"pull_request": "", "merge_group": ""}


def test_applies_wait_for_each_other_and_are_never_cut_short():
    content = read(GITHUB / "workflows" / "apply.yml")
    assert content["concurrency"] == {"group": "apply", "cancel-in-progress": "false"}
    assert content["jobs"]["apply"]["environment"] == "production"
