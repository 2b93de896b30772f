"""The output formats. A new one is an entry here and its name in :mod:`reconciler.cli.options`."""

from collections.abc import Callable, Mapping, Sequence

from reconciler.cli.console import deliver, say, tell
from reconciler.cli.options import DataFormat, PlanFormat
from reconciler.cli.parser import PlanOptions
from reconciler.cli.show_plan import Legend, plans_json, show_markdown, show_text
from reconciler.report.document import PlanDocument
from reconciler.report.lookup import result_json
from reconciler.report.text import SHORT, WHOLE
from reconciler.wire import Json

Shown = Sequence[tuple[PlanDocument, Sequence[str]]]
"""Plans, each with lines about other plans that change the same numbers."""


def _text(shown: Shown, arguments: PlanOptions) -> None:
    legend, room = Legend(), WHOLE if arguments.full else SHORT
    for index, (document, overlaps) in enumerate(shown):
        if index:
            say("")
        show_text(document, arguments, legend, room)
        for line in overlaps:
            say(line)


def _markdown(shown: Shown, _arguments: PlanOptions) -> None:
    for index, (document, overlaps) in enumerate(shown):
        if index:
            say("")
        show_markdown(document)
        for line in overlaps:
            tell(line)


def _json(shown: Shown, _arguments: PlanOptions) -> None:
    deliver(plans_json([document for document, _ in shown]))
    for _, overlaps in shown:
        for line in overlaps:
            tell(line)


PLAN_FORMATS: Mapping[PlanFormat, Callable[[Shown, PlanOptions], None]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
}
"""How ``plan`` writes plans."""

DATA_FORMATS: Mapping[DataFormat, Callable[[Json | Sequence[Json]], str]] = {"json": result_json}
"""How other commands render a result for programs."""
