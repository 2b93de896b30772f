"""Who gets in, and who is locked out for how long."""

import json
from pathlib import Path

import pytest

from reconciler.simulator import Table, Vicidial, parse_fixture

FIXTURE = json.loads((Path(__file__).parents[1] / "recordings" / "fixture.json").read_text())
GOOD = "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"
BAD = "ERROR: Login incorrect, please try again: |6666|wrong|BAD|\n"
LOCK = "ERROR: Too many login attempts, try again in 15 minutes: |6666|LOCK|\n"


class Clock:
    now = 1_795_426_104.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def vicidial(clock):
    table = Table()
    yield Vicidial(parse_fixture(FIXTURE, "fixture.json"), table, clock)
    table.close()


def login(vicidial, password, user="6666", function="update_did", source="test"):
    return vicidial.api(
        {
            "user": user,
            "pass": password,
            "function": function,
            "source": source,
            "did_pattern": "7275551114",
        }
    ).body


def test_ten_refused_log_ins_after_a_good_one_lock_the_account(vicidial):
    assert login(vicidial, "1234") == GOOD
    assert [login(vicidial, "wrong") for _ in range(11)] == [BAD] * 10 + [LOCK]
    assert login(vicidial, "1234") == LOCK


def test_the_lock_ends_fifteen_minutes_after_the_good_log_in(vicidial, clock):
    login(vicidial, "1234")
    for _ in range(10):
        login(vicidial, "wrong")
    clock.now += 899
    assert login(vicidial, "1234") == LOCK
    clock.now += 1
    assert login(vicidial, "1234") == GOOD


def test_a_good_log_in_begins_the_count_anew(vicidial):
    login(vicidial, "1234")
    for _ in range(9):
        login(vicidial, "wrong")
    assert login(vicidial, "1234") == GOOD
    assert [login(vicidial, "wrong") for _ in range(11)] == [BAD] * 10 + [LOCK]


def test_one_user_locked_out_leaves_the_others_in_peace(vicidial):
    login(vicidial, "1234")
    for _ in range(11):
        login(vicidial, "wrong")
    assert "NO UPDATES DEFINED: |8008|" in login(vicidial, "nodelete", user="8008")


def test_a_user_that_does_not_exist_is_never_locked(vicidial):
    replies = {login(vicidial, "x", user="nobody") for _ in range(12)}
    assert replies == {"ERROR: Login incorrect, please try again: |nobody|x|BAD|\n"}


def test_the_admin_page_counts_towards_the_same_lock(vicidial):
    assert vicidial.compare("6666", "1234", {"stage": "DIDS"}).status == 200
    assert [vicidial.compare("6666", "wrong", {}).status for _ in range(10)] == [401] * 10
    assert login(vicidial, "1234") == LOCK
    locked = vicidial.compare("6666", "1234", {})
    assert (locked.status, locked.body) == (200, LOCK.removeprefix("ERROR: "))


def test_user_and_password_are_stripped_before_they_are_looked_at_and_echoed(vicidial):
    assert login(vicidial, "12 34", user=" 6666'") == GOOD
    assert login(vicidial, "w'r&o ng") == BAD


def test_reset_lets_everybody_in_again(vicidial):
    login(vicidial, "1234")
    for _ in range(11):
        login(vicidial, "wrong")
    vicidial.reset()
    assert login(vicidial, "1234") == GOOD


def test_a_refused_log_in_is_told_before_an_unknown_function_or_a_missing_source(vicidial):
    assert login(vicidial, "wrong", function="bogus", source="") == BAD


def test_an_unknown_function_is_told_before_a_missing_source(vicidial):
    assert login(vicidial, "1234", function="bogus", source="") == "ERROR: NO FUNCTION SPECIFIED\n"


def test_a_missing_source_is_told_before_missing_rights(vicidial):
    body = login(vicidial, "seven", user="7007", source="-x-")
    assert body == "ERROR: Invalid Source - x\nERROR: Invalid Source: |x|\n"


def test_a_user_of_few_functions_is_refused_any_other_that_exists(vicidial):
    refused = "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |8012|{}|\n"
    for function in ("copy_did", "ingroup_list"):
        body = login(vicidial, "fewfuncs", user="8012", function=function)
        assert body == refused.format(function)
    body = login(vicidial, "fewfuncs", user="8012", function="bogus")
    assert body == "ERROR: NO FUNCTION SPECIFIED\n"


def test_a_user_is_called_as_it_was_written(clock):
    document = {**FIXTURE, "users": [{**FIXTURE["users"][0], "user": "DidBot"}]}
    table = Table()
    vicidial = Vicidial(parse_fixture(document, "fixture.json"), table, clock)
    body = login(vicidial, "1234", user="didbot")
    table.close()
    assert body == "NOTICE: update_did NO UPDATES DEFINED: |didbot|\n"


def test_version_needs_no_user_and_tells_the_time(vicidial):
    assert vicidial.api({"function": "version"}).body == (
        "VERSION: 2.14-202|BUILD: 250720-1841|DATE: 2026-11-23 09:28:24|EPOCH: 1795426104|"
        "DST: 0|TZ: -5.00|TZNOW: -5.00|\n"
    )
