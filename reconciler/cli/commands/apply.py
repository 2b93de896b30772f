"""``apply``: plan, show, ask, and make it so."""

import os
import sys
from argparse import Namespace

from reconciler.cli import exits
from reconciler.cli.console import complain, is_terminal, say, tell
from reconciler.cli.context import open_store, read_specs
from reconciler.cli.files import write_text
from reconciler.cli.identity import Identity, identify
from reconciler.cli.show_plan import show_plan
from reconciler.errors import LimitsExceeded, ServerStop, StateError, UsageError
from reconciler.guard import OverLimit, Refusal, refusals
from reconciler.plan.plan import Plan, make_plan
from reconciler.secrets import from_environment
from reconciler.specs.model import TargetSpec
from reconciler.state.store import Held

DIGEST_SHOWN = 12


def run(arguments: Namespace) -> int:
    """Apply each target in turn; the first that is not confirmed in full ends it."""
    found = read_specs(arguments)
    for option in ("undo", "report", "override_limits"):
        if getattr(arguments, option) is not None and len(found) > 1:
            raise UsageError(
                f"--{option.replace('_', '-')} is for one target, and there are {len(found)}",
                hint="choose one with --target",
            )
    code = exits.DONE
    for spec in found:
        code = _apply(spec, arguments)
        if code != exits.DONE:
            break
    return code


def _apply(spec: TargetSpec, arguments: Namespace) -> int:
    who = identify(os.environ)
    with open_store(spec.target, arguments.specs).held(who.holder) as held:
        plan = make_plan(spec, held.state)
        found = refusals(plan)
        say(show_plan(plan, found, arguments).rstrip("\n"))
        _same_endpoint(plan)
        _hold_to_reviewed(plan, arguments)
        _within_limits(plan, found, arguments.override_limits)
        if not plan.changes:
            return _only_remember(spec, plan, held, who)
        credentials = from_environment(spec.target.name, os.environ)
        if not arguments.yes and not _agreed(plan):
            tell("nothing was applied")
            return exits.ERROR
        # Here, not above: a plan must not wait for an HTTP client.
        from reconciler.cli.applying import carry_out  # noqa: PLC0415

        ended = carry_out(spec, plan, held, credentials, who, arguments)
    if arguments.report is not None:
        write_text(arguments.report, ended.report)
    if arguments.undo is not None:
        write_text(arguments.undo, ended.undo)
    say(ended.text)
    if ended.applied.error is not None:
        complain(ended.applied.error)
    if ended.signal is not None:
        return exits.SIGNALLED + ended.signal
    if ended.applied.complete:
        return exits.DONE
    nothing_sent = isinstance(ended.applied.error, ServerStop | StateError) and ended.untouched
    return exits.ERROR if nothing_sent else exits.UNCONFIRMED


def _hold_to_reviewed(plan: Plan, arguments: Namespace) -> None:
    if arguments.reviewed is not None:
        from reconciler.cli.reviewing import hold_to_reviewed  # noqa: PLC0415

        hold_to_reviewed(plan, arguments)


def _same_endpoint(plan: Plan) -> None:
    state, target = plan.state, plan.target
    if state.serial and state.endpoint != target.endpoint:
        raise StateError(
            f"the state of {target.name} belongs to {state.endpoint}, "
            f"and the target is now {target.endpoint}",
            hint="where it is the same system at a new address, run "
            "`reconciler state rebind`; for another system give the target a state of its own",
        )


def _within_limits(plan: Plan, found: tuple[Refusal, ...], override: str | None) -> None:
    if not found:
        return
    reasons = "; ".join(refusal.message for refusal in found)
    if not all(isinstance(refusal, OverLimit) for refusal in found):
        raise LimitsExceeded(reasons, hint="protected numbers are never changed by an apply")
    shown = plan.digest[:DIGEST_SHOWN]
    if override is None:
        raise LimitsExceeded(
            reasons, hint=f"to apply exactly this plan all the same: --override-limits {shown}"
        )
    if len(override) < DIGEST_SHOWN or not plan.digest.startswith(override.lower()):
        raise LimitsExceeded(
            f"--override-limits {override} names another plan than this one ({shown})",
            hint="look at the plan above before you let it through",
        )


def _only_remember(spec: TargetSpec, plan: Plan, held: Held, who: Identity) -> int:
    """No call is needed; blocks, policies and settings may have to be noted."""
    from reconciler.apply.remember import remember  # noqa: PLC0415

    remember(spec, plan, held, who.message(plan), commit=who.commit)
    return exits.DONE


def _agreed(plan: Plan) -> bool:
    if not is_terminal(sys.stdin):
        raise UsageError(
            "nobody can be asked here: standard input is no terminal",
            hint="look at the plan, then run apply with --yes",
        )
    sys.stderr.write(f"Apply this to {plan.target.endpoint}? Only 'yes' goes on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() == "yes"
