"""Killed before, in or after any call, with the journal or without: the next run ends the same."""

import pytest

from reconciler.numbers import SpanMap
from reconciler.plan.outcome import ConflictFound
from reconciler.plan.plan import make_plan
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import NOTHING, Routing
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    FromSource,
)
from tests.conftest import MENU, SALES, SOURCE, SUPPORT, block, declared, known, record, spec, state
from tests.plan.conftest import (
    KIND,
    Fate,
    Row,
    Server,
    carry_out,
    forgotten,
    sound,
    unlike,
)

DESCRIBED = SALES.overlaid({"did_description": "Tampa sales"})
PARKED = Routing({"did_route": "EXTEN", "extension": "8300"})
CHAIN = "7275553007"
"""Declared in one block, the source of another."""

WANTED = spec(
    ("7275553000-7275553003", declared(NOTHING)),
    ("7275553004-7275553006", declared(SALES)),
    (CHAIN, declared(SUPPORT)),
    ("7275553008-7275553009", declared(DESCRIBED)),
    ("7275553010-7275553012", declared(MENU, source=CHAIN, of=block("night"))),
    ("7275553020-7275553022", declared(MENU, of=block("support"))),
)
BEFORE = state(
    ("7275553020-7275553022", known(SALES, name="support")),
    ("7275553030-7275553031", known(SALES, name="old", removal=ParkPolicy(PARKED))),
    ("7275553032-7275553033", known(SALES, name="old", removal=DeletePolicy())),
    ("7275553034", known(SALES, name="old", removal=KeepPolicy())),
)


def a_server():
    rows = [Row(SOURCE, {"did_route": "PHONE", "active": "Y"}, SOURCE)]
    rows += [Row(pattern, dict(SALES), SOURCE) for span, _ in BEFORE.records for pattern in span]
    return Server(*rows)


def undisturbed():
    server = a_server()
    carry_out(WANTED, BEFORE, server)
    return server


CALLS = len(undisturbed().calls)


@pytest.mark.parametrize("journal", [True, False], ids=["with its journal", "without a journal"])
@pytest.mark.parametrize("width", [1, 3], ids=["one call at a time", "three calls at a time"])
@pytest.mark.parametrize("when", ["before", "middle", "after"])
def test_a_kill_at_any_call_changes_nothing_in_the_end(when, width, journal):
    expected = undisturbed().table()
    for dies_at in range(CALLS):
        server, tries = a_server(), iter(range(CALLS + 1))
        killed = carry_out(
            WANTED,
            BEFORE,
            server,
            fate=lambda call, t=tries, d=dies_at: Fate(kill=when) if next(t) == d else KIND,
            width=width,
            choose=lambda count: count - 1,
            journal=journal,
        )
        assert killed.killed
        assert forgotten(server, killed.state.records) == []
        assert sound(server, killed.state.records) == []
        resumed = carry_out(WANTED, killed.state, server)
        assert server.table() == expected
        assert sound(server, resumed.state.records) == []
        assert make_plan(WANTED, resumed.state).changes == SpanMap()


@pytest.mark.parametrize("again", range(3))
def test_killed_over_and_over_it_still_ends_the_same(again):
    expected = undisturbed().table()
    server, known_now = a_server(), BEFORE
    for dies_at in range(again, CALLS, 3):
        tries = iter(range(10 * CALLS))
        known_now = carry_out(
            WANTED,
            known_now,
            server,
            fate=lambda call, t=tries, d=dies_at: Fate(kill="after") if next(t) == d else KIND,
        ).state
    done = carry_out(WANTED, known_now, server)
    assert server.table() == expected
    assert unlike(server, WANTED.desired) == []
    assert make_plan(WANTED, done.state).changes == SpanMap()


# --- the YAML changed after the kill

GHOSTLY = "7275553050"
"""A number that is begun."""


def begun(standing, *, removal=None):
    return state((GHOSTLY, record(standing, removal=removal)))


def server_with(*fields):
    source = {"did_route": "PHONE", "active": "Y"}
    rows = [Row(GHOSTLY, source | dict(each), SOURCE, made=True) for each in fields]
    return Server(Row(SOURCE, source, SOURCE), *rows)


CREATING = BegunCreate(SOURCE, FromSource(), SALES)


@pytest.mark.parametrize("fields", [SALES, {"did_route": "PHONE"}])
@pytest.mark.parametrize("routing", [SALES, SUPPORT, MENU])
def test_a_begun_number_gets_what_is_declared_now(fields, routing):
    server = server_with(fields)
    done = carry_out(spec((GHOSTLY, declared(routing))), begun(CREATING), server)
    assert not routing.lacking(server.rows[GHOSTLY].fields)
    assert done.state.records.get(GHOSTLY).standing == Confirmed(SOURCE, routing)


