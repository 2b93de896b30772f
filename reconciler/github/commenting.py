"""A plan's run is over: put what it found into the comment of its pull request.

Runs with the right to write comments, on the default branch's code. Of the pull request's run it
takes nothing but the JSON of its plans.
"""

from dataclasses import dataclass

from reconciler.errors import ReconcilerError, UsageError
from reconciler.github.archive import ArchiveError
from reconciler.github.client import BOT, Artifact, GitHub, Pull
from reconciler.github.comment import Origin, Section, comment, unplanned
from reconciler.github.event import PlanRun
from reconciler.github.posting import ours, post
from reconciler.github.reviewed import (
    ARTIFACT,
    MOST_OTHERS,
    WORKFLOW,
    Planned,
    overlaps,
    planned,
)
from reconciler.report.document import PlanFileError

FOLDER = ".github/workflows/"


@dataclass(frozen=True, slots=True)
class Told:
    """What was done, in words; ``error`` is what makes the run fail all the same."""

    words: str
    error: ReconcilerError | None = None


def tell_plan(github: GitHub, run: PlanRun, *, workflow: str = WORKFLOW, author: str = BOT) -> Told:
    """Comment on the pull request whose tip ``run`` planned, unless it has moved on."""
    if run.path != FOLDER + workflow:
        raise UsageError(f"the run is of {run.path}, and plans come from {FOLDER}{workflow} alone")
    pulls = _pulls(github, run)
    if not pulls:
        return Told(f"no open pull request has commit {run.commit[:12]} at its tip")
    told = [_tell(github, pull, run, author) for pull in pulls]
    errors = [each.error for each in told if each.error is not None]
    return Told("\n".join(each.words for each in told), errors[0] if errors else None)


def _pulls(github: GitHub, run: PlanRun) -> list[Pull]:
    """The open pull requests that may be meant; a fork's are not named in the event."""
    if run.owner is None:
        return []
    return [pull for pull in github.pulls_from(run.owner, run.branch) if _is_meant(pull, run)]


def _is_meant(pull: Pull, run: PlanRun) -> bool:
    return (
        pull.is_open
        and pull.head == run.commit
        and pull.base == run.default_branch
        and pull.head_repository == run.head_repository
    )


def _tell(github: GitHub, pull: Pull, run: PlanRun, author: str) -> Told:
    origin = Origin(run.commit, run.url)
    error: ReconcilerError | None = None
    plans: list[Planned] = []
    try:
        plans = _plans(github, run) if run.succeeded else []
    except (ArchiveError, PlanFileError) as unusable:
        error = unusable
    found = ours(github, pull.number, author=author)
    if not plans:
        if found is None:
            return Told(f"pull request {pull.number}: no plan, and nothing to correct", error)
        body = unplanned(origin)
        post(github, pull.number, lambda _: body, author=author)
        return Told(f"pull request {pull.number}: told that there is no plan", error)
    if found is None and all(_is_quiet(plan) for plan in plans):
        return Told(f"pull request {pull.number}: changes nothing, so nothing is said")
    others = list(github.open_pulls())[: MOST_OTHERS + 1]
    sections = [
        Section(plan.document, overlaps(github, pull, plan.document, others)) for plan in plans
    ]
    if not _is_meant(github.pull(pull.number), run):
        return Told(f"pull request {pull.number}: moved on meanwhile")
    posted = post(
        github, pull.number, lambda limit: comment(sections, origin, limit=limit), author=author
    )
    return Told(f"pull request {pull.number}: {posted.url}")


def _plans(github: GitHub, run: PlanRun) -> list[Planned]:
    """All plans that the run left, by target."""
    newest: dict[str, Artifact] = {}
    for each in sorted(github.artifacts(run.id), key=lambda artifact: artifact.id):
        if each.name.startswith(ARTIFACT):
            newest[each.name] = each
    return [planned(github, newest[name], name.removeprefix(ARTIFACT)) for name in sorted(newest)]


def _is_quiet(plan: Planned) -> bool:
    """Whether the pull request changes nothing here."""
    own = plan.document.own
    if plan.document.remarks:
        return False
    if own is None:
        return plan.document.is_empty
    return not own.changes and not own.settings and not own.withdrawn
