"""The admin page that shows DIDs, where no recording stands beside it."""

import json
import re
from pathlib import Path

import pytest

from reconciler.simulator import Table, Vicidial, parse_fixture

FIXTURE = json.loads((Path(__file__).parents[1] / "recordings" / "fixture.json").read_text())


@pytest.fixture
def table():
    table = Table()
    yield table
    table.close()


def page(table, params, *, user=None, groups=None):
    return asked(table, params, user=user, groups=groups).body


def asked(table, params, *, user=None, groups=None):
    document = {
        **FIXTURE,
        "users": [{**FIXTURE["users"][0], **(user or {})}],
        "user_groups": groups or FIXTURE["user_groups"],
    }
    vicidial = Vicidial(parse_fixture(document, "fixture.json"), table)
    return vicidial.compare("6666", "1234", params)


def options(body):
    return re.findall(r'value="([^"]*)"', body.partition("</select>")[0])


def kinds(body):
    return re.findall(r'class="(diff\w+)"', body)


def test_a_group_is_shown_its_own_numbers_and_those_of_all(table):
    team = {"user_group": "TEAMB", "user_level": 8}
    body = page(
        table,
        {"stage": "DIDS", "first_id": "7275559100", "second_id": "7275559000"},
        user=team,
    )
    assert options(body) == ["+17275552000", "7275551114", "7275559000", "default"]
    assert kinds(body) == ["diffBlank", "diffInserted", "diffUnmodified", "diffUnmodified"]


def test_two_numbers_that_do_not_exist_compare_as_nothing(table):
    body = page(table, {"stage": "DIDS", "first_id": "70", "second_id": "71"})
    assert kinds(body) == ["diffUnmodified", "diffUnmodified"]
    assert "did_id" not in body


def test_one_number_alone_is_compared_with_nothing(table):
    body = page(table, {"stage": "DIDS", "first_id": "default"})
    assert '<option SELECTED value="default">' in body
    assert kinds(body) == []


def test_another_stage_lists_no_numbers(table):
    assert "<option" not in page(table, {"stage": "INGROUPS"})


def test_a_user_below_level_8_is_refused_like_one_with_a_wrong_password(table):
    reply = asked(table, {"stage": "DIDS"}, user={"user_level": 7})
    assert (reply.status, reply.body) == (
        401,
        "Login incorrect, please try again: |6666|1234|BAD|\n",
    )


def test_without_modify_campaigns_there_is_no_page(table):
    assert page(table, {"stage": "DIDS"}, user={"modify_campaigns": 0}) == (
        "You do not have permissions for campaign debugging: |6666|\n"
    )


def test_without_modify_dids_the_page_lists_nothing(table):
    body = page(table, {"stage": "DIDS"}, user={"modify_inbound_dids": 0})
    assert "<HTML>" in body
    assert "<option" not in body


def test_the_report_must_be_allowed_to_the_group(table):
    def group(reports):
        return [{**FIXTURE["user_groups"][0], "allowed_reports": reports}]

    refused = asked(table, {"stage": "DIDS"}, groups=group("Real-Time Main Report"))
    allowed = page(table, {"stage": "DIDS"}, groups=group("Settings Compare Utility"))
    assert (refused.status, refused.body) == (
        401,
        "You are not allowed to view this report: |6666|Settings Compare|\n",
    )
    assert "<option" in allowed


def test_a_number_in_another_case_is_shown_but_not_chosen(table):
    body = page(table, {"stage": "DIDS", "first_id": "DEFAULT", "second_id": "default"})
    assert "Select first DIDS entry" in body
    assert kinds(body) == ["diffUnmodified", "diffUnmodified"]
