"""The journal and the store: what is on this machine's disk counts, for the state it belongs to."""

import errno
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Fenced, StateError
from reconciler.numbers import SpanMap, span_of
from reconciler.state.backend import Holder
from reconciler.state.codec import encode
from reconciler.state.file import FileBackend
from reconciler.state.journal import Journal, replayed, written
from reconciler.state.store import Store
from tests.conftest import ENDPOINT, MENU, SALES, SUPPORT, known, over, state

HOLDER = Holder("4711", "ann@desk", "2026-03-01T09:00:00Z")
ONE, TWO, THREE = "7275553301", "7275553302", "7275553303"


@pytest.fixture
def store(tmp_path):
    return a_store(tmp_path)


def a_store(folder, *, endpoint=ENDPOINT, target="tampa"):
    backend = FileBackend(folder / "tampa.json")
    return Store(backend, folder / "tampa.json.journal", target=target, endpoint=endpoint)


def write(pattern, record):
    return [(span_of(pattern), record)]


def known_in(store):
    return {span.text: one for span, one in store.read().state.records}


def begin(store, *entries):
    """Save a state of ``entries`` and end the run well."""
    with store.held(HOLDER) as held:
        held.finish(replace(held.state, records=over(*entries)), "begun")


def test_where_nothing_is_stored_the_state_is_empty_and_new(store):
    loaded = store.read()
    assert loaded.stored is None
    assert (loaded.state.target, loaded.state.endpoint) == ("tampa", ENDPOINT)
    assert loaded.state.serial == 0
    assert loaded.state.records == SpanMap()
    assert store.read().state.lineage != loaded.state.lineage


def test_saves_count_up_and_keep_their_lineage(store):
    with store.held(HOLDER) as held:
        assert held.save_every > 0
        first = held.state
        held.save(held.state, "one")
        held.save(replace(held.state, records=over((ONE, known()))), "two")
        assert (held.state.serial, held.state.lineage) == (2, first.lineage)
    assert store.read().state == held.state


def test_ending_without_changes_saves_nothing(store):
    begin(store, (ONE, known()))
    before = store.backend.load()
    with store.held(HOLDER) as held:
        held.finish(held.state, "nothing new")
    assert store.backend.load() == before
    assert not store.journal.exists()


def test_the_first_end_saves_even_an_empty_state(store):
    begin(store)
    assert store.read().state.serial == 1


def test_a_state_of_another_target_is_not_ours(store, tmp_path):
    begin(store)
    with pytest.raises(StateError, match="target 'tampa', not of 'miami'") as caught:
        a_store(tmp_path, target="miami").read()
    assert "{target}" in caught.value.hint


def test_a_damaged_state_stays_as_it_is(store):
    store.backend.path.write_text("<<<<<<< HEAD")
    with pytest.raises(StateError, match="damaged"), store.held(HOLDER):
        pass
    assert store.backend.path.read_text() == "<<<<<<< HEAD"
    store.backend.lease(HOLDER).release()


# --- outcomes that were journalled


def test_outcomes_count_though_they_were_never_saved(store):
    begin(store, (ONE, known(SALES)), (TWO, known(SALES)))
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(MENU)))
        held.note(write(TWO, None))
        held.note(write(THREE, known(SUPPORT)))
    assert store.read().recovered
    assert known_in(store) == {ONE: known(MENU), THREE: known(SUPPORT)}


def test_the_next_run_saves_what_was_journalled_and_drops_the_journal(store):
    begin(store, (ONE, known(SALES)))
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(MENU)))
    with store.held(HOLDER) as held:
        held.finish(held.state, "recovered")
    assert not store.journal.exists()
    assert known_in(store) == {ONE: known(MENU)}


def test_outcomes_after_a_save_belong_to_what_was_saved(store):
    begin(store)
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(SALES)))
        held.save(replace(held.state, records=over((ONE, known(SALES)))), "half")
        held.note(write(ONE, known(MENU)))
    assert known_in(store) == {ONE: known(MENU)}


