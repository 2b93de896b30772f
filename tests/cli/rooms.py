"""Fixtures shared by the tests of commands and those of whole processes."""

import os

import pytest

from reconciler import secrets
from reconciler.simulator import running
from tests.cli.office import ACCOUNT, NOWHERE, RECORDED, Office

STRAY = ("GITHUB_", "VICIDIAL_", "NO_COLOR", "PYTHONIOENCODING")


@pytest.fixture(scope="session")
def simulator():
    """One simulated VICIdial for all tests of a process, over the recorded fixture."""
    with running(RECORDED) as found:
        yield found


@pytest.fixture
def server(simulator):
    """The simulated VICIdial as it is at its start."""
    simulator.reset()
    simulator.faults({})
    return simulator


@pytest.fixture
def at_home(tmp_path, monkeypatch, capsys):
    """An empty folder to work in, with the usual account and nothing stray in the environment."""
    for name in list(os.environ):
        if name.startswith(STRAY):
            monkeypatch.delenv(name)
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    # What one test's account hides must not be hidden in another's.
    monkeypatch.setattr(secrets, "_HIDER", secrets.Hider())
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, NOWHERE, capsys)


@pytest.fixture
def shop(at_home, server):
    """One target with one block, at the simulated VICIdial."""
    at_home.endpoint = server.endpoint
    at_home.target()
    at_home.blocks()
    return at_home
