"""Output: :func:`say` and :func:`deliver` write results to standard output, all else to stderr.

:func:`tell` writes a note, :func:`complain` an error, :func:`faults` faults of specs. Every line
for people passes through :func:`reconciler.secrets.hide`. A note that cannot be written is dropped:
an apply continues when nobody reads its progress any more.
"""

import io
import os
import select
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from reconciler.cli.signals import woken_by_signals
from reconciler.errors import Fault, ReconcilerError, SpecFaults
from reconciler.report.layout import printable
from reconciler.secrets import hide


class OutputError(ReconcilerError):
    """Standard output cannot be written to."""


def prepare() -> None:
    """Replace characters that a terminal cannot show by a question mark."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Write a result for people. Raises BrokenPipeError or OutputError."""
    if _is_open(sys.stdout):
        with _unwritable(sys.stdout):
            sys.stdout.write(_harmless(text) + "\n")
            sys.stdout.flush()


def deliver(text: str) -> None:
    """Write JSON for programs as UTF-8, without hiding secrets."""
    if _is_open(sys.stdout):
        with _unwritable(sys.stdout):
            sys.stdout.buffer.write(text.replace("##[", "##\\u005b").encode())
            sys.stdout.flush()


def tell(text: str) -> None:
    """Write a note to standard error."""
    _err(_harmless(text) + "\n")


def ask(question: str) -> bool:
    """Ask the person at the terminal; True only for the answer ``yes``."""
    try:
        _err(_harmless(question) + " Type yes: ")
        with woken_by_signals() as signalled:
            select.select([sys.stdin, signalled], [], [])
        answer = sys.stdin.readline()
    except BaseException:
        _err("\n")  # start a new line for what follows
        raise
    if not answer.endswith("\n"):
        _err("\n")
    return answer.strip().lower() == "yes"


def somebody_answers() -> bool:
    """Whether a person can be asked."""
    return _is_open(sys.stdin) and sys.stdin.isatty()


def complain(error: ReconcilerError) -> None:
    """Write an error and its hint; faults of specs one a line, on GitHub as annotations too."""
    if isinstance(error, SpecFaults):
        faults(error.faults)
    tell(f"error: {error.message}")
    if error.hint is not None:
        tell(f"  hint: {error.hint}")


def faults(found: tuple[Fault, ...]) -> None:
    """Write faults and hints; at a terminal with source lines, on GitHub also as annotations."""
    excerpts = None
    if is_terminal(sys.stderr):
        from reconciler.cli.excerpt import Excerpts  # noqa: PLC0415  (only where it is used)

        excerpts = Excerpts(shutil.get_terminal_size().columns)
    for fault in found:
        lines = [] if excerpts is None else excerpts.of(fault.where)
        hint = [] if fault.hint is None else [f"  hint: {printable(fault.hint)}"]
        tell("\n".join([printable(fault.line), *lines, *hint]))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from reconciler.specs import annotations  # noqa: PLC0415  (only where it is used)

        # GitHub reads annotations from standard error too; standard output is for the result.
        for line in annotations(found):
            tell(line)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is likely to read ``stream``."""
    return _is_open(stream) and stream.isatty() and os.environ.get("TERM") != "dumb"


def colours(stream: TextIO, *, refused: bool) -> bool:
    """Whether to colour: on a terminal, unless refused or NO_COLOR is set."""
    return is_terminal(stream) and not refused and not os.environ.get("NO_COLOR")


def _harmless(text: str) -> str:
    """Without secrets, and without what GitHub's runner takes for a command anywhere in a line."""
    return hide(text).replace("##[", "## [")


def _err(text: str) -> None:
    if _is_open(sys.stderr):
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            _silence(sys.stderr)


@contextmanager
def _unwritable(stream: TextIO) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _silence(stream)
        raise
    except OSError as error:
        _silence(stream)
        raise OutputError(f"cannot write to standard output: {error.strerror}") from None


def _silence(stream: TextIO) -> None:
    """Discard what is buffered; Python would fail on it again when it exits."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def _is_open(stream: TextIO | None) -> bool:
    """Whether the stream existed when the program started (``>&-`` closes it)."""
    return stream is not None
