"""The entry: parse, run the command, turn what stops it into words and an exit code."""

import importlib
import signal
import sys
import traceback
from collections.abc import Sequence

from reconciler.cli import exits
from reconciler.cli.console import complain, prepare, tell
from reconciler.cli.options import Options
from reconciler.cli.parser import parse
from reconciler.cli.signals import Terminated, terminable
from reconciler.errors import ReconcilerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. No exception that a person can cause leaves here."""
    prepare()
    options = Options()
    try:
        with terminable():
            chosen = parse(list(sys.argv[1:] if arguments is None else arguments))
            options = chosen.options
            # Each command imports only what it needs: a plan must not wait for an HTTP client.
            command = importlib.import_module(f"reconciler.cli.commands.{chosen.command}")
            return int(command.run(options))
    except ReconcilerError as error:
        complain(error)
        return exits.ERROR
    except KeyboardInterrupt:
        tell("interrupted")
        return exits.SIGNALLED + signal.SIGINT
    except Terminated:
        tell("terminated")
        return exits.SIGNALLED + signal.SIGTERM
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said to it.
        return exits.ERROR
    except Exception as error:  # noqa: BLE001  (a fault of ours: words for it, not a traceback)
        _own_fault(error, options.verbose)
        return exits.ERROR


def _own_fault(error: Exception, verbose: int) -> None:
    if verbose:
        tell("".join(traceback.format_exception(error)).rstrip("\n"))
    tell(f"error: a fault of this program: {type(error).__name__}: {error}")
    tell(
        "       nothing of what is known was lost; please report it with what the same command "
        "shows with -v"
    )
