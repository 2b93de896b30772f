"""Fixtures and data files: what they may hold, and what is said about those that cannot be used."""

import json
import sqlite3
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.simulator import (
    DataFileError,
    FixtureError,
    Table,
    Vicidial,
    default_fixture,
    load_fixture,
    parse_fixture,
)

FIXTURE = Path(__file__).parents[1] / "recordings" / "fixture.json"
USER = {"user": "6666", "pass": "1234"}


def test_the_built_in_fixture_is_a_small_call_centre():
    fixture = default_fixture()
    assert fixture.users["6666"].may_change_dids
    assert fixture.in_groups == ("AGENTDIRECT", "BILLING", "SALESLINE", "SUPPORT")
    assert fixture.call_menus == ("AFTER_HOURS", "MAIN_IVR")
    assert [did["did_pattern"] for did in fixture.dids] == [
        "default",
        "did_system_filter",
        "7275551114",
    ]


def test_a_case_may_add_numbers_of_its_own():
    document = {**json.loads(FIXTURE.read_text()), "extra_dids": [{"did_pattern": "7275557001"}]}
    fixture = parse_fixture(document, "case")
    assert fixture.dids[-1] == {"did_pattern": "7275557001"}
    assert len(fixture.dids) == 6


def test_a_password_is_not_shown():
    fixture = load_fixture(FIXTURE)
    assert "fewfuncs" not in repr(fixture)


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([], "f: the fixture must be an object {…}"),
        ({"users": {}}, "f: users: must be a list […]"),
        ({"users": ["6666"]}, "f: users[0] must be an object {…}"),
        ({"users": [{"user": "6666"}]}, "f: users[0].pass: is missing"),
        ({"users": [{**USER, "active": 1}]}, "f: users[0].active: must be a text in quotes"),
        (
            {"users": [{**USER, "user_level": "9"}]},
            "f: users[0].user_level: must be a whole number",
        ),
        ({"call_menus": [1]}, "f: call_menus[0]: must be a text in quotes"),
        (
            {"inbound_groups": ["SUPPORT", "X" * 21]},
            "f: inbound_groups[1]: must have at most 20 characters",
        ),
        ({"dids": [{}]}, "f: dids[0].did_pattern: is missing"),
        (
            {"dids": [{"did_pattern": "70", "group": "X"}]},
            "f: dids[0].group: is not a column of a DID that can be given",
        ),
        (
            {"dids": [{"did_pattern": "70", "list_id": None}]},
            "f: dids[0].list_id: must be a text or a whole number",
        ),
        (
            {"dids": [{"did_pattern": "Ab"}], "extra_dids": [{"did_pattern": "aB"}]},
            "f: extra_dids[0].did_pattern: 'aB' is there already, whatever its case",
        ),
    ],
)
def test_a_fault_of_a_fixture_names_its_place(document, fault):
    with pytest.raises(FixtureError) as caught:
        parse_fixture(document, "f")
    assert caught.value.message == fault


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{\n "users": [}', "{path}:2:12: the fixture is not valid JSON: Expecting value"),
        (b"\xff\xfe", "{path}: the fixture is not in UTF-8"),
        (None, "cannot read the fixture {path}: No such file or directory"),
    ],
)
def test_a_file_that_is_no_fixture_is_named(tmp_path, content, fault):
    path = tmp_path / "fixture.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReconcilerError) as caught:
        load_fixture(path)
    assert caught.value.message == fault.format(path=path)


def test_a_data_file_keeps_its_rows_and_a_reset_brings_the_fixture_back(tmp_path):
    fixture = load_fixture(FIXTURE)
    call = {**USER, "source": "test", "function": "update_did", "did_pattern": "default"}
    first = Table(tmp_path / "dids.db")
    Vicidial(fixture, first).api({**call, "active": "N"})
    first.close()
    second = Table(tmp_path / "dids.db")
    vicidial = Vicidial(fixture, second)
    kept = second.find("default")["did_active"]
    vicidial.reset()
    fresh = second.find("default")["did_active"]
    second.close()
    assert (kept, fresh) == ("N", "Y")


def test_a_data_file_in_use_is_refused(tmp_path):
    table = Table(tmp_path / "dids.db")
    with pytest.raises(DataFileError, match="database is locked"):
        Table(tmp_path / "dids.db")
    table.close()


def test_a_file_of_something_else_is_not_touched(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to look like one" * 20)
    with pytest.raises(DataFileError, match=r"notes\.txt .* file is not a database"):
        Table(path)
    assert path.read_text().startswith("not a database at all")


def test_a_database_of_something_else_is_not_touched(tmp_path):
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(DataFileError, match="it is a database of something else"):
        Table(path)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DataFileError, match="unable to open database file"):
        Table(tmp_path / "missing" / "dids.db")
