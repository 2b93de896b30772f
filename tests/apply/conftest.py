"""A target in a folder, and a simulated server for it."""

import pytest

from reconciler.simulator import running
from tests.apply.rig import RECORDED, Site, quiet


@pytest.fixture(autouse=True)
def _quiet():
    quiet()


@pytest.fixture(scope="session")
def one_simulator():
    with running(RECORDED) as simulator:
        yield simulator


@pytest.fixture
def simulator(one_simulator):
    one_simulator.reset()
    return one_simulator


@pytest.fixture
def site(simulator, tmp_path):
    return Site(tmp_path, simulator.endpoint)
