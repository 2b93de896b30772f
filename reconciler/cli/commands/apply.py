"""``apply``: plan, show the plan, ask, and apply it."""

import os
from typing import TYPE_CHECKING

from reconciler.cli import exits
from reconciler.cli.checks import NOTHING_SENT, check_endpoint, check_limits
from reconciler.cli.console import OutputError, ask, complain, say, somebody_answers, tell
from reconciler.cli.context import open_store, read_specs, single
from reconciler.cli.files import check_writable, write_text
from reconciler.cli.first import first_remarks
from reconciler.cli.identity import Identity, identify
from reconciler.cli.parser import ApplyOptions
from reconciler.cli.show_plan import Legend, show_text
from reconciler.credentials import from_environment
from reconciler.errors import ReconcilerError, ServerStop, StateError, UsageError
from reconciler.guard import refusals
from reconciler.numbers import SpanMap
from reconciler.plan.plan import Plan, make_plan
from reconciler.report.document import plan_document
from reconciler.report.outcome import applied_json, stopped_json
from reconciler.report.undo import undo_json
from reconciler.report.words import many
from reconciler.specs.model import TargetSpec
from reconciler.state.store import LockedState

if TYPE_CHECKING:
    from reconciler.cli.applying import Ended


def run(arguments: ApplyOptions) -> int:
    """Apply each target in turn; stop at the first that is not fully confirmed."""
    found = read_specs(arguments)
    _check_options(found, arguments)
    code, legend = exits.DONE, Legend()
    for spec in found:
        try:
            code = _apply(spec, arguments, legend)
        except ReconcilerError as error:
            if arguments.report is not None:
                write_text(arguments.report, stopped_json(spec.target.name, error))
            raise
        if code != exits.DONE:
            break
    return code


def _check_options(found: tuple[TargetSpec, ...], arguments: ApplyOptions) -> None:
    for option in ("since", "earlier", "approve"):
        if getattr(arguments, option) is not None and arguments.reviewed is None:
            raise UsageError(f"--{option} is for --reviewed", hint="give the plans that count")
    for option in ("undo", "report", "override_limits", "approve"):
        if getattr(arguments, option) is not None:
            single(found, f"--{option.replace('_', '-')}")
    for path in (arguments.report, arguments.undo):
        if path is not None:
            check_writable(path)


def _apply(spec: TargetSpec, arguments: ApplyOptions, legend: Legend) -> int:
    who = identify(os.environ, arguments.reviewed or ())
    with open_store(spec.target, arguments.specs).held(who.holder) as held:
        plan = make_plan(spec, held.state)
        found = refusals(plan)
        remarks = first_remarks(held.loaded, spec.target, arguments.specs)
        show_text(plan_document(plan, found, None, remarks), arguments, legend)
        check_endpoint(plan)
        under = _check_reviewed(plan, arguments)
        check_limits(plan, found, arguments.override_limits)
        if not plan.changes and not plan.conflicts:
            _only_remember(spec, plan, held, who)
            _write(plan, None, arguments)
            return exits.DONE
        credentials = from_environment(
            spec.target.name,
            spec.target.endpoint,
            os.environ,
            bound=arguments.reviewed is not None,
        )
        # Without changes the server is only asked whether the conflicts still exist.
        if plan.changes and not arguments.yes and not _agreed(plan):
            tell(NOTHING_SENT)
            return exits.ERROR
        # Imported late: without calls no HTTP client is needed.
        from reconciler.cli.applying import carry_out  # noqa: PLC0415

        ended = carry_out(spec, plan, held, credentials, who, under, arguments)
    _report(ended)
    _write(plan, ended, arguments)
    return _code(ended)


def _check_reviewed(plan: Plan, arguments: ApplyOptions) -> SpanMap[str]:
    """The reviewed plan, by digest, that has the change of each number."""
    if arguments.reviewed is None:
        return SpanMap()
    from reconciler.cli.reviewing import check_reviewed  # noqa: PLC0415

    return check_reviewed(plan, arguments)


def _only_remember(spec: TargetSpec, plan: Plan, held: LockedState, who: Identity) -> None:
    """No call is needed: save only new blocks, policies and settings in the state."""
    from reconciler.apply.remember import remember  # noqa: PLC0415

    remember(spec, plan, held, who.message(plan), commit=who.commit)


def _agreed(plan: Plan) -> bool:
    if not somebody_answers():
        raise UsageError(
            "cannot ask for confirmation: standard input is not a terminal",
            hint="look at the plan, then run apply with --yes",
        )
    changes = many(plan.changes.count, "change")
    return ask(f"Apply {changes} to {plan.target.name} ({plan.target.endpoint})?")


def _report(ended: "Ended") -> None:
    """Write the report; a failure to write it does not change the exit code."""
    try:
        if ended.plan.changes:
            say(f"\n{ended.text}")
    except BrokenPipeError:
        pass
    except OutputError as error:
        complain(error)
    claimed = ended.applied.claimed
    if claimed:
        tell(f"{many(claimed, 'number')} in doubt turned out to be ours: the next plan has them")
    gone = ended.applied.conflicts_gone
    if gone:
        tell(f"{many(gone, 'conflict')} no longer on the server: the next plan creates what it was")
    if ended.applied.error is not None:
        complain(ended.applied.error)


def _write(plan: Plan, ended: "Ended | None", arguments: ApplyOptions) -> None:
    """Write the files of the options; a failure is shown and does not change the exit code."""
    settled = () if ended is None else ended.applied.settled
    seconds = 0.0 if ended is None else ended.applied.seconds
    stopped = None if ended is None else ended.applied.error
    for path, text in (
        (arguments.report, applied_json(plan, settled, seconds, stopped=stopped)),
        (arguments.undo, undo_json(plan, settled)),
    ):
        if path is not None:
            try:
                write_text(path, text)
            except UsageError as error:
                complain(error)


def _code(ended: "Ended") -> int:
    if ended.signal is not None:
        return exits.SIGNALLED + ended.signal
    if ended.applied.complete:
        return exits.DONE
    nothing_sent = isinstance(ended.applied.error, ServerStop | StateError) and ended.untouched
    return exits.ERROR if nothing_sent else exits.UNCONFIRMED
