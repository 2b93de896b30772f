"""``plan``: specs against state; no credentials, no network."""

from argparse import Namespace

from reconciler.cli import exits
from reconciler.cli.console import say
from reconciler.cli.context import open_store, read_specs
from reconciler.cli.files import write_text
from reconciler.cli.show_plan import plan_as_json, show_plan
from reconciler.errors import UsageError
from reconciler.guard import refusals
from reconciler.plan.plan import Plan, make_plan


def run(arguments: Namespace) -> int:
    """Show what would change in each target; a plan over a limit is shown, and no error."""
    found = read_specs(arguments)
    if len(found) > 1 and (arguments.out is not None or arguments.format == "json"):
        raise UsageError(
            f"one plan is one target's, and there are {len(found)}",
            hint="choose one with --target, or run once for each of `reconciler targets`",
        )
    plans: list[Plan] = []
    for spec in found:
        state = open_store(spec.target, arguments.specs).read().state
        plan = make_plan(spec, state)
        plans.append(plan)
        if arguments.out is not None:
            write_text(arguments.out, plan_as_json(plan, refusals(plan)))
        say(show_plan(plan, refusals(plan), arguments).rstrip("\n"))
    pending = any(not plan.is_empty for plan in plans)
    return exits.PENDING if pending and arguments.detailed_exitcode else exits.DONE
