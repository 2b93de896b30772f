"""Ten refused log-ins lock the account: one call goes first, and a refusal is the last."""

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest

from reconciler.errors import LockedOut, LoginRefused, LoginUnproven
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import Exists, Unclear

REFUSED = "ERROR: Login incorrect, please try again: |6666|1234|BAD|\n"
EXISTS = "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"
NUMBERS = [f"72755533{number:02d}" for number in range(12)]


def probe_all(server):
    return asyncio.gather(
        *(server.reader.exists(number) for number in NUMBERS), return_exceptions=True
    )


class Meter:
    """Answers ``bodies`` (or statuses) in turn, the last one for ever, and counts."""

    def __init__(self, *bodies):
        self.bodies = list(bodies)
        self.calls = 0
        self.under_way = 0
        self.most = []

    async def __call__(self, request):
        self.calls += 1
        self.under_way += 1
        self.most.append(self.under_way)
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        for _ in range(5):
            await asyncio.sleep(0)
        self.under_way -= 1
        if isinstance(body, int):
            return httpx.Response(body)
        return httpx.Response(200, text=body)


def test_one_refused_log_in_is_the_last_call_however_many_were_wanted(ask):
    meter = Meter(REFUSED)
    told = ask(meter, probe_all)
    assert meter.calls == 1
    assert {type(one) for one in told} == {LoginRefused}
    assert {str(one) for one in told} == {"the server refused the log-in of user 6666"}


def test_a_locked_account_is_asked_no_more(ask):
    meter = Meter(EXISTS, "ERROR: Too many login attempts, try again in 15 minutes: |6666|LOCK|\n")

    async def act(server):
        first = await server.reader.exists(NUMBERS[0])
        return [first, *[(await probe_one(server))[0] for _ in range(3)]]

    async def probe_one(server):
        return await asyncio.gather(server.reader.exists(NUMBERS[1]), return_exceptions=True)

    told = ask(meter, act)
    assert meter.calls == 2
    assert [type(one) for one in told] == [Exists, LockedOut, LockedOut, LockedOut]


def test_the_refusal_on_the_admin_page_counts_as_well(ask):
    meter = Meter(REFUSED.removeprefix("ERROR: "))

    async def act(server):
        first = await asyncio.gather(server.reader.numbers(), return_exceptions=True)
        return first + await probe_all(server)

    told = ask(meter, act)
    assert meter.calls == 1
    assert {type(one) for one in told} == {LoginRefused}


def test_calls_go_alone_until_one_was_understood_and_then_several_at_a_time(ask):
    meter = Meter(503, 429, EXISTS)
    told = ask(meter, probe_all, concurrency=4)
    assert told == [Unclear("HTTP 503"), Unclear("HTTP 429")] + [Exists()] * 10
    assert meter.most[:3] == [1, 1, 1]
    assert max(meter.most) == 4


def test_a_log_in_that_is_refused_later_stops_what_was_not_sent(ask):
    meter = Meter(EXISTS, EXISTS, REFUSED)
    told = ask(meter, probe_all, concurrency=2)
    assert meter.calls <= 4
    assert [type(one) for one in told].count(LoginRefused) == 10


def test_the_source_and_the_program_are_named_in_each_call(ask):
    seen = []

    def play(request):
        seen.append((request.headers["user-agent"], parse_qs(request.content.decode())["source"]))
        return httpx.Response(200, text=EXISTS)

    ask(play, lambda server: server.reader.exists(NUMBERS[0]))
    ((agent, source),) = seen
    assert agent.startswith("did-reconciler/")
    assert source == ["didtest"]


@pytest.mark.parametrize(
    "answer", [500, 502, 404, "", "<b>Fatal error</b>: Uncaught mysqli_sql_exception"]
)
def test_a_first_log_in_without_a_clear_answer_is_the_last_call(ask, answer):
    meter = Meter(answer)
    told = ask(meter, probe_all)
    assert meter.calls == 1
    assert {type(one) for one in told} == {LoginUnproven}
    assert "did not say whether the log-in of user 6666 is good" in str(told[0])
    assert "ten lock the account" in told[0].hint


def test_a_log_in_that_was_proven_is_not_doubted_by_a_broken_answer(ask):
    meter = Meter(EXISTS, 500, EXISTS)
    told = ask(meter, probe_all, concurrency=1)
    assert told == [Exists(), Unclear("HTTP 500")] + [Exists()] * 10


def test_words_to_this_user_prove_the_log_in_whatever_they_say(ask):
    meter = Meter("NOTICE: something new - 6666|x\n", EXISTS)
    told = ask(meter, probe_all)
    assert isinstance(told[0], Unclear)
    assert told[1:] == [Exists()] * 11


def test_a_connection_that_broke_before_any_answer_may_be_tried_again(ask):
    meter = Meter(EXISTS)
    broken = [httpx.ReadError("reset")]

    async def play(request):
        if broken:
            raise broken.pop()
        return await meter(request)

    told = ask(play, probe_all)
    assert (
        told
        == [Unclear("the connection to vici.example.com was lost (ReadError)")] + [Exists()] * 11
    )


def test_the_page_that_refuses_a_log_in_which_the_api_takes_stops_nothing(ask):
    meter = Meter(EXISTS, REFUSED.removeprefix("ERROR: "), EXISTS)

    async def act(server):
        proven = await server.reader.exists(NUMBERS[0])
        return proven, await server.reader.numbers(), await server.reader.exists(NUMBERS[1])

    proven, listed, after = ask(meter, act)
    assert (proven, after) == (Exists(), Exists())
    assert isinstance(listed, NotReadable)
    assert not listed.passing
    assert meter.calls == 3


@pytest.mark.parametrize("concurrency", [1, 3])
def test_never_more_calls_than_allowed_are_under_way(ask, concurrency):
    meter = Meter(EXISTS)
    assert ask(meter, probe_all, concurrency=concurrency) == [Exists()] * 12
    assert max(meter.most) == concurrency
