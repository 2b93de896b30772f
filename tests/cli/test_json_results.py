"""``--format json`` of ``show`` and ``state``: keys that programs may rely on."""

import json

import pytest

from reconciler.cli import exits
from reconciler.numbers import SpanMap, span_of
from reconciler.report.lookup import state_data
from reconciler.routing import Routing
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    FromSource,
    Record,
    State,
)
from tests.cli.office import SALES, SUPPORT


def answer(office, *words, code=exits.DONE):
    done = office.run(*words, "--format", "json")
    assert done.code == code, done.all
    return json.loads(done.out)


@pytest.fixture
def done(shop):
    """The shop after its first apply."""
    shop.ran("apply", "--yes")
    return shop


def test_a_number_that_is_declared_and_not_yet_known(office):
    (found,) = answer(office, "show", "7275553303")
    assert list(found) == [
        "target", "number", "declared", "known", "protected", "default_source", "source_of",
        "changes", "notes", "effects",
    ]  # fmt: skip
    assert found["declared"] == {
        "block": "sales",
        "source": "7275551114",
        "routing": {"did_route": "IN_GROUP", "group": "SALESLINE"},
        "places": {
            "block": {"file": "did_specs/tampa/blocks.yaml", "line": 3, "column": 5},
            "numbers": {"file": "did_specs/tampa/blocks.yaml", "line": 4, "column": 15},
            "source": {"file": "did_specs/tampa/target.yaml", "line": 4, "column": 20},
            "routing": {
                "did_route": {"file": "did_specs/tampa/blocks.yaml", "line": 5, "column": 15},
                "group": {"file": "did_specs/tampa/blocks.yaml", "line": 5, "column": 36},
            },
        },
    }
    assert found["known"] is None
    assert [(each["action"], each["numbers"]) for each in found["changes"]] == [
        ("create", ["7275553303"])
    ]


def test_a_number_that_is_known_and_as_declared(done):
    (found,) = answer(done, "show", "7275553303")
    assert found["known"] == {
        "block": "sales",
        "standing": "confirmed",
        "source": "7275551114",
        "routing": {"did_route": "IN_GROUP", "group": "SALESLINE"},
        "begun": {},
    }
    assert (found["changes"], found["notes"], found["effects"]) == ([], [], [])


def test_what_the_next_plan_does_is_told_as_in_a_plan_file(done):
    done.blocks(SALES.replace("SALESLINE", "SUPPORT"))
    (found,) = answer(done, "show", "7275553303")
    plan = json.loads(done.ran("plan", "--format", "json").out)
    assert found["changes"] == [{**plan["changes"][0], "numbers": ["7275553303"]}]


def test_every_target_has_an_element_whether_it_knows_the_number_or_not(office):
    office.target("reno")
    office.blocks(SUPPORT, target="reno")
    found = answer(office, "show", "7275553303")
    assert [(each["target"], each["declared"] is None) for each in found] == [
        ("reno", True),
        ("tampa", False),
    ]


def test_a_number_that_nobody_knows_is_an_error_in_either_form(office):
    (found,) = answer(office, "show", "7275559999", code=exits.ERROR)
    assert (found["declared"], found["known"], found["changes"]) == (None, None, [])
    assert office.run("show", "7275559999").code == exits.ERROR


def test_the_number_that_others_are_copied_from_is_known_as_such(office):
    (found,) = answer(office, "show", "7275551114")
    assert (found["default_source"], found["source_of"]) == (True, ["sales"])


def test_a_protected_number_is_known_as_such(office):
    office.target(more="protected: [7275550001]\n")
    assert answer(office, "show", "7275550001")[0]["protected"] is True
    assert answer(office, "show", "default")[0]["protected"] is True
    assert answer(office, "show", "7275553303")[0]["protected"] is False


def test_a_state_is_listed_by_records(done):
    (found,) = answer(done, "state", "list")
    state = json.loads(done.read("state/tampa.json"))
    assert found == {
        "target": "tampa",
        "endpoint": done.endpoint,
        "lineage": state["lineage"],
        "serial": state["serial"],
        "records": [
            {
                "numbers": "7275553300-7275553309",
                "count": 10,
                "block": "sales",
                "standing": "confirmed",
                "source": "7275551114",
                "routing": {"did_route": "IN_GROUP", "group": "SALESLINE"},
                "begun": {},
            }
        ],
    }


def test_a_state_that_is_not_there_yet_has_no_history(office):
    (found,) = answer(office, "state", "list")
    assert (found["lineage"], found["serial"], found["records"]) == (None, 0, [])


def test_a_part_of_a_state_is_shown_in_the_same_form(done):
    (found,) = answer(done, "state", "show", "7275553302-7275553303")
    assert [(each["numbers"], each["count"]) for each in found["records"]] == [
        ("7275553302-7275553303", 2)
    ]


def test_what_no_state_knows_is_an_error_in_either_form(done):
    (found,) = answer(done, "state", "show", "7275559999", code=exits.ERROR)
    assert found["records"] == []
    assert done.run("state", "show", "7275559999").code == exits.ERROR


ROUTED = Routing({"did_route": "IN_GROUP", "group": "SUPPORT"})
MENU = Routing({"group": "SALESLINE"})


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (Confirmed(None, MENU), ("confirmed", None, dict(MENU), {})),
        (BegunCreate("1000", FromSource(), MENU), ("begun-create", "1000", {}, dict(MENU))),
        (
            BegunUpdate(Confirmed("1000", ROUTED), MENU),
            ("begun-update", "1000", {"did_route": "IN_GROUP"}, dict(MENU)),
        ),
        (BegunDelete(Confirmed("1000", MENU)), ("begun-delete", "1000", dict(MENU), {})),
        (Conflict(), ("conflict", None, {}, {})),
    ],
)
def test_what_is_certain_and_what_may_have_been_sent_are_told_apart(standing, told):
    records = SpanMap([(span_of("7275553300"), Record("sales", standing))])
    (record,) = state_data("tampa", State("tampa", "https://x", "l", 1), records)["records"]
    assert tuple(record[key] for key in ("standing", "source", "routing", "begun")) == told
