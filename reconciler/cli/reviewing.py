"""``apply --reviewed``: nothing is sent that stands in no plan a person has looked at."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace

from reconciler.cli.console import colours, say, tell
from reconciler.cli.others import read_plan
from reconciler.cli.show_plan import text_width
from reconciler.errors import ReconcilerError
from reconciler.plan.plan import Plan
from reconciler.plan.review import Reviewed, unreviewed
from reconciler.report.colour import coloured
from reconciler.report.document import plan_document
from reconciler.report.model import PlanDocument
from reconciler.report.text import document_text


class NotReviewedError(ReconcilerError):
    """The fresh plan holds what no reviewed plan holds."""


def hold_to_reviewed(plan: Plan, arguments: Namespace) -> None:
    """Raise NotReviewedError when ``plan`` does more than the files given with ``--reviewed``.

    Reviewed is the union of the plans for this target and endpoint. A target that says
    ``unreviewed: allow`` is told and goes on.
    """
    documents = [read_plan(path) for path in arguments.reviewed]
    reviewed = [_reviewed(each) for each in documents if _is_for(each, plan)]
    left = unreviewed(plan.changes, plan.difference.settings, reviewed)
    if not left:
        return
    shown = replace(
        plan_document(plan, ()),
        changes=left.changes,
        settings=left.settings,
        notes=(),
        effects=(),
    )
    text = document_text(shown, width=text_width())
    say(
        "Not reviewed:\n\n"
        + (coloured(text) if colours(sys.stdout, refused=arguments.no_color) else text)
    )
    numbers = left.changes.count
    words = f"{numbers:,} number{'s' if numbers != 1 else ''}"
    if left.settings:
        words += f" and {len(left.settings)} settings of target.yaml"
    if plan.target.unreviewed == "allow":
        tell(f"{words} of this plan were not reviewed; apply.unreviewed is allow")
        return
    raise NotReviewedError(
        f"{words} of this plan are in none of the {_plans(reviewed)} given: nothing was sent",
        hint="have a fresh plan reviewed and give it with --reviewed",
    )


def _is_for(document: PlanDocument, plan: Plan) -> bool:
    target = plan.target
    return document.target == target.name and document.endpoint == target.endpoint


def _reviewed(document: PlanDocument) -> Reviewed:
    """What was shown as the pull request's own: what was pending anyway is not its to approve."""
    own = document.changes if document.own is None else document.own.changes
    settings = document.settings if document.own is None else document.own.settings
    return Reviewed(own, settings)


def _plans(reviewed: Sequence[Reviewed]) -> str:
    return "1 reviewed plan" if len(reviewed) == 1 else f"{len(reviewed)} reviewed plans"
