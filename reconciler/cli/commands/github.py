"""``github …``: steps of the workflows."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from reconciler import specs
from reconciler.cli import exits
from reconciler.cli.base_specs import target_names
from reconciler.cli.console import faults, say, tell
from reconciler.cli.context import one_spec, open_mirror
from reconciler.cli.github_options import (
    CommentStep,
    GitHubOptions,
    PlanStep,
    ReadyStep,
    ResultStep,
    ReviewedStep,
)
from reconciler.credentials import NETRC, are_given, from_environment
from reconciler.errors import UsageError
from reconciler.github import commenting, event, outcome, planned, reviewed, telling, unfinished
from reconciler.github.client import GitHub
from reconciler.github.http import Http, access
from reconciler.github.result import ApplyResult
from reconciler.report.layout import printable

APPLY = "apply.yml"


def run(arguments: GitHubOptions) -> int:
    """Run the step."""
    match arguments:
        case PlanStep():
            return _plan(arguments)
        case CommentStep():
            return _comment(arguments)
        case ReadyStep():
            return _ready(arguments)
        case ReviewedStep():
            return _reviewed(arguments)
        case ResultStep():  # pragma: no branch  (there is no other)
            return _result(arguments)


def _plan(arguments: PlanStep) -> int:
    """Write the plans; with faults their folder says so, and the exit code is 1."""
    from reconciler.cli.pull_plans import plan_pull  # noqa: PLC0415  (of this step alone)

    given = event.pull_event(os.environ)
    made = plan_pull(given, arguments.specs.resolve())
    if made is None:
        tell(f"pull request {given.number} was pushed to since: another run plans that")
        _output(outdated="true")
        return exits.DONE
    pull, plans, found = made
    planned.write_planned(arguments.out, pull, plans)
    faults(found)
    for problem in pull.problems if not found else ():
        tell(printable(problem.message))
    if pull.problems:
        return exits.ERROR
    say(
        "\n".join(f"{name}: plan {plan.short_digest}" for name, plan in plans.items()) or "no plans"
    )
    _output(artifact=planned.artifact_name(pull.number, pull.head))
    return exits.DONE


def _comment(arguments: CommentStep) -> int:
    made = None
    if (arguments.folder / planned.PULL).exists():
        made = planned.read_planned(arguments.folder)
    with _github() as github:
        told = commenting.tell_plan(
            github,
            event.pull_event(os.environ),
            made,
            run=event.run_url(os.environ),
            author=arguments.author,
        )
    say(told.words)
    return exits.DONE


def _ready(arguments: ReadyStep) -> int:
    """Check for credentials; set the output ``ready`` of the step to ``true`` or ``false``."""
    target = one_spec(arguments).target
    ready = are_given(os.environ)
    if ready:
        from_environment(target.name, target.endpoint, os.environ, bound=True)
        _will_last(target.state, target.name)
        if arguments.environment is not None:
            _check_environment(arguments.environment)
        if arguments.commit is not None:
            _check_newest(arguments.commit, arguments.specs)
    else:
        say(
            f"::notice title=Not applied::No credentials are set for {target.name}: add {NETRC} "
            "to the secrets of the environment, as docs/github.md says"
        )
    _output(ready=json.dumps(ready))
    return exits.DONE


def _check_newest(commit: str, specs_root: Path) -> None:
    """Raise UsageError unless the run's commit is the newest: an older one brings back what was."""
    from reconciler.cli.history import History  # noqa: PLC0415  (of this step alone)

    branch = event.default_branch(os.environ)
    if History(specs_root.resolve().parent).tip(branch) != commit:
        raise UsageError(
            f"{branch} has moved on since this run began: nothing was applied",
            hint=f"the run of its newest commit applies that; where there is none, start {APPLY} "
            "by hand",
        )


def _check_environment(environment: str) -> None:
    """Raise UsageError unless only the default branch may use the environment.

    From any other branch whoever may push could run a changed workflow with its secrets.
    """
    branch = event.default_branch(os.environ)
    with _github() as github:
        may = github.deployers(environment)
    if may.every or may.named != (("branch", branch),):
        others = "every branch" if may.every else ", ".join(name for _, name in may.named)
        raise UsageError(
            f"the environment {environment} is open to {others or 'no branch'}, not to "
            f"{branch} alone: whoever may push there could use its secrets",
            hint=f"Settings → Environments → {environment} → Deployment branches and tags: "
            f"Selected branches and tags, and only {branch}",
        )


def _will_last(state: str, target: str) -> None:
    """Raise UsageError for a state in the checkout of a temporary runner: it would be lost."""
    relative = state.startswith("file:") and not state.startswith("file:/")
    if relative and os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted":
        raise UsageError(
            f"the state of {target} is {state}, on a runner that is deleted after the job",
            hint="write state: git:did-state in its target.yaml",
        )


def _reviewed(arguments: ReviewedStep) -> int:
    """Write for each target a folder of the plans that count, and say which do not."""
    from reconciler.cli.history import History  # noqa: PLC0415  (of this step alone)
    from reconciler.cli.merged_plans import merged_plans  # noqa: PLC0415

    names = target_names(arguments.specs)
    if arguments.target is not None:
        names = tuple(name for name in names if name == arguments.target)
    history = History(arguments.specs.resolve().parent)
    until = history.commit(arguments.until or os.environ.get("GITHUB_SHA", "HEAD"))
    with _github() as github:
        plans = reviewed.Plans(github, event.default_branch(os.environ))
        merged = merged_plans(plans, history, names, until, partial(_was_applied, arguments))
    for name, each in merged.items():
        if each.lost:
            words = _line(
                f"no run of {APPLY} says since when plans count for {name}, although something was "
                "applied: none counts; look at the plan, and approve its digest"
            )
            say(f"::warning::{words}")
        outcome.write_reviewed(arguments.out, name, each.pulls, each.since)
    found = {pull.number: plan for each in merged.values() for pull, plan in each.pulls}
    for number, plan in sorted(found.items()):
        say(_found(number, plan))
    if not found:
        tell("no pull request was merged since the last confirmed apply")
    return exits.DONE


def _was_applied(arguments: ReviewedStep, name: str) -> bool:
    """Whether a state of the target is stored, as far as can be seen without credentials."""
    (spec,) = specs.read(arguments.specs, only=name)
    return open_mirror(spec.target, arguments.specs).read().stored is not None


def _found(number: int, plan: reviewed.Counting | reviewed.Missing) -> str:
    if isinstance(plan, reviewed.Missing):
        words = _line(f"no plan of pull request {number} counts: {plan.why}")
        return f"::warning::{words}"
    made = [f"{each.target} {each.short_digest}" for each in plan.plans]
    return f"pull request {number}: {', '.join(made) or 'changes no specs'}"


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
        told += unfinished.tell_unfinished(github, found, result, author=arguments.author)
    for each in told:
        tell(each.words)
    sys.stdout.write(telling.summary(found, result))
    return exits.ERROR if any(each.error is not None for each in told) else exits.DONE


def _output(**values: str) -> None:
    """Set outputs of the step; nothing outside of GitHub Actions."""
    path = os.environ.get("GITHUB_OUTPUT")
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{name}={value}\n" for name, value in values.items())


def _line(text: str) -> str:
    """Escape ``text`` for a workflow command, which is one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


@contextmanager
def _github() -> Iterator[GitHub]:
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    with Http(access(os.environ)) as http:
        yield GitHub(http, repository)
