"""About how long: the plan's estimate, from what calls of each kind take."""

import pytest

from reconciler.numbers import span_of
from reconciler.plan.calls import CallCount, CopyCall, DeleteCall, ProbeCall, UpdateCall
from reconciler.plan.cost import COPIED, COPY, OWN, ROUND_TRIP, UPDATE, seconds_of, seconds_of_call
from reconciler.plan.plan import make_plan
from reconciler.routing import NOTHING
from tests.conftest import SALES, SUPPORT, declared, known, spec, state

SENT = ROUND_TRIP + OWN
THOUSAND = "7275550000-7275550999"


def planned(**of_target):
    return make_plan(spec((THOUSAND, declared(NOTHING)), **of_target), state())


def test_every_call_is_a_round_trip_and_a_copy_takes_longer_for_each_number():
    copy = CopyCall("7275551114", (span_of("7275550000"), span_of("7275550007")))
    assert seconds_of_call(copy) == pytest.approx(SENT + COPY + 2 * COPIED)
    for call in (UpdateCall("1000", SALES), DeleteCall("1000"), ProbeCall("1000")):
        assert seconds_of_call(call) == pytest.approx(SENT + UPDATE)


def test_calls_together_take_what_they_take_one_by_one():
    calls = CallCount(copies=2, updates=3, deletes=4, probes=5)
    each = 2 * (SENT + COPY) + 7 * COPIED + 12 * (SENT + UPDATE)
    assert seconds_of(calls, 7) == pytest.approx(each)


def test_time_goes_down_with_concurrency_and_up_with_a_rate():
    alone = 6 * (SENT + COPY) + 1000 * COPIED
    assert planned(concurrency=1).seconds == pytest.approx(alone)
    assert planned(concurrency=4).seconds == pytest.approx(alone / 4)
    assert planned(concurrency=4, requests_per_second=0.5).seconds == pytest.approx(12)
    assert planned(concurrency=1, requests_per_second=100.0).seconds == pytest.approx(alone)


def test_many_calls_at_a_time_are_held_up_by_this_program_itself():
    changed = spec((THOUSAND, declared(SUPPORT)), concurrency=64)
    assert make_plan(changed, state((THOUSAND, known(SALES)))).seconds == pytest.approx(1000 * OWN)


def test_a_plan_without_calls_takes_no_time():
    assert make_plan(spec((THOUSAND, declared(SALES))), state((THOUSAND, known(SALES)))).work == 0
