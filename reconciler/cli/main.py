"""The entry point: parse, run the command, turn exceptions into messages and exit codes."""

import importlib
import signal
import sys
import traceback
from collections.abc import Sequence

from reconciler.cli import exits
from reconciler.cli.console import complain, prepare, tell
from reconciler.cli.memory import seldom_collected
from reconciler.cli.options import Options
from reconciler.cli.parser import parse
from reconciler.cli.signals import Terminated, terminable
from reconciler.errors import ReconcilerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; exceptions become messages."""
    prepare()
    command, options = "", Options()
    try:
        with terminable(), seldom_collected():
            chosen = parse(list(sys.argv[1:] if arguments is None else arguments))
            command, options = chosen.command, chosen.options
            # Each command imports only what it needs: a plan does not import an HTTP client.
            module = importlib.import_module(f"reconciler.cli.commands.{command}")
            return int(module.run(options))
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
        # The reader of our output is gone, for example `head`.
        return exits.ERROR
    except Exception as error:  # noqa: BLE001  (a bug: a message, not a traceback)
        _internal(error, command, options.verbose)
        return exits.ERROR


def _internal(error: Exception, command: str, verbose: int) -> None:
    """Report a bug. The hint depends on the command: only some write the state."""
    if verbose:
        tell("".join(traceback.format_exception(error)).rstrip("\n"))
    report = "please report it with the output of the same command with -v"
    kept = {
        "apply": "`reconciler plan` shows what is left to do; ",
        "state": "`reconciler state list` shows what is known; ",
    }.get(command, "no state was lost; ")
    complain(
        ReconcilerError(f"internal error: {type(error).__name__}: {error}", hint=kept + report)
    )
