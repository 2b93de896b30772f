"""The entry: parse, run the command, turn what stops it into words and an exit code."""

import importlib
import os
import signal
import sys
from collections.abc import Sequence

from reconciler.cli import exits
from reconciler.cli.console import complain, tell
from reconciler.cli.parser import parse
from reconciler.errors import ReconcilerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. No exception that a person can cause leaves here."""
    try:
        chosen = parse(list(sys.argv[1:] if arguments is None else arguments))
        # Each command imports only what it needs: a plan must not wait for an HTTP client.
        command = importlib.import_module(f"reconciler.cli.commands.{chosen.command}")
        code = command.run(chosen)
    except ReconcilerError as error:
        complain(error)
        return exits.ERROR
    except KeyboardInterrupt:
        tell("interrupted")
        return exits.SIGNALLED + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.ERROR
    return int(code)
