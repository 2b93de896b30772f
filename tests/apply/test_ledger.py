"""What is known as an apply goes on: each outcome and the record it leaves."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply.ledger import Ledger, refreshed
from reconciler.diff.model import UNSETTLED, Adopt, Change, Create, Delete, Forget, Update
from reconciler.errors import Location
from reconciler.numbers import Span, SpanMap, parse_span, span_of
from reconciler.plan.outcome import (
    ConflictFound,
    Done,
    NotStarted,
    Refused,
    Settled,
    Unfinished,
    Unknown,
    Vanished,
)
from reconciler.removal import DeletePolicy
from reconciler.routing import NOTHING, Routing
from reconciler.specs.model import Block, Declared, Origin
from reconciler.state.model import (
    BegunCreate,
    BegunUpdate,
    Confirmed,
    Conflict,
    FromSource,
    Record,
)
from tests.conftest import At

HERE = Location("blocks.yaml")
SOURCE = "7275551114"
YES, NO = Routing({"record_call": "Y"}), Routing({"record_call": "N"})
FIRST = span_of("7275550000")
ALL = parse_span("7275550000-7275550009")
CREATE = Create("sales", SOURCE, YES, DeletePolicy())
BEGUN = BegunCreate(SOURCE, FromSource(), YES)
LEFT = Confirmed(SOURCE, YES)
KNOWN = Record("sales", Confirmed(SOURCE, NO))


def after(outcome, change=CREATE, before=None, mark=BEGUN):
    """The record that an outcome leaves of a number that was marked."""
    records = SpanMap([] if before is None else [(FIRST, before)])
    ledger = Ledger(records, SpanMap([(FIRST, change)]), SpanMap())
    ledger.mark(FIRST, mark)
    ledger.settle([Settled(FIRST, outcome)])
    return ledger.records.get(FIRST[0])


@pytest.mark.parametrize(
    ("outcome", "plan"),
    [
        (Unfinished("no", LEFT), "reviewed"),
        (Unknown("?"), "reviewed"),
        (Done(LEFT), None),
        (ConflictFound(), None),
    ],
)
def test_what_is_left_unfinished_names_the_plan_under_which_it_was_begun(outcome, plan):
    ledger = Ledger(SpanMap(), SpanMap([(FIRST, CREATE)]), SpanMap([(FIRST, "reviewed")]))
    ledger.mark(FIRST, BEGUN)
    assert ledger.records.get(FIRST[0]).plan == "reviewed"
    ledger.settle([Settled(FIRST, outcome)])
    assert ledger.records.get(FIRST[0]).plan == plan


def test_a_mark_says_what_may_have_been_sent():
    ledger = Ledger(SpanMap(), SpanMap([(ALL, CREATE)]), SpanMap())
    ledger.mark(FIRST, BEGUN)
    assert ledger.records == SpanMap([(FIRST, Record("sales", BEGUN, DeletePolicy()))])


def test_done_is_known_with_its_block_and_policy():
    assert after(Done(LEFT)) == Record("sales", LEFT, DeletePolicy())


def test_done_with_nothing_left_is_no_longer_known():
    assert after(Done(None), Delete("sales", None, NO), KNOWN) is None


def test_forgotten_is_no_longer_known():
    assert after(Done(None), Forget("sales"), Record("sales", Conflict())) is None


def test_unfinished_is_known_by_what_is_sure():
    assert after(Unfinished("no", Confirmed(SOURCE))) == Record(
        "sales", Confirmed(SOURCE), DeletePolicy()
    )


def test_somebody_elses_is_a_conflict():
    assert after(ConflictFound()) == Record("sales", Conflict(), DeletePolicy())


def test_what_may_be_ours_is_a_conflict_in_doubt():
    assert after(ConflictFound(BEGUN)) == Record("sales", Conflict(BEGUN), DeletePolicy())


def test_unknown_stays_begun():
    assert after(Unknown("HTTP 500")) == Record("sales", BEGUN, DeletePolicy())


@pytest.mark.parametrize("outcome", [Refused("no"), Vanished("gone"), NotStarted("stopped")])
@pytest.mark.parametrize("before", [None, KNOWN, Record("sales", Conflict())])
def test_what_did_not_happen_is_as_before(outcome, before):
    assert after(outcome, before=before) == before


def test_a_policy_that_the_change_does_not_have_is_the_targets():
    change = Update("sales", None, NO, YES)
    assert after(Done(LEFT), change, KNOWN, BegunUpdate(Confirmed(SOURCE, NO), YES)) == Record(
        "sales", LEFT
    )


def test_a_dropped_number_is_no_longer_known():
    ledger = Ledger(SpanMap([(ALL, KNOWN)]), SpanMap(), SpanMap())
    ledger.drop(FIRST)
    assert ledger.records.count == 9


def test_neighbours_alike_are_written_as_one():
    ledger = Ledger(SpanMap(), SpanMap([(ALL, CREATE)]), SpanMap())
    settled = [Settled(span_of(pattern), Done(LEFT)) for pattern in ALL]
    assert ledger.settle(settled) == [(ALL, Record("sales", LEFT, DeletePolicy()))]


def test_a_span_over_two_changes_is_written_with_the_block_of_each():
    other = Adopt("support", SOURCE, YES, None)
    half = ALL.take(5)
    ledger = Ledger(SpanMap(), SpanMap([(half, CREATE), (ALL.drop(5), other)]), SpanMap())
    assert ledger.settle([Settled(ALL, Done(LEFT))]) == [
        (half, Record("sales", LEFT, DeletePolicy())),
        (ALL.drop(5), Record("support", LEFT)),
    ]


OUTCOMES = st.sampled_from(
    [
        Done(LEFT),
        Done(None),
        Unfinished("no", Confirmed(SOURCE)),
        ConflictFound(),
        Unknown("HTTP 500"),
        Refused("no"),
        NotStarted("stopped"),
    ]
)


@given(
    outcomes=st.lists(OUTCOMES, min_size=10, max_size=10),
    known=st.sets(st.integers(0, 9)),
    cuts=st.sets(st.integers(1, 9)),
)
def test_settling_together_is_settling_one_by_one(outcomes, known, cuts):
    before = SpanMap([(span_of(ALL[place]), KNOWN) for place in known])
    changes: SpanMap[Change] = SpanMap([(ALL, CREATE)])
    settled = [Settled(span_of(ALL[place]), each) for place, each in enumerate(outcomes)]

    def played(parts):
        ledger = Ledger(before, changes, SpanMap())
        ledger.mark(ALL, BEGUN)
        for part in parts:
            ledger.settle(part)
        return ledger.records

    edges = [0, *sorted(cuts), 10]
    parts = [settled[one:two] for one, two in itertools.pairwise(edges)]
    assert played(parts) == played([settled]) == played([[each] for each in settled])


def declared(block="sales", removal=None):
    return Declared(Block(block, HERE, removal=removal), SOURCE, YES, Origin(At(HERE), HERE))


def fresh(record: Record, wanted: Declared | None, change: object = None) -> Record | None:
    def alone(value):
        return SpanMap() if value is None else SpanMap[object]([(FIRST, value)])

    return refreshed(alone(record), alone(wanted), alone(change)).get(FIRST[0])


def test_a_number_goes_to_the_block_that_declares_it_now():
    assert fresh(KNOWN, declared("support", DeletePolicy())) == Record(
        "support", KNOWN.standing, DeletePolicy()
    )


def test_a_number_that_left_keeps_its_block_and_policy():
    record = Record("sales", LEFT, DeletePolicy())
    assert fresh(record, None) == record


def test_an_update_begun_that_nobody_asks_for_any_more_is_known_less():
    before = Confirmed(SOURCE, Routing({"record_call": "N", "group": "SALESLINE"}))
    record = Record("sales", BegunUpdate(before, YES))
    assert fresh(record, declared()) == Record(
        "sales", Confirmed(SOURCE, Routing({"group": "SALESLINE"}))
    )


def test_an_update_begun_that_the_plan_asserts_stays_begun():
    record = Record("sales", BegunUpdate(Confirmed(SOURCE), YES))
    assert fresh(record, declared(), Update("sales", None, NOTHING, YES, UNSETTLED)) == record


def test_numbers_that_are_not_known_stay_so():
    assert refreshed(SpanMap(), SpanMap([(ALL, declared())]), SpanMap()) == SpanMap[Record]()


def test_spans_of_every_length_are_taken_apart_where_they_must():
    ledger = Ledger(SpanMap([(ALL, KNOWN)]), SpanMap([(ALL, CREATE)]), SpanMap())
    ledger.settle([Settled(Span("", 10, FIRST.first + 3, FIRST.first + 5), ConflictFound())])
    assert [len(span) for span in ledger.records.spans] == [3, 3, 4]
