"""Plans carried out against a server that forgets to answer, refuses, and is somebody else's too.

Whatever happens: what the state calls certain is true, nothing that was made is forgotten, nothing
outside the plan is touched, and a run that is left in peace makes server and YAML agree.
"""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.apply.ledger import refreshed
from reconciler.errors import SpecFaults
from reconciler.numbers import SpanMap, span_of
from reconciler.plan.calls import CopyCall, ProbeCall, ReadCall
from reconciler.plan.plan import make_plan
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import NOTHING, Routing
from reconciler.specs.model import TargetSpec
from reconciler.state.model import BegunUpdate, Confirmed, Conflict
from tests.conftest import MENU, SALES, SUPPORT, block, declared, state, target
from tests.plan.conftest import (
    GHOST,
    KIND,
    Fate,
    Row,
    Server,
    carry_out,
    forgotten,
    is_seed,
    sound,
    unlike,
    whole,
)

TEMPLATES = ("7270000001", "7270000002")
NUMBERS = [f"72755500{n:02}" for n in range(12)]
CHAINED = NUMBERS[0]
"""A number that another block copies from."""

ROUTINGS = [
    NOTHING,
    Routing({"did_description": "Only words"}),
    SALES,
    SALES.overlaid({"did_description": "Tampa sales"}),
    SALES.overlaid({"did_description": "Miami sales"}),
    SUPPORT,
    MENU,
    Routing({"did_route": "IN_GROUP", "group": GHOST}),
]
SOUND = ROUTINGS[:-1]
PARKED = Routing({"did_route": "EXTEN", "extension": "8300"})
REMOVALS = [None, KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()]


def a_server(foreign=(), hidden=()):
    rows = [
        Row(template, {"did_route": "EXTEN", "extension": str(n), "active": "Y"}, template)
        for n, template in enumerate(TEMPLATES)
    ]
    rows += [
        Row(pattern, {"did_route": "PHONE"}, "elsewhere", hidden=pattern in hidden)
        for pattern in foreign
    ]
    return Server(*rows)


@st.composite
def specs(draw, routings=tuple(ROUTINGS), sources=TEMPLATES):
    """Each number in one of three blocks or none; the last block may copy from the first's."""
    first, second, third = (
        block(name, adopt=draw(st.booleans()), removal=draw(st.sampled_from(REMOVALS)))
        for name in ("sales", "support", "night")
    )
    source_of = {
        "sales": draw(st.sampled_from(sources)),
        "support": draw(st.sampled_from(sources)),
        "night": CHAINED,
    }
    entries = []
    choices = st.sampled_from([first, second, third, None])
    sampled = st.sampled_from(routings)
    chained = False
    for pattern in NUMBERS:
        of = draw(choices)
        if pattern == CHAINED:
            of = None if of in (second, third) else of
            chained = of is not None
        if of is third and not chained:
            of = second
        if of is not None:
            wanted = declared(draw(sampled), source=source_of[of.name], of=of)
            entries.append((span_of(pattern), wanted))
    removal = draw(st.sampled_from([KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()]))
    return TargetSpec(target(removal=removal), (first, second, third), SpanMap(entries))


FATES = st.builds(
    Fate,
    kill=st.none(),
    unclear=st.sampled_from([None, None, None, "before", "after", "middle"]),
    failing=st.frozensets(st.sampled_from(NUMBERS), max_size=1),
)


class Watch:
    """Looks on as calls are sent, and says what no call may do."""

    def __init__(self, server, spec, plan):
        self.server, self.spec, self.plan = server, spec, plan

    def __call__(self, schedule, call, marks):
        patterns = list(call.patterns()) if isinstance(call, CopyCall) else [call.pattern]
        for pattern in patterns:
            assert self.plan.changes.get(pattern) is not None, "outside the plan"
        marked = {pattern for span, _ in marks for pattern in span}
        assert marked == (set() if isinstance(call, ProbeCall | ReadCall) else set(patterns))
        if isinstance(call, CopyCall):
            via = self.server.rows.get(call.via.lower())
            for pattern in patterns:
                self._copied(call, pattern, via, marks)

    def _copied(self, call, pattern, via, marks):
        wanted = self.spec.desired.get(pattern)
        if via is None or is_seed(marks, pattern):
            assert call.via == wanted.source
            return
        words = {} if call.description is None else {"did_description": call.description}
        assert not wanted.routing.lacking(via.fields | words), "a copy with another routing"
        source = self.server.rows[wanted.source.lower()]
        assert via.origin == source.origin, "a copy of what is not like its source"


def run(data, spec, state, server, *, fates=FATES, killing=False, listing=False):
    plan = make_plan(spec, state)
    dies_at = data.draw(st.integers(0, 12)) if killing else None
    tries = 0

    def fate(call):
        nonlocal tries
        tries += 1
        if dies_at is not None and tries > dies_at:
            return Fate(kill=data.draw(st.sampled_from(["before", "after", "middle"])))
        return data.draw(fates)

    ran = carry_out(
        spec,
        state,
        server,
        fate=fate,
        choose=lambda count: data.draw(st.integers(0, count - 1)),
        width=data.draw(st.integers(1, 3)),
        listing=listing,
        journal=data.draw(st.booleans()),
        check=Watch(server, spec, plan),
    )
    if not ran.killed:
        whole(plan, ran.settled)
    assert sound(server, ran.state.records) == []
    assert forgotten(server, ran.state.records) == []
    return ran


