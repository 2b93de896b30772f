"""How few calls: a round trip is what an apply costs."""

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.diff.compare import compare
from reconciler.numbers import Span, SpanMap, Spans
from reconciler.plan.calls import (
    CallCount,
    CopyCall,
    DeleteCall,
    ProbeCall,
    ReadCall,
    UpdateCall,
    batches,
    next_batch,
)
from reconciler.plan.outcome import Done
from reconciler.plan.plan import make_plan
from reconciler.plan.queue import Queue
from reconciler.plan.schedule import Schedule
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import BY_NAME, NOTHING, Routing
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    CopyOf,
    FromSource,
    Seed,
)
from reconciler.vicidial.replies import Added, Columns, Copied, Deleted, DidMissing, Updated
from tests.conftest import (
    MENU,
    SALES,
    SOURCE,
    SUPPORT,
    block,
    declared,
    known,
    over,
    record,
    spec,
    state,
)
from tests.plan.conftest import Row, Server, carry_out, whole


def extension(number):
    return Routing({"did_route": "EXTEN", "extension": str(8000 + number)})


def described(words, routing=NOTHING):
    return routing.overlaid({"did_description": words})


def a_server():
    return Server(Row(SOURCE, {"did_route": "PHONE"}, SOURCE))


def queue_of(*spans):
    queue = Queue()
    queue.wait(Spans.of(spans))
    return queue


def calls_of(wanted, records=None):
    return make_plan(wanted, records or state()).calls


def test_ten_thousand_numbers_in_twenty_routings_cost_81_calls():
    routings = [(Span("727", 7, n * 1000, n * 1000 + 499), extension(n)) for n in range(20)]
    wanted = spec(*((span.text, declared(routing)) for span, routing in routings))
    assert calls_of(wanted) == CallCount(copies=61, updates=20)
    server = a_server()
    ran = carry_out(wanted, state(), server, width=4)
    assert len(server.calls) == 81
    assert all(isinstance(each.outcome, Done) for each in ran.settled)
    assert make_plan(wanted, ran.state).changes == SpanMap()


def test_five_hundred_numbers_of_one_source_in_three_routings_cost_8_calls_at_most():
    wanted = spec(
        ("7275553000-7275553166", declared(SALES)),
        ("7275553167-7275553333", declared(SUPPORT)),
        ("7275553334-7275553499", declared(MENU)),
    )
    assert calls_of(wanted) == CallCount(copies=4, updates=3)


def test_numbers_that_declare_nothing_are_copied_and_nothing_else():
    wanted = spec(("7275553000-7275553180", declared(NOTHING)))
    assert calls_of(wanted) == CallCount(copies=1)


def test_a_description_alone_rides_along_with_the_copy():
    wanted = spec(
        ("7275553000-7275553049", declared(described("Tampa sales"))),
        ("7275553050-7275553099", declared(described("Miami sales"))),
    )
    assert calls_of(wanted) == CallCount(copies=2)
    server = a_server()
    carry_out(wanted, state(), server)
    assert server.rows["7275553050"].fields["did_description"] == "Miami sales"


def test_routings_that_differ_in_their_description_share_a_seed():
    wanted = spec(
        ("7275553000-7275553049", declared(SALES)),
        ("7275553050-7275553099", declared(described("Tampa sales", SALES))),
        ("7275553100-7275553149", declared(described("Miami sales", SALES))),
    )
    assert calls_of(wanted) == CallCount(copies=4, updates=1)
    server = a_server()
    carry_out(wanted, state(), server)
    assert server.calls[1] == UpdateCall("7275553000", SALES)
    assert server.rows["7275553001"].fields.get("did_description") is None
    assert server.rows["7275553149"].fields["did_description"] == "Miami sales"


def test_seeds_and_numbers_that_declare_nothing_go_in_one_copy():
    wanted = spec(
        ("7275553000-7275553009", declared(NOTHING)),
        ("7275553010-7275553019", declared(SALES)),
    )
    assert calls_of(wanted) == CallCount(copies=2, updates=1)


def test_each_source_is_copied_on_its_own():
    wanted = spec(
        ("7275553000-7275553009", declared(NOTHING)),
        ("7275553010-7275553019", declared(NOTHING, source="7275551115")),
    )
    assert calls_of(wanted) == CallCount(copies=2)


def test_existing_numbers_cost_one_update_each_with_all_their_fields():
    wanted = spec(("7275553000-7275553009", declared(SUPPORT)))
    records = state(("7275553000-7275553009", known(SALES)))
    assert calls_of(wanted, records) == CallCount(updates=10)
    first = Schedule(make_plan(wanted, records).changes, records.records).take()
    assert first.call == UpdateCall("7275553000", Routing({"group": "SUPPORT"}))


def test_a_move_between_blocks_costs_nothing():
    wanted = spec(("7275553000-7275553009", declared(SALES, of=block("support"))))
    records = state(("7275553000-7275553009", known(SALES)))
    plan = make_plan(wanted, records)
    assert plan.calls.total == 0
    assert plan.changes == SpanMap()


def test_a_list_of_ten_digit_numbers_holds_181_of_them():
    assert batches(queue_of(Span("727", 7, 0, 180))) == 1
    assert batches(queue_of(Span("727", 7, 0, 181))) == 2
    schedule = Schedule(
        make_plan(spec(("7270000000-7270000181", declared(NOTHING))), state()).changes, SpanMap()
    )
    first, second = schedule.take(), schedule.take()
    assert len(",".join(first.wanted)) == 1990
    assert second.wanted == ["7270000181"]


