from dataclasses import replace

import pytest

from reconciler.errors import LeaseHeld, StateError, UsageError
from reconciler.numbers import parse_span
from reconciler.routing import NOTHING, Routing
from reconciler.state.codec import decode, encode
from reconciler.state.edit import KnownNumbers, forget, found, listing, rebind
from reconciler.state.file import FileBackend
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    FromSource,
)
from reconciler.state.store import Store
from reconciler.state.transfer import migrate, pull, push, rename
from tests.backends.conftest import ANNA, BEN, on_branch
from tests.conftest import ENDPOINT, SALES, SOURCE, SUPPORT, known, record, state

KNOWN = state(("7275553300-7275553399", known()), ("7275554000", known(SUPPORT)), serial=5)


# --- looking and forgetting


def test_everything_known_is_listed_in_words():
    before = Confirmed(SOURCE, SALES)
    standings = [
        Confirmed(SOURCE, SALES),
        BegunCreate(SOURCE, FromSource(), SALES),
        BegunUpdate(before, Routing({"group": "SUPPORT"})),
        BegunDelete(before),
        Conflict(),
    ]
    numbers = [f"727555330{index}" for index in range(5)]
    shown = listing(state(*zip(numbers, map(record, standings), strict=True)))
    assert [(one.standing, one.source, one.routing) for one in shown] == [
        ("confirmed", SOURCE, SALES),
        ("begun to create, may exist", SOURCE, NOTHING),
        ("begun to update", SOURCE, Routing({"did_route": "IN_GROUP"})),
        ("begun to delete, may be gone", SOURCE, SALES),
        ("conflict: somebody else's number", None, NOTHING),
    ]
    assert [one.span.text for one in shown] == numbers


def test_one_number_is_found_in_its_span():
    span = parse_span("7275553313")
    assert found(KNOWN, "7275553313") == [KnownNumbers(span, "sales", "confirmed", SOURCE, SALES)]
    assert found(KNOWN, "7275559999") == []


def test_what_is_forgotten_is_gone_and_the_rest_stays():
    left, gone = forget(KNOWN, "7275553310-7275553999")
    assert gone.count == 90
    assert left.records.spans == (parse_span("7275553300-7275553309"), parse_span("7275554000"))
    assert (left.serial, left.lineage) == (KNOWN.serial, KNOWN.lineage)


def test_what_is_not_known_cannot_be_forgotten():
    with pytest.raises(UsageError, match="7275559999 is not in the state of tampa"):
        forget(KNOWN, "7275559999")


def test_what_is_no_number_cannot_be_forgotten():
    with pytest.raises(UsageError):
        forget(KNOWN, "7275553399-7275553300")


def test_a_state_follows_its_server_to_another_address():
    moved = rebind(KNOWN, "https://new.example.com/vicidial/non_agent_api.php")
    assert moved == replace(KNOWN, endpoint="https://new.example.com/vicidial/non_agent_api.php")


# --- a folder that was renamed


def test_on_a_branch_a_renamed_target_s_state_is_a_file_of_its_own(hosted, tmp_path):
    clone = hosted.clone()
    old, new = (
        Store(on_branch(clone, target=name), tmp_path / name, target=name, endpoint=ENDPOINT)
        for name in ("tampa", "tampa-fl")
    )
    saved(old.backend)
    found = rename(old, new, ANNA)
    assert found == replace(KNOWN, target="tampa-fl", serial=6)
    assert new.read().state == found
    assert old.read().state == KNOWN
    assert hosted.states()[0] == "Rename tampa to tampa-fl"


# --- to and from files


@pytest.fixture
def backend(tmp_path):
    return FileBackend(tmp_path / "state" / "tampa.json")


def store(backend, target="tampa"):
    return Store(backend, backend.path.with_suffix(".journal"), target=target, endpoint=ENDPOINT)


def saved(backend, content=KNOWN):
    there = backend.load()
    backend.save(encode(content), over=None if there is None else there.token, message="")


def test_pulled_is_byte_for_byte_what_is_stored(backend, tmp_path):
    saved(backend)
    assert pull(backend, tmp_path / "pulled.json") == KNOWN
    assert (tmp_path / "pulled.json").read_bytes() == encode(KNOWN)


def test_nothing_can_be_pulled_where_nothing_is(backend, tmp_path):
    with pytest.raises(StateError, match="nothing is stored"):
        pull(backend, tmp_path / "pulled.json")


def test_pulling_replaces_no_file(backend, tmp_path):
    saved(backend)
    (tmp_path / "mine.json").write_text("mine")
    with pytest.raises(StateError, match="exists already"):
        pull(backend, tmp_path / "mine.json")
    assert (tmp_path / "mine.json").read_text() == "mine"


def test_pulling_says_where_it_cannot_write(backend, tmp_path):
    saved(backend)
    with pytest.raises(StateError, match=r"cannot write .*: No such file or directory"):
        pull(backend, tmp_path / "missing" / "pulled.json")


