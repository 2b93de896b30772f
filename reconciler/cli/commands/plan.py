"""``plan``: specs against state; no credentials, no network."""

from argparse import Namespace

from reconciler.cli import exits
from reconciler.cli.base import base_specs
from reconciler.cli.console import say, tell
from reconciler.cli.context import open_mirror, open_store, read_specs
from reconciler.cli.files import write_text
from reconciler.cli.others import read_plan, shared_words
from reconciler.cli.show_plan import Legend, show_document
from reconciler.errors import UsageError
from reconciler.guard import refusals
from reconciler.plan.plan import make_plan
from reconciler.report.document import PlanDocument, plan_document, to_json


def run(arguments: Namespace) -> int:
    """Show what would change in each target; a plan over a limit is shown, and no error."""
    if arguments.full and arguments.format != "text":
        raise UsageError("--full is for --format text", hint="JSON always holds the whole plan")
    if arguments.show is not None:
        return _saved(arguments)
    found = read_specs(arguments)
    if len(found) > 1 and (arguments.out is not None or arguments.format == "json"):
        raise UsageError(
            f"one plan is one target's, and there are {len(found)}",
            hint="choose one with --target, or run once for each of `reconciler targets`",
        )
    others = [(path, read_plan(path)) for path in arguments.other]
    opened = open_mirror if arguments.mirror else open_store
    pending, legend = False, Legend()
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
            show_document(document, arguments, legend)
            for words in shared_words(document, others):
                (say if arguments.format == "text" else tell)(words)
            pending = pending or _is_pending(document)
    return _code(arguments, pending=pending)


def _saved(arguments: Namespace) -> int:
    """Show a plan that was saved; neither specs nor state are read."""
    document = read_plan(arguments.show)
    show_document(document, arguments, Legend())
    return _code(arguments, pending=_is_pending(document))


def _is_pending(document: PlanDocument) -> bool:
    """Whether an apply has something to do, or a person has: conflicts do not go by themselves."""
    return not document.is_empty or document.conflicts > 0


def _code(arguments: Namespace, *, pending: bool) -> int:
    return exits.PENDING if pending and arguments.detailed_exitcode else exits.DONE
