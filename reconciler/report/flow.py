"""Where new numbers come from and where callers end up, as a small Mermaid chart."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.diff.effects import place
from reconciler.diff.model import Adopt, Change, Create, Delete, Forget, Park, Settle, Update
from reconciler.numbers import Span
from reconciler.report.inert import fenced, label
from reconciler.report.words import moved_to, place_words


@dataclass(slots=True)
class _Chart:
    sources: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    edges: Counter[tuple[str, str]] = field(default_factory=Counter)
    updated: Counter[tuple[str, str]] = field(default_factory=Counter)

    def source(self, name: str) -> str:
        return self.sources.setdefault(name, f"s{len(self.sources)}")

    def block(self, name: str) -> str:
        return self.blocks.setdefault(name, f"b{len(self.blocks)}")

    def place(self, words: str) -> str:
        return self.places.setdefault(words, f"d{len(self.places)}")

    @property
    def nodes(self) -> int:
        return len(self.sources) + len(self.blocks) + len(self.places)


def flow(changes: Iterable[tuple[Span, Change]], most: int) -> str | None:
    """The chart, fenced; None when there is nothing to draw or more than ``most`` nodes."""
    chart = _Chart()
    for span, change in changes:
        _draw(chart, span, change)
        if chart.nodes > most:
            return None
    if not chart.nodes:
        return None
    lines = ["flowchart LR"]
    lines += (f'  {node}(["copy of {label(name)}"])' for name, node in chart.sources.items())
    lines += (f'  {node}["{label(name)}"]' for name, node in chart.blocks.items())
    lines += (f'  {node}(["{label(words)}"])' for words, node in chart.places.items())
    lines += (f'  {a} -- "+{many:,}" --> {b}' for (a, b), many in chart.edges.items())
    lines += (f'  {a} == "~{many:,}" ==> {b}' for (a, b), many in chart.updated.items())
    return fenced(lines, "mermaid")


def _draw(chart: _Chart, span: Span, change: Change) -> None:
    match change:
        case Create() | Adopt():
            source, block = chart.source(change.source), chart.block(change.block)
            chart.edges[source, block] += len(span)
            where = place(change.routing, change.source)
            if where is not None:
                chart.edges[block, chart.place(place_words(where))] += len(span)
        case Update() | Park():
            where = moved_to(change.after)
            if where is not None:
                block = chart.block(change.block)
                chart.updated[block, chart.place(place_words(where))] += len(span)
        case Delete() | Settle() | Forget():  # pragma: no branch  (there is no other)
            pass