@pytest.fixture
def edited(tmp_path):
    path = tmp_path / "edited.json"

    def write(content):
        path.write_bytes(encode(content))
        return path

    return write


def test_what_was_pulled_and_changed_is_pushed_as_the_next_serial(backend, edited):
    saved(backend)
    changed, _ = forget(KNOWN, "7275554000")
    assert push(edited(changed), store(backend), ANNA) == replace(changed, serial=6)
    assert decode(backend.load().content, "") == replace(changed, serial=6)


def test_a_lost_state_is_pushed_from_a_backup_as_it_was(backend, edited):
    assert push(edited(KNOWN), store(backend), ANNA) == KNOWN
    assert backend.load().content == encode(KNOWN)


def test_a_backup_older_than_the_lost_state_that_came_back_keeps_its_serial(backend, edited):
    saved(backend)
    ahead, _ = forget(replace(KNOWN, serial=9), "7275554000")
    assert push(edited(ahead), store(backend), ANNA).serial == 9


def test_pushing_what_is_stored_already_saves_nothing(backend, edited):
    saved(backend)
    before = backend.load()
    assert push(edited(KNOWN), store(backend), ANNA) == KNOWN
    assert backend.load() == before


def test_an_older_state_is_not_pushed_over_a_newer_one(backend, edited):
    saved(backend)
    with pytest.raises(StateError, match="has serial 5, which is newer than 4") as raised:
        push(edited(replace(KNOWN, serial=4)), store(backend), ANNA)
    assert "pull" in raised.value.hint
    assert backend.load().content == encode(KNOWN)


def test_another_history_is_not_pushed_over_this_one(backend, edited):
    saved(backend)
    with pytest.raises(StateError, match="another history"):
        push(edited(replace(KNOWN, lineage="other", serial=50)), store(backend), ANNA)


def test_another_target_s_state_is_not_pushed(backend, edited):
    with pytest.raises(StateError, match="target 'tampa', not of 'miami'"):
        push(edited(KNOWN), store(backend, "miami"), ANNA)


def test_a_file_that_cannot_be_read_is_not_pushed(backend, tmp_path):
    with pytest.raises(StateError, match=r"cannot read .*: No such file"):
        push(tmp_path / "missing.json", store(backend), ANNA)


def test_nothing_is_pushed_over_outcomes_that_only_this_machine_knows(backend, edited):
    saved(backend)
    with store(backend).held(ANNA) as held:
        held.note([(parse_span("7275554000"), None)])
    with pytest.raises(StateError, match=r"outcomes that are not saved at .* yet"):
        push(edited(replace(KNOWN, serial=6)), store(backend), ANNA)


def test_nothing_is_pushed_while_an_apply_is_under_way(backend, edited):
    with store(backend).held(ANNA), pytest.raises(LeaseHeld):
        push(edited(KNOWN), store(backend), BEN)


# --- from backend to backend


def test_a_state_moves_from_a_file_to_a_branch(backend, hosted):
    saved(backend)
    branch = on_branch(hosted.clone())
    assert migrate(store(backend), branch, ANNA) == KNOWN
    assert branch.load().content == encode(KNOWN)
    assert hosted.states() == [f"Migrate the state from {backend.url}"]
    assert backend.load().content == encode(KNOWN)
    assert migrate(store(backend), branch, ANNA) == KNOWN
    assert len(hosted.states()) == 1


@pytest.fixture
def destination(tmp_path):
    return FileBackend(tmp_path / "elsewhere" / "tampa.json")


def test_what_this_machine_s_journal_holds_moves_along(backend, destination):
    saved(backend)
    with store(backend).held(ANNA) as held:
        held.note([(parse_span("7275554000"), None)])
    moved = migrate(store(backend), destination, ANNA)
    assert moved == replace(forget(KNOWN, "7275554000")[0], serial=6)
    assert destination.load().content == encode(moved)


def test_a_later_state_follows_an_earlier_one(backend, destination):
    saved(backend)
    saved(destination, replace(KNOWN, serial=3))
    assert migrate(store(backend), destination, ANNA) == KNOWN
    assert destination.load().content == encode(KNOWN)


def test_a_newer_state_at_the_destination_stays(backend, destination):
    saved(backend)
    saved(destination, replace(KNOWN, serial=6))
    with pytest.raises(StateError, match="newer"):
        migrate(store(backend), destination, ANNA)


def test_another_history_at_the_destination_stays(backend, destination):
    saved(backend)
    saved(destination, replace(KNOWN, lineage="other"))
    with pytest.raises(StateError, match="another history"):
        migrate(store(backend), destination, ANNA)


def test_nothing_cannot_be_migrated(backend, destination):
    with pytest.raises(StateError, match="nothing to migrate"):
        migrate(store(backend), destination, ANNA)
    assert backend.load() is None


def test_a_state_does_not_move_to_where_it_is(backend):
    saved(backend)
    with pytest.raises(StateError, match="the state is already at"):
        migrate(store(backend), FileBackend(backend.path), ANNA)
