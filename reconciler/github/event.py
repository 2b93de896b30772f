"""The event that started a workflow, from the file named by GITHUB_EVENT_PATH.

GitHub writes it, but anybody can choose the names of branches and owners in it: they are used only
as values in requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError
from reconciler.inputs import LARGEST_PLAN, parse_json, read_file


@dataclass(frozen=True, slots=True)
class PlanRun:
    """The run of the plan workflow in a ``workflow_run`` event."""

    id: int
    path: str
    succeeded: bool
    commit: str
    owner: str | None
    branch: str
    head_repository: int | None
    default_branch: str
    url: str


def plan_run(env: Mapping[str, str]) -> PlanRun:
    """Read the event; raise UsageError unless it is a finished run for a pull request."""
    content = _event(env)
    try:
        run = content["workflow_run"]
        if run["event"] != "pull_request":
            raise UsageError(f"the run was started by {run['event']}, not by a pull request")
        head = run["head_repository"]
        return PlanRun(
            id=int(run["id"]),
            path=str(run["path"]).partition("@")[0],
            succeeded=run["conclusion"] == "success",
            commit=str(run["head_sha"]),
            owner=None if head is None else str(head["owner"]["login"]),
            branch=str(run["head_branch"]),
            head_repository=None if head is None else int(head["id"]),
            default_branch=str(content["repository"]["default_branch"]),
            url=str(run["html_url"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"the event is not a finished workflow run: {error!r}",
            hint="this command is for a workflow on workflow_run",
        ) from None


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
