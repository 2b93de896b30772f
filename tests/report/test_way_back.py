"""What would make an apply undone, as far as it is known."""

import json

from reconciler.numbers import parse_span
from reconciler.plan.outcome import Done, Refused, Settled, Unfinished
from reconciler.plan.plan import make_plan
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.report.outcome import undo_json
from reconciler.routing import Routing
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    Confirmed,
    Conflict,
    FromSource,
    Record,
)
from tests.conftest import MENU, SALES, SOURCE, SUPPORT, block, declared, known, spec, state

ONE = "7275553300"


def steps(wanted, record, outcome):
    """The way back of an apply that did one thing."""
    plan = make_plan(
        spec(*([] if wanted is None else [(ONE, wanted)])),
        state(*([] if record is None else [(ONE, record)])),
    )
    content = json.loads(undo_json(plan, [Settled(parse_span(ONE), outcome)]))
    assert content.pop("undoes") == plan.digest
    found = content.pop("steps")
    assert content == {"version": 1, "target": "tampa", "endpoint": plan.target.endpoint}
    return [{name: value for name, value in each.items() if name != "numbers"} for each in found]


LEFT = Done(Confirmed(SOURCE, SALES))
ADOPTING = declared(of=block(adopt=True))


def test_what_was_created_is_deleted():
    assert steps(declared(), None, LEFT) == [{"action": "delete"}]


def test_what_was_created_and_not_finished_is_deleted_too():
    half = Unfinished("ERROR: no", Confirmed(SOURCE))
    assert steps(declared(), None, half) == [{"action": "delete"}]


def test_what_was_refused_is_as_it_was():
    assert steps(declared(), None, Refused("ERROR: no")) == []


def test_what_was_changed_gets_its_fields_back_and_unknown_ones_are_named():
    assert steps(declared(MENU), known(SALES), LEFT) == [
        {"action": "update", "routing": {"did_route": "IN_GROUP"}, "unknown": ["menu_id"]}
    ]


def test_what_was_parked_gets_its_fields_back():
    assert steps(None, known(SALES, removal=ParkPolicy(SUPPORT)), LEFT) == [
        {"action": "update", "routing": {"group": "SALESLINE"}, "unknown": []}
    ]


def test_what_turned_out_not_to_be_there_needs_nothing():
    begun = Record("sales", BegunCreate(SOURCE, FromSource(), SALES), ParkPolicy(SUPPORT))
    assert steps(None, begun, Done(None)) == []


def test_what_was_adopted_had_values_nobody_knows():
    conflict = Record("sales", Conflict())
    assert steps(ADOPTING, conflict, Done(Confirmed(None, SALES))) == [
        {"action": "update", "routing": {}, "unknown": ["did_route", "group"]}
    ]


def test_what_was_adopted_as_it_is_needs_nothing():
    as_it_is = declared(Routing(), of=block(adopt=True))
    assert steps(as_it_is, Record("sales", Conflict()), Done(Confirmed(None))) == []


def test_what_was_to_be_adopted_and_had_to_be_created_is_deleted():
    assert steps(ADOPTING, None, LEFT) == [{"action": "delete"}]


def test_what_was_deleted_is_created_again_as_far_as_it_was_known():
    again = [{"action": "create", "source": SOURCE, "routing": dict(SALES)}]
    assert steps(None, known(SALES, removal=DeletePolicy()), Done(None)) == again
    begun = Record("sales", BegunDelete(Confirmed(SOURCE, SALES)), DeletePolicy())
    assert steps(None, begun, Done(None)) == again


def test_what_was_deleted_and_may_never_have_existed_is_not_created():
    begun = Record("sales", BegunCreate(SOURCE, FromSource(), SALES), DeletePolicy())
    assert steps(None, begun, Done(None)) == []


def test_what_was_only_asked_for_or_forgotten_needs_nothing():
    begun = Record("sales", BegunCreate(SOURCE, FromSource(), SALES), KeepPolicy())
    assert steps(None, begun, Done(Confirmed(SOURCE))) == []
    assert steps(None, Record("sales", Conflict()), Done(None)) == []


def test_numbers_with_the_same_way_back_are_one_step():
    others = state(("7275550001", known()))
    plan = make_plan(spec(("7275553300-7275553399", declared())), others)
    done = [Settled(parse_span(str(7275553399 - each)), LEFT) for each in range(100)]
    content = json.loads(undo_json(plan, done))
    assert content["steps"] == [{"action": "delete", "numbers": ["7275553300-7275553399"]}]
