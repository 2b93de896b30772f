"""Fixtures of the command line: an office at work, and a simulated VICIdial for it."""

import pytest

from tests.cli.office import NOWHERE
from tests.cli.rooms import at_home, server, shop, simulator

__all__ = ["at_home", "office", "server", "shop", "simulator"]


@pytest.fixture
def office(at_home):
    """One target with one block, and no server to speak to."""
    at_home.endpoint = NOWHERE
    at_home.target()
    at_home.blocks()
    return at_home
