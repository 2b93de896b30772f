"""How far an apply has come: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reconciler.cli.console import colours, is_terminal, tell
from reconciler.cli.options import Options

EVERY = 5.0
"""Seconds between plain lines."""


@contextmanager
def progress(target: str, numbers: int, arguments: Options) -> Iterator[Callable[[int], None]]:
    """Yields what is to be told the count of numbers that have an outcome."""
    if is_terminal(sys.stderr):
        with _bar(target, numbers, arguments) as tick:
            yield tick
    else:
        yield _lines(target, numbers, time.monotonic)


@contextmanager
def _bar(target: str, numbers: int, arguments: Options) -> Iterator[Callable[[int], None]]:
    from rich.console import Console  # noqa: PLC0415  (only for people)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(
        stderr=True, no_color=not colours(sys.stderr, refused=arguments.no_color), highlight=False
    )
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(target, total=numbers)
        yield lambda count: bar.update(task, completed=count)


def _lines(target: str, numbers: int, clock: Callable[[], float]) -> Callable[[int], None]:
    started = told = clock()

    def tick(count: int) -> None:
        nonlocal told
        now = clock()
        if now - told >= EVERY:
            told = now
            tell(f"{target}: {count:,} of {numbers:,} numbers after {now - started:.0f} s")

    return tick
