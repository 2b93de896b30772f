"""A plan as plain data: made of a plan, written to ``plan.json``, read back.

Terminal and comment are rendered of the document alone, so what a pull request shows comes from the
very file that an apply is later held to.
"""

from reconciler.diff.model import ConflictNote, Kept, Moved, Note, Released
from reconciler.guard import Refusal
from reconciler.numbers import Span
from reconciler.plan.plan import Plan
from reconciler.plan.review import OwnChanges
from reconciler.report.decode import PlanFileError, from_json, read_plan, read_text
from reconciler.report.encode import to_json
from reconciler.report.model import BlockPlace, Cost, PlanDocument, Remark
from reconciler.report.words import many

__all__ = [
    "PlanDocument",
    "PlanFileError",
    "Remark",
    "from_json",
    "plan_document",
    "read_plan",
    "read_text",
    "to_json",
]

_ORDER: tuple[type[Note], ...] = (ConflictNote, Kept, Moved, Released)


def plan_document(
    plan: Plan,
    refusals: tuple[Refusal, ...],
    own: OwnChanges | None = None,
    remarks: tuple[Remark, ...] = (),
) -> PlanDocument:
    """All of ``plan`` that is shown, or compared with later."""
    found = plan.difference
    return PlanDocument(
        target=plan.target.name,
        endpoint=plan.target.endpoint,
        lineage=plan.state.lineage,
        serial=plan.state.serial,
        digest=plan.digest,
        declared=found.declared,
        known=found.known,
        cost=Cost(plan.calls, plan.target.concurrency, round(plan.seconds, 3)),
        refusals=refusals,
        settings=found.settings,
        blocks=tuple(
            BlockPlace(block.name, block.where.file, block.where.line) for block in plan.blocks
        ),
        changes=plan.changes,
        notes=in_order(found.notes),
        effects=found.effects,
        callers=found.callers,
        own=own,
        warnings=plan.warnings,
        remarks=(*remarks, *_asking(plan)),
    )


def _asking(plan: Plan) -> tuple[Remark, ...]:
    """Why a plan has calls that only ask."""
    if not plan.state.unlisted or not plan.questions:
        return ()
    return (
        Remark(
            "the last apply could not read the server's list of all numbers: "
            f"{many(plan.questions, 'number')} asked for one by one before anything is copied",
            "a user with View Reports and Modify Campaigns reads the list in one request",
        ),
    )


def in_order(notes: tuple[tuple[Span, Note], ...]) -> tuple[tuple[Span, Note], ...]:
    """By kind, then by number."""
    return tuple(sorted(notes, key=lambda each: (_ORDER.index(type(each[1])), each[0].key)))
