"""Fixtures of whole processes: those of the command line."""

from tests.cli.rooms import at_home, server, shop, simulator

__all__ = ["at_home", "server", "shop", "simulator"]
