"""``apply --reviewed``: refuse changes that are in no reviewed plan."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.cli.base_specs import specs_at
from reconciler.cli.checks import DIGEST_SHOWN, names
from reconciler.cli.console import tell
from reconciler.cli.gittree import commit_of
from reconciler.cli.parser import ApplyOptions
from reconciler.cli.show_plan import part_of, say_coloured
from reconciler.diff.model import SettingChange
from reconciler.diff.settings import UNREVIEWED, joined, target_changes
from reconciler.errors import NotReviewed
from reconciler.numbers import SpanMap
from reconciler.plan.plan import Plan
from reconciler.plan.review import Reviewed, Unreviewed, unreviewed
from reconciler.report.document import plan_document, read_plan, read_text
from reconciler.report.layout import printable
from reconciler.report.model import PlanDocument
from reconciler.report.result import read_report
from reconciler.report.words import many
from reconciler.specs.model import Target


def check_reviewed(plan: Plan, arguments: ApplyOptions) -> SpanMap[str]:
    """Raise NotReviewed when ``plan`` does more than the files given with ``--reviewed``.

    The files for this target and endpoint count together. ``--approve`` with the digest of ``plan``
    lets all of it through. With ``unreviewed: allow`` in the target a note is written instead of
    the error, unless that setting is itself new.

    Returns the digest of the reviewed plan that has the change of each number.
    """
    documents = [read_plan(path) for path in arguments.reviewed or ()]
    reviewed = [_reviewed(each) for each in documents if _is_for(each, plan)]
    settings = joined(plan.difference.settings, _since(plan.target, arguments))
    left = unreviewed(plan.changes, settings, reviewed, _begun(plan, arguments))
    if not left:
        return left.under
    if arguments.approve is not None and not names(arguments.approve, plan):
        raise NotReviewed(
            f"--approve {arguments.approve} does not name this plan, which is "
            f"{plan.digest[:DIGEST_SHOWN]}: nothing was sent",
            hint="look at the plan again before you approve it",
        )
    if reviewed:
        _show(plan, left, arguments)
    words = f"not reviewed: {_words(left)}"
    if arguments.approve is not None:
        tell(f"{words}; approved by the digest of this plan")
        return left.under
    is_new = any(each.name == UNREVIEWED for each in settings)
    if plan.target.unreviewed == "allow" and not is_new:
        tell(f"{words}; allowed by apply.unreviewed")
        return left.under
    raise NotReviewed(
        f"{words}; {_found(documents, reviewed, plan)}: nothing was sent",
        hint="have a new plan reviewed and give its plan.json with --reviewed; or look at this "
        f"plan, and approve exactly it: --approve {plan.digest[:DIGEST_SHOWN]}",
    )


def _begun(plan: Plan, arguments: ApplyOptions) -> SpanMap[str]:
    """By the digest of its plan, each number that an earlier apply began and did not finish.

    A state alone proves that to nobody but its owner: whoever may write it could add others'.
    """
    begun = SpanMap(
        (span, record.plan) for span, record in plan.state.records if record.plan is not None
    )
    if arguments.earlier is None:
        return begun
    left: SpanMap[bool] = SpanMap()
    for path in arguments.earlier:
        report = read_report(read_text(path), str(path))
        left = left.overlaid(report.unfinished)
    return begun.within(left)


def _since(target: Target, arguments: ApplyOptions) -> tuple[SettingChange, ...]:
    """The settings that differ from those at the last confirmed apply, whatever a state says."""
    if arguments.since is None:
        return ()
    if not arguments.since:
        return target_changes(None, target)
    root = arguments.specs.resolve()
    commit = commit_of(root.parent, arguments.since, "--since")
    with specs_at(root, commit, arguments.since) as base:
        found = base.read(target.name)
    return target_changes(None if found is None else found.target, target)


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
    return Reviewed(document.digest, document.own_changes, document.own_settings)
