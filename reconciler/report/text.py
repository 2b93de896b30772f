"""A plan in the terminal: the dangerous first, spans instead of lists, where callers end up."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.diff.model import Adopt, Change, Create, Note
from reconciler.guard import Refusal
from reconciler.numbers import Span, SpanMap
from reconciler.plan.plan import Plan
from reconciler.report.blocks import block_parts
from reconciler.report.document import plan_document
from reconciler.report.entries import by_block, by_risk, changes_said, notes_said
from reconciler.report.layout import LEFT_OUT, cut, indented, printable, wrap, wrap_items
from reconciler.report.model import PlanDocument
from reconciler.report.summary import (
    GO_PROTECTED,
    cost,
    counted,
    effects_words,
    has_protected,
    is_over_limits,
    noteworthy,
    override,
    refused_words,
    totals,
    warning_count,
)
from reconciler.report.words import MARKS, NOT_COPIED_WORDS, many, mark

USUAL_WIDTH = 100
LEAST_WIDTH = 60
LONGEST_SETTING = 300
ALL_OF_IT = "`reconciler plan --full` shows what is left out here"


@dataclass(frozen=True, slots=True)
class TextRoom:
    """How much of each part is shown; None: all of it.

    ``risky`` and ``others`` are lines of blocks, ``notes`` those that nothing comes of.
    """

    risky: int | None = None
    others: int | None = None
    notes: int | None = None
    effects: int | None = None
    refusals: int | None = None


SHORT = TextRoom(risky=240, others=120, notes=6, effects=12, refusals=20)
"""A few screens; what is left out is counted."""
WHOLE = TextRoom()


def plan_text(plan: Plan, refusals: tuple[Refusal, ...], *, width: int | None) -> str:
    """The plan in words, without colour; ``width`` is None where there is no terminal."""
    return document_text(plan_document(plan, refusals), width=width)


def document_text(document: PlanDocument, *, width: int | None, room: TextRoom = SHORT) -> str:
    """The plan in words, without colour; no newline at its end."""
    wide = USUAL_WIDTH if width is None else max(width, LEAST_WIDTH)
    lines = [line for part in _parts(document, room, wide) if part for line in ("", *part)][1:]
    if any(line.lstrip(" !").startswith(LEFT_OUT) for line in lines):
        lines.append(ALL_OF_IT)
    return "\n".join(printable(line) for line in lines)


def _parts(document: PlanDocument, room: TextRoom, width: int) -> list[list[str]]:
    if document.leaving:
        return [[f"{document.target} · leaves the repository"], _remarks(document, width)]
    if document.is_empty:
        return _nothing(document, room, width)
    return _something(document, room, width)


def marks_of(document: PlanDocument) -> frozenset[str]:
    """The marks that stand in the plan's text."""
    said = [*changes_said(document), *notes_said(document.notes)]
    blocks = by_block(said, document.blocks)
    found = {mark(entry.subject) for block in blocks for entry in block.entries}
    urgent = document.refusals or document.settings or any(block.is_risky for block in blocks)
    return frozenset(found | {"!"} if urgent else found)


def legend(marks: frozenset[str], width: int) -> list[str]:
    """What these marks mean."""
    items = [f"{sign} {meaning}" for sign, meaning in MARKS.items() if sign in marks]
    return wrap(f"marks: {', '.join(items)}", width, hang=7) if items else []


def _nothing(document: PlanDocument, room: TextRoom, width: int) -> list[list[str]]:
    told, quiet = noteworthy(document.notes, None if room.notes is None else 0)
    blocks = by_block(notes_said(told), document.blocks)
    return [
        [*wrap(nothing_words(document), width), *_folded(quiet, width), *_warned(document)],
        _remarks(document, width),
        *block_parts(blocks, room.others, width),
    ]


def nothing_words(document: PlanDocument) -> str:
    """What a plan without changes comes to: conflicts have to be settled by a person."""
    declared = many(document.declared - document.conflicts, "number")
    if not document.conflicts:
        return f"No changes: {document.target} is as declared ({declared})."
    conflicts = many(document.conflicts, "conflict")
    return f"{document.target} has {conflicts}; all else is as declared ({declared})."


def _something(document: PlanDocument, room: TextRoom, width: int) -> list[list[str]]:
    told, quiet = noteworthy(document.notes, room.notes)
    said = [*changes_said(document), *notes_said(told)]
    risky, others = by_risk(by_block(said, document.blocks))
    effects = wrap_items(effects_words(document.effects, room.effects), width, joint=" · ")
    return [
        [_headline(document)],
        _remarks(document, width),
        _refused(document, room, width),
        _settings(document, width),
        *block_parts(risky, room.risky, width),
        *block_parts(others, room.others, width),
        _folded(quiet, width),
        _not_copied(document.changes, width),
        [
            *_warned(document),
            totals(document),
            cost(document),
            *effects,
            f"plan {document.short_digest} on state {document.serial}",
        ],
    ]


def _headline(document: PlanDocument) -> str:
    blocks = many(len(document.blocks), "block")
    declared = f"{many(document.declared, 'number')} declared"
    if document.is_first:
        return f"{document.target} · {blocks}, {declared} · no state yet: everything is new"
    return f"{document.target} · {blocks}, {declared}, {document.known:,} known"


def _remarks(document: PlanDocument, width: int) -> list[str]:
    lines = []
    for remark in document.remarks:
        lines += indented(wrap(f"! {remark.message}", width - 2, hang=2), 2)
        lines += indented(wrap(f"hint: {remark.hint}", width - 4, hang=6), 4)
    return lines


def _refused(document: PlanDocument, room: TextRoom, width: int) -> list[str]:
    if not document.refusals:
        return []
    lines = ["! An apply refuses this plan:"]
    for words in refused_words(document, room.refusals):
        lines += indented(wrap(f"! {words}", width - 4, hang=2), 4)
    if has_protected(document):
        lines += indented(wrap(GO_PROTECTED, width - 2), 2)
    if is_over_limits(document):
        lines += indented(["To apply it all the same:", f"  {override(document)}"], 2)
    return lines


def _settings(document: PlanDocument, width: int) -> list[str]:
    if not document.settings:
        return []
    lines = ["! target.yaml: settings differ from the last apply's"]
    widest = max(len(change.name) for change in document.settings)
    for change in document.settings:
        before, after = cut(change.before, LONGEST_SETTING), cut(change.after, LONGEST_SETTING)
        text = f"! {change.name:{widest}}  {before} → {after}"
        lines += indented(wrap(text, width - 4, hang=widest + 4), 4)
    return lines


def _folded(notes: Sequence[tuple[Span, Note]], width: int) -> list[str]:
    lines = wrap_items(counted(notes), width - 4, joint=" · ")
    return [f"  · {line}" for line in lines]


def _warned(document: PlanDocument) -> list[str]:
    if not document.warnings:
        return []
    return [f"{warning_count(document)}: reconciler validate shows them"]


def _not_copied(changes: SpanMap[Change], width: int) -> list[str]:
    if any(isinstance(change, Create | Adopt) for change in changes.values):
        return wrap(NOT_COPIED_WORDS, width)
    return []
