"""After a plan: put it into the comment of its pull request, then mark the commit as planned.

The status comes last, and says so: a commit that is marked has its plan in the comment.
"""

from collections.abc import Sequence

from reconciler.github.client import BOT, CommitStatus, GitHub
from reconciler.github.event import PullEvent
from reconciler.github.planned import STATUS, PlannedPull
from reconciler.github.posting import Commented, ours, post
from reconciler.github.reviewed import Plans, overlaps
from reconciler.report.comment import PlanOrigin, Section, comment, unplanned
from reconciler.report.document import PlanDocument
from reconciler.report.model import PlanProblem
from reconciler.report.words import many

LONGEST_CONTEXT = 255
"""Characters of a status's name, as GitHub takes them."""
NOT_STORED = PlanProblem(
    "the plan could not be kept for the apply, so it could not count",
    "see the log of the run: the storage that your plan of GitHub includes may be used up; then "
    "run it again",
)
LATE = "; approved before this plan: a new approval makes it count"
CRASHED = PlanProblem("the run that plans ended without a plan", "see its log")


def tell_plan(
    github: GitHub,
    event: PullEvent,
    planned: tuple[PlannedPull, Sequence[PlanDocument]] | None,
    *,
    run: str | None,
    is_stored: bool = True,
    author: str = BOT,
) -> Commented:
    """Comment on the pull request of ``event``, and set the status of its commit.

    ``planned`` is None where the run that plans left nothing. ``run`` is its page. ``is_stored``:
    whether its plans were kept for the apply.
    """
    pull, plans = planned or (None, ())
    problems = (CRASHED,) if pull is None else pull.problems
    if not is_stored and not problems:
        problems = (NOT_STORED,)
    current = github.pull(event.number)
    if not current.is_open or current.head != event.head or current.base != event.base:
        return Commented(
            f"pull request {event.number}: has changed since the plan; no comment posted"
        )
    origin = PlanOrigin(event.head, run)
    finder = Plans(github, event.default_branch)
    if problems:
        body = unplanned(problems, origin)
        words = post(github, event.number, lambda _: body, author=author).url
        status = "no plan: see the comment"
    else:
        words = _tell(finder, event, plans, origin, author)
        numbers = sum(plan.own_changes.count for plan in plans)
        status = f"{many(numbers, 'number')} changed"
        if plans and finder.last_approval(current) is not None:
            status += LATE
    is_main = event.base == event.default_branch
    context = STATUS if is_main else f"{STATUS} for {event.base}"[:LONGEST_CONTEXT]
    github.set_status(event.head, CommitStatus(context, not problems, status, run))
    return Commented(f"pull request {event.number}: {words}")


def _tell(
    finder: Plans,
    event: PullEvent,
    plans: Sequence[PlanDocument],
    origin: PlanOrigin,
    author: str,
) -> str:
    github = finder.github
    if all(map(_is_quiet, plans)) and ours(github, event.number, author=author) is None:
        return "no changes; no comment posted"
    found = overlaps(finder, plans, event.number)
    sections = [Section(plan, found[plan.target]) for plan in plans]
    posted = post(
        github, event.number, lambda limit: comment(sections, origin, limit=limit), author=author
    )
    return posted.url


def _is_quiet(plan: PlanDocument) -> bool:
    """Whether the pull request changes nothing here."""
    own = plan.own
    changes = own is None or own.changes or own.settings or own.withdrawn
    return not plan.remarks and not changes
