"""Where callers end up: by the whole routing of a number, not by the field that changes."""

import pytest

from reconciler.destination import (
    NOT_KNOWN,
    Callers,
    DefaultDid,
    Place,
    Unresolved,
    destination,
    identity,
    shown_fields,
)
from reconciler.diff.callers import callers_told
from reconciler.diff.compare import compare
from reconciler.diff.model import Adopt, Create, Delete, Forget, Settle, Update
from reconciler.removal import DeletePolicy, ParkPolicy
from reconciler.routing import NOTHING, Routing
from reconciler.state.model import BegunUpdate, Confirmed, Conflict
from tests.conftest import MENU, SALES, SOURCE, SUPPORT, block, declared, record, spec, state

ONE = "7275553301"


@pytest.mark.parametrize(
    ("routing", "source", "words"),
    [
        (SALES, SOURCE, "in-group SALESLINE"),
        (SALES.overlaid({"active": "N"}), SOURCE, "DID default"),
        (SALES.overlaid({"menu_id": "MAIN_IVR"}), SOURCE, "in-group SALESLINE"),
        ({"did_route": "EXTEN", "extension": "8300"}, None, "extension 8300"),
        (
            {"did_route": "EXTEN", "extension": "8300", "exten_context": "trunk"},
            None,
            "extension 8300@trunk",
        ),
        (
            {"did_route": "PHONE", "phone_extension": "101", "server_ip": "10.0.0.1"},
            None,
            "phone 101@10.0.0.1",
        ),
        ({"did_route": "CALLMENU"}, SOURCE, "call menu (unknown)"),
        ({"did_route": "AGENT"}, None, "agent (unknown)"),
        ({"did_route": "NONSENSE"}, None, "route not known, with did_route NONSENSE"),
        (NOTHING, SOURCE, f"routed as {SOURCE}"),
        (
            {"group": "SUPPORT", "record_call": "Y"},
            SOURCE,
            f"routed as {SOURCE}, with group SUPPORT",
        ),
        (NOTHING, None, "route not known"),
    ],
)
def test_a_destination_is_told_by_all_that_is_known(routing, source, words):
    assert str(destination(Routing(routing), source)) == words


def test_destinations_that_differ_in_case_only_are_the_same():
    upper, lower = Place("in-group", "SALES"), Place("in-group", "sales")
    assert identity(upper) == identity(lower)
    assert not Callers(upper, lower).move
    assert Callers(upper, Place("call menu", "SALES")).move


def test_another_context_is_another_destination():
    assert Callers(Place("extension", "1", "a"), Place("extension", "1", "b")).move


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        (DefaultDid(), {"active"}),
        (Place("extension", "1", "trunk"), {"did_route", "extension", "exten_context"}),
        (Place("call menu", None), {"did_route"}),
        (Unresolved(SOURCE, Routing({"group": "A"})), {"group"}),
        (Place("voicemail", None, "from elsewhere"), {"did_route"}),
    ],
)
def test_its_words_tell_these_fields(where, fields):
    assert set(shown_fields(where)) == fields


# --- of a comparison


def callers(wanted, standing, removal=None):
    entries = [] if wanted is None else [(ONE, wanted)]
    found = compare(spec(*entries), state((ONE, record(standing, removal=removal)))).callers
    return found.get(ONE)


def test_a_changed_group_moves_nobody_who_is_routed_to_a_call_menu():
    wanted = declared(MENU.overlaid({"group": "SUPPORT"}))
    assert not callers(wanted, Confirmed(SOURCE, MENU.overlaid({"group": "SALESLINE"}))).move


def test_a_changed_route_leads_to_what_is_known_of_its_kind():
    known = SALES.overlaid({"menu_id": "MAIN_IVR"})
    found = callers(declared(Routing({"did_route": "CALLMENU"})), Confirmed(SOURCE, known))
    assert found == Callers(Place("in-group", "SALESLINE"), Place("call menu", "MAIN_IVR"))


def test_a_changed_group_on_a_route_that_nobody_knows_may_move_callers():
    found = callers(declared(Routing({"group": "SUPPORT"})), Confirmed(SOURCE))
    assert found.move
    assert not found.certain


def test_callers_of_an_inactive_number_stay_whatever_else_changes():
    off = {"active": "N"}
    found = callers(declared(SUPPORT.overlaid(off)), Confirmed(SOURCE, SALES.overlaid(off)))
    assert found == Callers(DefaultDid(), DefaultDid())


def test_callers_of_a_deleted_number_reach_default():
    found = callers(None, Confirmed(SOURCE, SALES), DeletePolicy())
    assert found == Callers(Place("in-group", "SALESLINE"), DefaultDid())


def test_a_parked_number_keeps_what_its_parking_does_not_say():
    known = SALES.overlaid({"menu_id": "CLOSED"})
    found = callers(None, Confirmed(SOURCE, known), ParkPolicy(Routing({"did_route": "CALLMENU"})))
    assert found.after == Place("call menu", "CLOSED")


def test_while_an_update_is_begun_nobody_knows_where_callers_are():
    found = callers(declared(SALES), BegunUpdate(Confirmed(SOURCE, SALES), SUPPORT))
    assert found == Callers(Unresolved(SOURCE), Place("in-group", "SALESLINE"))


def test_of_somebody_elses_number_only_what_is_declared_is_known():
    found = callers(declared(NOTHING, of=block(adopt=True)), Conflict())
    assert found == Callers(NOT_KNOWN, NOT_KNOWN)


# --- of a change alone


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (Create("a", SOURCE, NOTHING, None), Callers(None, Unresolved(SOURCE))),
        (Adopt("a", SOURCE, SALES, None), Callers(NOT_KNOWN, Place("in-group", "SALESLINE"))),
        (
            Update("a", None, SALES, MENU),
            Callers(Place("in-group", "SALESLINE"), Place("call menu", "MAIN_IVR")),
        ),
        (Delete("a", None, NOTHING), Callers(NOT_KNOWN, DefaultDid())),
        (Settle("a", None), Callers(None, None)),
        (Forget("a"), Callers(None, None)),
    ],
)
def test_a_change_tells_what_it_can(change, found):
    assert callers_told(change) == found
