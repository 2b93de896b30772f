"""Asking a run to end early."""

import asyncio

import pytest

from reconciler.apply.stop import Stop


def test_nobody_asks_to_begin_with():
    stop = Stop()
    assert (stop.asked, stop.why) == (False, "")


def test_the_first_reason_stands():
    stop = Stop()
    stop.ask("the server refused the log-in")
    stop.ask("you pressed Ctrl-C", grace=5.0)
    assert (stop.asked, stop.why) == (True, "the server refused the log-in")


def test_without_grace_time_does_not_run_out():
    async def play():
        stop = Stop()
        stop.ask("an error")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stop.out_of_time(), 0.01)

    asyncio.run(play())


def test_grace_runs_out_also_when_given_late_and_the_first_counts():
    async def play():
        stop = Stop()
        stop.ask("an error")
        waiting = asyncio.create_task(stop.out_of_time())
        await asyncio.sleep(0)
        stop.ask("SIGINT", grace=0.0)
        stop.ask("SIGINT", grace=3600.0)
        await asyncio.wait_for(waiting, 10)

    asyncio.run(play())
