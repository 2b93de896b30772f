"""A simulator with the recordings' fixture, started once and reset for each test."""

from pathlib import Path

import pytest

from reconciler.simulator import running

RECORDINGS = Path(__file__).parents[1] / "recordings"


@pytest.fixture(scope="session")
def one_simulator():
    with running(RECORDINGS / "fixture.json") as simulator:
        yield simulator


@pytest.fixture
def simulator(one_simulator):
    one_simulator.reset()
    return one_simulator
