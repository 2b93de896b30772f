"""The event that started a workflow, from the file named by GITHUB_EVENT_PATH.

GitHub writes it, but anybody can choose the names of branches and owners in it: they are used only
as values in requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError
from reconciler.github.client import commit_name
from reconciler.inputs import LARGEST_PLAN, parse_json, read_file


@dataclass(frozen=True, slots=True)
class PullEvent:
    """The pull request of a ``pull_request_target`` event, as it was when that was written.

    ``head`` is a commit, ``base`` the branch that it is to be merged into.
    """

    number: int
    head: str
    base: str
    default_branch: str


def pull_event(env: Mapping[str, str]) -> PullEvent:
    """Read the event; raise UsageError unless it is one of a pull request."""
    content = _event(env)
    try:
        pull = content["pull_request"]
        return PullEvent(
            number=int(pull["number"]),
            head=commit_name(str(pull["head"]["sha"])),
            base=str(pull["base"]["ref"]),
            default_branch=str(content["repository"]["default_branch"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"the event is not one of a pull request: {error!r}",
            hint="this command is for a workflow on pull_request_target",
        ) from None


def is_of_pull(env: Mapping[str, str]) -> bool:
    """Whether the event is one of a pull request."""
    return "pull_request" in _event(env)


def completed_run(env: Mapping[str, str]) -> int:
    """The run of the apply that a ``workflow_run`` event is about; raise UsageError without one."""
    try:
        return int(_event(env)["workflow_run"]["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"the event is not one of a run: {error!r}",
            hint="this command is for a workflow on workflow_run",
        ) from None


def default_branch(env: Mapping[str, str]) -> str:
    """The default branch of the event's repository.

    An event of a schedule names no repository, and happens on that branch alone.
    """
    if env.get("GITHUB_EVENT_NAME") == "schedule" and env.get("GITHUB_REF_NAME"):
        return env["GITHUB_REF_NAME"]
    try:
        return str(_event(env)["repository"]["default_branch"])
    except (KeyError, TypeError) as error:
        raise UsageError(f"the event names no default branch: {error!r}") from None


def attempt(env: Mapping[str, str]) -> int:
    """Which attempt of its run this is, from 1; 1 outside of GitHub Actions."""
    return _count(env, "GITHUB_RUN_ATTEMPT", "1")


def run_number(env: Mapping[str, str]) -> int:
    """The number of this run among those of its workflow; raise UsageError outside of Actions."""
    return _count(env, "GITHUB_RUN_NUMBER", "")


def _count(env: Mapping[str, str], name: str, default: str) -> int:
    value = env.get(name, default)
    if not value.isdecimal():
        raise UsageError(f"{name} is not set: this command runs in GitHub Actions")
    return int(value)


def run_url(env: Mapping[str, str]) -> str | None:
    """The page of this run; None outside of GitHub Actions."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (env.get(name) for name in names)
    if not server or not repository or not run:
        return None
    return f"{server}/{repository}/actions/runs/{run}"


def workflow_url(env: Mapping[str, str], workflow: str) -> str | None:
    """The page where a workflow's file can be started by hand; None outside of GitHub Actions."""
    server, repository = env.get("GITHUB_SERVER_URL"), env.get("GITHUB_REPOSITORY")
    if not server or not repository:
        return None
    return f"{server}/{repository}/actions/workflows/{workflow}"


def _event(env: Mapping[str, str]) -> Any:  # noqa: ANN401  (JSON may be anything)
    path = env.get("GITHUB_EVENT_PATH")
    if not path:
        raise UsageError("GITHUB_EVENT_PATH is not set: this command runs in GitHub Actions")
    try:
        return parse_json(read_file(Path(path), LARGEST_PLAN))
    except (OSError, ValueError) as error:
        raise UsageError(f"the event in {path} cannot be read: {error}") from None
