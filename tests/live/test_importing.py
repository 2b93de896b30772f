"""Rows of a server become blocks; read back, they say of each number what the server has."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import specs
from reconciler.characters import Characters
from reconciler.live.importing import declarable, to_blocks, written
from reconciler.numbers import SpanMap
from reconciler.plan.plan import make_plan
from reconciler.routing import BY_NAME
from reconciler.simulator.table import DEFAULTS
from reconciler.state.model import Confirmed, Record, State

SOURCE = "7275551114"
TARGET = """\
version: 1
endpoint: https://vici.example.com/vicidial/non_agent_api.php
state: file:state.json
defaults: {source: 7275551114}
limits: {max_create: 1}
characters: %s
"""


def row(**columns):
    return {name: str(value) for name, value in {**DEFAULTS, **columns}.items()}


def sales(pattern, **columns):
    route = {"did_route": "IN_GROUP", "group_id": "SALESLINE", "did_description": "Tampa sales"}
    return {pattern: row(did_pattern=pattern, **(route | columns))}


def imported(*rows, **options):
    whole = {SOURCE: row(did_pattern=SOURCE, did_description="Template")}
    for each in rows:
        whole |= each
    return to_blocks(whole, SOURCE, **options)


def numbers(first, count):
    return [str(first + offset) for offset in range(count)]


def test_consecutive_numbers_are_a_range_and_what_is_common_is_said_once():
    found = imported(*(sales(pattern) for pattern in numbers(7275553300, 100)))
    assert written(found.blocks) == (
        "version: 1\n"
        "blocks:\n"
        "  - name: tampa-sales\n"
        "    numbers: [7275553300-7275553399]\n"
        "    routing: {did_route: IN_GROUP, group: SALESLINE, did_description: Tampa sales}\n"
    )
    assert found.left_out == {SOURCE: "it is the source"}


def test_exceptions_are_overrides():
    rows = [sales(pattern) for pattern in numbers(7275553300, 10)]
    rows += [sales("7275553305", did_description="Tampa night"), sales("+17275553306")]
    found = imported(*rows)
    assert written(found.blocks, adopt=True) == (
        "version: 1\n"
        "blocks:\n"
        "  - name: tampa-sales\n"
        '    numbers: [7275553300-7275553309, "+17275553306"]\n'
        "    adopt: true\n"
        "    routing: {did_route: IN_GROUP, group: SALESLINE, did_description: Tampa sales}\n"
        "    overrides:\n"
        "      - numbers: [7275553305]\n"
        "        routing: {did_description: Tampa night}\n"
    )


def test_each_destination_has_a_block_named_by_its_description_or_by_itself():
    menu = {"did_route": "CALLMENU", "menu_id": "MAIN_IVR", "group_id": "", "did_description": "x"}
    found = imported(sales("7275553300"), sales("7275553301", **menu))
    assert [block.name for block in found.blocks] == ["tampa-sales", "callmenu-main-ivr"]


def test_names_that_are_taken_get_a_number():
    rows = sales("7275553300"), sales("7275553301", group_id="BILLING")
    found = imported(*rows, names=["Tampa-Sales"])
    assert [block.name for block in found.blocks] == ["tampa-sales-2", "tampa-sales-3"]


def test_by_block_neighbours_stay_together_whatever_their_destination():
    rows = [sales(pattern) for pattern in numbers(7275553300, 3)]
    rows += [sales("7275553302", group_id="BILLING"), sales("7275553400")]
    found = imported(*rows, by="block")
    assert [block.name for block in found.blocks] == ["from-7275553300", "from-7275553400"]
    assert len(found.blocks[0].overrides) == 1


def test_only_what_differs_from_the_source_is_declared_beside_the_route():
    template = row(did_route="EXTEN", extension="8300", record_call="N")
    same = row(did_route="EXTEN", extension="8300", record_call="N")
    other = row(did_route="EXTEN", extension="8300", record_call="Y", campaign_id="CAMP")
    route = {"did_route": "EXTEN", "extension": "8300"}
    assert dict(declarable(same, template, Characters.ASCII)) == route
    more = {"record_call": "Y", "campaign_id": "CAMP"}
    assert dict(declarable(other, template, Characters.ASCII)) == route | more


def test_what_cannot_be_declared_is_left_out_with_its_reason():
    found = imported(
        sales("default"),
        sales("7275553300", did_route="AGENT"),
        sales("bad number"),
        sales("Büro12"),
    )
    assert found.blocks == ()
    assert found.left_out["default"] == "it is part of VICIdial"
    assert "AGENT" in found.left_out["7275553300"]
    assert "which the server would drop" in found.left_out["bad number"]
    assert "characters: any" in found.left_out["Büro12"]


def test_columns_that_the_api_cannot_set_and_differ_are_told():
    found = imported(sales("7275553300", user_group="TEAMB", filter_action="GROUP", did_active="N"))
    assert found.unlike == {"7275553300": ("filter_action", "user_group")}


def test_long_lists_of_numbers_are_folded():
    found = imported(*(sales(pattern) for pattern in numbers(7275553000, 100)[::2]))
    text = written(found.blocks)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert text.count("\n") < 15


def test_a_route_without_anything_to_say_is_named_imported():
    bare = row(did_route="", did_description="")
    found = to_blocks({"7275553300": bare}, SOURCE)
    assert found.blocks[0].name == "imported"
    assert "routing" not in written(found.blocks)


# --- the proof

PATTERNS = st.one_of(
    st.integers(7275553000, 7275553030).map(str),
    st.integers(0, 30).map(lambda number: f"+1727555{number:04d}"),
    st.sampled_from(["Main_Line", "*72", "0123", "a.b:c", "X1", "Büro7", "default", "bad number"]),
)
TEXTS = st.one_of(
    st.sampled_from(["", "Y", "N", "null", "yes", "0", "007", "SALES", "Tampa sales", "a, b. c"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=300), max_size=12),
)
COLUMNS = sorted({each.column for each in BY_NAME.values()} | {"user", "user_group", "custom_one"})
ROUTES = st.sampled_from(["EXTEN", "IN_GROUP", "CALLMENU", "VOICEMAIL", "AGENT", "PHONE", ""])
ROWS = st.fixed_dictionaries(
    {"did_route": ROUTES, "group_id": st.sampled_from(["", "SALES", "BILLING"])},
    optional={name: TEXTS for name in COLUMNS if name not in {"did_route", "group_id"}},
)
TABLES = st.dictionaries(PATTERNS, ROWS, max_size=12)


@given(TABLES, ROWS, st.sampled_from(["destination", "block"]), st.sampled_from(list(Characters)))
@settings(max_examples=60)
def test_the_plan_after_an_import_is_empty_whatever_the_table(table, template, by, characters):
    distinct = {pattern.lower(): (pattern, columns) for pattern, columns in table.items()}
    rows = {pattern: row(did_pattern=pattern, **each) for pattern, each in distinct.values()}
    rows[SOURCE] = row(did_pattern=SOURCE, **template)
    found = to_blocks(rows, SOURCE, by=by, characters=characters)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / "did_specs" / "tampa"
        here.mkdir(parents=True)
        (here / "target.yaml").write_text(TARGET % characters.value)
        if found.blocks:
            (here / "imported.yaml").write_text(written(found.blocks), encoding="utf-8")
        (spec,) = specs.read(here.parent)
    there = {p: declared for span, declared in spec.desired for p in span}
    assert set(there) | set(found.left_out) == set(rows)
    for pattern, declared in there.items():
        for name, value in declared.routing.items():
            assert rows[pattern][BY_NAME[name].column] == value
    known = spec.desired.mapped(
        lambda declared: Record(declared.block.name, Confirmed(None, declared.routing))
    )
    state = State("tampa", spec.target.endpoint, "f00d", serial=1, records=known)
    assert make_plan(spec, state).changes == SpanMap()
    # Nothing was claimed that the server does not have: one value less, and there is a change.
    for span, declared in spec.desired:
        if declared.routing:
            less = SpanMap([(span, Record(declared.block.name, Confirmed(None)))])
            assert make_plan(spec, replace(state, records=known.overlaid(less))).changes
            break
