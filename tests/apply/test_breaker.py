"""A server that has stopped answering ends the run, and one that comes back does not."""

import asyncio
from collections.abc import Iterable

import pytest

from reconciler.apply.breaker import TRIPS, Breaker
from reconciler.errors import Unreachable

WAITS = (1.0, 2.0, 4.0)
_sleep = asyncio.sleep


class Away:
    """A server that answers the question for its version as scripted, then no more."""

    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)
        self.slept: list[float] = []
        self.told: list[str] = []

    async def asked(self) -> bool:
        return self.answers.pop(0) if self.answers else False

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await _sleep(0)

    def breaker(self) -> Breaker:
        return Breaker(self.asked, WAITS, self.told.append)


def server(monkeypatch: pytest.MonkeyPatch, answers: Iterable[bool] = ()) -> Away:
    away = Away(*answers)
    monkeypatch.setattr(asyncio, "sleep", away.sleep)
    return away


def loses(breaker: Breaker, count: int) -> None:
    for _ in range(count):
        breaker.lost("refused the connection")


def test_a_few_lost_answers_hold_nothing_up(monkeypatch):
    away = server(monkeypatch)
    breaker = away.breaker()
    loses(breaker, TRIPS - 1)
    asyncio.run(breaker.closed())
    assert away.slept == []


def test_an_answer_in_between_begins_the_count_anew(monkeypatch):
    away = server(monkeypatch)
    breaker = away.breaker()
    loses(breaker, TRIPS - 1)
    breaker.answered()
    loses(breaker, TRIPS - 1)
    asyncio.run(breaker.closed())
    assert away.slept == []


def test_a_server_that_stays_away_ends_the_run_with_the_way_to_go_on(monkeypatch):
    away = server(monkeypatch)
    breaker = away.breaker()
    loses(breaker, TRIPS)
    with pytest.raises(Unreachable) as raised:
        asyncio.run(breaker.closed())
    assert raised.value.message == "the server stopped answering: refused the connection"
    assert raised.value.hint is not None
    assert raised.value.hint.startswith("run apply again when it answers")
    assert away.slept == list(WAITS)
    assert away.told[0] == "no answer (refused the connection): trying again in 1 s"


def test_a_server_that_comes_back_lets_calls_go_on(monkeypatch):
    away = server(monkeypatch, [False, True])
    breaker = away.breaker()
    loses(breaker, TRIPS)
    asyncio.run(breaker.closed())
    assert away.slept == [1.0, 2.0]


def test_the_waits_are_used_up_by_a_server_that_tells_its_version_and_nothing_else(monkeypatch):
    away = server(monkeypatch, [True] * 10)
    breaker = away.breaker()
    loses(breaker, TRIPS)
    for _ in WAITS:
        asyncio.run(breaker.closed())
        loses(breaker, 1)
    with pytest.raises(Unreachable):
        asyncio.run(breaker.closed())
    assert away.slept == list(WAITS)


def test_an_answer_to_a_call_gives_the_waits_back(monkeypatch):
    away = server(monkeypatch, [True, True])
    breaker = away.breaker()
    for _ in range(2):
        loses(breaker, TRIPS)
        asyncio.run(breaker.closed())
        breaker.answered()
    assert away.slept == [1.0, 1.0]


def test_calls_that_wait_together_ask_once(monkeypatch):
    away = server(monkeypatch, [True])
    breaker = away.breaker()
    loses(breaker, TRIPS)

    async def several() -> None:
        await asyncio.gather(*(breaker.closed() for _ in range(8)))

    asyncio.run(several())
    assert away.slept == [1.0]


def test_a_question_without_an_answer_is_given_up(monkeypatch):
    monkeypatch.setattr("reconciler.apply.breaker.PROBE_SECONDS", 0.01)

    async def silent() -> bool:
        await asyncio.Event().wait()
        return True

    breaker = Breaker(silent, (0.0,))
    loses(breaker, TRIPS)
    with pytest.raises(Unreachable):
        asyncio.run(breaker.closed())
