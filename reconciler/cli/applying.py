"""The sending part of ``apply``: event loop, signals, progress, logs."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field

import structlog

from reconciler.apply.pace import Pace
from reconciler.apply.preflight import Checked, preflight
from reconciler.apply.run import GRACE, SHORT_GRACE, Applied, Reason, Run, Stop
from reconciler.apply.send import RetryPolicy, Sender
from reconciler.cli import logs
from reconciler.cli.checks import NOTHING_SENT
from reconciler.cli.console import somebody_answers, tell
from reconciler.cli.identity import Identity
from reconciler.cli.parser import ApplyOptions
from reconciler.cli.progress import progress
from reconciler.cli.show_plan import text_width
from reconciler.cli.signals import ENDING, signals_kept
from reconciler.credentials import Credentials
from reconciler.errors import ReconcilerError
from reconciler.numbers import SpanMap
from reconciler.plan.outcome import NotStarted, Settled
from reconciler.plan.plan import Plan
from reconciler.report.outcome import applied_text
from reconciler.report.words import many
from reconciler.specs.model import TargetSpec
from reconciler.state.store import LockedState
from reconciler.vicidial.client import open_server

_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ended:
    """How an apply ended. ``signal`` is the number of the signal that ended it.

    ``began`` is False when the checks before the first call failed or were interrupted.
    """

    plan: Plan
    applied: Applied
    signal: int | None
    began: bool = True

    @property
    def text(self) -> str:
        """The report for people."""
        applied = self.applied
        if not self.began:
            return f"{self.plan.target.name}: {NOTHING_SENT}"
        return applied_text(self.plan, applied.settled, applied.seconds, width=text_width())

    @property
    def untouched(self) -> bool:
        """Whether no call for any number was sent."""
        return all(isinstance(each.outcome, NotStarted) for each in self.applied.settled)


@dataclass(slots=True)
class _Signals:
    """Ends the run: the first signal after the calls under way, the second at once.

    A SIGTERM after a SIGINT counts as the same one, once.
    """

    stop: Stop = field(default_factory=Stop)
    received: int | None = None
    reminded: bool = False

    def receive(self, number: signal.Signals) -> None:
        """Handle a signal; called by the event loop."""
        if self.received == signal.SIGINT and number == signal.SIGTERM and not self.reminded:
            # GitHub's runner sends SIGINT and, 7.5 s later, SIGTERM: the second repeats the first.
            self.reminded = True
            return
        if self.received is not None:
            tell("ended at once; the next apply settles the calls under way")
            sys.stdout.flush()
            os._exit(128 + number)
        self.received = number
        tell("ending: no new calls, waiting for those under way (again to end at once)")
        in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
        self.stop.ask(_why(number), grace=SHORT_GRACE if in_actions else GRACE)


def _why(number: signal.Signals) -> str:
    """The signal in words for the report."""
    if number == signal.SIGINT and somebody_answers():
        return "you pressed Ctrl-C"
    return f"the process was asked to stop ({number.name})"


def carry_out(
    spec: TargetSpec,
    plan: Plan,
    held: LockedState,
    credentials: Credentials,
    who: Identity,
    under: SpanMap[str],
    arguments: ApplyOptions,
) -> Ended:
    """Send the calls of the plan and return the outcomes.

    ``under``: the reviewed plan that has the change of each number, by digest.
    """
    logs.configure(arguments.verbose, arguments.log_format)
    with signals_kept(), asyncio.Runner() as runner:
        return runner.run(_carry_out(spec, plan, held, credentials, who, under, arguments))


async def _carry_out(
    spec: TargetSpec,
    plan: Plan,
    held: LockedState,
    credentials: Credentials,
    who: Identity,
    under: SpanMap[str],
    arguments: ApplyOptions,
) -> Ended:
    signals = _Signals()
    loop = asyncio.get_running_loop()
    for number in ENDING:
        loop.add_signal_handler(number, signals.receive, number)
    target = spec.target
    pace = Pace(target.concurrency, target.requests_per_second)
    async with open_server(
        target.endpoint,
        credentials,
        source=who.source,
        concurrency=target.concurrency,
    ) as server:
        checking = asyncio.create_task(preflight(server.reader, plan, pace))
        stopping = asyncio.create_task(signals.stop.event.wait())
        await asyncio.wait({checking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not checking.done():
            checking.cancel()
            return _nothing(plan, None, signals)
        error = checking.exception()
        if isinstance(error, ReconcilerError):
            return _nothing(plan, error, signals)
        checked = checking.result()
        _tell_of_loss(spec, plan, checked)
        # VICIdial's API log has this source for each call.
        _LOG.info(
            "checks passed, calls begin",
            target=target.name,
            source=who.source,
            list_of_numbers=checked.unreadable or "read",
        )
        if checked.unreadable is not None:
            tell(
                f"{target.name}: the list of all numbers cannot be read, because "
                f"{checked.unreadable}"
            )
            if plan.questions:
                numbers = many(plan.questions, "number")
                tell(f"{target.name}: {numbers} asked for one by one, before anything is copied")
        with progress(plan, arguments) as shown:
            run = Run(
                plan,
                spec.desired,
                held,
                checked,
                Reason(who.message(plan), who.commit, under),
                progress=shown.tick,
            )
            sender = Sender(
                server, pace, RetryPolicy(), lambda: run.ending(signals.stop), shown.unclear
            )
            applied = await run.carry_out(sender, pace, signals.stop)
    return Ended(plan, applied, signals.received)


def _tell_of_loss(spec: TargetSpec, plan: Plan, checked: Checked) -> None:
    """Warn when the state is empty and declared numbers exist on the server."""
    if plan.state.records or checked.present is None:
        return
    there = spec.desired.within(checked.present)
    adopted = there.where(lambda declared: declared.block.adopt)
    count = there.count - adopted.count
    if count:
        target = spec.target
        tell(
            f"{target.name}: the state may have been lost: {many(count, 'number')} declared here "
            f"exist on the server, and {target.state} knows none of them"
        )
        tell(
            "hint: if they were created from here, bring that state back before anything is "
            "adopted: from git or a backup (reconciler state push FILE), or with reconciler state "
            f"rename OLD --target {target.name} where the folder was called OLD"
        )


def _nothing(plan: Plan, error: ReconcilerError | None, signals: _Signals) -> Ended:
    why = signals.stop.why or "the checks before the first call failed"
    settled = tuple(Settled(span, NotStarted(why)) for span in plan.changes.spans)
    return Ended(plan, Applied(settled, 0.0, error), signals.received, began=False)
