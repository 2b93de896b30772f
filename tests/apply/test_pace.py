"""How many calls go at a time, and how soon after each other."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply.pace import Pace


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self):
        self.now = 1000.0
        self.oversleeps = 1.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds * self.oversleeps


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    return clock


def test_it_starts_with_one_call_and_each_clear_answer_lets_one_more_go():
    pace = Pace(4, None)
    widths = [pace.width]
    for _ in range(5):
        pace.answered("update", 0.05)
        widths.append(pace.width)
    assert widths == [1, 2, 3, 4, 4, 4]


def test_a_failure_halves_them_and_one_always_goes():
    pace = Pace(8, None)
    for _ in range(7):
        pace.answered("update", 0.05)
    widths = []
    for _ in range(5):
        pace.failed()
        widths.append(pace.width)
    assert widths == [4, 2, 1, 1, 1]


def test_a_server_that_gets_slower_and_slower_gets_fewer_calls():
    pace = Pace(4, None)
    for _ in range(4):
        pace.answered("update", 0.05)
    widths = []
    for seconds in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2):
        pace.answered("update", seconds)
        widths.append(pace.width)
    assert widths == [4, 4, 3, 2, 1, 1]


def test_a_server_that_recovers_gets_more_again():
    pace = Pace(4, None)
    for seconds in (0.05, 5.0, 5.0, 0.05, 0.05, 0.05):
        pace.answered("update", seconds)
    assert pace.width == 4


def test_calls_of_one_kind_are_not_measured_by_those_of_another():
    pace = Pace(4, None)
    pace.answered("update", 0.01)
    pace.answered("copy of many", 0.9)
    pace.answered("copy of many", 0.9)
    assert pace.width == 4


def test_without_a_rate_a_call_never_waits(clock):
    pace = Pace(4, None, clock)
    asyncio.run(pace.turn())
    assert clock.now == 1000.0


def test_a_pause_that_the_server_asks_for_is_held_by_every_call(clock):
    pace = Pace(4, None, clock)
    pace.failed(17.0)
    pace.failed(5.0)
    asyncio.run(pace.turn())
    assert clock.now == 1017.0


@given(
    rate=st.floats(min_value=0.1, max_value=1000),
    pauses=st.lists(st.floats(min_value=0, max_value=30), min_size=2, max_size=30),
)
def test_a_rate_is_held_exactly(rate, pauses):
    clock = Clock()
    pace = Pace(4, rate, clock)
    starts = []

    async def play():
        for pause in pauses:
            clock.now += pause
            await pace.turn()
            starts.append(clock.now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", clock.sleep)
        asyncio.run(play())
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert all(gap >= 1 / rate - 1e-9 for gap in gaps)
    for gap, pause in zip(gaps, pauses[1:], strict=True):
        assert gap <= max(pause, 1 / rate) + 1e-9


def test_turns_taken_at_once_start_one_gap_apart(clock):
    pace = Pace(4, 20, clock)
    starts = []

    async def one():
        await pace.turn()
        starts.append(round(clock.now - 1000, 6))

    async def play():
        for _ in range(4):
            await one()

    asyncio.run(play())
    assert starts == [0.0, 0.05, 0.1, 0.15]


def test_a_start_that_came_late_is_not_made_up_for(clock):
    clock.oversleeps = 1.5
    pace = Pace(4, 10, clock)
    starts = []

    async def one():
        await pace.turn()
        starts.append(clock.now)

    async def play():
        await asyncio.gather(*(one() for _ in range(5)))

    asyncio.run(play())
    assert [round(later - earlier, 6) for earlier, later in pairwise(starts)] == [0.15] * 4