def test_outcomes_of_two_crashed_runs_in_a_row_count(store):
    begin(store)
    for pattern, routing in ((ONE, SALES), (TWO, MENU)):
        with store.held(HOLDER) as held:
            held.note(write(pattern, known(routing)))
    assert known_in(store) == {ONE: known(SALES), TWO: known(MENU)}


def test_a_save_that_failed_takes_no_outcome_along(store, monkeypatch):
    begin(store)
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(SALES)))
        with monkeypatch.context() as patch:
            patch.setattr(FileBackend, "save", broken)
            with pytest.raises(StateError, match="out of order"):
                held.save(replace(held.state, records=over((ONE, known(SALES)))), "half")
        held.note(write(TWO, known(MENU)))
    assert known_in(store) == {ONE: known(SALES), TWO: known(MENU)}


def test_a_first_save_that_failed_takes_no_later_outcome_along(store, monkeypatch):
    begin(store)
    with store.held(HOLDER) as held:
        with monkeypatch.context() as patch:
            patch.setattr(FileBackend, "save", broken)
            with pytest.raises(StateError, match="out of order"):
                held.save(held.state, "marks")
        held.note(write(TWO, known(MENU)))
    assert known_in(store) == {TWO: known(MENU)}


def broken(*_, **__):
    raise StateError("the backend is out of order")


def test_a_journal_of_an_older_state_is_not_laid_over_a_newer_one(store, tmp_path):
    begin(store, (ONE, known(SALES)))
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(MENU)))
    elsewhere = Store(
        store.backend, tmp_path / "elsewhere.journal", target="tampa", endpoint=ENDPOINT
    )
    with elsewhere.held(HOLDER) as held:
        held.finish(replace(held.state, records=over((ONE, known(SUPPORT)))), "by another machine")
    assert not store.read().recovered
    assert known_in(store) == {ONE: known(SUPPORT)}
    with store.held(HOLDER) as held:
        held.note(write(TWO, known(SALES)))
    assert known_in(store) == {ONE: known(SUPPORT), TWO: known(SALES)}


def test_a_line_cut_by_the_crash_is_left_out_and_swallows_nothing(store):
    begin(store)
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(SALES)))
        held.note(write(TWO, known(SALES)))
    store.journal.write_bytes(store.journal.read_bytes()[:-10])
    assert known_in(store) == {ONE: known(SALES)}
    with store.held(HOLDER) as held:
        held.note(write(THREE, known(SALES)))
    assert known_in(store) == {ONE: known(SALES), THREE: known(SALES)}


@given(st.binary(max_size=40), st.integers(0, 400))
def test_a_damaged_journal_never_stops_anything(junk, place):
    content = encode(state())
    journal = Lines()
    journal.saving(content)
    journal.append(write(ONE, known(SALES)))
    journal.append(write(TWO, known(MENU)))
    text = journal.text[:place] + junk + journal.text[place + len(junk) :]
    found = replayed(text, content, SpanMap())
    patterns = set() if found is None else {p for span, _ in found for p in span}
    assert found is None or len(patterns) <= 4


class Lines(Journal):
    """A journal that only remembers what it would write."""

    def __init__(self):
        self.text = b""

    def _line(self, text):
        self.text += text.encode() + b"\n"


@pytest.mark.parametrize(
    "line",
    [
        "null",
        "7",
        "[]",
        '"state"',
        '{"profiles": [], "numbers": []}',
        '{"numbers": []}',
        '{"profiles": {}, "numbers": [{"span": "no span"}]}',
        '{"profiles": {}, "numbers": 7}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_none_of_ours_is_left_out(store, line):
    begin(store)
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(SALES)))
    with store.journal.open("a") as journal:
        journal.write(line + "\n")
    assert known_in(store) == {ONE: known(SALES)}


