"""Carrying a plan out: marks saved before calls, outcomes journalled after them."""

import asyncio
import os

import pytest

from reconciler.apply.pace import Pace
from reconciler.apply.stop import Stop
from reconciler.errors import Fenced, LoginRefused, StateError
from reconciler.numbers import span_of
from reconciler.plan.outcome import (
    ConflictFound,
    Done,
    NotStarted,
    Refused,
    Unfinished,
    Unknown,
    Vanished,
)
from reconciler.state.journal import Journal
from reconciler.state.model import BegunCreate, BegunUpdate, Confirmed, Conflict
from reconciler.state.store import LockedState
from reconciler.vicidial.client import Writer
from reconciler.vicidial.replies import Unclear
from tests.apply.rig import content, table_of

SALES = """
- name: sales
  numbers: [7275550000-7275550005]
  routing: {did_route: EXTEN, extension: '83'}
"""
WRONG = "- {name: wrong, numbers: [7275550100-7275550102], routing: {group: NOSUCHGROUP}}\n"
PLAIN = "- {name: plain, numbers: [7275550200-7275550202]}\n"
TAKEN = "- {name: taken, numbers: [7275559000-7275559001]}\n"


def outcomes(applied):
    """Kind of outcome → the numbers it is of."""
    found: dict[type, list[str]] = {}
    for each in applied.settled:
        found.setdefault(type(each.outcome), []).extend(each.span)
    return {kind: sorted(numbers) for kind, numbers in found.items()}


def known(site):
    """Number → what the saved state says of it."""
    records = site.store().read().state.records
    return {pattern: record.standing for span, record in records for pattern in span}


def test_what_was_planned_is_done_known_and_not_planned_again(site, simulator):
    site.write(SALES + PLAIN)
    applied = site.apply_cleanly()
    assert applied.complete
    assert outcomes(applied) == {
        Done: [*map(str, range(7275550000, 7275550006)), *map(str, range(7275550200, 7275550203))]
    }
    assert site.unmet(table_of(simulator)) == []
    assert not site.plan().changes
    assert not site.journal_path.exists()


def test_the_calls_are_those_that_the_plan_counts(site, simulator):
    site.write(SALES + PLAIN)
    calls = site.plan().calls
    site.apply_cleanly()
    assert simulator.calls() == {
        "copy_did": calls.copies + 1,  # the one that proves the right to copy
        "settings_compare": 1,
        "update_did": calls.updates + 1,  # and the one for the right to update
        "version": 1,
    }


def test_progress_is_told_up_to_the_last_number(site):
    told = []
    site.options.progress = lambda count, work: told.append(count)
    site.write(SALES)
    site.apply_cleanly()
    assert told == sorted(told)
    assert told[-1] == 6


def test_the_commit_is_noted_when_all_is_confirmed(site):
    site.options.commit = "abc1234"
    site.write(SALES)
    site.apply_cleanly()
    assert site.store().read().state.applied_commit == "abc1234"


def test_the_commit_is_not_noted_when_something_is_not(site):
    site.options.commit = "abc1234"
    site.write(SALES)
    site.apply_cleanly()
    site.options.commit = "def5678"
    site.write(SALES + TAKEN)
    assert not site.apply_cleanly().complete
    assert site.store().read().state.applied_commit == "abc1234"


def test_somebody_elses_number_is_a_conflict_and_is_left_alone(site, simulator):
    before = table_of(simulator)["7275559000"]
    site.write(TAKEN)
    applied = site.apply_cleanly()
    assert outcomes(applied) == {ConflictFound: ["7275559000"], Done: ["7275559001"]}
    assert known(site)["7275559000"] == Conflict()
    assert table_of(simulator)["7275559000"] == before


def test_a_conflict_that_is_gone_from_the_server_is_forgotten_and_planned_anew(site, simulator):
    site.write(TAKEN)
    site.apply_cleanly()
    by_hand(simulator, "7275559000", delete_did="Y")
    site.write(TAKEN + PLAIN)
    applied = site.apply_cleanly()
    assert applied.conflicts_gone == 1
    assert site.plan().counts.create == 1


def test_a_refused_seed_is_unfinished_and_its_group_is_not_started(site, simulator):
    site.write(WRONG + PLAIN)
    applied = site.apply_cleanly()
    assert outcomes(applied) == {
        Unfinished: ["7275550100"],
        NotStarted: ["7275550101", "7275550102"],
        Done: ["7275550200", "7275550201", "7275550202"],
    }
    assert known(site)["7275550100"] == Confirmed("7275551114")
    assert "7275550101" not in known(site)


