"""A server that is a dict, and an apply without a network: schedules are run against them."""

from dataclasses import dataclass, field, replace

from reconciler.apply.ledger import Ledger, refreshed
from reconciler.diff.settings import settings_of
from reconciler.numbers import align, span_of
from reconciler.plan.calls import (
    LONGEST_LIST,
    CopyCall,
    DeleteCall,
    ProbeCall,
    ReadCall,
    UpdateCall,
)
from reconciler.plan.outcome import Settled
from reconciler.plan.plan import Plan, make_plan
from reconciler.plan.schedule import Schedule
from reconciler.routing import FIELDS
from reconciler.state.model import Seed, State
from reconciler.vicidial.replies import (
    Added,
    AlreadyExists,
    CallRefused,
    Columns,
    Copied,
    CopyLine,
    Deleted,
    DidMissing,
    Exists,
    NotInserted,
    SourceMissing,
    Unclear,
    Updated,
)

GHOST = "GHOST"
"""An in-group that does not exist: the server refuses it."""
REFUSED = CallRefused("ERROR: update_did GROUP MUST BE AN ACTUAL IN-GROUP, OPTIONAL FIELD")
NO_SOURCE = SourceMissing("ERROR: copy_did SOURCE DID DOES NOT EXIST: |6666|")


UNDER = "the plan that was reviewed"


@dataclass(slots=True)
class Row:
    """A number on the server. ``origin`` is the template it was copied from in the end."""

    pattern: str
    fields: dict[str, str]
    origin: str
    made: bool = False
    hidden: bool = False
    """Not in this user's groups: copy_did says that it exists, update_did that it does not."""


class Server:
    """copy_did, update_did, delete and probe as recorded, on a dict."""

    def __init__(self, *rows: Row) -> None:
        self.rows = {row.pattern.lower(): row for row in rows}
        self.calls: list[object] = []

    def table(self):
        return {
            row.pattern: (dict(sorted(row.fields.items())), row.origin)
            for row in self.rows.values()
        }

    def listed(self):
        visible = [row for row in self.rows.values() if not row.hidden]
        from reconciler.numbers import SpanMap

        return SpanMap((span_of(row.pattern), True) for row in visible)

    def seen(self, pattern):
        row = self.rows.get(pattern.lower())
        return None if row is None or row.hidden else row

    def answer(self, call, *, only=None):
        """Do what ``call`` asks; of a copy only the numbers in ``only`` (None: all)."""
        self.calls.append(call)
        match call:
            case CopyCall():
                return self._copy(call, only)
            case UpdateCall(pattern, routing):
                row = self.seen(pattern)
                if row is None:
                    return DidMissing()
                if routing.get("group") == GHOST:
                    return REFUSED
                assert routing, "an update without fields is a probe"
                row.fields |= routing
                return Updated()
            case DeleteCall(pattern):
                if self.seen(pattern) is None:
                    return DidMissing()
                del self.rows[pattern.lower()]
                return Deleted()
            case ProbeCall(pattern):
                return DidMissing() if self.seen(pattern) is None else Exists()
            case ReadCall(pattern, source):
                return Columns(
                    {
                        one: columns_of(row)
                        for one in (pattern, source)
                        if one is not None and (row := self.seen(one)) is not None
                    }
                )

    def _copy(self, call, only):
        source = self.seen(call.via)
        wanted = [pattern for pattern in call.patterns() if only is None or pattern in only]
        assert 2 <= len(",".join(call.patterns())) <= LONGEST_LIST
        if source is None:
            return NO_SOURCE
        lines: dict[str, CopyLine] = {}
        for pattern in wanted:
            if pattern.lower() in self.rows:
                lines[pattern] = AlreadyExists()
                continue
            fields = dict(source.fields)
            if call.description is not None:
                fields["did_description"] = call.description
            self.rows[pattern.lower()] = Row(pattern, fields, source.origin, made=True)
            lines[pattern] = Added(len(self.rows))
        return Copied(lines)


def columns_of(row):
    """All columns; one that no field declares tells what it was copied from."""
    columns = {field.column: row.fields.get(field.name, "") for field in FIELDS}
    return columns | {"did_pattern": row.pattern, "custom_one": row.origin}


class Killed(Exception):
    """The machine is gone."""


@dataclass(slots=True)
class Fate:
    """What happens to a try of a call. The default: nothing happens to it."""

    kill: str | None = None
    """"before" or "after" the server's work, or in the middle of a copy's."""
    unclear: str | None = None
    failing: frozenset[str] = frozenset()
    """Numbers for which a copy inserts nothing."""
    half: float = 0.5


KIND = Fate()


@dataclass(slots=True)
class Ran:
    """What became of one run."""

    state: State
    plan: Plan
    settled: list[Settled] = field(default_factory=list)
    killed: bool = False

    @property
    def outcomes(self):
        return {p: each.outcome for each in self.settled for p in each.span}


