"""Commands, exit codes, wiring. Only this package prints."""

from reconciler.cli.main import main

__all__ = ["main"]
