"""``github …``: steps of the workflows."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.cli import exits
from reconciler.cli.console import complain, say, tell
from reconciler.cli.context import one_spec, open_mirror
from reconciler.cli.github_options import (
    CommentStep,
    GitHubOptions,
    ReadyStep,
    ResultStep,
    ReviewedStep,
)
from reconciler.credentials import NETRC, are_given, from_environment
from reconciler.errors import UsageError
from reconciler.github import commenting, event, outcome, reviewed, telling
from reconciler.github.client import GitHub, commit_name
from reconciler.github.http import Http, access
from reconciler.github.result import ApplyResult

APPLY = "apply.yml"


def run(arguments: GitHubOptions) -> int:
    """Run the step."""
    match arguments:
        case CommentStep():
            return _comment(arguments)
        case ReadyStep():
            return _ready(arguments)
        case ReviewedStep():
            return _reviewed(arguments)
        case ResultStep():  # pragma: no branch  (there is no other)
            return _result(arguments)


def _comment(arguments: CommentStep) -> int:
    with _github() as github:
        told = commenting.tell_plan(
            github,
            event.plan_run(os.environ),
            workflow=arguments.workflow,
            author=arguments.author,
        )
    say(told.words)
    if told.error is not None:
        complain(told.error)
        return exits.ERROR
    return exits.DONE


def _ready(arguments: ReadyStep) -> int:
    """Check for credentials; set the output ``ready`` of the step to ``true`` or ``false``."""
    target = one_spec(arguments).target
    ready = are_given(os.environ)
    if ready:
        from_environment(target.name, target.endpoint, os.environ, bound=True)
        _will_last(target.state, target.name)
    else:
        say(
            f"::notice title=Not applied::No credentials are set for {target.name}: add {NETRC} "
            "to the secrets of the environment, as docs/github.md says"
        )
    path = os.environ.get("GITHUB_OUTPUT")
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(f"ready={json.dumps(ready)}\n")
    return exits.DONE


def _will_last(state: str, target: str) -> None:
    """Raise UsageError for a state in the checkout of a temporary runner: it would be lost."""
    relative = state.startswith("file:") and not state.startswith("file:/")
    if relative and os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted":
        raise UsageError(
            f"the state of {target} is {state}, on a runner that is deleted after the job",
            hint="write state: git:did-state in its target.yaml",
        )


def _reviewed(arguments: ReviewedStep) -> int:
    spec = one_spec(arguments)
    target = spec.target.name
    since = arguments.since
    if since is None:
        # The mirror needs no credentials; when it is behind, more plans than needed are fetched.
        since = open_mirror(spec.target, arguments.specs).read().state.applied_commit
    until = arguments.until or os.environ.get("GITHUB_SHA", "")
    with _github() as github:
        pulls = reviewed.merged_pulls(github, since, commit_name(until))
        found = [
            (pull, reviewed.plan_of(github, pull, target, workflow=arguments.workflow))
            for pull in pulls
        ]
    outcome.write_reviewed(arguments.out, target, found)
    for pull, plan in found:
        say(_found(pull.number, target, plan))
    if not found:
        tell("no pull request was merged since the last confirmed apply")
    return exits.DONE


def _found(number: int, target: str, plan: reviewed.Planned | reviewed.Missing) -> str:
    if isinstance(plan, reviewed.Planned):
        return f"pull request {number}: plan {plan.document.short_digest}"
    words = _line(f"pull request {number} has no plan of {target}: {plan.why}")
    return f"::warning::{words}"


def _result(arguments: ResultStep) -> int:
    """Update the comments, then print the summary; exit code 1 when a comment failed."""
    found = outcome.read_outcomes(outcome.folders_in(arguments.folder))
    result = ApplyResult(
        None,
        log=event.run_url(os.environ),
        again=event.workflow_url(os.environ, APPLY),
    )
    with _github() as github:
        told = telling.tell_results(github, found, result, author=arguments.author)
    for each in told:
        tell(each.words)
    sys.stdout.write(telling.summary(found, result))
    return exits.ERROR if any(each.error is not None for each in told) else exits.DONE


def _line(text: str) -> str:
    """Escape ``text`` for a workflow command, which is one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


@contextmanager
def _github() -> Iterator[GitHub]:
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    with Http(access(os.environ)) as http:
        yield GitHub(http, repository)
