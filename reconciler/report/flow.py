"""Where new numbers come from, and from where to where callers go, as a small Mermaid chart."""

from collections import Counter
from dataclasses import dataclass, field

from reconciler.destination import Callers
from reconciler.diff.model import Adopt, Change, Create, Delete, Forget, Park, Settle, Update
from reconciler.numbers import SpanMap
from reconciler.report.inert import fenced, label
from reconciler.report.words import mark


@dataclass(slots=True)
class _Chart:
    sources: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    edges: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def source(self, name: str) -> str:
        return self.sources.setdefault(name, f"s{len(self.sources)}")

    def block(self, name: str) -> str:
        return self.blocks.setdefault(name, f"b{len(self.blocks)}")

    def place(self, words: str) -> str:
        return self.places.setdefault(words, f"d{len(self.places)}")

    @property
    def nodes(self) -> int:
        return len(self.sources) + len(self.blocks) + len(self.places)


def flow(told: SpanMap[tuple[Change, Callers]], most: int) -> str | None:
    """The chart, fenced; None when there is nothing to draw or more than ``most`` nodes."""
    chart = _Chart()
    for (change, callers), numbers in told.counts().items():
        _draw(chart, numbers, change, callers)
        if chart.nodes > most:
            return None
    if not chart.nodes:
        return None
    lines = ["flowchart LR"]
    lines += (f'  {node}(["copy of {label(name)}"])' for name, node in chart.sources.items())
    lines += (f'  {node}["{label(name)}"]' for name, node in chart.blocks.items())
    lines += (f'  {node}(["{label(words)}"])' for words, node in chart.places.items())
    lines += (f'  {a} -- "+{many:,}" --> {b}' for (a, b), many in chart.edges.items())
    lines += (f'  {a} == "{sign}{many:,}" ==> {b}' for (a, sign, b), many in chart.moves.items())
    return fenced(lines, "mermaid")


def _draw(chart: _Chart, numbers: int, change: Change, callers: Callers) -> None:
    match change:
        case Create() | Adopt():
            source, block = chart.source(change.source), chart.block(change.block)
            chart.edges[source, block] += numbers
            chart.edges[block, chart.place(str(callers.after))] += numbers
        case Update() | Park() | Delete():
            if callers.move:
                before, after = chart.place(str(callers.before)), chart.place(str(callers.after))
                chart.moves[before, mark(change), after] += numbers
        case Settle() | Forget():  # pragma: no branch  (there is no other)
            pass