@given(st.lists(st.tuples(st.integers(2, 50), st.integers(1, 2000)), max_size=8))
@example([(10, 181), (9, 1)])  # a shorter number still fits
@example([(10, 100), (11, 75), (8, 1)])  # a span ends where the list has no room left
def test_lists_are_counted_without_being_made(lengths):
    spans = [
        Span(
            "x" * (length - min(length, 4)), min(length, 4), 0, min(size, 10 ** min(length, 4)) - 1
        )
        for length, size in lengths
    ]
    queue, made = queue_of(*spans), 0
    while queue:
        next_batch(queue)
        made += 1
    assert batches(queue_of(*spans)) == made


def test_counting_the_lists_of_a_billion_numbers_costs_nothing():
    assert batches(queue_of(Span("72", 9, 0, 10**9 - 1))) == -(-(10**9) // 166)


@given(st.lists(st.tuples(st.integers(2, 40), st.integers(1, 300)), min_size=1, max_size=6))
def test_no_list_is_longer_than_2000_characters_or_shorter_than_it_could_be(lengths):
    wanted = spec(
        *(
            (Span(f"{'abcdef'[i]}".ljust(length - 1, "x"), 4, 0, size - 1).text, declared(NOTHING))
            for i, (length, size) in enumerate(lengths)
        )
    )
    schedule = Schedule(make_plan(wanted, state()).changes, SpanMap())
    lists = []
    while (flight := schedule.take()) is not None:
        lists.append(flight.wanted)
    assert all(len(",".join(each)) <= 2000 for each in lists)
    for each, following in itertools.pairwise(lists):
        assert len(",".join([*each, following[0]])) > 2000


# --- the calls that a plan counts are the calls that are sent

NUMBERS = Span("72755530", 2, 0, 29)
FIELDS = [NOTHING, SALES, SUPPORT, MENU, described("Tampa sales"), described("Miami", SALES)]
fields = st.sampled_from(FIELDS)
confirmed = st.builds(Confirmed, st.sampled_from([SOURCE, "7275551115", None]), fields)
roles = st.sampled_from([FromSource(), Seed(), CopyOf(SOURCE)])
standings = st.one_of(
    confirmed,
    st.builds(BegunCreate, st.just(SOURCE), roles, fields),
    st.builds(BegunUpdate, confirmed, fields),
    st.builds(BegunDelete, confirmed.filter(lambda each: each.source is not None)),
)
policies = st.sampled_from([KeepPolicy(), ParkPolicy(MENU), DeletePolicy(), None])
blocks = st.builds(block, st.sampled_from(["sales", "support"]), adopt=st.booleans())
places = st.sampled_from(list(NUMBERS))
wanted_of = st.dictionaries(
    places, st.builds(declared, fields, source=st.sampled_from([SOURCE, "7275551115"]), of=blocks)
)
records_of = st.dictionaries(
    places,
    st.builds(record, standings, name=st.sampled_from(["sales", "old"]), removal=policies),
)


@given(wanted_of, records_of, st.booleans())
def test_what_is_counted_is_what_is_sent_and_leaves_nothing_to_do(wanted, before, unlisted):
    wanted, before = spec(*wanted.items()), state(*before.items(), unlisted=unlisted)
    plan = make_plan(wanted, before)
    server = Optimist(before.records.without(wanted.desired))
    ran = carry_out(wanted, before, server, listing=not unlisted)
    whole(plan, ran.settled)
    assert server.count == plan.calls
    assert all(isinstance(each.outcome, Done) for each in ran.settled)
    assert compare(wanted, ran.state).changes == SpanMap()
    for span, want in wanted.desired:
        for pattern in span:
            assert not want.routing.lacking(ran.state.records.get(pattern).standing.routing)


class Optimist:
    """A server with which everything goes well: what is begun is as it was left.

    ``leaving`` numbers exist where they are on the list, and do not where they are asked for.
    """

    def __init__(self, leaving):
        self.count = CallCount()
        self.leaving = leaving

    def listed(self):
        return self.leaving.mapped(lambda _: True)

    def answer(self, call, *, only=None):
        match call:
            case CopyCall():
                self.count += CallCount(copies=1)
                return Copied({pattern: Added(7) for pattern in call.patterns()})
            case UpdateCall():
                self.count += CallCount(updates=1)
                return Updated()
            case DeleteCall():
                self.count += CallCount(deletes=1)
                return Deleted()
            case ProbeCall():
                self.count += CallCount(probes=1)
                return DidMissing()
            case ReadCall(pattern, source):
                self.count += CallCount(probes=1)
                standing = self.leaving.get(pattern).standing
                certain = getattr(standing, "before", None)
                routing = NOTHING if certain is None else certain.routing
                columns = {BY_NAME[name].column: value for name, value in routing.items()}
                return Columns({pattern: columns, source or pattern: columns})


def test_a_plan_of_a_million_numbers_is_counted_without_writing_one_out():
    wanted = spec(("7000000000-7000999999", declared(NOTHING)))
    assert calls_of(wanted).copies == -(-1_000_000 // 181)


def test_counts_of_calls_add_up():
    assert CallCount(1, 2, 3, 4) + CallCount(4, 3, 2, 1) == CallCount(5, 5, 5, 5)
    assert CallCount(1, 2, 3, 4).total == 10


def test_a_number_of_the_list_that_is_begun_is_not_copied_again():
    mark = BegunCreate(SOURCE, FromSource(), SALES)
    before = state(("7275553000", record(mark)))
    plan = make_plan(spec(("7275553000", declared(SALES))), before)
    schedule = Schedule(plan.changes, before.records, over(("7275553000", True)))
    assert schedule.expected() == CallCount()
    assert schedule.take().call == ReadCall("7275553000", SOURCE)
