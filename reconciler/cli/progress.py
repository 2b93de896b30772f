"""How far an apply has come: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reconciler.cli.console import colours, is_terminal, tell
from reconciler.cli.options import Options
from reconciler.cli.remaining import Remaining
from reconciler.plan.plan import Plan

EVERY = 5.0
"""Seconds between plain lines."""


Tick = Callable[[int, float], None]
"""Told how many numbers have an outcome, and how many seconds of the plan's work are done."""


@contextmanager
def progress(plan: Plan, arguments: Options) -> Iterator[Tick]:
    """Shows how far the apply of ``plan`` has come."""
    if is_terminal(sys.stderr):
        with _bar(plan, arguments) as tick:
            yield tick
    else:
        yield _lines(plan, time.monotonic)


@contextmanager
def _bar(plan: Plan, arguments: Options) -> Iterator[Tick]:
    from rich import progress as rich  # noqa: PLC0415  (only for people)
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    class _Time(rich.ProgressColumn):
        def render(self, task: rich.Task) -> Text:  # noqa: ARG002  (rich passes it)
            return Text(remaining.words())

    console = Console(
        stderr=True, no_color=not colours(sys.stderr, refused=arguments.no_color), highlight=False
    )
    columns = (
        rich.TextColumn("{task.description}", markup=False),
        # Rich's own colour of a bar that is not full is nearly red.
        rich.BarColumn(16, complete_style="green"),
        rich.TextColumn("{task.completed:,} of {task.total:,} numbers"),
        _Time(),
    )
    remaining = Remaining(plan)
    with rich.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(plan.target.name, total=plan.changes.count)

        def tick(count: int, work: float) -> None:
            remaining.done = work
            bar.update(task, completed=count)

        yield tick


def _lines(plan: Plan, clock: Callable[[], float]) -> Tick:
    target, numbers = plan.target.name, plan.changes.count
    remaining = Remaining(plan, clock)
    told = 0.0

    def tick(count: int, work: float) -> None:
        nonlocal told
        remaining.done = work
        if remaining.elapsed - told >= EVERY:
            told = remaining.elapsed
            tell(
                f"{target}: {count:,} of {numbers:,} numbers after {told:.0f} s, "
                f"about {remaining.left:.0f} s left"
            )

    return tick