def test_a_refused_update_leaves_the_number_as_it_was_known(site):
    site.write(PLAIN)
    site.apply_cleanly()
    site.write(PLAIN.replace("]}", "], routing: {group: NOSUCHGROUP}}"))
    assert outcomes(site.apply_cleanly()) == {
        Refused: ["7275550200"],
        NotStarted: ["7275550201", "7275550202"],
    }
    assert set(known(site).values()) == {Confirmed("7275551114")}


def test_a_number_that_is_gone_is_told_and_stays_known(site, simulator):
    site.write(PLAIN)
    site.apply_cleanly()
    by_hand(simulator, "7275550201", delete_did="Y")
    site.write(PLAIN.replace("]}", "], routing: {record_call: Y}}"))
    assert outcomes(site.apply_cleanly())[Vanished] == ["7275550201"]
    assert "7275550201" in known(site)


def test_a_source_that_does_not_exist_stops_its_copies_alone(site):
    site.write(PLAIN + "- {name: lost, source: 7275558888, numbers: [7275550300-7275550301]}\n")
    applied = site.apply_cleanly()
    assert outcomes(applied)[NotStarted] == ["7275550300", "7275550301"]
    assert len(outcomes(applied)[Done]) == 3


def by_hand(simulator, pattern, **fields):
    """Somebody at the admin screen."""
    import httpx

    form = {"user": "6666", "pass": "1234", "source": "byhand", "function": "update_did"}
    reply = httpx.post(
        simulator.endpoint, data={**form, "did_pattern": pattern, **fields}, verify=False
    )
    assert reply.text.startswith("SUCCESS")


# --- marks


def test_before_a_call_goes_out_the_saved_state_says_so(site, monkeypatch):
    """Marks are on the disk when a call is sent, and every number of the call has one."""
    seen = []
    copy = Writer.copy

    async def watched(self, source, patterns, description=None):
        saved = known(site)
        assert all(isinstance(saved[pattern], BegunCreate) for pattern in patterns)
        seen.append(len(patterns))
        return await copy(self, source, patterns, description)

    monkeypatch.setattr(Writer, "copy", watched)
    site.write(SALES + PLAIN)
    site.apply_cleanly()
    assert sum(seen) == 9


def test_only_the_calls_about_to_be_sent_are_marked(site, monkeypatch):
    marked = []
    update = Writer.update

    async def watched(self, pattern, routing):
        if not marked:
            saved = known(site).values()
            marked.append(sum(not isinstance(each, Confirmed) for each in saved))
        return await update(self, pattern, routing)

    site.write("- {name: plain, numbers: [7275550000-7275550199]}\n")
    site.apply_cleanly()
    monkeypatch.setattr(Writer, "update", watched)
    site.write("- {name: plain, numbers: [7275550000-7275550199], routing: {record_call: Y}}\n")
    assert site.apply_cleanly().complete
    assert marked == [2]


def test_what_was_never_sent_is_unmarked_when_the_run_ends(site, simulator):
    stop = Stop()
    site.options.stop = lambda: stop
    site.options.progress = lambda count, work: stop.ask("enough")
    site.write("- {name: plain, numbers: [7275550000-7275550199]}\n")
    site.apply_cleanly()
    stop = Stop()
    site.write("- {name: plain, numbers: [7275550000-7275550199], routing: {record_call: Y}}\n")
    applied = site.apply_cleanly()
    assert {
        each.outcome.why for each in applied.settled if isinstance(each.outcome, NotStarted)
    } == {"enough"}
    assert {type(standing) for standing in known(site).values()} == {Confirmed}


# --- what ends a run


def test_a_refused_login_in_the_middle_stops_everything_and_saves(site, monkeypatch):
    async def locked(self, pattern, routing):
        raise LoginRefused("the server refused the log-in")

    monkeypatch.setattr(Writer, "update", locked)
    site.write(SALES + PLAIN)
    _, applied = site.apply()
    assert isinstance(applied.error, LoginRefused)
    assert not applied.complete
    assert len(outcomes(applied)[Done]) == 3
    assert outcomes(applied)[Unknown] == ["7275550000"]
    assert isinstance(known(site)["7275550000"], BegunUpdate)
    # Finishing it is no update of a live number, which a limit could refuse.
    assert site.plan().counts.settling == 1
    assert site.plan().counts.update == 0


def test_a_stop_that_comes_after_doubt_leaves_the_number_begun(site, monkeypatch):
    replies = [Unclear("HTTP 500"), LoginRefused("refused")]

    async def doubtful(self, pattern, routing):
        reply = replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    monkeypatch.setattr(Writer, "update", doubtful)
    site.write(SALES)
    _, applied = site.apply()
    assert isinstance(applied.error, LoginRefused)
    assert outcomes(applied)[Unknown] == ["7275550000"]
    assert isinstance(known(site)["7275550000"], BegunUpdate)


