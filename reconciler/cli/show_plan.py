"""A plan in the form that was asked for."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace

from reconciler.cli.console import colours, is_terminal, say
from reconciler.cli.folder import without_steps_up
from reconciler.cli.options import Options
from reconciler.numbers import SpanMap
from reconciler.plan.review import Own
from reconciler.report.colour import coloured
from reconciler.report.document import PlanDocument, to_json
from reconciler.report.layout import printable
from reconciler.report.text import (
    LEAST_WIDTH,
    OTHER_LINES,
    block_parts,
    by_risk,
    document_text,
)
from reconciler.report.words import many

PLAIN_WIDTH = 100
"""Columns where nobody's terminal says how many there are."""


def show_text(document: PlanDocument, arguments: Options) -> None:
    """To standard output as text, coloured where it may be."""
    say_coloured(document_text(document, width=text_width()), arguments)
    if document.own is not None:
        say_coloured("\n" + _own_text(document, document.own), arguments)


def show_markdown(document: PlanDocument) -> None:
    """To standard output as Markdown."""
    from reconciler.report.markdown import document_markdown  # noqa: PLC0415

    say(document_markdown(_from_top(document)).rstrip("\n"))
    if document.own is not None:
        say(f"\n{_own_words(document.own)}")


def plans_json(documents: Sequence[PlanDocument]) -> str:
    """One plan as its file holds it; several as a list of such plans, in the order of targets."""
    texts = [to_json(_from_top(document)) for document in documents]
    return texts[0] if len(texts) == 1 else "[\n" + ",\n".join(texts) + "]\n"


def say_coloured(text: str, arguments: Options) -> None:
    """A result in which the marks are coloured where it may be."""
    say(coloured(text) if colours(sys.stdout, refused=arguments.no_color) else text)


def part_of(document: PlanDocument) -> list[str]:
    """The changes of ``document`` alone, block by block, without what a whole plan tells."""
    risky, others = by_risk(document)
    parts = block_parts([*risky, *others], document.blocks, OTHER_LINES, text_width())
    return [printable(line) for part in parts for line in ("", *part)]


def text_width() -> int:
    """The terminal's columns."""
    if not is_terminal(sys.stdout):
        return PLAIN_WIDTH
    return max(shutil.get_terminal_size().columns, LEAST_WIDTH)


def _from_top(document: PlanDocument) -> PlanDocument:
    """The same wherever the command is typed: files as seen from the folder of ``did_specs``."""
    blocks = (replace(each, file=without_steps_up(each.file)) for each in document.blocks)
    return replace(document, blocks=tuple(blocks))


def _own_words(own: Own) -> str:
    """What of the plan comes with this change, and what its base leaves to do anyway."""
    parts = [f"{many(own.changes.count, 'number')} with this change"]
    if own.settings:
        parts.append(f"{many(len(own.settings), 'setting')} of target.yaml with it")
    if own.pending:
        parts.append(f"{own.pending.count:,} pending on its base anyway")
    if own.withdrawn:
        parts.append(f"{own.withdrawn.count:,} pending there and no longer so")
    return f"Of this: {', '.join(parts)}."


def _own_text(document: PlanDocument, own: Own) -> str:
    lines = [_own_words(own)]
    for title, changes in (
        ("With this change:", own.changes if own.pending else SpanMap()),
        ("Pending on its base, and no longer so:", own.withdrawn),
    ):
        if changes:
            lines += ["", title, *part_of(replace(document, changes=changes))]
    return "\n".join(lines)
