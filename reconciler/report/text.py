"""A plan in the terminal: the dangerous first, spans instead of lists, where callers end up."""

from collections import Counter
from collections.abc import Iterable

from reconciler.diff.model import (
    Adopt,
    Change,
    Conflicted,
    Create,
    Effect,
    Kept,
    Moved,
    Note,
    Released,
)
from reconciler.guard import OverLimit, Protected, Refusal
from reconciler.numbers import Span, SpanMap
from reconciler.plan.plan import Plan
from reconciler.report.document import plan_document
from reconciler.report.entries import BlockEntries, by_block
from reconciler.report.layout import indented, printable, wrap, wrap_items
from reconciler.report.lines import block_lines
from reconciler.report.model import PlanDocument
from reconciler.report.words import NOT_COPIED_WORDS, duration, is_risky, many, place_words

USUAL_WIDTH = 100
LEAST_WIDTH = 60
RISKY_LINES = 240
"""Lines of risky blocks before the rest of them is only counted."""
OTHER_LINES = 120
"""Lines of the other blocks before the rest of them is only counted."""
QUIET_NOTES = 6
"""This many notes of numbers that nothing happens to are shown; more are counted."""
SHOWN_EFFECTS = 6

Said = Iterable[tuple[Span, Change | Note]]


def plan_text(plan: Plan, refusals: tuple[Refusal, ...], *, width: int | None) -> str:
    """The plan in words, without colour; ``width`` is None where there is no terminal."""
    return document_text(plan_document(plan, refusals), width=width)


def document_text(document: PlanDocument, *, width: int | None) -> str:
    """The plan in words, without colour, a newline at the end of each line."""
    wide = USUAL_WIDTH if width is None else max(width, LEAST_WIDTH)
    parts = _nothing(document, wide) if document.is_empty else _something(document, wide)
    lines = [line for part in parts if part for line in ("", *part)][1:]
    return "".join(printable(line) + "\n" for line in lines)


def _nothing(document: PlanDocument, width: int) -> list[list[str]]:
    conflicts, quiet = _notes(document)
    aside = f", {many(sum(len(span) for span, _ in conflicts), 'conflict')} aside"
    words = (
        f"No changes: {document.target} is as declared "
        f"({many(document.declared, 'number')}{aside if conflicts else ''})."
    )
    return [
        [words, *indented(_counted(quiet, width - 2), 2)],
        *_blocks(conflicts, document, OTHER_LINES, width),
        [] if not conflicts else [_last(document)],
    ]


def _something(document: PlanDocument, width: int) -> list[list[str]]:
    risky = document.changes.where(is_risky)
    others = document.changes.where(lambda change: not is_risky(change))
    conflicts, quiet = _notes(document)
    folded: list[str] = []
    if len(quiet) > QUIET_NOTES:
        quiet, folded = [], _counted(quiet, width - 2)
    return [
        [_headline(document)],
        _refused(document, width),
        _settings(document, width),
        *_blocks(risky, document, RISKY_LINES, width),
        *_blocks([*others, *conflicts, *quiet], document, OTHER_LINES, width),
        indented(folded, 2),
        _not_copied(document.changes, width),
        [
            totals(document),
            cost(document),
            *wrap_items(effects(document.effects), width, joint=" · "),
            _last(document),
        ],
    ]


def _headline(document: PlanDocument) -> str:
    blocks = many(len(document.blocks), "block")
    declared = f"{many(document.declared, 'number')} declared"
    if document.is_first:
        return f"{document.target} · {blocks}, {declared} · no state yet: everything is new"
    return f"{document.target} · {blocks}, {declared}, {document.known:,} known"


def _refused(document: PlanDocument, width: int) -> list[str]:
    if not document.refusals:
        return []
    lines = ["! An apply refuses this plan:"]
    for refusal in document.refusals:
        lines += indented(wrap(f"! {refusal.message}", width - 4, hang=2), 4)
    return [*lines, *indented(how_to_go_on(document, width - 2), 2)]


def how_to_go_on(document: PlanDocument, width: int) -> list[str]:
    """What lets a refused plan through, if anything does."""
    kinds = {type(refusal) for refusal in document.refusals}
    lines: list[str] = []
    if Protected in kinds:
        words = (
            "No option lets a change of protected numbers through: leave them out of the YAML, "
            "or out of `protected` in target.yaml."
        )
        lines += wrap(words, width)
    if kinds == {OverLimit}:
        lines += wrap(f"To apply it all the same: {override(document)}", width, hang=2)
    return lines


def override(document: PlanDocument) -> str:
    """The command that applies exactly this plan in spite of its limits."""
    return f"reconciler apply --target {document.target} --override-limits {document.short_digest}"


