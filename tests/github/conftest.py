"""A GitHub for each test, which must not have been asked for anything it does not describe."""

import pytest
import stamina

from tests.github.hub import Hub, client


@pytest.fixture
def hub():
    hub = Hub()
    yield hub
    assert hub.problems == []


@pytest.fixture
def github(hub):
    return client(hub)


@pytest.fixture(autouse=True)
def no_waiting():
    """Repeats come at once, as many as there would be."""
    with stamina.set_testing(True, attempts=6):
        yield
