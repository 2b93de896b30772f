"""Carrying a plan out: marks saved before calls, outcomes journalled after them.

::

    take calls ──▶ mark their numbers begun ──▶ save ──▶ send, several at a time
        ▲                                                      │
        └──── what an answer leads to ◀── journal ◀── outcome ─┘

Killed anywhere, the saved state names every number that may have been touched.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from math import ceil

from reconciler.apply.ledger import Ledger, refreshed
from reconciler.apply.pace import Pace
from reconciler.apply.preflight import Checked
from reconciler.apply.send import Answered, Sender
from reconciler.diff.settings import settings_of
from reconciler.errors import ReconcilerError, StateError
from reconciler.numbers import SpanMap
from reconciler.plan.calls import Call
from reconciler.plan.outcome import Done, Settled
from reconciler.plan.plan import Plan
from reconciler.plan.schedule import Schedule
from reconciler.specs.model import Declared
from reconciler.state.model import Conflict, State
from reconciler.state.store import Held
from reconciler.vicidial.replies import Unclear

GRACE = 5.0
"""Seconds for which calls under way are waited for once a signal came (GitHub gives 7.5)."""


@dataclass(slots=True)
class Stop:
    """Asks a run to end early. ``why`` is told of everything that was not started."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""
    grace: float | None = None

    def ask(self, why: str, *, grace: float | None = None) -> None:
        """Start no further call; those under way get ``grace`` seconds (None: all they need)."""
        if not self.event.is_set():
            self.why = why
            self.grace = grace
            self.event.set()

    @property
    def asked(self) -> bool:
        """Whether to end."""
        return self.event.is_set()


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply came to. ``error`` is what ended it early, if anything did."""

    settled: tuple[Settled, ...]
    seconds: float
    error: ReconcilerError | None = None
    conflicts_gone: int = 0

    @property
    def complete(self) -> bool:
        """Whether every number was confirmed."""
        return self.error is None and all(isinstance(each.outcome, Done) for each in self.settled)


class Run:
    """One apply of one plan. ``progress`` is told how many numbers have an outcome.

    ``message`` tells what the saves are for; ``commit`` is noted when all is confirmed.
    """

    def __init__(
        self,
        plan: Plan,
        desired: SpanMap[Declared],
        held: Held,
        checked: Checked,
        *,
        message: str,
        commit: str | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        records = plan.state.records
        self._plan = plan
        self._desired = desired
        self._held = held
        self._message = message
        self._commit = commit
        self._progress = progress
        self._schedule = Schedule(plan.changes, records, checked.present)
        for source, why in checked.missing.items():
            self._schedule.refuse_source(source, why)
        self._ledger = Ledger(records, plan.changes)
        self._conflicts_gone = self._drop_conflicts(checked)
        self._settled: list[Settled] = []
        self._count = 0
        self._answered = 0
        self._queue: deque[Call] = deque()
        self._started = time.monotonic()
        self._saved = self._started
        self._save_seconds = 0.0
        self._error: ReconcilerError | None = None

    async def carry_out(self, sender: Sender, pace: Pace, stop: Stop) -> Applied:
        """Send the plan's calls until none is left or ``stop`` is asked; save what came of it."""
        under_way: dict[asyncio.Task[Answered], Call] = {}
        asked = asyncio.create_task(stop.event.wait())
        try:
            self._take_in(list(self._schedule.at_once))
            while True:
                if not stop.asked:
                    await self._guarded(stop, self._refill(pace))
                while self._queue and len(under_way) < pace.width and not stop.asked:
                    call = self._queue.popleft()
                    under_way[asyncio.create_task(sender.send(call))] = call
                if not under_way:
                    break
                if stop.asked:
                    await self._wind_up(under_way, stop)
                    break
                await asyncio.wait({*under_way, asked}, return_when=asyncio.FIRST_COMPLETED)
                await self._guarded(stop, self._collect(under_way))
        finally:
            asked.cancel()
            for task in under_way:
                task.cancel()
        return await self._finish(stop)

    async def _guarded(self, stop: Stop, step: Awaitable[None]) -> None:
        """Whatever stops a step stops the run: no new calls, what is under way is awaited."""
        try:
            await step
        except ReconcilerError as error:
            self._error = self._error or error
            stop.ask(error.message)

    # --- calls in

    async def _refill(self, pace: Pace) -> None:
        """Take further calls, mark their numbers and save, before any of them is sent."""
        if len(self._queue) >= pace.width:
            if time.monotonic() - self._saved > self._held.save_every:
                await self._save()
            return
        fresh: list[Call] = []
        while len(fresh) < self._window(pace) and (call := self._schedule.take()) is not None:
            fresh.append(call)
        if not fresh:
            return
        self._queue.extend(fresh)
        marked = False
        known = self._held.state.records
        for call in fresh:
            for span, begun in self._schedule.marks(call):
                record = known.get(span[0])
                if len(span) > 1 or record is None or record.standing != begun:
                    self._ledger.mark(span, begun)
                    marked = True
        if marked:
            await self._save()

    def _window(self, pace: Pace) -> int:
        """Calls to mark at once: enough to keep busy while the next save takes its time."""
        elapsed = time.monotonic() - self._started
        rate = self._answered / elapsed if elapsed > 0 else 0.0
        return max(2 * pace.width, ceil(rate * max(0.5, 4 * self._save_seconds)))

    async def _save(self) -> None:
        began = time.monotonic()
        state = replace(self._held.state, records=self._ledger.records)
        await asyncio.to_thread(self._held.save, state, self._message)
        self._saved = time.monotonic()
        self._save_seconds = self._saved - began

    # --- answers out

    async def _collect(self, under_way: dict[asyncio.Task[Answered], Call]) -> None:
        failed: ReconcilerError | None = None
        for task in [task for task in under_way if task.done()]:
            call = under_way.pop(task)
            error = task.exception()
            if error is None:
                answered = task.result()
                settled = self._schedule.settle(call, answered.reply, answered.doubtful)
                self._take_in(settled)
                self._answered += 1
                failed = failed or answered.stop
            elif isinstance(error, ReconcilerError):
                self._schedule.give_back(call)
                failed = failed or error
            else:
                raise error
        if failed is not None:
            raise failed

    async def _wind_up(self, under_way: dict[asyncio.Task[Answered], Call], stop: Stop) -> None:
        """Wait a little for the calls under way; what has no answer then is unknown."""
        await asyncio.wait(under_way, timeout=stop.grace)
        await self._guarded(stop, self._collect(under_way))
        for task, call in list(under_way.items()):
            task.cancel()
            unclear = Unclear("it was under way when the run was ended")
            self._take_in(self._schedule.settle(call, unclear, frozenset()))
        under_way.clear()

    def _take_in(self, settled: list[Settled]) -> None:
        if not settled:
            return
        writes = self._ledger.settle(settled)
        self._settled += settled
        if writes:
            self._held.note(writes)
        self._count += sum(len(each.span) for each in settled)
        self._progress(self._count)

    def _drop_conflicts(self, checked: Checked) -> int:
        """Forget conflicts with numbers that are gone from the server."""
        if checked.present is None:
            return 0
        conflicts = self._plan.state.records.where(
            lambda record: isinstance(record.standing, Conflict)
        )
        gone = conflicts.without(checked.present).without(self._plan.changes)
        for span in gone.spans:
            self._ledger.drop(span)
        return gone.count

    # --- the end

    async def _finish(self, stop: Stop) -> Applied:
        """Unmark what was never sent, save, and say what everything came to."""
        for call in self._queue:
            self._schedule.give_back(call)
        left = self._schedule.left(stop.why or "what it waits for was not confirmed")
        self._settled += left
        self._ledger.settle(left)
        if not isinstance(self._error, StateError):
            try:
                await asyncio.to_thread(self._held.finish, self._final_state(), self._message)
            except ReconcilerError as error:
                self._error = error
        return Applied(
            tuple(self._settled),
            time.monotonic() - self._started,
            self._error,
            self._conflicts_gone,
        )

    def _final_state(self) -> State:
        records = refreshed(self._ledger.records, self._desired, self._plan.changes)
        return replace(self._held.state, records=records, settings=settings_of(self._plan.target))
