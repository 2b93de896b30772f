"""``import``: what the server has becomes specs and a state, and the plan of it is empty."""

import csv
import importlib
import io
import re

import httpx
import pytest

from reconciler.cli import exits
from tests.cli.office import ACCOUNT

FIRST = 7275560000


@pytest.fixture
def stocked(shop, server):
    """A server with forty numbers that nobody declares, and a target without blocks."""
    shop.write("did_specs/tampa/blocks.yaml", "version: 1\nblocks: []\n")
    made = [str(FIRST + offset) for offset in range(40)]
    ask(server, "copy_did", source_did_pattern="7275551114", new_dids=",".join(made))
    for pattern in made[:10]:
        ask(server, "update_did", did_pattern=pattern, group="SUPPORT", did_description="Support")
    ask(server, "update_did", did_pattern=made[3], record_call="N")
    return shop


def ask(server, function, **parameters):
    account = {"user": ACCOUNT["VICIDIAL_USER"], "pass": ACCOUNT["VICIDIAL_PASS"]}
    data = {"function": function, "source": "byhand", **account, **parameters}
    reply = httpx.post(server.endpoint, data=data, trust_env=False)
    assert "SUCCESS" in reply.text, reply.text


def empty(shop):
    return "No changes" in shop.ran("plan").out


def test_what_the_server_has_is_written_and_the_plan_of_it_is_empty(stocked, server):
    before = server.dids()
    done = stocked.ran("import", "--exclude", "7275559000", "7275559100", "+17275552000")
    assert "tampa: reading 41 numbers: 21 requests, " in done.err
    assert "tampa: 40 numbers in 3 blocks: did_specs/tampa/imported.yaml (11 lines)" in done.out
    assert "left out: 1 number (default): it is part of VICIdial" in done.err
    assert stocked.read("did_specs/tampa/imported.yaml") == (
        "version: 1\n"
        "blocks:\n"
        "  - name: support\n"
        "    numbers: [7275560000-7275560002, 7275560004-7275560009]\n"
        "    routing: {did_route: IN_GROUP, group: SUPPORT, did_description: Support}\n"
        "  - name: support-2\n"
        "    numbers: [7275560003]\n"
        "    routing: {did_route: IN_GROUP, group: SUPPORT, did_description: Support, "
        'record_call: "N"}\n'
        "  - name: sales-template\n"
        "    numbers: [7275560010-7275560039]\n"
        "    routing: {did_route: IN_GROUP, group: SALESLINE, did_description: Sales template}\n"
    )
    assert empty(stocked)
    assert server.dids() == before


def test_an_edit_after_an_import_is_an_update_and_nothing_else(stocked):
    stocked.ran("import", "--include", "7275560000-7275560039")
    text = stocked.read("did_specs/tampa/imported.yaml")
    stocked.write(
        "did_specs/tampa/imported.yaml", text.replace("group: SALESLINE", "group: BILLING")
    )
    assert "30 to update" in stocked.ran("plan").out


def test_existing_specs_are_kept_and_only_the_rest_is_added(stocked):
    stocked.write(
        "did_specs/tampa/blocks.yaml",
        "version: 1\nblocks: [{name: support, numbers: [7275560000-7275560009], adopt: true}]\n",
    )
    stocked.ran("apply", "--yes")
    before = stocked.read("did_specs/tampa/blocks.yaml")
    done = stocked.ran("import", "--include", "7275560000-7275560039")
    assert "30 numbers in 1 block" in done.out
    assert stocked.read("did_specs/tampa/blocks.yaml") == before
    assert empty(stocked)


def test_protected_numbers_are_not_imported(stocked):
    stocked.target(more="protected: [7275560000-7275560038]\n")
    done = stocked.ran("import", "--include", "7275560000-7275560039")
    assert "1 number in 1 block" in done.out


def test_a_team_gets_adopt_in_place_of_a_state(stocked):
    done = stocked.ran("import", "--adopt", "--by", "block", "--include", "7275560000-7275560039")
    assert "adopt: true takes them over" in done.out
    assert "    adopt: true\n" in stocked.read("did_specs/tampa/imported.yaml")
    assert stocked.run("state", "list").out == "tampa: nothing is known yet\n"
    stocked.ran("apply", "--yes")
    assert empty(stocked)


