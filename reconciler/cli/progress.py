"""Progress of an apply: a bar on a terminal, a line every few seconds elsewhere.

Unclear answers of the server share one line: below the bar, or every half minute. The log (``-v``)
has each answer.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reconciler.cli.console import colours, is_terminal, tell
from reconciler.cli.options import Options
from reconciler.cli.remaining import Remaining
from reconciler.plan.plan import Plan
from reconciler.secrets import hide

EVERY = 5.0
"""Seconds between plain lines."""
TROUBLE_EVERY = 30.0
"""Seconds between plain lines about answers that are not clear."""


Tick = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Call ``tick`` with the count of numbers that have an outcome and the seconds of work done.

    Call ``unclear`` with the words of an answer that was not clear.
    """

    tick: Tick
    unclear: Callable[[str], None]


@contextmanager
def progress(plan: Plan, arguments: Options) -> Iterator[Progress]:
    """Show the progress of the apply of ``plan``."""
    if is_terminal(sys.stderr):
        with _bar(plan, arguments) as shown:
            yield shown
    else:
        target = plan.target.name
        said = _Unclear(time.monotonic)
        yield Progress(_lines(plan, time.monotonic), lambda words: said.now_and_then(target, words))
        said.rest(target)


class _Unclear:
    """Counts answers that were not clear."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._count = 0
        self._told = 0
        self._next = float("-inf")
        self._last = ""

    def line(self, words: str) -> str:
        """Count one more answer and return the line that says so."""
        self._count += 1
        self._last = words
        calls = "1 call" if self._count == 1 else f"{self._count:,} calls"
        return f"no clear answer to {calls} so far, the last: {words}"

    def now_and_then(self, target: str, words: str) -> None:
        """Write a line for the first at once, then every half minute."""
        line = self.line(words)
        if self._clock() >= self._next:
            self._next = self._clock() + TROUBLE_EVERY
            self._told = self._count
            tell(f"{target}: {line}")

    def rest(self, target: str) -> None:
        """At the end, write a line for those that have none yet."""
        if self._count > self._told:
            tell(f"{target}: no clear answer to {self._count:,} calls, the last: {self._last}")


@contextmanager
def _bar(plan: Plan, arguments: Options) -> Iterator[Progress]:
    from rich import progress as rich  # noqa: PLC0415
    from rich.console import Console, Group, RenderableType  # noqa: PLC0415  (only for people)
    from rich.text import Text  # noqa: PLC0415

    class _Time(rich.ProgressColumn):
        def render(self, task: rich.Task) -> Text:  # noqa: ARG002  (rich passes it)
            return Text(remaining.words())

    class _Bar(rich.Progress):
        """A bar, and below it the line about unclear answers, if any."""

        trouble = ""

        def get_renderable(self) -> RenderableType:
            bar = super().get_renderable()
            line = Text(self.trouble, no_wrap=True, overflow="ellipsis")
            return Group(bar, line) if self.trouble else bar

    console = Console(
        stderr=True, no_color=not colours(sys.stderr, refused=arguments.no_color), highlight=False
    )
    columns = (
        rich.TextColumn("{task.description}", markup=False),
        # rich's default colour for an unfinished bar is close to red.
        rich.BarColumn(16, complete_style="green"),
        rich.TextColumn("{task.completed:,} of {task.total:,} numbers"),
        _Time(),
    )
    target = plan.target.name
    remaining = Remaining(plan)
    said = _Unclear(time.monotonic)
    with _Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(target, total=plan.changes.count)

        def tick(count: int, work: float) -> None:
            remaining.done = work
            bar.update(task, completed=count)

        def unclear(words: str) -> None:
            bar.trouble = hide(said.line(words))

        yield Progress(tick, unclear)
    said.rest(target)


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
