"""After a plan's run: put its plans into the comment of its pull request.

Runs the default branch's code, with the right to write comments, and reads only the JSON of the
plans from the pull request's run.
"""

from reconciler.errors import ReconcilerError, UsageError
from reconciler.github.archive import ArchiveError
from reconciler.github.client import BOT, Artifact, GitHub, PullRequest
from reconciler.github.comment import PlanOrigin, Section, comment, unplanned
from reconciler.github.event import PlanRun
from reconciler.github.posting import Commented, ours, post
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


def tell_plan(
    github: GitHub, run: PlanRun, *, workflow: str = WORKFLOW, author: str = BOT
) -> Commented:
    """Comment on the pull request whose newest commit ``run`` planned."""
    if run.path != FOLDER + workflow:
        raise UsageError(f"the run is of {run.path}; only plans of {FOLDER}{workflow} are accepted")
    pulls = _pulls(github, run)
    if not pulls:
        return Commented(f"no open pull request has commit {run.commit[:12]} at its tip")
    told = [_tell(github, pull, run, author) for pull in pulls]
    errors = [each.error for each in told if each.error is not None]
    return Commented("\n".join(each.words for each in told), errors[0] if errors else None)


def _pulls(github: GitHub, run: PlanRun) -> list[PullRequest]:
    """The open pull requests of ``run``; the event does not name those of forks."""
    if run.owner is None:
        return []
    return [pull for pull in github.pulls_from(run.owner, run.branch) if _is_meant(pull, run)]


def _is_meant(pull: PullRequest, run: PlanRun) -> bool:
    return (
        pull.is_open
        and pull.head == run.commit
        and pull.base == run.default_branch
        and pull.head_repository == run.head_repository
    )


def _tell(github: GitHub, pull: PullRequest, run: PlanRun, author: str) -> Commented:
    origin = PlanOrigin(run.commit, run.url)
    error: ReconcilerError | None = None
    plans: list[Planned] = []
    try:
        plans = _plans(github, run) if run.succeeded else []
    except (ArchiveError, PlanFileError) as unusable:
        error = unusable
    found = ours(github, pull.number, author=author)
    if not plans:
        if found is None:
            return Commented(f"pull request {pull.number}: no plan, no comment to correct", error)
        body = unplanned(origin)
        post(github, pull.number, lambda _: body, author=author)
        return Commented(
            f"pull request {pull.number}: the comment says that there is no plan", error
        )
    if found is None and all(_is_quiet(plan) for plan in plans):
        return Commented(f"pull request {pull.number}: no changes; no comment posted")
    others = list(github.open_pulls())[: MOST_OTHERS + 1]
    sections = [
        Section(plan.document, overlaps(github, pull, plan.document, others)) for plan in plans
    ]
    if not _is_meant(github.pull(pull.number), run):
        return Commented(
            f"pull request {pull.number}: has changed since the plan; no comment posted"
        )
    posted = post(
        github, pull.number, lambda limit: comment(sections, origin, limit=limit), author=author
    )
    return Commented(f"pull request {pull.number}: {posted.url}")


def _plans(github: GitHub, run: PlanRun) -> list[Planned]:
    """All plans of the run, by target."""
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
