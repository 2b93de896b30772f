"""Every recorded request, sent to the simulator: the same status, body and rows."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest

from reconciler.simulator import Simulator, Table, Vicidial, parse_fixture, running

RECORDINGS = Path(__file__).parents[1] / "recordings"


def recorded(name):
    return [json.loads(line) for line in (RECORDINGS / name).read_text().splitlines()]


CASES = [
    *recorded("non_agent_api.jsonl"),
    *recorded("add_did.jsonl"),
    *recorded("measured.jsonl"),
]
LOG_CASES = recorded("did_log_export.jsonl")
PAGES = json.loads((Path(__file__).parent / "settings_compare.json").read_text())
OVER_A_SOCKET = [
    "copy over GET",
    "copy with plus sign",
    "copy: empty elements",
    "copy description: characters that are stripped",
    "update: many fields in one call",
    "permissions",
]

API = "/vicidial/non_agent_api.php"
OPTION = re.compile(r"<option( SELECTED)? value=[\"']([^\"']*)[\"']>(.*?)</option>", re.DOTALL)
CELL = re.compile(r'<td class="(diff[A-Za-z]*)">(.*?)</td>', re.DOTALL)
SPAN = re.compile(r"<span>(.*?)</span>", re.DOTALL)


def fixture(case):
    """The recordings' fixture with what a case has of its own: DIDs, settings of the server."""
    document = json.loads((RECORDINGS / "fixture.json").read_text())
    return parse_fixture({**document, **case}, "fixture.json")


def dateless(body):
    return re.sub(r"DATE: [-0-9: ]{19}\|EPOCH: [0-9]+\|", "DATE: |EPOCH: |", body)


def as_recorded(rows):
    """By pattern, empty columns left out, as the recordings write rows."""
    return {
        row["did_pattern"]: {column: value for column, value in row.items() if value != ""}
        for row in rows
    }


def changed(before, after):
    return {
        pattern: after.get(pattern)
        for pattern in {**before, **after}
        if before.get(pattern) != after.get(pattern)
    }


def request_of(step):
    if step["method"] == "GET":
        return {"method": "GET", "url": API, "params": step["params"]}
    return {"method": "POST", "url": API, "data": step["params"]}


async def replayed(client, step):
    before = as_recorded((await client.get("/_simulator/dids")).json())
    reply = await client.request(**request_of(step))
    after = as_recorded((await client.get("/_simulator/dids")).json())
    return {
        "method": step["method"],
        "params": step["params"],
        "status": reply.status_code,
        "content_type": reply.headers["content-type"],
        "body": dateless(reply.text),
        "dids_changed": changed(before, after),
    }


async def in_process(case, conversation):
    table = Table()
    app = Simulator(Vicidial(fixture(case), table)).app
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://simulator"
    ) as client:
        result = await conversation(client)
    table.close()
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_recorded_case_replays_to_the_byte(case):
    async def conversation(client):
        return [await replayed(client, step) for step in case["steps"]]

    recorded = [{**step, "body": dateless(step["body"])} for step in case["steps"]]
    assert asyncio.run(in_process(case, conversation)) == recorded


@pytest.mark.parametrize("case", LOG_CASES, ids=lambda case: case["case"])
def test_a_recorded_export_of_calls_replays_to_the_byte(case):
    async def conversation(client):
        return await client.post(API, data=case["params"])

    reply = asyncio.run(in_process({}, conversation))
    assert (reply.status_code, reply.text) == (case["status"], case["body"])


def structure(reply):
    """What two pages must have in common; the time of a row's last change is left out."""
    cells = [
        [kind, [re.sub(r"(modify_stamp=&#039;)[^&]*", r"\1", span) for span in SPAN.findall(cell)]]
        for kind, cell in CELL.findall(reply.text)
    ]
    return {
        "status": reply.status_code,
        "content_type": reply.headers["content-type"],
        "www_authenticate": reply.headers.get("www-authenticate"),
        "options": [list(option) for option in OPTION.findall(reply.text)],
        "cells": cells,
        "text": None if "<HTML>" in reply.text else reply.text,
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["case"])
def test_a_page_that_shows_dids_has_the_entries_and_pairs_of_the_real_one(page):
    async def conversation(client):
        auth = None if page["auth"] is None else tuple(page["auth"])
        return await client.get("/vicidial/settings_compare.php", params=page["params"], auth=auth)

    reply = asyncio.run(in_process(page, conversation))
    assert structure(reply) == page["structure"]


def test_recorded_cases_replay_over_a_real_socket():
    cases = [case for case in CASES if case["case"] in OVER_A_SOCKET]
    assert len(cases) == len(OVER_A_SOCKET)
    with running(RECORDINGS / "fixture.json") as simulator:

        async def conversation(case):
            async with httpx.AsyncClient(
                base_url=simulator.url, trust_env=False, verify=False
            ) as client:
                return [await replayed(client, step) for step in case["steps"]]

        for case in cases:
            simulator.reset()
            assert asyncio.run(conversation(case)) == case["steps"], case["case"]