def carry_out(  # noqa: C901
    spec,
    state,
    server,
    *,
    fate=lambda call: KIND,
    choose=lambda count: 0,
    width=1,
    tries=2,
    listing=True,
    journal=False,
    check=lambda schedule, call, marks: None,
):
    """Plan and apply as an apply does: marks saved, calls sent ``width`` at a time, outcomes noted.

    ``fate(call)`` says what happens to each try, ``choose(n)`` which call under way is answered
    next. Returns what the machine's disk holds afterwards: with its ``journal``, or only what was
    saved. Without ``listing`` the account may not read the list, and the state knows it.
    """
    state = replace(state, unlisted=not listing)
    plan = make_plan(spec, state)
    present = server.listed() if listing else None
    schedule = Schedule(plan.changes, state.records, present, unlisted=not listing)
    ledger = Ledger(state.records, plan.changes, plan.changes.mapped(lambda _: UNDER))
    ran = Ran(state, plan)
    serial = state.serial

    def saved():
        nonlocal serial
        serial += 1
        ran.state = replace(state, records=ledger.records, serial=serial)

    def take_in(settled):
        ran.settled += settled
        ledger.settle(settled)

    take_in(list(schedule.at_once))
    under_way = []
    try:
        while True:
            fresh = []
            while len(under_way) + len(fresh) < width and (flight := schedule.take()) is not None:
                fresh.append(flight)
            for flight in fresh:
                check(schedule, flight.call, flight.marks)
                for span, begun in flight.marks:
                    ledger.mark(span, begun)
            if fresh:
                saved()
            under_way += fresh
            if not under_way:
                break
            flight = under_way.pop(choose(len(under_way)))
            _send(server, flight, fate, tries)
            settled = schedule.settle(flight)
            for span, standing in schedule.news():
                ledger.mark(span, standing)
            take_in(settled)
    except Killed:
        if journal:
            saved()
        ran.killed = True
        return ran
    left = schedule.left("the run ended")
    ran.settled += left
    ledger.settle(left)
    saved()
    records = refreshed(ran.state.records, spec.desired, plan.changes)
    ran.state = replace(ran.state, records=records, settings=settings_of(spec.target))
    return ran


def _send(server, flight, fate, tries):
    """Try as often as a sender does that keeps to its retry policy."""
    for _ in range(tries):
        flight.answered(_tried(server, flight, fate(flight.call)))
        if flight.clear:
            break


def _tried(server, flight, fate):
    call = flight.call
    asked = flight.wanted if isinstance(call, CopyCall) else []
    if fate.kill == "before":
        raise Killed
    if fate.unclear == "before":
        return Unclear("no reply")
    if isinstance(call, CopyCall):
        part = asked
        if "middle" in (fate.kill, fate.unclear):
            part = asked[: int(len(asked) * fate.half)]
        part = [pattern for pattern in part if pattern not in fate.failing]
        reply = server.answer(call, only=set(part))
        if isinstance(reply, Copied):
            missing = [pattern for pattern in asked if pattern not in reply.lines]
            lines = dict(reply.lines)
            for pattern in missing:
                failed = pattern in fate.failing
                lines[pattern] = NotInserted("0 rows") if failed else Unclear("cut")
            reply = Copied(lines)
    else:
        reply = server.answer(call)
    if fate.kill is not None:
        raise Killed
    return Unclear("half a body") if fate.unclear == "after" else reply


def sound(server, records):
    """What is certain in the state, held against the server's table; returns what is untrue."""
    untrue = []
    for span, one in records:
        for pattern in span:
            row = server.rows.get(pattern.lower())
            certain = one.certain
            if certain is None:
                continue
            if row is None:
                untrue.append(f"{pattern} is known and not there")
            elif certain.routing.lacking(row.fields):
                untrue.append(f"{pattern} is known as {certain.routing} and is {row.fields}")
    return untrue


def forgotten(server, records):
    """Numbers that were made by applies and of which the state knows nothing."""
    return [
        row.pattern for row in server.rows.values() if row.made and records.get(row.pattern) is None
    ]


def unlike(server, desired):
    """Declared numbers that are missing or have another routing than declared."""
    found = []
    for span, wanted in desired:
        for pattern in span:
            row = server.rows.get(pattern.lower())
            if row is None or wanted.routing.lacking(row.fields):
                found.append(pattern)
    return found


def is_seed(marks, pattern):
    return any(
        isinstance(getattr(begun, "role", None), Seed) and pattern in list(span)
        for span, begun in marks
    )


def whole(plan, settled):
    """Whether each number of the plan was settled once, and nothing else was."""
    times = {}
    for each in settled:
        for pattern in each.span:
            times[pattern] = times.get(pattern, 0) + 1
    planned = [pattern for span, _ in plan.changes for pattern in span]
    assert sorted(times) == sorted(planned)
    assert set(times.values()) <= {1}


def desired_of(spec):
    return {p: wanted for span, wanted, _ in align(spec.desired, spec.desired) for p in span}
