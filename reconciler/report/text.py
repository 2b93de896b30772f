"""A plan in the terminal: the dangerous first, spans instead of lists, where callers end up."""

from collections.abc import Sequence

from reconciler.diff.model import Adopt, Change, Create, Note
from reconciler.guard import Refusal
from reconciler.numbers import Span, SpanMap
from reconciler.plan.plan import Plan
from reconciler.report.document import plan_document
from reconciler.report.entries import BlockEntries, by_block
from reconciler.report.layout import cut, indented, printable, wrap, wrap_items
from reconciler.report.lines import block_lines
from reconciler.report.model import BlockPlace, PlanDocument
from reconciler.report.summary import (
    GO_PROTECTED,
    cost,
    counted,
    effects_words,
    has_protected,
    is_over_limits,
    noteworthy,
    override,
    parted,
    refused_words,
    totals,
)
from reconciler.report.words import NOT_COPIED_WORDS, is_risky, many

USUAL_WIDTH = 100
LEAST_WIDTH = 60
RISKY_LINES = 240
"""Lines of risky blocks before the rest of them is only counted."""
OTHER_LINES = 120
"""Lines of the other blocks before the rest of them is only counted."""
LONGEST_SETTING = 300

Said = Sequence[tuple[Span, Change | Note]]


def plan_text(plan: Plan, refusals: tuple[Refusal, ...], *, width: int | None) -> str:
    """The plan in words, without colour; ``width`` is None where there is no terminal."""
    return document_text(plan_document(plan, refusals), width=width)


def document_text(document: PlanDocument, *, width: int | None) -> str:
    """The plan in words, without colour; no newline at its end."""
    wide = USUAL_WIDTH if width is None else max(width, LEAST_WIDTH)
    if document.leaving:
        parts = [[f"{document.target} · leaves the repository"], _remarks(document, wide)]
    elif document.is_empty:
        parts = _nothing(document, wide)
    else:
        parts = _something(document, wide)
    lines = [line for part in parts if part for line in ("", *part)][1:]
    return "\n".join(printable(line) for line in lines)


def _nothing(document: PlanDocument, width: int) -> list[list[str]]:
    conflicts, quiet = parted(document.notes)
    count = sum(len(span) for span, _ in conflicts)
    aside = f", {many(count, 'conflict')} aside" if conflicts else ""
    words = (
        f"No changes: {document.target} is as declared "
        f"({many(document.declared, 'number')}{aside})."
    )
    return [
        [words, *_folded(quiet, width)],
        _remarks(document, width),
        *block_parts(conflicts, document.blocks, OTHER_LINES, width),
    ]


def _something(document: PlanDocument, width: int) -> list[list[str]]:
    risky, others = by_risk(document)
    told, quiet = noteworthy(document.notes)
    return [
        [_headline(document)],
        _remarks(document, width),
        _refused(document, width),
        _settings(document, width),
        *block_parts(risky, document.blocks, RISKY_LINES, width),
        *block_parts([*others, *told], document.blocks, OTHER_LINES, width),
        _folded(quiet, width),
        _not_copied(document.changes, width),
        [
            totals(document),
            cost(document),
            *wrap_items(effects_words(document.effects), width, joint=" · "),
            f"plan {document.short_digest} on state {document.serial}",
        ],
    ]


def by_risk(document: PlanDocument) -> tuple[list[tuple[Span, Change]], list[tuple[Span, Change]]]:
    """The changes a reviewer must look at, and the others."""
    risky: list[tuple[Span, Change]] = []
    others: list[tuple[Span, Change]] = []
    for span, change in document.changes:
        (risky if is_risky(change) else others).append((span, change))
    return risky, others


def block_parts(
    said: Said, places: tuple[BlockPlace, ...], most: int, width: int
) -> list[list[str]]:
    """The blocks of ``said`` in about ``most`` lines, and how much is left out."""
    blocks = by_block(said, places)
    parts: list[list[str]] = []
    used = 0
    for index, block in enumerate(blocks):
        if used >= most:
            parts.append(_left_out(blocks[index:]))
            break
        parts.append(block_lines(block, width))
        used += len(parts[-1]) + 1
    return parts


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


def _refused(document: PlanDocument, width: int) -> list[str]:
    if not document.refusals:
        return []
    lines = ["! An apply refuses this plan:"]
    for words in refused_words(document):
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


def _left_out(blocks: Sequence[BlockEntries]) -> list[str]:
    numbers = sum(block.numbers for block in blocks)
    words = f"… and {many(len(blocks), 'more block')} ({many(numbers, 'number')})"
    subjects = [entry.subject for block in blocks for entry in block.entries]
    if any(isinstance(each, Change) and is_risky(each) for each in subjects):
        return [f"  ! {words}, as risky as these: --format json lists them all"]
    return [f"  {words}: --format json lists them all"]


def _folded(notes: Sequence[tuple[Span, Note]], width: int) -> list[str]:
    lines = wrap_items(counted(notes), width - 4, joint=" · ")
    return [f"  · {line}" for line in lines]


def _not_copied(changes: SpanMap[Change], width: int) -> list[str]:
    if any(isinstance(change, Create | Adopt) for _, change in changes):
        return wrap(NOT_COPIED_WORDS, width)
    return []
