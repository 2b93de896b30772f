"""The reader ``http``: what it sees, what that costs, and what it could not read."""

from typing import Any

import httpx
import pytest

from reconciler.live.http import HttpReader
from reconciler.live.open import open_reader
from reconciler.live.reading import Cost
from reconciler.live.table import FileReader
from reconciler.specs.model import Live
from reconciler.vicidial.readings import NotReadable
from tests.apply.rig import table_of
from tests.conftest import target


async def read(reader, patterns):
    rows, unread = {}, {}
    async for part in HttpReader(reader).rows(patterns):
        rows |= part.read
        unread |= part.unread
    return rows, unread


def test_the_survey_has_every_visible_number_and_says_what_a_reading_costs(ask, server):
    survey = ask(server.endpoint, lambda reader: HttpReader(reader).survey())
    assert survey.numbers == {row["did_pattern"] for row in server.dids()}
    assert survey.page > 500
    assert survey.cost(3000) == Cost(1500, 1500 * survey.page)
    assert survey.cost(3) == Cost(2, 2 * survey.page)
    assert "numbers of other user groups" in survey.blind


def test_a_list_that_may_not_be_read_has_no_survey(ask, server):
    async def survey(reader):
        await reader.check_rights_to_copy()  # the log-in is proven
        return await HttpReader(reader).survey()

    found = ask(server.endpoint, survey, "8008", "nodelete")
    assert isinstance(found, NotReadable)
    assert "You are not allowed to view reports" in found.words


def test_a_page_is_as_large_as_it_was_said_to_be(ask, server):
    patterns = ["7275551114", "7275559000"]
    auth = ("6666", "1234")
    url = server.endpoint.replace("non_agent_api", "settings_compare")
    query = {"stage": "DIDS", "first_id": patterns[0], "second_id": patterns[1]}
    page = httpx.get(url, params=query, auth=auth, trust_env=False)
    survey = ask(server.endpoint, lambda reader: HttpReader(reader).survey())
    # The table of the columns itself is small beside the list, once there are many numbers.
    assert survey.page < len(page.content) < survey.page + 8000


@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_columns_of_the_numbers_asked_for_arrive(ask, server, count):
    table = table_of(server)
    patterns = sorted(table)[:count]
    server.reset()
    rows, unread = ask(server.endpoint, lambda reader: read(reader, patterns))
    assert unread == {}
    assert sorted(rows) == patterns
    for pattern, row in rows.items():
        expected = {name: str(value) for name, value in table[pattern].items()}
        assert expected.items() <= {**row}.items()
    assert server.calls() == {"settings_compare": -(-count // 2)}


def test_a_number_that_is_not_there_is_neither_read_nor_unread(ask, server):
    rows, unread = ask(server.endpoint, lambda reader: read(reader, ["7275551114", "7000000000"]))
    assert (list(rows), unread) == (["7275551114"], {})


def test_a_page_that_fails_leaves_its_numbers_unread_with_the_reason(ask, server):
    patterns = ["7275551114", "7275559000", "7275559100"]

    async def disturbed(reader):
        await HttpReader(reader).survey()  # the log-in is proven
        server.faults({"rules": [{"kind": "error_before", "nth": 1}]})
        found = await read(reader, patterns)
        server.faults({})
        rest = await read(reader, list(found[1]))  # it goes on with what was not read
        return found, rest

    (rows, unread), (more, left) = ask(server.endpoint, disturbed)
    assert set(unread.values()) == {"HTTP 500"}
    assert set(rows) | set(more) == set(patterns)
    assert not set(rows) & set(more)
    assert left == {}


def test_more_numbers_than_are_asked_for_at_a_time_all_arrive(ask, server):
    asked = [f"72755{number:05d}" for number in range(200)]
    server.reset()
    rows, unread = ask(server.endpoint, lambda reader: read(reader, [*asked, "7275551114"]))
    assert (list(rows), unread) == (["7275551114"], {})
    assert server.calls() == {"settings_compare": 101}


def test_target_yaml_names_the_reader(tmp_path):
    (tmp_path / "dids.csv").write_text("did_pattern\n7275551114\n")
    reader: Any = None
    assert isinstance(open_reader(target(), tmp_path, reader), HttpReader)
    filed = target(live=Live("file", "dids.csv"))
    assert isinstance(open_reader(filed, tmp_path, reader), FileReader)