def test_a_begun_number_that_was_never_made_is_made():
    server = server_with()
    carry_out(spec((GHOSTLY, declared(SUPPORT))), begun(CREATING), server)
    assert server.rows[GHOSTLY].fields["group"] == "SUPPORT"


def test_a_begun_update_that_was_reverted_is_asserted():
    mark = BegunUpdate(Confirmed(SOURCE, SALES), SUPPORT)
    for fields in (SALES, SUPPORT):
        server = server_with(fields)
        done = carry_out(spec((GHOSTLY, declared(SALES))), begun(mark), server)
        assert server.rows[GHOSTLY].fields["group"] == "SALESLINE"
        assert done.state.records.get(GHOSTLY).standing == Confirmed(SOURCE, SALES)


def test_a_begun_update_of_fields_no_longer_declared_is_settled_by_knowing_less():
    mark = BegunUpdate(Confirmed(SOURCE, SALES), SUPPORT)
    server = server_with(SUPPORT)
    done = carry_out(spec((GHOSTLY, declared(NOTHING))), begun(mark), server)
    assert server.calls == []
    assert done.state.records.get(GHOSTLY).standing == Confirmed(SOURCE, NOTHING)


@pytest.mark.parametrize("mark", [CREATING, BegunDelete(Confirmed(SOURCE, SALES))])
def test_a_begun_number_that_left_the_yaml_is_kept_when_it_exists(mark):
    server = server_with(SALES)
    done = carry_out(spec(), begun(mark), server)
    assert not SALES.lacking(server.rows[GHOSTLY].fields)
    left = mark.before if isinstance(mark, BegunDelete) else Confirmed(SOURCE)
    assert done.state.records.get(GHOSTLY).certain == left


@pytest.mark.parametrize("mark", [CREATING, BegunDelete(Confirmed(SOURCE, SALES))])
@pytest.mark.parametrize("removal", [KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()])
def test_a_begun_number_that_left_the_yaml_and_was_never_made_is_forgotten(mark, removal):
    server = server_with()
    done = carry_out(spec(), begun(mark, removal=removal), server)
    assert done.state.records == SpanMap()
    assert list(server.rows) == [SOURCE]


@pytest.mark.parametrize("mark", [CREATING, BegunDelete(Confirmed(SOURCE, SALES))])
def test_a_begun_number_that_left_the_yaml_is_parked_where_that_is_its_policy(mark):
    server = server_with(SALES)
    done = carry_out(spec(), begun(mark, removal=ParkPolicy(PARKED)), server)
    assert not PARKED.lacking(server.rows[GHOSTLY].fields)
    known = SALES if isinstance(mark, BegunDelete) else NOTHING
    assert done.state.records.get(GHOSTLY).standing == Confirmed(SOURCE, known.overlaid(PARKED))


@pytest.mark.parametrize("mark", [CREATING, BegunUpdate(Confirmed(SOURCE, SALES), SUPPORT)])
def test_a_begun_number_that_left_the_yaml_is_deleted_where_that_is_its_policy(mark):
    server = server_with(SALES)
    done = carry_out(spec(), begun(mark, removal=DeletePolicy()), server)
    assert GHOSTLY not in server.rows
    assert done.state.records == SpanMap()


@pytest.mark.parametrize("mark", [CREATING, BegunDelete(Confirmed(SOURCE, SALES))])
@pytest.mark.parametrize("first", [ParkPolicy(PARKED), DeletePolicy()])
@pytest.mark.parametrize("exists", [True, False], ids=["it exists", "it does not exist"])
def test_a_removal_that_is_killed_too_does_not_make_a_number_that_may_not_exist_sure(
    mark, first, exists
):
    server = server_with(SALES) if exists else server_with()
    killed = carry_out(
        spec(), begun(mark, removal=first), server, fate=lambda call: Fate(kill="before")
    )
    done = carry_out(spec((GHOSTLY, declared(MENU))), killed.state, server)
    assert not MENU.lacking(server.rows[GHOSTLY].fields)
    assert done.state.records.get(GHOSTLY).standing == Confirmed(SOURCE, MENU)


