"""``plan``: specs against state; no credentials, no network."""

from reconciler.cli import exits
from reconciler.cli.base import base_specs
from reconciler.cli.console import say, tell
from reconciler.cli.context import open_mirror, open_store, read_specs
from reconciler.cli.files import write_text
from reconciler.cli.others import read_plan, shared_words
from reconciler.cli.parser import PlanOptions
from reconciler.cli.show_plan import show_document
from reconciler.errors import UsageError
from reconciler.guard import refusals
from reconciler.plan.plan import make_plan
from reconciler.report.document import plan_document, to_json


def run(arguments: PlanOptions) -> int:
    """Show what would change in each target; a plan over a limit is shown, and no error."""
    found = read_specs(arguments)
    if len(found) > 1 and (arguments.out is not None or arguments.format == "json"):
        raise UsageError(
            f"one plan is one target's, and there are {len(found)}",
            hint="choose one with --target, or run once for each of `reconciler targets`",
        )
    others = [(path, read_plan(path)) for path in arguments.other]
    opened = open_mirror if arguments.mirror else open_store
    pending = False
    with base_specs(arguments) as base:
        for index, spec in enumerate(found):
            if index:
                say("")
            state = opened(spec.target, arguments.specs).read().state
            plan = make_plan(spec, state)
            own = None if base is None else base.own(plan)
            document = plan_document(plan, refusals(plan), own)
            if arguments.out is not None:
                write_text(arguments.out, to_json(document))
            show_document(document, arguments)
            for words in shared_words(document, others):
                (say if arguments.format == "text" else tell)(words)
            pending = pending or not plan.is_empty
    return exits.PENDING if pending and arguments.detailed_exitcode else exits.DONE