def test_a_journal_that_cannot_be_read_or_removed_is_an_error(store):
    begin(store)
    store.journal.mkdir()
    with pytest.raises(StateError, match="cannot read"):
        store.read()
    with pytest.raises(StateError, match="cannot remove"):
        Journal(store.journal).remove()
    with pytest.raises(StateError, match="cannot write") as caught:
        Journal(store.journal).append([])
    assert "run apply again" in caught.value.hint


def test_a_full_disk_cuts_a_line_and_the_next_is_whole_again(store, monkeypatch):
    begin(store)
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(SALES)))
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full_after(os.write, 10))
            with pytest.raises(StateError, match="No space left"):
                held.note(write(TWO, known(SALES)))
        held.note(write(THREE, known(SALES)))
    assert known_in(store) == {ONE: known(SALES), THREE: known(SALES)}


def full_after(really, room):
    def some(handle, content):
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = really(handle, content[:room])
        room -= taken
        return taken

    return some


def test_a_write_that_takes_less_than_the_line_is_carried_on(store, monkeypatch):
    begin(store)
    really = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: really(handle, content[:7]))
    with store.held(HOLDER) as held:
        held.note(write(ONE, known(SALES)))
    assert known_in(store) == {ONE: known(SALES)}


def test_a_line_is_on_the_disk_before_anything_else_happens(store, monkeypatch):
    begin(store)
    flushed = []
    really = os.fsync
    with store.held(HOLDER) as held:
        held.note([])
        monkeypatch.setattr(os, "fsync", lambda handle: (flushed.append(handle), really(handle)))
        held.note(write(ONE, known(SALES)))
        held.note(write(TWO, known(SALES)))
    assert len(flushed) == 2


# --- who may save


def test_a_state_changed_behind_our_back_is_not_written_over(store):
    begin(store, (ONE, known(SALES)))
    with store.held(HOLDER) as held:
        other = state((ONE, known(MENU)), lineage=held.state.lineage, serial=9)
        store.backend.path.write_bytes(encode(other))
        with pytest.raises(Fenced):
            held.save(held.state, "too late")
    assert known_in(store) == {ONE: known(MENU)}


def test_nothing_is_saved_once_the_lease_is_lost(store, monkeypatch):
    def lost(_):
        raise Fenced("the lease was lost")

    begin(store, (ONE, known(SALES)))
    with store.held(HOLDER) as held:
        monkeypatch.setattr(type(held), "check", lost)
        with pytest.raises(Fenced, match="lease was lost"):
            held.save(replace(held.state, records=SpanMap()), "too late")
    assert known_in(store) == {ONE: known(SALES)}


@pytest.mark.parametrize("changed", [{"serial": 7}, {"lineage": "beef"}])
def test_a_state_that_is_not_the_one_held_is_not_saved(store, changed):
    begin(store)
    with store.held(HOLDER) as held, pytest.raises(Fenced, match="not the one held"):
        held.save(replace(held.state, **changed), "mixed up")
    assert store.read().state.serial == 1


def test_the_lease_is_given_back_whatever_happens(store):
    with pytest.raises(RuntimeError, match="oh"), store.held(HOLDER):
        raise RuntimeError("oh")
    with store.held(HOLDER):
        pass


# --- laying outcomes over records

numbers = st.integers(0, 9)
writes = st.lists(
    st.tuples(numbers, numbers, st.sampled_from([None, known(SALES), known(MENU)])), max_size=8
)


@given(writes, writes)
def test_the_last_word_on_each_number_counts(before, after):
    plain = {}
    for first, last, one in before + after:
        for number in range(min(first, last), max(first, last) + 1):
            plain[f"727555330{number}"] = one
    laid = written(written(SpanMap(), spans(before)), spans(after))
    assert {pattern: one for span, one in laid for pattern in span} == {
        pattern: one for pattern, one in plain.items() if one is not None
    }


def spans(entries):
    return [
        (next(iter(over((f"727555330{min(a, b)}-727555330{max(a, b)}", 1))))[0], one)
        for a, b, one in entries
    ]