def refused_by_sources(spec, known):
    """Whether a source in use would be removed: then there is no plan."""
    try:
        make_plan(spec, known)
    except SpecFaults:
        return True
    return False


def in_peace(spec, known, server, *, rounds=4, listing=False):
    """Run until nothing is left to do, and return the plan that is left then.

    An apply without changes still saves: an update that was begun and is not wanted any more goes.
    """
    for _ in range(rounds):
        plan = make_plan(spec, known)
        if not plan.changes:
            known = replace(known, records=refreshed(known.records, spec.desired, plan.changes))
            return known, make_plan(spec, known)
        ran = carry_out(spec, known, server, listing=listing)
        whole(plan, ran.settled)
        known = ran.state
    return known, make_plan(spec, known)


@given(st.data(), st.booleans())
@settings(max_examples=50)
def test_whatever_a_server_does_the_next_runs_bring_it_to_what_is_declared(data, listing):
    server, known = a_server(), state(serial=0)
    unsure = set()
    for _ in range(data.draw(st.integers(1, 4))):
        spec = data.draw(specs(SOUND))
        # What it was copied from may be another number by now, and one that was adopted was copied
        # from nothing: then no columns prove whose it is after a deletion without a reply.
        unsure |= {
            p
            for span, one in spec.desired
            if one.source == CHAINED or one.block.adopt
            for p in span
        }
        if refused_by_sources(spec, known):
            continue
        killing = data.draw(st.booleans())
        known = run(data, spec, known, server, killing=killing, listing=listing).state
        # A deletion that begins now does not know which fields a begun update has set.
        begun = known.records.where(lambda one: isinstance(one.standing, BegunUpdate))
        unsure |= {p for span, _ in begun for p in span}
    spec = data.draw(specs(SOUND))
    if refused_by_sources(spec, known):
        return
    known, plan = in_peace(spec, known, server, listing=listing)
    doubted = {p for span, one in known.records for p in span if isinstance(one.standing, Conflict)}
    if listing:
        assert doubted <= unsure
    waiting = {p for span, one in spec.desired if one.source in doubted for p in span}
    assert {p for span, _ in plan.changes for p in span} <= waiting
    assert set(unlike(server, spec.desired)) <= doubted | waiting
    assert sound(server, known.records) == []
    assert set(forgotten(server, known.records)) <= waiting
    # A number whose source is in doubt is not asked about: begun before, it stays begun.
    begun = known.records.where(lambda one: not isinstance(one.standing, Confirmed | Conflict))
    assert {p for span, _ in begun for p in span} <= waiting


def drawn_foreign(data):
    foreign = data.draw(st.frozensets(st.sampled_from(NUMBERS), max_size=6))
    hidden = data.draw(st.frozensets(st.sampled_from(sorted(foreign) or NUMBERS)))
    return a_server(sorted(foreign), hidden), foreign, hidden & foreign


@given(st.data())
@settings(max_examples=50)
def test_somebody_elses_number_is_left_alone_unless_its_block_adopts(data):
    server, foreign, hidden = drawn_foreign(data)
    listing = data.draw(st.booleans())
    known = state(serial=0)
    adopted = set()
    for _ in range(data.draw(st.integers(1, 3))):
        spec = data.draw(specs())
        if refused_by_sources(spec, known):
            continue
        killing = data.draw(st.booleans())
        known = run(data, spec, known, server, killing=killing, listing=listing).state
        adopted |= {p for span, one in spec.desired if one.block.adopt for p in span}
    for pattern in foreign:
        row = server.rows.get(pattern)
        if pattern not in adopted or pattern in hidden:
            assert row is not None
            assert row.fields == {"did_route": "PHONE"}
        if pattern not in adopted:
            one = known.records.get(pattern)
            assert one is None or one.certain is None


@given(st.data())
@settings(max_examples=50)
def test_a_refused_in_group_stops_its_own_numbers_only(data):
    server = a_server()
    spec = data.draw(specs())
    known = run(data, spec, state(serial=0), server, fates=st.just(KIND)).state
    for span, wanted in spec.desired:
        for pattern in span:
            ghostly = GHOST in wanted.routing.values()
            waits = wanted.source == CHAINED and GHOST in spec.desired.get(CHAINED).routing.values()
            if not (ghostly or waits):
                assert not wanted.routing.lacking(server.rows[pattern].fields)
                assert known.records.get(pattern).standing == Confirmed(
                    wanted.source, wanted.routing
                )
            elif pattern in server.rows:
                assert known.records.get(pattern).standing == Confirmed(wanted.source)