def asked_while_under_way(site, monkeypatch, *, grace, end):
    """Ask a run to end while its first update is under way; ``end`` lets the update end."""
    stop = Stop()
    site.options.stop = lambda: stop
    update = Writer.update

    async def slow(self, pattern, routing):
        stop.ask("you pressed Ctrl-C", grace=grace)
        if not end:
            await asyncio.Event().wait()
        return await update(self, pattern, routing)

    monkeypatch.setattr(Writer, "update", slow)
    site.write(SALES)
    return site.apply_cleanly()


def test_calls_under_way_are_waited_for(site, monkeypatch):
    applied = asked_while_under_way(site, monkeypatch, grace=60.0, end=True)
    assert outcomes(applied)[Done] == ["7275550000"]
    assert len(outcomes(applied)[NotStarted]) == 5


def test_calls_that_do_not_end_in_time_are_unknown_and_settled_by_the_next_run(
    site, simulator, monkeypatch
):
    applied = asked_while_under_way(site, monkeypatch, grace=0.01, end=False)
    assert outcomes(applied)[Unknown] == ["7275550000"]
    assert site.plan().counts.settling == 1
    monkeypatch.undo()
    site.options.stop = Stop
    assert site.apply_cleanly().complete
    assert site.unmet(table_of(simulator)) == []


def test_a_call_that_waits_for_its_turn_is_not_waited_for_and_not_sent(
    site, simulator, monkeypatch
):
    stop = Stop()

    async def never(self):
        stop.ask("enough")
        await asyncio.Event().wait()

    site.options.stop = lambda: stop
    site.options.checked = lambda: monkeypatch.setattr(Pace, "turn", never)
    site.write(SALES)
    applied = site.apply_cleanly()
    assert set(outcomes(applied)) == {NotStarted}
    assert simulator.calls() == {
        "copy_did": 1,
        "settings_compare": 1,
        "update_did": 1,
        "version": 1,
    }
    assert known(site) == {}


def test_a_fault_of_this_program_ends_what_is_under_way(site, monkeypatch):
    ended = []

    async def broken(self, pattern, routing):
        if pattern == "7275550000":
            raise ZeroDivisionError
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(pattern)

    monkeypatch.setattr(Writer, "update", broken)
    site.write(SALES + WRONG)
    with pytest.raises(ZeroDivisionError):
        site.apply()
    assert ended == ["7275550100"]


def test_a_fault_of_this_program_is_not_hidden_and_loses_nothing(site, monkeypatch):
    async def broken(self, pattern, routing):
        raise ZeroDivisionError

    monkeypatch.setattr(Writer, "update", broken)
    site.write(SALES)
    with pytest.raises(ZeroDivisionError):
        site.apply()
    assert isinstance(known(site)["7275550000"], BegunUpdate)
    monkeypatch.undo()
    assert site.apply_cleanly().complete


# --- the state cannot be written


def full(*args):
    raise StateError("cannot write the state: No space left on device", hint="make room")


def test_where_marks_cannot_be_saved_nothing_is_sent(site, simulator, monkeypatch):
    monkeypatch.setattr(LockedState, "save", full)
    site.write(SALES)
    _, applied = site.apply()
    assert isinstance(applied.error, StateError)
    assert set(outcomes(applied)) == {NotStarted}
    assert len(simulator.dids()) == 5
    assert simulator.calls()["copy_did"] == 1


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_where_an_outcome_cannot_be_journalled_the_run_ends_and_nothing_is_lost(
    nth, site, simulator, monkeypatch
):
    append = Journal.append
    count = []

    def fills_up(self, writes):
        count.append(writes)
        if len(count) >= nth:
            full()
        append(self, writes)

    monkeypatch.setattr(Journal, "append", fills_up)
    site.write(SALES + PLAIN)
    _, applied = site.apply()
    if len(count) < nth:
        assert applied.complete
        return
    assert isinstance(applied.error, StateError)
    assert "No space left" in applied.error.message
    monkeypatch.undo()
    assert site.false_claims(table_of(simulator)) == []
    assert site.apply_cleanly().complete
    assert site.unmet(table_of(simulator)) == []


def test_a_full_disk_at_any_flush_loses_nothing(site, simulator, monkeypatch):
    flush = os.fsync
    left = []

    def fsync(handle):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        flush(handle)

    site.write(SALES + PLAIN)
    endings = []
    for flushes in range(0, 12, 2):
        simulator.reset()
        site.state_path.unlink(missing_ok=True)
        site.lose_journal()
        left[:] = [flushes]
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fsync)
            _, applied = site.apply()
        endings.append(applied.error is None)
        if applied.error is not None:
            assert "No space left on device" in applied.error.message
        assert site.false_claims(table_of(simulator)) == []
        site.apply_cleanly()
        assert site.unmet(table_of(simulator)) == []
        assert not site.plan().changes
    assert not endings[0]


