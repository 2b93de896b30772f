"""A server played by a function: request in, response out, no network."""

import asyncio

import httpx
import pytest

from reconciler.credentials import Credentials
from reconciler.vicidial.client import open_server

ENDPOINT = "https://vici.example.com/vicidial/non_agent_api.php"


@pytest.fixture
def ask():
    """``ask(play, act)``: what ``await act(server)`` gives when ``play(request)`` answers."""

    def run(play, act, **options):
        async def main():
            server = open_server(
                options.pop("endpoint", ENDPOINT),
                options.pop("credentials", Credentials("6666", "1234")),
                source="didtest",
                concurrency=options.pop("concurrency", 4),
                transport=httpx.MockTransport(play),
                **options,
            )
            async with server as opened:
                return await act(opened)

        return asyncio.run(main())

    return run


@pytest.fixture
def says(ask):
    """``says(body, act)``: what ``act`` gives when the server always answers ``body``."""

    def run(body, act, status=200, **headers):
        def play(request):
            return httpx.Response(status, text=body, headers=headers)

        return ask(play, act)

    return run