def _settings(document: PlanDocument, width: int) -> list[str]:
    if not document.settings:
        return []
    lines = ["! target.yaml: settings differ from the last apply's"]
    widest = max(len(change.name) for change in document.settings)
    for change in document.settings:
        text = f"! {change.name:{widest}}  {change.before} → {change.after}"
        lines += indented(wrap(text, width - 4, hang=widest + 4), 4)
    return lines


def _blocks(said: Said, document: PlanDocument, most: int, width: int) -> list[list[str]]:
    """The blocks of ``said`` in about ``most`` lines, and how much is left out."""
    blocks = by_block(said, document.blocks)
    parts: list[list[str]] = []
    used = 0
    for index, block in enumerate(blocks):
        if used >= most:
            parts.append(_left_out(blocks[index:]))
            break
        parts.append(block_lines(block, width))
        used += len(parts[-1]) + 1
    return parts


def _left_out(blocks: tuple[BlockEntries, ...]) -> list[str]:
    numbers = sum(block.numbers for block in blocks)
    words = f"… and {many(len(blocks), 'more block')} ({many(numbers, 'number')})"
    subjects = [entry.subject for block in blocks for entry in block.entries]
    risky = any(isinstance(each, Change) and is_risky(each) for each in subjects)
    if risky:
        return [f"  ! {words}, as risky as these: --format json lists them all"]
    return [f"  {words}: --format json lists them all"]


def _notes(
    document: PlanDocument,
) -> tuple[list[tuple[Span, Change | Note]], list[tuple[Span, Change | Note]]]:
    """Those that somebody should do something about, and the others."""
    conflicts: list[tuple[Span, Change | Note]] = []
    quiet: list[tuple[Span, Change | Note]] = []
    for span, note in document.notes:
        (conflicts if isinstance(note, Conflicted) else quiet).append((span, note))
    return conflicts, quiet


def _counted(notes: Said, width: int) -> list[str]:
    """Notes as counts, one line."""
    found: Counter[type] = Counter()
    for span, note in notes:
        found[type(note)] += len(span)
    words = {
        Kept: "no longer declared, left as they are",
        Moved: "moved between blocks",
        Released: "keep fields that are no longer declared",
    }
    items = [f"{found[kind]:,} {text}" for kind, text in words.items() if found[kind]]
    return [f"· {line}" for line in wrap_items(items, width - 2, joint=" · ")]


def _not_copied(changes: SpanMap[Change], width: int) -> list[str]:
    if any(isinstance(change, Create | Adopt) for _, change in changes):
        return wrap(NOT_COPIED_WORDS, width)
    return []


def totals(document: PlanDocument) -> str:
    """How many numbers what happens to."""
    counts = document.counts
    some = (
        (counts.adopt, "to create or adopt"),
        (counts.settling, "to settle"),
        (counts.forget, "to forget"),
        (document.undeclared, "no longer declared"),
    )
    always = (
        f"{counts.create:,} to create, {counts.update:,} to update, {counts.remove:,} to remove"
    )
    return ", ".join([always, *(f"{number:,} {words}" for number, words in some if number)])


def cost(document: PlanDocument) -> str:
    """Calls by function, and the time they take."""
    calls = document.cost.calls
    if not calls.total:
        return "no calls"
    updates = calls.updates + calls.deletes + calls.probes
    special = ((calls.deletes, "deleting"), (calls.probes, "only asking"))
    within = ", ".join(f"{number:,} {words}" for number, words in special if number)
    named = [f"{calls.copies:,} copy_did"] if calls.copies else []
    if updates:
        named.append(f"{updates:,} update_did" + (f" ({within})" if within else ""))
    plural = "call" if calls.total == 1 else "calls"
    return (
        f"{', '.join(named)} {plural}: {duration(document.cost.seconds)} "
        f"at {document.cost.concurrency} at a time"
    )


def effects(found: tuple[Effect, ...], most: int = SHOWN_EFFECTS) -> list[str]:
    """The destinations that gain or lose most, and how many more do."""
    ranked = sorted(found, key=lambda each: (-_moved(each), each.destination))
    items = [effect_words(effect) for effect in ranked[:most]]
    if items:
        items[0] += " numbers"
    if len(ranked) > most:
        items.append(f"and {many(len(ranked) - most, 'more destination')}")
    return items


def effect_words(effect: Effect) -> str:
    """``in-group SALESLINE 212 → 311``; who leaves is said where arrivals hide it."""
    words = f"{place_words(effect.destination)} {effect.before:,} → {effect.after:,}"
    hidden = effect.lost and effect.after > effect.before - effect.lost
    return f"{words} ({effect.lost:,} leave)" if hidden else words


def _moved(effect: Effect) -> int:
    return max(abs(effect.after - effect.before), effect.lost)


def _last(document: PlanDocument) -> str:
    return f"plan {document.short_digest} on state {document.serial}"
