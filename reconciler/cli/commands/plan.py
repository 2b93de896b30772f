"""``plan``: specs against state; no credentials, no network."""

from collections.abc import Iterator

from reconciler.cli import exits
from reconciler.cli.base_specs import Base, base_specs
from reconciler.cli.context import open_mirror, open_store, single
from reconciler.cli.files import write_text
from reconciler.cli.first import first_remarks
from reconciler.cli.formats import PLAN_FORMATS
from reconciler.cli.leaving import leaving_document, newcomers, read_leaving, read_state, selected
from reconciler.cli.overlaps import shared_words
from reconciler.cli.parser import PlanOptions
from reconciler.cli.show_plan import plans_json
from reconciler.errors import UsageError
from reconciler.guard import refusals
from reconciler.plan.plan import make_plan
from reconciler.report.document import PlanDocument, plan_document, read_plan
from reconciler.specs.model import TargetSpec


def run(arguments: PlanOptions) -> int:
    """Show what would change in each target; a plan over a limit is not an error."""
    if arguments.full and arguments.format != "text":
        raise UsageError("--full is for --format text", hint="JSON always holds the whole plan")
    if arguments.show is not None:
        return _shown([read_plan(arguments.show)], arguments)
    with base_specs(arguments) as base:
        found, left = selected(arguments, base)
        if arguments.out is not None:
            _one_plan(found, left)
        documents = list(_documents(arguments, base, found, left))
    if arguments.out is not None and documents:
        write_text(arguments.out, plans_json(documents[:1]))
    return _shown(documents, arguments)


def _one_plan(found: tuple[TargetSpec, ...], left: tuple[str, ...]) -> None:
    """Raise UsageError unless one file can hold the plan."""
    if found:
        single(found, "--out")
    elif len(left) > 1:
        raise UsageError(
            f"--out needs one target; {len(left)} targets leave",
            hint=f"choose one with --target: {', '.join(left)}",
        )


def _documents(
    arguments: PlanOptions, base: Base | None, found: tuple[TargetSpec, ...], left: tuple[str, ...]
) -> Iterator[PlanDocument]:
    """The plans of ``found``, and of the targets that only ``base`` has."""
    opened = open_mirror if arguments.mirror else open_store
    for spec in found:
        loaded = opened(spec.target, arguments.specs).read()
        plan = make_plan(spec, loaded.state)
        own = None if base is None else base.own(plan)
        remarks = first_remarks(loaded, spec.target, arguments.specs)
        yield plan_document(plan, refusals(plan), own, remarks)
    if base is None or not left:
        return
    new = newcomers(base, arguments)
    for name in left:
        leaving = read_leaving(base, name)
        if leaving is not None:
            store = opened(leaving.target, arguments.specs)
            yield leaving_document(leaving, read_state(store), base, new)


def _shown(documents: list[PlanDocument], arguments: PlanOptions) -> int:
    others = [(path, read_plan(path)) for path in arguments.other]
    shown = [(document, list(shared_words(document, others))) for document in documents]
    PLAN_FORMATS[arguments.format](shown, arguments)
    pending = any(map(_is_pending, documents))
    return exits.PENDING if pending and arguments.detailed_exitcode else exits.DONE


def _is_pending(document: PlanDocument) -> bool:
    """Whether an apply has something to do, or a person, who must settle conflicts."""
    return not document.is_empty or document.conflicts > 0
