"""A simulated VICIdial, and readers of it."""

import asyncio
import json

import pytest

from reconciler.credentials import Credentials
from reconciler.simulator import running
from reconciler.simulator.fixture import parse_fixture
from reconciler.vicidial.client import open_server
from tests.apply.rig import RECORDED, quiet


@pytest.fixture(scope="session")
def simulator():
    quiet()
    with running(RECORDED) as found:
        yield found


@pytest.fixture
def server(simulator):
    simulator.reset()
    return simulator


@pytest.fixture
def peculiar():
    """``peculiar(use_non_latin=1)``: the recorded server with other settings."""

    def start(**settings):
        document = {**json.loads(RECORDED.read_text()), **settings}
        return running(parse_fixture(document, "peculiar"))

    return start


@pytest.fixture
def ask():
    """``ask(endpoint, act)``: what ``await act(reader)`` gives, for one of the recorded users."""

    def run(endpoint, act, user="6666", password="1234"):
        async def main():
            credentials = Credentials(user, password)
            opened = open_server(endpoint, credentials, source="didtest", concurrency=4)
            async with opened as server:
                return await act(server.reader)

        return asyncio.run(main())

    return run