def test_an_export_is_imported_as_well(stocked, server):
    table = io.StringIO()
    rows = server.dids()
    writer = csv.DictWriter(table, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    stocked.write("dids.csv", table.getvalue())
    stocked.target(more="live: {reader: file, file: dids.csv}\n")
    done = stocked.ran("import", "--include", "7275560000-7275560039", "--out", OTHER)
    assert "0 requests, 0.0 MB" in done.err
    assert "40 numbers in 3 blocks" in done.out
    assert empty(stocked)


OTHER = "did_specs/tampa/other.yaml"


def test_what_the_api_cannot_set_and_is_unlike_the_source_is_told(stocked):
    done = stocked.ran("import", "--include", "7275559100")
    assert "1 number (7275559100) unlike the source in " in done.err
    assert "user_group" in done.err


def test_there_may_be_nothing_to_import(stocked):
    done = stocked.ran("import", "--include", "7000000000")
    assert done.out == "tampa: there is nothing to import\n"
    assert not (stocked.folder / "did_specs/tampa/imported.yaml").exists()


def test_a_number_that_could_not_be_sent_is_left_out(stocked, server):
    ask(server, "copy_did", source_did_pattern="7275551114", new_dids="7275560050,,7275560051")
    stocked.write("dids.csv", "did_pattern,did_route\n7275551114,EXTEN\nbad number,EXTEN\n")
    stocked.target(more="live: {reader: file, file: dids.csv}\n")
    done = stocked.ran("import")
    assert "left out: 1 number (bad number): " in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--include", "129-120"], "'129-120' runs backwards"),
        (["--out", "elsewhere.yaml"], "elsewhere.yaml is not in "),
        (["--out", "did_specs/tampa/blocks.yaml"], "exists already"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_read(stocked, server, arguments, words):
    calls = server.calls()
    done = stocked.run("import", *arguments)
    assert done.code == exits.ERROR
    assert words in done.err
    assert server.calls() == calls


def test_a_target_without_a_source_needs_one(stocked):
    text = stocked.read("did_specs/tampa/target.yaml")
    stocked.write("did_specs/tampa/target.yaml", text.replace("defaults: {source: 7275551114}", ""))
    done = stocked.run("import")
    assert "has no source" in done.err
    assert done.code == exits.ERROR


def test_an_account_that_may_not_read_is_told_where_to_look(stocked, monkeypatch):
    monkeypatch.setenv("VICIDIAL_USER", "8008")
    monkeypatch.setenv("VICIDIAL_PASS", "nodelete")
    done = stocked.run("import")
    assert done.code == exits.ERROR
    assert "cannot be read: " in done.err
    assert "reconciler check" in done.err


def test_pages_that_fail_once_are_read_again(stocked, server):
    server.faults({"rules": [{"kind": "error_before", "function": "settings_compare", "nth": 4}]})
    assert "40 numbers" in stocked.ran("import", "--include", "7275560000-7275560039").out


def test_pages_that_keep_failing_end_it_and_nothing_is_written(stocked, server):
    rules = [
        {"kind": "error_before", "function": "settings_compare", "nth": nth} for nth in range(2, 90)
    ]
    server.faults({"rules": rules})
    done = stocked.run("import", "--include", "7275560000-7275560039")
    assert done.code == exits.ERROR
    assert "could not be read" in done.err
    assert not (stocked.folder / "did_specs/tampa/imported.yaml").exists()


def test_a_number_of_another_target_of_the_server_is_a_fault_and_nothing_is_written(stocked):
    stocked.target("miami")
    stocked.write(
        "did_specs/miami/blocks.yaml",
        "version: 1\nblocks: [{name: theirs, numbers: [7275560000]}]\n",
    )
    done = stocked.run("import", "--target", "tampa")
    assert done.code == exits.ERROR
    assert "E702" in done.err
    assert not (stocked.folder / "did_specs/tampa/imported.yaml").exists()


def test_a_long_reading_tells_how_far_it_is(stocked, monkeypatch):
    module = importlib.import_module("reconciler.cli.commands.import")
    monkeypatch.setattr(module, "TOLD_EVERY", 20)
    done = stocked.ran("import", "--include", "7275560000-7275560039")
    # The last page has one number, and pages arrive in any order.
    assert re.search(r"2[01] of 41 read\n4[01] of 41 read\n", done.err)
