"""A lease renewed by a heartbeat, for storage without locks that can compare and swap.

Clocks of two machines are never compared: whoever wants a held lease watches it. When its content
changes, its holder is running; when it stays the same for the whole expiry by the watcher's own
clock, its holder is gone. The holder stops trusting its lease before anybody may take it, earlier
by the longest call that may still be under way. Everything relies on the compare-and-swap: two can
never hold one lease, and a holder that was wrong about the time is refused.
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from threading import Event, Lock, Thread
from typing import Protocol

from reconciler.errors import Fenced, LeaseHeld, StateError
from reconciler.inputs import parse_json
from reconciler.state.backend import Holder, Stored, wrong_id

# A laptop that slept must know that time has passed: CLOCK_MONOTONIC of Linux stands still then.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

Notice = Callable[[str], None]
"""Gets a line for the user while something takes time."""


def silence(_: str) -> None:
    """Ignore the notice."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. ``longest_call`` is how long after a look at the lease a request may be under way.

    That is a request itself (5 to connect, 30 to be answered) and what lies between two looks.
    """

    expiry: float = 120.0
    beat: float = 20.0
    longest_call: float = 45.0
    poll: float = 5.0
    now: Callable[[], float] = lambda: time.clock_gettime(_CLOCK)
    wait: Callable[[float], None] = time.sleep


USUAL = Timing()


class Cell(Protocol):
    """One small value, replaced only by those who know what it was."""

    where: str
    """Names it in messages."""

    def read(self) -> Stored | None:
        """What is there; empty content counts as nothing, but its token is needed to replace it."""
        ...

    def swap(self, content: bytes, *, over: str | None) -> str:
        """Replace what ``over`` names and return the new token; raise Fenced when it is not that.

        Another :class:`StateError` may leave it replaced or not.
        """
        ...

    def clear(self, *, over: str) -> None:
        """Remove what ``over`` names, or leave it empty; raise Fenced when it is not that."""
        ...


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """The lease that a cell contains: its holder, and the seconds it lasts after each beat."""

    holder: Holder
    expiry: float


def take(cell: Cell, holder: Holder, timing: Timing, notice: Notice) -> "HeldLease":
    """Take the lease in ``cell``; raise :class:`LeaseHeld` as soon as its holder renews it.

    A lease that is not renewed is watched until it has expired.
    """
    found = cell.read()
    seen_at = timing.now()
    first = found
    while found is not None and found.content:
        record = _lease_record(found.content)
        if first is not None and found.token != first.token:
            raise _held(cell, record)
        left = record.expiry - (timing.now() - seen_at)
        if left <= 0:
            break
        if found is first and left > record.expiry - timing.poll:
            notice(
                f"{cell.where} is held by {record.holder}: waiting up to {record.expiry:.0f} s to "
                "see whether that apply is still running"
            )
        timing.wait(min(timing.poll, left))
        found = cell.read()
    began = timing.now()
    content = _content(holder, timing)
    try:
        token = _swapped(cell, content, None if found is None else found.token)
    except Fenced:
        found = cell.read()
        if found is None or not found.content:
            raise LeaseHeld(
                f"{cell.where} was taken just now by another apply, which has ended",
                hint="run plan again, and apply if anything is left to do",
            ) from None
        raise _held(cell, _lease_record(found.content)) from None
    return HeldLease(cell, holder, timing, token=token, began=began)


def unlock(cell: Cell, lease_id: str) -> Holder | None:
    """Take away the lease with this id; returns its holder, None when nobody holds any."""
    found = cell.read()
    if found is None or not found.content:
        return None
    record = _lease_record(found.content)
    if record.holder.id != lease_id:
        raise wrong_id(cell.where, record.holder, lease_id)
    try:
        cell.clear(over=found.token)
    except Fenced:
        raise LeaseHeld(
            f"{cell.where} was renewed just now by {record.holder}: that apply is running",
            hint="end that apply first, or run state unlock again",
        ) from None
    return record.holder


class HeldLease:
    """A lease with its heartbeat. ``began`` is when the request that took it was begun."""

    def __init__(
        self, cell: Cell, holder: Holder, timing: Timing, *, token: str, began: float
    ) -> None:
        self._cell = cell
        self._holder = holder
        self._timing = timing
        self._token = token
        self._lost: str | None = None
        self._unsure: list[bytes] = []
        self._trusted_until = self._trust(began)
        self._one_at_a_time = Lock()
        self._stop = Event()
        self._heart = Thread(target=self._beat, name="lease", daemon=True)
        self._heart.start()

    def check(self) -> None:
        """Raise Fenced when the lease is lost or could not be renewed in time; no network."""
        if self._lost is None and self._timing.now() < self._trusted_until:
            return
        why = self._lost or "could not be renewed in time, and another apply may have taken it"
        raise Fenced(
            f"the lease of this run ({self._cell.where}) {why}",
            hint="nothing more was sent or saved; run apply again: it settles what was begun",
        )

    def confirm(self) -> None:
        """Read whether the lease is still ours; raise Fenced when it is not."""
        with self._one_at_a_time:
            if self._lost is None and not self._is_ours(self._cell.read()):
                self._lost = "was taken away"
        self.check()

    def renew(self) -> None:
        """Renew once. Without an answer the lease stays valid until it expires."""
        with self._one_at_a_time:
            if self._lost is not None:
                return
            began = self._timing.now()
            content = _content(self._holder, self._timing)
            try:
                self._token = _swapped(self._cell, content, self._token)
            except Fenced:
                self._after_refusal()
            except StateError:
                self._unsure.append(content)
            else:
                self._unsure.clear()
                self._trusted_until = self._trust(began)

    def release(self) -> None:
        """Stop the heartbeat and clear the lease; if that fails, it expires."""
        self._stop.set()
        self._heart.join()
        if self._lost is None:
            try:
                self._cell.clear(over=self._token)
            except StateError:
                self._lost = "was left to expire"
            else:
                self._lost = "was given back"

    def _beat(self) -> None:
        while not self._stop.wait(self._timing.beat):
            self.renew()

    def _trust(self, began: float) -> float:
        return began + self._timing.expiry - self._timing.longest_call

    def _after_refusal(self) -> None:
        """Refused because of an unanswered renewal of our own, or of somebody else's lease."""
        try:
            found = self._cell.read()
        except StateError:
            return
        if not self._is_ours(found):
            self._lost = "was taken away"

    def _is_ours(self, found: Stored | None) -> bool:
        if found is None:
            return False
        if found.content in self._unsure:
            self._token = found.token
        return found.token == self._token


