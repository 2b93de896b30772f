"""What README.md and docs/ show is what the program reads and prints.

Elsewhere: the README's plan (golden stories), its commands and exit codes (test_command_line),
docs/faults.md, docs/commands.md, docs/operations.md and docs/simulator.md (a test file each).
"""

import json
import re
from pathlib import Path

import pytest

from reconciler.destination import Callers, destination
from reconciler.diff.model import Update
from reconciler.report.lookup import state_data
from reconciler.report.words import MARKS, risk
from reconciler.routing import NOTHING, Routing
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    FromSource,
)
from tests.cli.conftest import office
from tests.cli.rooms import at_home
from tests.conftest import SALES, SOURCE, record, state

__all__ = ["at_home", "office"]

ROOT = Path(__file__).parents[2]


def page(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks_of_code(name, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)


def rows(name, heading):
    """The rows of the first table below a heading, as lists of cells."""
    section = page(name).partition(f"{heading}\n")[2].partition("\n## ")[0]
    table = section[section.index("|---") :].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_the_specs_of_the_readme_are_read_without_a_warning(at_home):
    target, block = blocks_of_code("README.md", "yaml")
    at_home.write("did_specs/tampa/target.yaml", target)
    at_home.write("did_specs/tampa/sales.yaml", block)
    done = at_home.ran("validate", "--strict")
    assert done.out == "tampa: 100 numbers in 1 block, no faults\n"


def test_the_numbering_plan_that_is_shown_is_a_setting(at_home):
    (setting,) = blocks_of_code("docs/numbers.md", "yaml")
    at_home.target("tampa", setting)
    at_home.blocks()
    assert at_home.ran("validate", "--strict").err == ""


@pytest.mark.parametrize(("which", "kind"), [("**fault**", "error"), ("**warning**", "warning")])
def test_the_numbers_that_are_told_apart_are_told_so(at_home, which, kind):
    text = page("docs/numbers.md").partition(which)[2].partition("\n- ")[0]
    at_home.target()
    examples = [each for each in quoted(text.partition("\n\n")[0]) if re.search("[0-9]", each)]
    assert examples
    for example in examples:
        block = f"version: 1\nblocks:\n  - name: a\n    numbers: ['{example}']\n    routing: {{}}\n"
        at_home.blocks(block)
        assert f": {kind} " in at_home.run("validate").err, example


def test_every_mark_of_a_plan_is_explained():
    explained = [quoted(mark)[0] for mark, _ in rows("docs/plans.md", "## Marks")]
    assert explained == list(MARKS)


@pytest.mark.parametrize(
    "words", [w for c, _ in rows("docs/plans.md", "## Where callers go") for w in quoted(c)]
)
def test_every_destination_that_is_explained_is_one_that_is_printed(words):
    source = "7275551114"
    printed = [
        destination(Routing(fields), copied_from)
        for fields, copied_from in (
            ({"did_route": "IN_GROUP", "group": "SALESLINE"}, None),
            ({"did_route": "EXTEN", "extension": "8300", "exten_context": "trunk"}, None),
            ({"did_route": "CALLMENU"}, None),
            ({"active": "N"}, None),
            (NOTHING, source),
            (NOTHING, None),
        )
    ]
    assert words in map(str, printed)


@pytest.mark.parametrize("route", [{"did_route": "EXTEN", "extension": "1"}, {}])
def test_what_is_said_of_callers_that_move_is_explained(route):
    callers = Callers(destination(Routing(route), None), destination(SALES, None))
    assert f"`{risk(Update('sales', None, NOTHING, SALES), callers)}`" in page("docs/plans.md")


def test_the_keys_of_a_number_are_told_in_their_order(office):
    (shown,) = json.loads(office.run("show", "7275553300", "--format", "json").out)
    told = rows("docs/json.md", "`show NUMBER`, for each target:")
    assert [key for cell, _ in told for key in quoted(cell)] == list(shown)


def test_the_keys_of_a_state_are_told_in_their_order_and_each_standing_is():
    confirmed = Confirmed(None, SALES)
    each = [
        confirmed,
        BegunCreate(SOURCE, FromSource(), SALES),
        BegunUpdate(confirmed, SALES),
        BegunDelete(confirmed),
        Conflict(),
    ]
    entries = [(str(7275553300 + place), record(standing)) for place, standing in enumerate(each)]
    given = state(*entries)
    found = state_data("tampa", given, given.records)
    section = page("docs/json.md").partition("`state list` and `state show`, for each target:")[2]
    assert re.findall("`([a-z]+)`", section.partition("\n")[0]) == list(found)
    told = rows("docs/json.md", section.partition("\n")[0])
    assert [key for cell, _ in told for key in quoted(cell)] == list(found["records"][0])
    standings = dict(told)["`standing`"]
    assert quoted(standings) == [each["standing"] for each in found["records"]]
