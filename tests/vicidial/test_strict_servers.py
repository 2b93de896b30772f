"""A server with a database in MariaDB's default SQL mode: what a column cannot hold is refused.

The last POST parameter is logged into 255 characters, so the client sends a short one last.
"""

import asyncio
from contextlib import suppress
from urllib.parse import parse_qsl

import httpx
import pytest

from reconciler.credentials import Credentials
from reconciler.errors import LoginUnproven, Unreachable
from reconciler.simulator import default_fixture, running
from reconciler.vicidial.builds import COPY
from reconciler.vicidial.client import open_server
from reconciler.vicidial.replies import Added, Copied

TEMPLATE = "7275551114"
NUMBERS = [str(7280000000 + place) for place in range(181)]


@pytest.fixture(scope="module")
def strict():
    assert default_fixture().strict
    with running() as simulator:
        yield simulator


def test_a_full_copy_of_181_numbers_is_carried_out(strict):
    async def copied():
        account = Credentials("6666", "1234")
        async with open_server(strict.endpoint, account, source="didtest", concurrency=1) as server:
            return await server.writer.copy(TEMPLATE, NUMBERS)

    reply = asyncio.run(copied())
    assert isinstance(reply, Copied)
    assert all(isinstance(line, Added) for line in reply.lines.values())
    assert len(reply.lines) == 181


def test_with_the_numbers_last_it_would_have_died_after_the_first(strict):
    strict.reset()
    form = {
        "user": "6666",
        "pass": "1234",
        "source": "didtest",
        "function": "copy_did",
        "source_did_pattern": TEMPLATE,
        "new_dids": ",".join(NUMBERS),
    }
    reply = httpx.post(strict.endpoint, data=form, trust_env=False, verify=False)
    assert (reply.status_code, reply.text.count("\n")) == (500, 1)
    assert len(strict.dids()) == 4


@pytest.mark.parametrize(
    "act",
    [
        lambda server: server.reader.check_version([COPY]),
        lambda server: server.reader.check_rights_to_copy(),
        lambda server: server.reader.check_rights_to_update(TEMPLATE),
        lambda server: server.reader.in_groups(),
        lambda server: server.reader.call_menus(),
        lambda server: server.writer.copy(TEMPLATE, NUMBERS, "Tampa sales"),
        lambda server: server.writer.update(NUMBERS[0], {"extension": "x" * 50}),
        lambda server: server.writer.delete(NUMBERS[0]),
    ],
)
def test_every_call_ends_with_its_source(ask, act):
    sent = []

    def play(request):
        sent.extend(parse_qsl(request.content.decode()))
        return httpx.Response(200, text="VERSION: 2.14|BUILD: 250720-1841|DATE: 1|\n")

    with suppress(Unreachable, LoginUnproven):  # what the answer means is not asked here
        ask(play, act)
    assert sent[-1] == ("source", "didtest")
