"""A server that dies in the middle of an apply, for good or for a while."""

from dataclasses import replace

import httpx

from reconciler.errors import Unreachable
from reconciler.state.model import Confirmed
from tests.apply.rig import HASTY, Options, table_of

FOUR_HUNDRED = """
- name: sales
  numbers: [7275550000-7275550399]
  routing: {did_route: IN_GROUP, group: HERE}
"""


class Dying(httpx.AsyncBaseTransport):
    """The network to a server that is gone from its ``alive``-th answered change on."""

    def __init__(self, alive: int) -> None:
        self.left = alive
        self.lost = 0
        self._network = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if b"function=update_did" in request.content:
            self.left -= 1
        if self.left < 0:
            self.lost += 1
            raise httpx.ConnectError("connection refused")
        return await self._network.handle_async_request(request)

    async def aclose(self) -> None:
        await self._network.aclose()


class Returning(Dying):
    """One to a server that is back after six lost requests."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.left < 0 and self.lost >= 6:
            self.left = 1_000_000
        return await super().handle_async_request(request)


def test_a_server_that_dies_ends_the_run_with_a_handful_of_numbers_begun(site, simulator):
    site.write(FOUR_HUNDRED.replace("HERE", "SALESLINE"))
    site.apply_cleanly()
    site.write(FOUR_HUNDRED.replace("HERE", "SUPPORT"))
    network = Dying(alive=40)
    site.options = Options(retry=replace(HASTY, probe_waits=(0.01, 0.02)), transport=network)
    _, applied = site.apply()
    assert isinstance(applied.error, Unreachable)
    assert applied.error.message.startswith("the server stopped answering: ")
    assert not applied.complete
    begun = [
        span
        for span, record in site.store().read().state.records
        if not isinstance(record.standing, Confirmed)
    ]
    assert 0 < sum(map(len, begun)) <= 4
    assert network.lost < 20
    assert site.false_claims(table_of(simulator)) == []

    site.options = Options()
    site.apply_cleanly()
    assert site.unmet(table_of(simulator)) == []


def test_a_server_that_comes_back_in_time_gets_the_rest(site, simulator):
    site.write(FOUR_HUNDRED.replace("HERE", "SALESLINE"))
    site.apply_cleanly()
    site.write(FOUR_HUNDRED.replace("HERE", "SUPPORT"))
    network = Returning(alive=40)
    site.options = Options(retry=replace(HASTY, probe_waits=(0.01,) * 6), transport=network)
    site.apply()
    site.options = Options()
    site.apply_cleanly()
    assert network.lost >= 6
    assert site.unmet(table_of(simulator)) == []
