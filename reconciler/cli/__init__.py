"""Commands, exit codes, wiring. What a command prints, and nothing else, comes from here."""

from reconciler.cli.main import main

__all__ = ["main"]
