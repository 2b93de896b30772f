"""Show plans, as text, Markdown or JSON."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from reconciler.cli.console import colours, is_terminal, say
from reconciler.cli.folder import without_steps_up
from reconciler.cli.options import Options
from reconciler.numbers import SpanMap
from reconciler.plan.review import OwnChanges
from reconciler.report.blocks import block_parts
from reconciler.report.colour import coloured
from reconciler.report.document import PlanDocument, to_json
from reconciler.report.entries import by_block, changes_said
from reconciler.report.layout import cut, printable
from reconciler.report.text import (
    LEAST_WIDTH,
    LONGEST_SETTING,
    SHORT,
    TextRoom,
    document_text,
    legend,
    marks_of,
)
from reconciler.report.words import many

PLAIN_WIDTH = 100
"""Columns where the output is not a terminal."""


@dataclass(slots=True)
class Legend:
    """Explain each mark below the first plan that has it."""

    explained: set[str] = field(default_factory=set)

    def below(self, document: PlanDocument) -> None:
        """Write the marks of ``document`` that were not explained yet."""
        fresh = marks_of(document) - self.explained
        self.explained |= fresh
        for line in legend(fresh, text_width()):
            say(line)


def show_text(
    document: PlanDocument, arguments: Options, marks: Legend, room: TextRoom = SHORT
) -> None:
    """Write the plan as text, coloured at a terminal, with a legend of its marks."""
    say_coloured(document_text(document, width=text_width(), room=room), arguments)
    if document.own is not None:
        say_coloured("\n" + _own_text(document, document.own), arguments)
    marks.below(document)


def show_markdown(document: PlanDocument) -> None:
    """Write the plan as Markdown."""
    from reconciler.report.markdown import document_markdown  # noqa: PLC0415

    say(document_markdown(_from_top(document)).rstrip("\n"))
    if document.own is not None:
        say(f"\n{_own_words(document.own)}")


def plans_json(documents: Sequence[PlanDocument]) -> str:
    """One plan as its file holds it; several as a list of such plans, in the order of targets."""
    texts = [to_json(_from_top(document)) for document in documents]
    return texts[0] if len(texts) == 1 else "[\n" + ",\n".join(texts) + "]\n"


def say_coloured(text: str, arguments: Options) -> None:
    """Write a result, with coloured marks at a terminal."""
    say(coloured(text) if colours(sys.stdout, refused=arguments.no_color) else text)


def part_of(document: PlanDocument) -> list[str]:
    """The changes of ``document`` block by block, without the rest of a plan."""
    blocks = by_block(changes_said(document), document.blocks)
    parts = block_parts(blocks, SHORT.others, text_width())
    return [printable(line) for part in parts for line in ("", *part)]


def text_width() -> int:
    """The terminal's columns."""
    if not is_terminal(sys.stdout):
        return PLAIN_WIDTH
    return max(shutil.get_terminal_size().columns, LEAST_WIDTH)


def _from_top(document: PlanDocument) -> PlanDocument:
    """Name files as seen from the folder of ``did_specs``, whatever the current folder."""
    blocks = (replace(each, file=without_steps_up(each.file)) for each in document.blocks)
    return replace(document, blocks=tuple(blocks))


def _own_words(own: OwnChanges) -> str:
    """How much of the plan is of this change, and how much is pending on its base."""
    parts = [f"{many(own.changes.count, 'number')} with this change"]
    if own.settings:
        parts.append(f"{many(len(own.settings), 'setting')} of target.yaml with it")
    if own.pending:
        parts.append(f"{own.pending.count:,} pending on its base anyway")
    if own.withdrawn:
        parts.append(f"{own.withdrawn.count:,} no longer pending with it")
    return f"Of this: {', '.join(parts)}."


def _own_text(document: PlanDocument, own: OwnChanges) -> str:
    lines = [_own_words(own)]
    for each in own.settings:
        before, after = cut(each.before, LONGEST_SETTING), cut(each.after, LONGEST_SETTING)
        lines.append(printable(f"  ! {each.name}  {before} → {after}"))
    for title, changes in (
        ("With this change:", own.changes if own.pending else SpanMap()),
        ("Pending on its base, and no longer pending with this change:", own.withdrawn),
    ):
        if changes:
            lines += ["", title, *part_of(replace(document, changes=changes))]
    return "\n".join(lines)