def test_a_save_that_failed_is_tried_again_at_the_end(site, monkeypatch):
    save = LockedState.save
    count = []

    def hiccup(self, state, message):
        count.append(state)
        if len(count) == 2:
            full()
        save(self, state, message)

    monkeypatch.setattr(LockedState, "save", hiccup)
    site.write(SALES)
    _, applied = site.apply()
    assert isinstance(applied.error, StateError)
    assert len(count) == 3
    assert not site.journal_path.exists()


def test_a_run_that_was_fenced_off_saves_nothing_more(site, monkeypatch):
    count = []

    def fenced(self, state, message):
        count.append(state)
        raise Fenced("another apply has saved since")

    monkeypatch.setattr(LockedState, "save", fenced)
    site.write(SALES)
    _, applied = site.apply()
    assert isinstance(applied.error, Fenced)
    assert len(count) == 1


@pytest.mark.parametrize("checks", range(1, 8))
def test_once_the_lease_is_lost_no_further_call_is_sent(checks, site, simulator, monkeypatch):
    left = [checks]
    sent = []

    def lost(self):
        left[0] -= 1
        if left[0] < 0:
            raise Fenced("the lease of this run was taken away")

    def watched(method):
        async def call(self, *arguments):
            sent.append(left[0])
            return await method(self, *arguments)

        return call

    monkeypatch.setattr(LockedState, "check", lost)
    monkeypatch.setattr(Writer, "copy", watched(Writer.copy))
    monkeypatch.setattr(Writer, "update", watched(Writer.update))
    site.write(SALES + WRONG)
    _, applied = site.apply()
    assert isinstance(applied.error, Fenced)
    assert all(each >= 0 for each in sent)
    assert site.false_claims(table_of(simulator)) == []
    monkeypatch.undo()
    site.write(SALES)
    site.apply_cleanly()
    assert site.unmet(table_of(simulator)) == []


def test_conflicts_that_cannot_be_journalled_end_the_run_too(site, monkeypatch):
    monkeypatch.setattr(Journal, "append", full)
    site.write(TAKEN + PLAIN)
    _, applied = site.apply()
    assert isinstance(applied.error, StateError)
    assert outcomes(applied)[ConflictFound] == ["7275559000"]


# --- saves


def test_outcomes_are_saved_at_intervals_while_calls_go_on(site, simulator, monkeypatch):
    serials = set()
    update = Writer.update

    async def watched(self, pattern, routing):
        serials.add(site.store().read().state.serial)
        return await update(self, pattern, routing)

    site.write("- {name: plain, numbers: [7275550000-7275550049]}\n")
    site.apply_cleanly()
    monkeypatch.setattr(Writer, "update", watched)
    monkeypatch.setattr(LockedState, "save_every", 0.0)
    site.write("- {name: plain, numbers: [7275550000-7275550049], routing: {record_call: Y}}\n")
    assert site.apply_cleanly().complete
    assert len(serials) > 5


def test_a_number_begun_alike_needs_no_new_mark(site, simulator, monkeypatch):
    async def doubtful(self, pattern, routing):
        return Unclear("HTTP 500")

    site.write(PLAIN.replace("[7275550200-7275550202]", "['7275550200']"))
    site.apply_cleanly()
    site.write(
        PLAIN.replace("[7275550200-7275550202]", "['7275550200']").replace(
            "]}", "], routing: {record_call: Y}}"
        )
    )
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "update", doubtful)
        assert outcomes(site.apply_cleanly()) == {Unknown: ["7275550200"]}
    serial = site.store().read().state.serial
    assert site.apply_cleanly().complete
    assert site.store().read().state.serial == serial + 1


def test_nothing_to_do_is_noted_without_a_call(site, simulator):
    site.write(PLAIN)
    site.apply_cleanly()
    calls = simulator.calls()
    site.options.commit = "abc1234"
    site.write(PLAIN.replace("name: plain", "name: renamed"))
    site.apply_cleanly()
    assert simulator.calls() == calls
    state = site.store().read().state
    assert state.applied_commit == "abc1234"
    assert {record.block for _, record in state.records} == {"renamed"}


def test_the_table_and_the_state_tell_the_same(site, simulator):
    site.write(SALES + PLAIN)
    site.apply_cleanly()
    assert set(known(site)) == set(content(table_of(simulator))) - {
        "default",
        "7275551114",
        "+17275552000",
        "7275559000",
        "7275559100",
    }
    assert all(span_of(pattern) for pattern in known(site))
