"""The call centre that this repository describes, as the demo applies it."""

import json
from pathlib import Path

import pytest

from reconciler import specs
from reconciler.destination import destination
from reconciler.numbers import count

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tampa():
    (spec,) = specs.read(ROOT / "did_specs", only="tampa")
    return spec


def test_it_has_no_fault_and_no_warning(tampa):
    assert tampa.warnings == ()


def test_three_blocks_send_their_callers_to_six_places(tampa):
    assert [block.name for block in tampa.blocks] == [
        "tampa-sales",
        "tampa-support",
        "tampa-billing",
    ]
    reached = {}
    for span, declared in tampa.desired:
        where = str(destination(declared.routing, declared.source))
        reached[where] = reached.get(where, 0) + count([span])
    assert reached == {
        "in-group SALESLINE": 88,
        "call menu MAIN_IVR": 11,
        "voicemail 8300": 1,
        "in-group SUPPORT": 19,
        "call menu AFTER_HOURS": 1,
        "in-group BILLING": 10,
    }


def test_everything_it_names_exists_on_the_simulated_server(tampa):
    server = json.loads((ROOT / "tests/recordings/fixture.json").read_text())
    known = {row["did_pattern"] for row in server["dids"]}
    for _, declared in tampa.desired:
        assert declared.source in known
        assert declared.routing["group"] in server["inbound_groups"]
        assert declared.routing.get("menu_id", "MAIN_IVR") in server["call_menus"]
