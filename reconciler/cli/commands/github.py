"""``github …``: steps of the workflows."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.cli import exits
from reconciler.cli.base_specs import target_names
from reconciler.cli.console import faults, say, tell
from reconciler.cli.context import one_spec, open_mirror, read_specs
from reconciler.cli.github_options import (
    CommentStep,
    GitHubOptions,
    KnownHostsStep,
    PlanStep,
    QueueStep,
    ReadyStep,
    ResultStep,
    ReviewedStep,
    StaleStep,
)
from reconciler.credentials import NETRC, are_given, from_environment
from reconciler.errors import Fault, SpecFaults, UsageError
from reconciler.github import (
    applied,
    commenting,
    event,
    outcome,
    planned,
    reviewed,
    stale,
    telling,
    unfinished,
)
from reconciler.github.client import CommitStatus, Environment, GitHub, Permission
from reconciler.github.http import Http, access
from reconciler.report.layout import printable
from reconciler.report.result import ApplyResult
from reconciler.report.words import many
from reconciler.specs.model import Target

APPLY = "apply.yml"
UPDATE_RULE = "update"
"""The rule of a branch that nobody may push to but those who bypass it."""


def run(arguments: GitHubOptions) -> int:
    """Run the step."""
    match arguments:
        case PlanStep():
            return _plan(arguments)
        case CommentStep():
            return _comment(arguments)
        case StaleStep():
            return _stale()
        case QueueStep():
            return _queue(arguments)
        case KnownHostsStep():
            return _known_hosts()
        case ReadyStep():
            return _ready(arguments)
        case ReviewedStep():
            return _reviewed(arguments)
        case ResultStep():  # pragma: no branch  (there is no other)
            return _result(arguments)


def _plan(arguments: PlanStep) -> int:
    """Write the plans; with faults their folder says so, and the exit code is 1."""
    from reconciler.cli.pull_plans import plan_pull  # noqa: PLC0415  (of this step alone)

    given = _pull(arguments.pull)
    if given is None:
        tell(f"pull request {arguments.pull} is closed: nothing was planned")
        _output(outdated="true")
        return exits.DONE
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
    attempt = event.attempt(os.environ)
    _output(artifact=planned.artifact_name(pull.number, pull.head, attempt))
    return exits.DONE


def _comment(arguments: CommentStep) -> int:
    made = None
    given = _pull(arguments.pull)
    if given is None:
        tell(f"pull request {arguments.pull} is closed: no comment posted")
        return exits.DONE
    if (arguments.folder / planned.PULL).exists():
        made = planned.read_planned(arguments.folder)
    with _github() as github:
        told = commenting.tell_plan(
            github,
            given,
            made,
            is_stored=not arguments.not_stored,
            run=event.run_url(os.environ),
            author=arguments.author,
        )
    say(told.words)
    return exits.DONE


def _pull(number: int | None) -> event.PullEvent | None:
    """The pull request of the event, or where that is of another kind the open one asked for."""
    if number is None or event.is_of_pull(os.environ):
        return event.pull_event(os.environ)
    with _github() as github:
        pull = github.pull(number)
    if not pull.is_open:
        return None
    return event.PullEvent(number, pull.head, pull.base, event.default_branch(os.environ))


def _stale() -> int:
    """Print the numbers of pull requests as JSON, and set them as the output ``pulls``."""
    run = event.completed_run(os.environ)
    with _github() as github:
        plans = reviewed.Plans(github, event.default_branch(os.environ))
        found = json.dumps(stale.stale_pulls(plans, run))
    say(found)
    _output(pulls=found)
    return exits.DONE


def _queue(arguments: QueueStep) -> int:
    """Mark the commit of the run; with faults the exit code is 1."""
    found: tuple[Fault, ...] = ()
    try:
        read_specs(arguments)
    except SpecFaults as error:
        found = error.faults
        faults(found)
    words = f"{many(len(found), 'fault')} in the specs" if found else "the specs are valid together"
    status = CommitStatus(planned.STATUS, not found, words, event.run_url(os.environ))
    with _github() as github:
        github.set_status(os.environ.get("GITHUB_SHA", ""), status)
    say(words)
    return exits.ERROR if found else exits.DONE


def _known_hosts() -> int:
    """The server is named by the environment, its keys come from its API."""
    server = urlsplit(os.environ.get("GITHUB_SERVER_URL", "https://github.com")).hostname
    with _github() as github:
        say("\n".join(f"{server} {key}" for key in github.ssh_keys()))
    return exits.DONE


def _ready(arguments: ReadyStep) -> int:
    """Check for credentials; set the output ``ready`` of the step to ``true`` or ``false``."""
    target = one_spec(arguments).target
    ready = are_given(os.environ)
    if ready:
        from_environment(target.name, target.endpoint, os.environ, bound=True)
        _will_last(target.state, target.name)
        _check_first_attempt()
        if arguments.environment is not None:
            _check_environment(arguments.environment, unreviewed=arguments.unreviewed)
            _check_state_branch(target)
    elif open_mirror(target, arguments.specs).read().stored is not None:
        raise UsageError(
            f"no credentials are set for {target.name}, to which was applied before",
            hint=f"add {NETRC} to the secrets of the job's environment, as docs/github.md says",
        )
    else:
        say(
            f"::notice title=Not applied::No credentials are set for {target.name}: add {NETRC} "
            "to the secrets of the environment, as docs/github.md says"
        )
    _output(ready=json.dumps(ready))
    return exits.DONE


def _check_first_attempt() -> None:
    """Raise UsageError where the run was run again: it would go by what counted before."""
    if event.attempt(os.environ) > 1:
        raise UsageError(
            "this run was run again, and would count what an apply since then has done",
            hint=f"start {APPLY} by hand: a new run looks at everything anew",
        )


def _check_environment(name: str, *, unreviewed: bool) -> None:
    """Raise UsageError unless only the default branch may use the environment.

    From any other branch whoever may push could run a changed workflow with its secrets. What no
    review covers needs a second person, or one who may change the environment anyway.
    """
    branch = event.default_branch(os.environ)
    actor = os.environ.get("GITHUB_TRIGGERING_ACTOR", "")
    with _github() as github:
        found = github.environment(name)
        may = not unreviewed or _may_approve(github.permission(actor), found)
    if found.refs != (("branch", branch),):
        others = "every branch" if found.refs is None else ", ".join(ref for _, ref in found.refs)
        raise UsageError(
            f"the environment {name} is open to {others or 'no branch'}, not to "
            f"{branch} alone: whoever may push there could use its secrets",
            hint=f"Settings → Environments → {name} → Deployment branches and tags: "
            f"Selected branches and tags, and only {branch}",
        )
    if not may:
        raise UsageError(
            f"{actor or 'nobody'} may not approve a digest alone: nothing was applied",
            hint="let somebody with the role maintain or admin start it; or give the environment "
            f"{name} required reviewers and turn on: Prevent self-review",
        )


def _may_approve(permission: Permission, environment: Environment) -> bool:
    # A workflow of one's own can start this one: then the actor is a bot, without any rights, and
    # whoever started that workflow would be the second person.
    return permission.maintains or (permission.writes and environment.second_person)


def _check_state_branch(target: Target) -> None:
    """Warn where whoever may push can write the state; the plans that count are made from it."""
    branch = target.branch
    if branch is None:
        return
    with _github() as github:
        rules = github.rules(branch)
    if UPDATE_RULE not in rules:
        words = _line(
            f"whoever may push to this repository can change what is known in {branch}: restrict "
            "updates of that branch, with a deploy key as the only bypass (docs/github.md, step 4)"
        )
        say(f"::warning title=The state is not protected::{words}")


def _will_last(state: str, target: str) -> None:
    """Raise UsageError for a state in the checkout of a temporary runner: it would be lost."""
    relative = state.startswith("file:") and not state.startswith("file:/")
    if relative and os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted":
        raise UsageError(
            f"the state of {target} is {state}, on a runner that is deleted after the job",
            hint="write state: git:did-state in its target.yaml",
        )


def _reviewed(arguments: ReviewedStep) -> int:
    """Write for each target that has something to apply a folder of the plans that count.

    Sets the outputs of the step: ``targets``, their names as JSON, and ``commit``, the newest,
    also ``short``.
    """
    from reconciler.cli.due import due_targets  # noqa: PLC0415  (of this step alone)
    from reconciler.cli.history import History  # noqa: PLC0415
    from reconciler.cli.merged_plans import Repository, merged_plans  # noqa: PLC0415

    _check_first_attempt()
    names = target_names(arguments.specs)
    if arguments.target is not None:
        names = tuple(name for name in names if name == arguments.target)
    due = tuple(due_targets(names, arguments.specs))
    history = History(arguments.specs.resolve().parent)
    until = history.commit("HEAD")
    _output(targets=json.dumps(due), commit=until, short=until[: applied.SHORT])
    if not due:
        tell(f"nothing to apply for {', '.join(names) or 'any target'}")
        return exits.DONE
    with _github() as github:
        plans = reviewed.Plans(github, event.default_branch(os.environ))
        where = Repository(history, arguments.specs.resolve().name)
        merged = merged_plans(plans, where, due, until, event.run_number(os.environ))
        earlier = outcome.EarlierReports(github)
        for name, each in merged.items():
            reports = earlier.of(name, each.later)
            outcome.write_reviewed(arguments.out, name, each, reports)
    for name, each in merged.items():
        if each.lost:
            words = _line(
                f"no plan counts for {name}, since it is not proven since when: {each.lost}; look "
                "at the plan, and approve its digest"
            )
            say(f"::warning::{words}")
    found = {pull.number: plan for each in merged.values() for pull, plan in each.pulls}
    for number, plan in sorted(found.items()):
        say(_found(number, plan))
    if not found:
        tell("no pull request that changes specs was merged since the last confirmed apply")
    return exits.DONE


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
        told += unfinished.tell_unfinished(
            github, found, result, not_started=arguments.not_started, author=arguments.author
        )
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
