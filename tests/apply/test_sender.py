"""One call, sent until its answer is clear or the retry policy ends."""

import asyncio
import time
from typing import Any

import pytest

from reconciler.apply.pace import Pace
from reconciler.apply.send import RetryPolicy, Sender
from reconciler.errors import LoginRefused, Unreachable
from reconciler.numbers import parse_span
from reconciler.plan.calls import CopyCall, DeleteCall, ProbeCall, ReadCall, UpdateCall
from reconciler.plan.flight import (
    CUT_OFF,
    CopyFlight,
    DeleteFlight,
    ProbeFlight,
    ReadFlight,
    UpdateFlight,
)
from reconciler.routing import Routing
from reconciler.vicidial.client import Server
from reconciler.vicidial.replies import (
    Added,
    AlreadyExists,
    CallRefused,
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

COPY = CopyCall("7275551114", (parse_span("7275550001-7275550003"),), "Tampa sales")
ONE, TWO, THREE = COPY.patterns()
UPDATE = UpdateCall(ONE, Routing({"record_call": "Y"}))
REFUSED = LoginRefused("refused")
HASTY = RetryPolicy(attempts=3, first_wait=0.001, longest_wait=0.002, probe_waits=(0.001, 0.002))


def server_of(scripted: Any) -> Server:
    return Server(scripted, scripted)


class Scripted:
    """A server that answers as written; ``asked`` are the calls it got."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []

    async def _answer(self, *call):
        self.asked.append(call)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if reply is None:
            await asyncio.Event().wait()
        return reply

    async def copy(self, source, patterns, description):
        return await self._answer("copy", source, tuple(patterns), description)

    async def update(self, pattern, routing):
        return await self._answer("update", pattern, dict(routing))

    async def delete(self, pattern):
        return await self._answer("delete", pattern)

    async def exists(self, pattern):
        return await self._answer("exists", pattern)

    async def columns(self, first, second):
        return await self._answer("columns", first, second)

    async def answers(self):
        return await self._answer("version")


FLIGHTS = {
    CopyCall: CopyFlight,
    UpdateCall: UpdateFlight,
    DeleteCall: DeleteFlight,
    ProbeCall: ProbeFlight,
    ReadCall: ReadFlight,
}


def flight_of(call):
    """A call in flight whose answer leads to nothing."""
    return FLIGHTS[type(call)](call, [], leads_to=lambda *_: [], give_back=lambda: None)


def sent(call, *replies, stopping=lambda: False, pace=None):
    """A call that was sent, as it is in the end, and what the server was asked."""
    server = Scripted(*replies)
    sender = Sender(server_of(server), pace or Pace(4, None), HASTY, stopping)
    flight = flight_of(call)
    asyncio.run(sender.send(flight))
    return flight, server.asked


def test_a_copy_goes_out_with_its_source_numbers_and_description():
    lines: dict[str, CopyLine] = {ONE: Added(1), TWO: AlreadyExists(), THREE: NotInserted("no")}
    flight, asked = sent(COPY, Copied(lines))
    assert flight.reply == Copied(lines)
    assert asked == [("copy", "7275551114", (ONE, TWO, THREE), "Tampa sales")]


@pytest.mark.parametrize(
    ("call", "reply", "asked"),
    [
        (UPDATE, Updated(), ("update", ONE, {"record_call": "Y"})),
        (UPDATE, CallRefused("no"), ("update", ONE, {"record_call": "Y"})),
        (DeleteCall(ONE), Deleted(), ("delete", ONE)),
        (ProbeCall(ONE), Exists(), ("exists", ONE)),
        (ProbeCall(ONE), DidMissing(), ("exists", ONE)),
    ],
)
def test_a_clear_answer_is_not_asked_for_again(call, reply, asked):
    flight, found = sent(call, reply)
    assert (flight.reply, flight.doubtful) == (reply, set())
    assert found == [asked]


def test_lines_that_arrived_count_and_only_the_rest_is_asked_again():
    flight, asked = sent(
        COPY,
        Copied({ONE: Added(1), TWO: Unclear("cut"), THREE: Unclear("cut")}),
        Copied({TWO: AlreadyExists(), THREE: Unclear("cut")}),
        Copied({THREE: Added(3)}),
    )
    assert flight.reply == Copied({ONE: Added(1), TWO: AlreadyExists(), THREE: Added(3)})
    assert flight.doubtful == {TWO, THREE}
    assert [numbers for _, _, numbers, _ in asked] == [(ONE, TWO, THREE), (TWO, THREE), (THREE,)]


def test_the_retry_policy_ends_with_what_is_known():
    flight, asked = sent(COPY, *[Unclear("HTTP 500")] * 3)
    assert flight.reply == Copied(dict.fromkeys((ONE, TWO, THREE), Unclear("HTTP 500")))
    assert flight.doubtful == {ONE, TWO, THREE}
    assert len(asked) == 3


@pytest.mark.parametrize("call", [UPDATE, COPY])
def test_a_server_that_asks_to_wait_is_asked_again_after_that(call):
    began = time.monotonic()
    _, asked = sent(call, Unclear("HTTP 503", wait=0.2), CallRefused("no"))
    assert len(asked) == 2
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("call", [UPDATE, COPY])
def test_a_server_that_asks_for_more_than_can_be_waited_ends_the_run(call):
    server = Scripted(Unclear("HTTP 429", wait=3600.0))
    sender = Sender(server_of(server), Pace(4, None), HASTY, lambda: False)
    flight = flight_of(call)
    with pytest.raises(Unreachable, match="asks to wait 3600 s") as raised:
        asyncio.run(sender.send(flight))
    assert len(server.asked) == 1
    assert ONE in flight.doubtful
    assert raised.value.hint == "apply again after that"


def test_each_answer_that_was_not_clear_is_told_in_its_words():
    told = []
    server = Scripted(Unclear("HTTP 500"), Copied({ONE: Unclear("cut"), TWO: Added(2)}))
    server.replies.append(Copied({ONE: Added(1)}))
    call = CopyCall("7275551114", (parse_span("7275550001-7275550002"),))
    sender = Sender(server_of(server), Pace(4, None), HASTY, lambda: False, told.append)
    asyncio.run(sender.send(flight_of(call)))
    assert told == ["HTTP 500", "cut"]


@pytest.mark.parametrize("refusal", [SourceMissing("gone"), CallRefused("no")])
def test_a_copy_refused_as_a_whole_says_so(refusal):
    flight, _ = sent(COPY, refusal)
    assert (flight.reply, flight.doubtful) == (refusal, set())


@pytest.mark.parametrize("refusal", [SourceMissing("gone"), CallRefused("no")])
def test_a_refusal_after_doubt_leaves_the_doubt(refusal):
    lines: dict[str, CopyLine] = {ONE: Added(1), TWO: Unclear("cut"), THREE: Unclear("cut")}
    flight, _ = sent(COPY, Copied(lines), refusal)
    assert (flight.reply, flight.doubtful) == (Copied(lines), {TWO, THREE})


@pytest.mark.parametrize(("call", "clear"), [(UPDATE, Updated()), (DeleteCall(ONE), DidMissing())])
def test_an_update_or_deletion_is_repeated_and_remembers_the_doubt(call, clear):
    flight, asked = sent(call, Unclear("cut"), clear)
    assert (flight.reply, flight.doubtful) == (clear, {ONE})
    assert len(asked) == 2


def stopped(call, *replies):
    """A call during which the server refused the log-in."""
    server = Scripted(*replies, REFUSED)
    sender = Sender(server_of(server), Pace(4, None), HASTY, lambda: False)
    flight = flight_of(call)
    with pytest.raises(LoginRefused):
        asyncio.run(sender.send(flight))
    return flight


def test_a_stop_before_anything_was_done_leaves_the_call_unsent():
    assert not stopped(UPDATE).sent


@pytest.mark.parametrize("call", [UPDATE, COPY])
def test_a_stop_after_doubt_leaves_the_numbers_in_doubt(call):
    flight = stopped(call, Unclear("cut"))
    assert flight.sent
    assert ONE in flight.doubtful


def test_a_run_that_ends_sends_nothing_more():
    flight, asked = sent(UPDATE, stopping=lambda: True)
    assert (flight.sent, asked) == (False, [])


def test_a_run_that_ends_asks_for_no_second_answer():
    over = []
    server = Scripted(Unclear("cut"))
    sender = Sender(server_of(server), Pace(4, None), HASTY, lambda: bool(over))

    flight = flight_of(UPDATE)

    async def play():
        task = asyncio.create_task(sender.send(flight))
        while not server.asked:
            await asyncio.sleep(0)
        over.append(True)
        await task

    asyncio.run(play())
    assert (flight.reply, flight.doubtful) == (Unclear("cut"), {ONE})
    assert len(server.asked) == 1


def cut_short(call, *replies, retry=HASTY, pace=None, times=1):
    """Cancel ``call`` once the server was asked ``times``: whether it was on its way, and it."""
    server = Scripted(*replies)
    sender = Sender(server_of(server), pace or Pace(4, None), retry, lambda: False)

    flight = flight_of(call)

    async def play():
        task = asyncio.create_task(sender.send(flight))
        await asyncio.sleep(0)
        while len(server.asked) < times:
            await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
        on_its_way = flight.on_its_way
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        return on_its_way, flight

    return asyncio.run(play())


def test_a_call_cut_off_on_its_way_is_unknown():
    on_its_way, flight = cut_short(UPDATE, None)
    assert on_its_way
    assert (flight.reply, flight.doubtful) == (CUT_OFF, {ONE})


def test_lines_that_arrived_before_it_was_cut_off_still_count():
    lines: dict[str, CopyLine] = {ONE: Added(1), TWO: Unclear("cut"), THREE: Unclear("cut")}
    on_its_way, flight = cut_short(COPY, Copied(lines), None, times=2)
    assert on_its_way
    assert flight.reply == Copied({ONE: Added(1), TWO: CUT_OFF, THREE: CUT_OFF})
    assert flight.doubtful == {TWO, THREE}


def test_a_call_that_waits_for_another_try_is_ended_with_what_is_known():
    slow = RetryPolicy(attempts=2, first_wait=60, longest_wait=60)
    on_its_way, flight = cut_short(UPDATE, Unclear("cut"), retry=slow)
    assert not on_its_way
    assert (flight.reply, flight.doubtful) == (Unclear("cut"), {ONE})


def test_a_call_that_waits_for_its_turn_was_never_sent():
    pace = Pace(4, 0.01)
    asyncio.run(pace.turn())
    on_its_way, flight = cut_short(UPDATE, pace=pace, times=0)
    assert (on_its_way, flight.sent) == (False, False)


def test_answers_set_the_pace():
    pace = Pace(4, None)
    sent(UPDATE, Updated(), pace=pace)
    assert pace.width == 2
    sent(UPDATE, *[Unclear("cut")] * 3, pace=pace)
    assert pace.width == 1