def test_a_parking_of_a_number_half_deleted_is_of_a_number_that_exists():
    mark = BegunDelete(Confirmed(SOURCE, SALES))
    server = server_with(SALES)
    killed = carry_out(
        spec(),
        begun(mark, removal=ParkPolicy(PARKED)),
        server,
        fate=lambda call: Fate(kill="after"),
    )
    assert killed.state.records.get(GHOSTLY).standing == BegunDelete(Confirmed(SOURCE, SALES))
    server = server_with(SALES)
    fates = iter([KIND, Fate(kill="after")])
    killed = carry_out(
        spec(), begun(mark, removal=ParkPolicy(PARKED)), server, fate=lambda call: next(fates)
    )
    assert killed.state.records.get(GHOSTLY).standing == BegunUpdate(
        Confirmed(SOURCE, SALES), PARKED
    )


def test_a_deletion_that_is_repeated_is_marked_as_before():
    mark = BegunDelete(Confirmed(SOURCE, SALES))
    killed = carry_out(
        spec(),
        begun(mark, removal=DeletePolicy()),
        server_with(SALES),
        fate=lambda call: Fate(kill="before"),
    )
    assert killed.state.records.get(GHOSTLY).standing == mark


# --- whose number it is


FOREIGN = {"did_route": "EXTEN", "extension": "8111", "did_description": "Another team"}
MARKS = [CREATING, BegunDelete(Confirmed(SOURCE, SALES)), BegunDelete(Confirmed(SOURCE))]


def made_by_hand():
    """A number was begun; then somebody else made it."""
    server = server_with()
    server.rows[GHOSTLY] = Row(GHOSTLY, dict(FOREIGN), "elsewhere")
    return server


@pytest.mark.parametrize("listing", [True, False], ids=["with the list", "without the list"])
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("removal", [None, KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()])
def test_a_begun_number_that_somebody_else_made_is_not_ours(mark, removal, listing):
    server = made_by_hand()
    wanted = spec((GHOSTLY, declared(MENU))) if removal is None else spec()
    done = carry_out(wanted, begun(mark, removal=removal), server, listing=listing)
    assert server.rows[GHOSTLY].fields == FOREIGN
    assert done.outcomes == {GHOSTLY: ConflictFound(mark)}
    assert done.state.records.get(GHOSTLY).standing == Conflict(mark)


@pytest.mark.parametrize("mark", MARKS[:2])
@pytest.mark.parametrize("removal", [None, KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()])
def test_without_the_list_a_begun_number_that_exists_stays_in_doubt(mark, removal):
    server = server_with(SALES)
    wanted = spec((GHOSTLY, declared(MENU))) if removal is None else spec()
    done = carry_out(wanted, begun(mark, removal=removal), server, listing=False)
    assert not SALES.lacking(server.rows[GHOSTLY].fields)
    assert done.outcomes == {GHOSTLY: ConflictFound(mark)}


@pytest.mark.parametrize("removal", [KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()])
def test_without_the_list_a_begun_number_that_was_never_made_is_forgotten(removal):
    done = carry_out(spec(), begun(CREATING, removal=removal), server_with(), listing=False)
    assert done.state.records == SpanMap()


def test_a_number_that_was_taken_over_and_declares_nothing_cannot_be_proven():
    mark = BegunDelete(Confirmed(None))
    done = carry_out(spec(), begun(mark, removal=DeletePolicy()), server_with(SALES))
    assert done.outcomes == {GHOSTLY: ConflictFound(mark)}


def test_a_number_whose_source_is_gone_cannot_be_proven():
    server = server_with(SALES)
    del server.rows[SOURCE]
    done = carry_out(spec(), begun(CREATING), server)
    assert done.outcomes == {GHOSTLY: ConflictFound(CREATING)}


def test_a_number_that_is_proven_stays_proven_when_the_run_is_killed():
    server = server_with(SALES)
    fates = iter([KIND, Fate(kill="before")])
    killed = carry_out(
        spec((GHOSTLY, declared(MENU))), begun(CREATING), server, fate=lambda call: next(fates)
    )
    del server.rows[SOURCE]
    assert killed.state.records.get(GHOSTLY).certain == Confirmed(SOURCE)
    done = carry_out(spec((GHOSTLY, declared(MENU))), killed.state, server)
    assert done.state.records.get(GHOSTLY).standing == Confirmed(SOURCE, MENU)


def test_a_seed_that_the_server_has_confirmed_is_ours_when_the_run_is_killed():
    server = server_with()
    wanted = spec((GHOSTLY, declared(SALES)))
    fates = iter([KIND, KIND, Fate(kill="before")])
    killed = carry_out(wanted, state(), server, fate=lambda call: next(fates), listing=False)
    assert killed.state.records.get(GHOSTLY).standing == BegunUpdate(Confirmed(SOURCE), SALES)
    done = carry_out(wanted, killed.state, server, listing=False)
    assert done.state.records.get(GHOSTLY).standing == Confirmed(SOURCE, SALES)
