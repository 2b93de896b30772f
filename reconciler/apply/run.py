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
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil

from reconciler.apply.ledger import Ledger, refreshed
from reconciler.apply.pace import Pace
from reconciler.apply.preflight import Checked
from reconciler.apply.send import Sender
from reconciler.apply.stop import Stop
from reconciler.diff.settings import settings_of
from reconciler.errors import Fenced, ReconcilerError
from reconciler.numbers import SpanMap
from reconciler.plan.cost import seconds_of_call
from reconciler.plan.flight import Flight, refused
from reconciler.plan.outcome import Done, Settled
from reconciler.plan.plan import Plan
from reconciler.plan.schedule import Schedule
from reconciler.specs.model import Declared
from reconciler.state.model import State
from reconciler.state.store import LockedState

__all__ = ["GRACE", "SHORT_GRACE", "Applied", "Reason", "Run", "Stop"]

UnderWay = dict[asyncio.Task[None], Flight]

GRACE = 5.0
"""Seconds to wait for calls under way after a signal."""
SHORT_GRACE = 0.5
"""The same in GitHub Actions, which kills after 10 s: what is known has to be saved by then."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of an apply. ``error`` is what ended it early, if anything did.

    ``conflicts_gone`` numbers are no longer on the server; ``claimed`` were in doubt and are ours.
    """

    settled: tuple[Settled, ...]
    seconds: float
    error: ReconcilerError | None = None
    conflicts_gone: int = 0
    claimed: int = 0

    @property
    def complete(self) -> bool:
        """Whether every number was confirmed."""
        return self.error is None and all(isinstance(each.outcome, Done) for each in self.settled)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a plan is applied.

    ``message`` describes the saves; ``commit`` is saved when all is confirmed. ``under`` tells of
    numbers the digest of the reviewed plan that has their change; the others count as changed under
    the plan itself.
    """

    message: str
    commit: str | None = None
    under: SpanMap[str] = field(default_factory=SpanMap)


class Run:
    """One apply of one plan.

    ``progress`` gets how many numbers have an outcome, and how many seconds of the plan's work
    that was (see ``reconciler.plan.cost``).
    """

    def __init__(
        self,
        plan: Plan,
        desired: SpanMap[Declared],
        held: LockedState,
        checked: Checked,
        reason: Reason,
        *,
        progress: Callable[[int, float], None] = lambda _count, _work: None,
    ) -> None:
        records = plan.state.records
        self._plan = plan
        self._desired = desired
        self._held = held
        self._message = reason.message
        self._commit = reason.commit
        self._progress = progress
        self._checked = checked
        self._schedule = Schedule(
            plan.changes,
            records,
            checked.present,
            unlisted=checked.unreadable is not None,
            doubts=plan.doubts,
        )
        self._claimed = 0
        for source, why in checked.missing.items():
            self._schedule.refuse_source(source, why)
        own = plan.changes.mapped(lambda _: plan.digest)
        self._ledger = Ledger(records, plan.changes, own.overlaid(reason.under))
        self._conflicts_gone = self._drop_conflicts(checked)
        self._settled: list[Settled] = []
        self._count = 0
        self._work = 0.0
        self._answered = 0
        self._queue: deque[Flight] = deque()
        self._unsaved = False
        self._started = time.monotonic()
        self._saved = self._started
        self._save_seconds = 0.0
        self._error: ReconcilerError | None = None

    async def carry_out(self, sender: Sender, pace: Pace, stop: Stop) -> Applied:
        """Send the plan's calls until none is left or ``stop`` is asked; save the outcomes."""
        under_way: UnderWay = {}
        asked = asyncio.create_task(stop.event.wait())
        try:
            self._guarded(stop, lambda: self._take_in(list(self._schedule.at_once)))
            while True:
                if not stop.asked:
                    await self._refill(pace, stop)
                while self._queue and len(under_way) < pace.width and not self.ending(stop):
                    flight = self._queue.popleft()
                    under_way[asyncio.create_task(sender.send(flight))] = flight
                if not under_way:
                    break
                if stop.asked:
                    await self._wind_up(under_way, stop)
                    break
                await asyncio.wait({*under_way, asked}, return_when=asyncio.FIRST_COMPLETED)
                self._guarded(stop, lambda: self._collect(under_way))
        finally:
            asked.cancel()
            for task in under_way:
                task.cancel()
        return await self._finish(stop)

    def ending(self, stop: Stop) -> bool:
        """Whether nothing more may be sent: the run was asked to end, or its lease is lost."""
        if not stop.asked:
            self._guarded(stop, self._held.check)
        return stop.asked

    def _guarded(self, stop: Stop, step: Callable[[], None]) -> None:
        """An error in a step stops the run: no new calls; calls under way are awaited."""
        try:
            step()
        except ReconcilerError as error:
            self._stopped_by(error, stop)

    def _stopped_by(self, error: ReconcilerError, stop: Stop) -> None:
        self._error = self._error or error
        stop.ask(error.public().message)

    # --- calls in

    async def _refill(self, pace: Pace, stop: Stop) -> None:
        """Take further calls, mark their numbers and save, before any of them is sent."""
        marked = len(self._queue) < pace.width and self._take(pace)
        if marked or (self._unsaved and time.monotonic() - self._saved > self._held.save_every):
            try:
                await self._save()
            except ReconcilerError as error:
                self._stopped_by(error, stop)

    def _take(self, pace: Pace) -> bool:
        """Put calls into the queue; returns whether their marks must be saved first."""
        known = self._held.state.records
        marked = False
        window = self._window(pace)
        while len(self._queue) < window and (flight := self._schedule.take()) is not None:
            self._queue.append(flight)
            for span, begun in flight.marks:
                record = known.get(span[0])
                if len(span) > 1 or record is None or record.standing != begun:
                    self._ledger.mark(span, begun)
                    marked = True
        return marked

    def _window(self, pace: Pace) -> int:
        """How many calls to mark at once: enough for the time that the next save takes."""
        elapsed = time.monotonic() - self._started
        rate = self._answered / elapsed if elapsed > 0 else 0.0
        return max(2 * pace.width, ceil(rate * max(0.5, 4 * self._save_seconds)))

    async def _save(self) -> None:
        began = time.monotonic()
        state = replace(self._held.state, records=self._ledger.records)
        await asyncio.to_thread(self._held.save, state, self._message)
        self._unsaved = False
        self._saved = time.monotonic()
        self._save_seconds = self._saved - began

    # --- answers out

    def _collect(self, under_way: UnderWay) -> None:
        """Record every answer that is there, before anything is raised."""
        settled: list[Settled] = []
        stopped: list[BaseException] = []
        choose_anew = False
        for task in [task for task in under_way if task.done()]:
            flight = under_way.pop(task)
            error = None if task.cancelled() else task.exception()
            if error is not None:
                stopped.append(error)
            if not flight.sent:
                flight.give_back()
                continue
            self._answered += 1
            self._work += seconds_of_call(flight.call)
            choose_anew = choose_anew or refused(flight)
            settled += self._schedule.settle(flight)
        if choose_anew:
            self._reconsider()
        self._learn()
        self._take_in(settled)
        for error in stopped:
            raise error

    def _reconsider(self) -> None:
        """Give back the queued calls: a call of their kind was just refused."""
        while self._queue:
            self._queue.pop().give_back()

    async def _wind_up(self, under_way: UnderWay, stop: Stop) -> None:
        """Wait for the calls under way until the grace is over; the others are unknown then."""
        out_of_time = asyncio.create_task(stop.out_of_time())
        for task, flight in under_way.items():
            if not task.done() and not flight.on_its_way:
                task.cancel()
        while not out_of_time.done() and not all(task.done() for task in under_way):
            await asyncio.wait({*under_way, out_of_time}, return_when=asyncio.FIRST_COMPLETED)
        out_of_time.cancel()
        for task in under_way:
            task.cancel()
        await asyncio.wait(under_way)
        while under_way:
            self._guarded(stop, lambda: self._collect(under_way))

    def _learn(self) -> None:
        """Record what is certain of numbers that are not settled yet."""
        marked = [
            write
            for span, standing in self._schedule.news()
            for write in self._ledger.mark(span, standing)
        ]
        for span, standing in self._schedule.claims():
            marked += self._ledger.claim(span, standing)
            self._claimed += len(span)
        if marked:
            self._unsaved = True
            self._held.note(marked)

    def _take_in(self, settled: list[Settled]) -> None:
        if not settled:
            return
        writes = self._ledger.settle(settled)
        self._settled += settled
        self._unsaved = True
        self._count += sum(len(each.span) for each in settled)
        self._progress(self._count, self._work)
        if writes:
            self._held.note(writes)

    def _drop_conflicts(self, checked: Checked) -> int:
        """Forget conflicts with numbers that are gone from the server."""
        if checked.present is None:
            return 0
        gone = self._plan.conflicts.without(checked.present)
        for span in gone.spans:
            self._ledger.drop(span)
        return gone.count

    # --- the end

    async def _finish(self, stop: Stop) -> Applied:
        """Unmark what was never sent, save, and return all outcomes."""
        self._reconsider()
        left = self._schedule.left(stop.why or "a number that it is copied from was not confirmed")
        self._settled += left
        self._ledger.settle(left)
        # A save that failed may succeed now; one that was fenced may not even be tried.
        if not isinstance(self._error, Fenced):
            try:
                await asyncio.to_thread(self._held.finish, self._final_state(), self._message)
            except ReconcilerError as error:
                self._error = self._error or error
        return self._applied()

    def _applied(self) -> Applied:
        seconds = time.monotonic() - self._started
        return Applied(
            tuple(self._settled), seconds, self._error, self._conflicts_gone, self._claimed
        )

    def _final_state(self) -> State:
        state = self._held.state
        return replace(
            state,
            records=refreshed(self._ledger.records, self._desired, self._plan.changes),
            settings=settings_of(self._plan.target),
            unlisted=self._checked.unlisted(state.unlisted),
            applied_commit=(self._applied().complete and self._commit) or state.applied_commit,
        )
