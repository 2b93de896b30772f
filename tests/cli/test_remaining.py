"""The time an apply has to go: the plan's estimate and the bar say about the same."""

import pytest

from reconciler.cli.remaining import Remaining
from reconciler.plan.cost import seconds_of_call
from reconciler.plan.plan import make_plan
from reconciler.routing import Routing
from tests.conftest import MENU, SALES, SOURCE, SUPPORT, declared, known, spec, state
from tests.plan.conftest import KIND, Row, Server, carry_out

NEW, LIVE = "7275560000-7275563999", "7275550000-7275550399"
MANY = [Routing({"did_route": "EXTEN", "extension": str(8000 + each)}) for each in range(40)]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def reroute():
    return spec((LIVE, declared(SUPPORT))), state((LIVE, known(SALES)))


def create_much():
    return spec((NEW, declared(SALES))), state()


def create_then_reroute():
    return spec((NEW, declared(SALES)), (LIVE, declared(MENU))), state((LIVE, known(SALES)))


def create_in_many_routings():
    entries = (
        (f"727557{each:02}00-727557{each:02}24", declared(routing))
        for each, routing in enumerate(MANY)
    )
    return spec(*entries), state()


STORIES = [reroute, create_much, create_then_reroute, create_in_many_routings]


def told_along(wanted, known_before, *, pace):
    """What the bar says after each call of an apply at a line ``pace`` times as slow as expected.

    Pairs of (seconds since the start, seconds from start to end as the bar has it), and the end.
    """
    calls = []

    def record(call):
        calls.append(call)
        return KIND

    server = Server(Row(SOURCE, {}, SOURCE))
    for span, _ in known_before.records:
        for pattern in span:
            server.rows[pattern] = Row(pattern, {}, SOURCE)
    carry_out(wanted, known_before, server, fate=record)
    plan = make_plan(wanted, known_before)
    assert len(calls) == plan.calls.total
    clock = Clock()
    remaining = Remaining(plan, clock)
    told = [(0.0, remaining.elapsed + remaining.left)]
    for call in calls:
        seconds = seconds_of_call(call)
        remaining.done += seconds
        clock.now += pace * seconds / plan.target.concurrency
        told.append((clock.now, remaining.elapsed + remaining.left))
    return plan, told, clock.now


@pytest.mark.parametrize("story", STORIES)
def test_on_a_line_as_expected_bar_and_plan_agree_from_the_first_call_to_the_last(story):
    plan, told, end = told_along(*story(), pace=1.0)
    assert end == pytest.approx(plan.seconds)
    assert all(seconds == pytest.approx(plan.seconds) for _, seconds in told)


@pytest.mark.parametrize("pace", [1 / 1.5, 1.5])
@pytest.mark.parametrize("story", STORIES)
def test_on_a_line_that_is_somewhat_other_they_agree_within_a_factor_of_one_and_a_half(story, pace):
    plan, told, _ = told_along(*story(), pace=pace)
    assert all(plan.seconds / 1.51 < seconds < plan.seconds * 1.51 for _, seconds in told)


@pytest.mark.parametrize("pace", [0.2, 5.0])
@pytest.mark.parametrize("story", STORIES)
def test_on_any_other_line_the_bar_is_soon_right(story, pace):
    _, told, end = told_along(*story(), pace=pace)
    soon = [seconds for at, seconds in told if at > 10]
    assert all(end / 1.5 < seconds < end * 1.5 for seconds in soon)
    assert told[-1][1] == pytest.approx(end)


def test_the_time_is_labelled():
    clock = Clock()
    plan = make_plan(*reroute())
    remaining = Remaining(plan, clock)
    assert remaining.words() == f"elapsed 0:00, about 0:0{round(plan.seconds)} left"
    clock.now = 3725.0
    remaining.done = plan.work
    assert remaining.words() == "elapsed 1:02:05, about 0:00 left"


def test_what_takes_no_calls_has_no_time_to_go():
    plan = make_plan(spec((LIVE, declared(SALES))), state((LIVE, known(SALES))))
    assert Remaining(plan, Clock()).words() == "elapsed 0:00, about 0:00 left"
