"""The two ways out: results to standard output, everything else to standard error.

Every line passes through :func:`reconciler.secrets.hide`.
"""

import os
import sys
from typing import TextIO

from reconciler.errors import Fault, ReconcilerError, Severity, SpecFaults
from reconciler.secrets import hide


def say(text: str) -> None:
    """A result."""
    _write(sys.stdout, text)


def tell(text: str) -> None:
    """What a person should know beside the result."""
    _write(sys.stderr, text)


def complain(error: ReconcilerError) -> None:
    """An error, and what to do about it; faults of specs one a line, also for GitHub."""
    if isinstance(error, SpecFaults):
        faults(error.faults)
    tell(f"error: {error.message}")
    if error.hint is not None:
        tell(f"       {error.hint}")


def faults(found: tuple[Fault, ...]) -> None:
    """Faults, one a line; run by GitHub Actions, also as annotations at their lines."""
    for fault in found:
        tell(str(fault))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from reconciler.specs import annotations  # noqa: PLC0415  (only where it is used)

        for line in annotations(found):
            say(line)


def errors_in(found: tuple[Fault, ...]) -> int:
    """How many of them stop everything."""
    return sum(fault.severity is Severity.ERROR for fault in found)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is likely to look at it."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def colours(stream: TextIO, *, refused: bool) -> bool:
    """Whether to colour: on a terminal, unless refused or NO_COLOR is set."""
    return is_terminal(stream) and not refused and not os.environ.get("NO_COLOR")


def _write(stream: TextIO, text: str) -> None:
    stream.write(hide(text) + "\n")
    stream.flush()
