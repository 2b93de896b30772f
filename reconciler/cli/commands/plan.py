"""``plan``: specs against state; no credentials, no network."""

from reconciler.cli import exits
from reconciler.cli.base import base_specs
from reconciler.cli.console import deliver, say, tell
from reconciler.cli.context import open_mirror, open_store, read_specs, single
from reconciler.cli.files import write_text
from reconciler.cli.others import read_plan, shared_words
from reconciler.cli.parser import PlanOptions
from reconciler.cli.show_plan import plans_json, show_markdown, show_text
from reconciler.guard import refusals
from reconciler.plan.plan import make_plan
from reconciler.report.document import PlanDocument, plan_document


def run(arguments: PlanOptions) -> int:
    """Show what would change in each target; a plan over a limit is shown, and no error."""
    found = read_specs(arguments)
    if arguments.out is not None:
        single(found, "--out")
    others = [(path, read_plan(path)) for path in arguments.other]
    opened = open_mirror if arguments.mirror else open_store
    pending = False
    documents: list[PlanDocument] = []
    with base_specs(arguments) as base:
        for spec in found:
            state = opened(spec.target, arguments.specs).read().state
            plan = make_plan(spec, state)
            own = None if base is None else base.own(plan)
            document = plan_document(plan, refusals(plan), own)
            if arguments.out is not None:
                write_text(arguments.out, plans_json([document]))
            if documents and arguments.format != "json":
                say("")
            match arguments.format:
                case "text":
                    show_text(document, arguments)
                case "markdown":
                    show_markdown(document)
                case "json":
                    pass  # all of them are one document, below
            for words in shared_words(document, others):
                (say if arguments.format == "text" else tell)(words)
            documents.append(document)
            pending = pending or not plan.is_empty
    if arguments.format == "json":
        deliver(plans_json(documents))
    return exits.PENDING if pending and arguments.detailed_exitcode else exits.DONE
