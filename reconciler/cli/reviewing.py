"""``apply --reviewed``: refuse changes that are in no reviewed plan."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.cli.console import tell
from reconciler.cli.parser import ApplyOptions
from reconciler.cli.show_plan import part_of, say_coloured
from reconciler.diff.settings import UNREVIEWED
from reconciler.errors import ReconcilerError
from reconciler.plan.plan import Plan
from reconciler.plan.review import Reviewed, Unreviewed, unreviewed
from reconciler.report.document import plan_document, read_plan
from reconciler.report.layout import printable
from reconciler.report.model import PlanDocument
from reconciler.report.words import many


class NotReviewedError(ReconcilerError):
    """The new plan has changes that no reviewed plan has."""


def check_reviewed(plan: Plan, arguments: ApplyOptions) -> None:
    """Raise NotReviewedError when ``plan`` does more than the files given with ``--reviewed``.

    The files for this target and endpoint count together. With ``unreviewed: allow`` in the target
    a note is written instead, unless that setting is itself new and not reviewed.
    """
    documents = [read_plan(path) for path in arguments.reviewed or ()]
    reviewed = [_reviewed(each) for each in documents if _is_for(each, plan)]
    left = unreviewed(plan.changes, plan.difference.settings, reviewed)
    if not left:
        return
    if reviewed:
        _show(plan, left, arguments)
    words = f"not reviewed: {_words(left)}"
    # The setting itself must have been reviewed, or be unchanged since the last apply.
    allowed = all(each.name != UNREVIEWED for each in left.settings)
    if plan.target.unreviewed == "allow" and allowed:
        tell(f"{words}; allowed by apply.unreviewed")
        return
    raise NotReviewedError(
        f"{words}; {_found(documents, reviewed, plan)}: nothing was sent",
        hint="have a new plan reviewed and give its plan.json with --reviewed; "
        "`apply: {unreviewed: allow}` in target.yaml would let it through",
    )


def _show(plan: Plan, left: Unreviewed, arguments: ApplyOptions) -> None:
    """Show only what was not reviewed; the whole plan is above it."""
    lines = ["", "Not reviewed:"]
    lines += [printable(f"  ! {each.name}  {each.before} → {each.after}") for each in left.settings]
    lines += part_of(replace(plan_document(plan, ()), changes=left.changes))
    say_coloured("\n".join(lines), arguments)


def _words(left: Unreviewed) -> str:
    parts = []
    if left.changes:
        parts.append(many(left.changes.count, "number"))
    if left.settings:
        parts.append(f"{many(len(left.settings), 'setting')} of target.yaml")
    return " and ".join(parts)


def _found(documents: Sequence[PlanDocument], reviewed: Sequence[Reviewed], plan: Plan) -> str:
    """Say which plans were looked at."""
    if not documents:
        return "no plan was given"
    if not reviewed:
        return f"no plan given is for {plan.target.name} at {plan.target.endpoint}"
    alone = len(reviewed) == 1
    return "not in the plan given" if alone else f"in none of the {len(reviewed)} plans given"


def _is_for(document: PlanDocument, plan: Plan) -> bool:
    target = plan.target
    return document.target == target.name and document.endpoint == target.endpoint


def _reviewed(document: PlanDocument) -> Reviewed:
    """What was shown as the pull request's own: what was pending anyway is not its to approve."""
    return Reviewed(document.own_changes, document.own_settings)