def _swapped(cell: Cell, content: bytes, over: str | None) -> str:
    """Swap; if that was refused or not answered, check whether it arrived anyway."""
    try:
        return cell.swap(content, over=over)
    except StateError:
        found = cell.read()
        if found is None or found.content != content:
            raise
        return found.token


def _content(holder: Holder, timing: Timing) -> bytes:
    """Never the same twice, so that a reader sees each beat and a writer knows its own."""
    return json.dumps(
        {**asdict(holder), "expiry": timing.expiry, "beat": uuid.uuid4().hex}
    ).encode()


def _lease_record(content: bytes) -> LeaseRecord:
    try:
        fields = parse_json(content)
        expiry = float(fields.pop("expiry"))
        del fields["beat"]
        return LeaseRecord(Holder(**fields), expiry)
    except (ValueError, KeyError, TypeError, AttributeError):
        return LeaseRecord(Holder("unknown", "somebody unknown", "an unknown time"), USUAL.expiry)


def _held(cell: Cell, record: LeaseRecord) -> LeaseHeld:
    return LeaseHeld(
        f"another apply holds {cell.where}: {record.holder}",
        hint="wait for it to end; the lease of a killed run expires "
        f"{record.expiry:.0f} s after its last renewal. To break it now: "
        f"reconciler state unlock {record.holder.id}",
    )
