"""A plan on GitHub: read on a phone, reviewed in a comment, never longer than it may be.

What does not fit goes in steps: first the flow, then rows of the table and lines that are too many,
at last everything but the counts. What was left out is said, and where it is.
"""

import re
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.diff.effects import place
from reconciler.diff.model import Adopt, Change, Create, Note, Park, Update
from reconciler.guard import Refusal
from reconciler.numbers import Span
from reconciler.plan.plan import Plan
from reconciler.report.document import plan_document
from reconciler.report.entries import BlockEntries, by_block
from reconciler.report.flow import flow
from reconciler.report.inert import LONGEST_LINE, cell, code, fenced, word
from reconciler.report.model import PlanDocument
from reconciler.report.summary import (
    GO_PROTECTED,
    SHOWN_EFFECTS,
    cost,
    counted,
    effect_counts,
    has_protected,
    is_over_limits,
    noteworthy,
    override,
    parted,
    ranked,
    refused_words,
    totals,
)
from reconciler.report.text import block_parts, by_risk
from reconciler.report.words import (
    NOT_COPIED_WORDS,
    is_risky,
    many,
    mark,
    moved_to,
    place_words,
    risk,
)

LONGEST_COMMENT = 60_000
LEAST_LIMIT = 10_000
"""A limit below this one is taken as this one: so much the counts alone may need."""
LONGEST_REMARK = 600
WIDTH = 92
SHOWN_DESTINATIONS = 3

_MARK = re.compile(r"( *)([-+!>~±?·]) ")


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of each part is shown."""

    nodes: int
    rows: int
    risky: int
    others: int


_ROOMS = (
    _Room(nodes=12, rows=60, risky=240, others=120),
    _Room(nodes=0, rows=60, risky=240, others=120),
    _Room(nodes=0, rows=30, risky=60, others=30),
    _Room(nodes=0, rows=0, risky=0, others=0),
)
"""From all there is to the counts alone."""


def plan_markdown(
    plan: Plan, refusals: tuple[Refusal, ...], *, limit: int = LONGEST_COMMENT
) -> str:
    """The plan as GitHub Markdown of at most ``limit`` characters."""
    return document_markdown(plan_document(plan, refusals), limit=limit)


def document_markdown(document: PlanDocument, *, limit: int = LONGEST_COMMENT) -> str:
    """The plan as GitHub Markdown of at most ``limit`` characters."""
    most = max(limit, LEAST_LIMIT)
    whole = _body(document, _ROOMS[0])
    if len(whole) <= most:
        return whole
    shorter = (_body(document, room, limit=most) for room in _ROOMS[1:])
    return next((body for body in shorter if len(body) <= most), _body(document, _ROOMS[-1]))


def _body(document: PlanDocument, room: _Room, limit: int | None = None) -> str:
    risky, others = by_risk(document)
    told, _ = noteworthy(document.notes)
    conflicts, _ = parted(document.notes)
    parts = [
        f"**{headline(document)}**",
        warning(document),
        block_table([*document.changes, *conflicts], document, room.rows),
        changed_lines(risky, document, room.risky),
        flow(document.changes, room.nodes),
        effects_table(document),
        folded(
            totals(document),
            changed_lines([*others, *told], document, room.others),
        ),
        small_print(document),
        None if limit is None else _shortened(document, limit),
        last_line(document),
    ]
    return "\n\n".join(part for part in parts if part)


def headline(document: PlanDocument) -> str:
    """Target, numbers and calls, short enough for a phone's notification."""
    name = word(document.target)
    if document.leaving:
        known = many(document.known, "known number")
        return f"{name}: leaves the repository, nothing of its {known} changes"
    if document.is_empty:
        return f"{name}: no changes, {many(document.declared, 'number')} as declared"
    counts = document.counts
    some = ((counts.adopt, "±"), (counts.settling, "?"))
    numbers = [f"+{counts.create:,}", f"~{counts.update:,}", f"-{counts.remove:,}"]
    numbers += (f"{sign}{number:,}" for number, sign in some if number)
    stopped = "stopped by its limits, " if document.refusals else ""
    calls = many(document.cost.calls.total, "call")
    return f"{name}: {stopped}{' '.join(numbers)}, {calls}"


def warning(document: PlanDocument) -> str | None:
    """A box that is there only when an apply is refused, or something in use changes."""
    lines = [
        *_remarks(document),
        *_refused(document),
        *_risks(document),
        *_settings(document),
    ]
    if not lines:
        return None
    return "\n".join(["> [!WARNING]", *(f"> {line}" for line in lines)])


def _remarks(document: PlanDocument) -> list[str]:
    return [
        line
        for each in document.remarks
        for line in (
            f"- {code(each.message, LONGEST_REMARK)}",
            f"  {code(each.hint, LONGEST_REMARK)}",
        )
    ]


def _refused(document: PlanDocument) -> list[str]:
    if not document.refusals:
        return []
    lines = ["An apply refuses this plan:"]
    lines += (f"- {code(words, LONGEST_LINE)}" for words in refused_words(document))
    if has_protected(document):
        lines += ["", GO_PROTECTED]
    if is_over_limits(document):
        lines += ["", f"To apply it all the same: {code(override(document), LONGEST_LINE)}"]
    return [*lines, ""]


def _risks(document: PlanDocument) -> list[str]:
    found: Counter[str] = Counter()
    for span, change in document.changes:
        why = risk(change)
        if why is not None:
            found[why] += len(span)
    return [f"- **{number:,}** {why}" for why, number in found.items()]


def _settings(document: PlanDocument) -> list[str]:
    return [
        f"- **target.yaml**: {code(change.name)} {code(change.before)} → {code(change.after)}"
        for change in document.settings
    ]


def block_table(
    said: Sequence[tuple[Span, Change | Note]], document: PlanDocument, most: int
) -> str | None:
    """A row for each of at most ``most`` blocks, the ones to look at first."""
    blocks = by_block(said, document.blocks)
    if not blocks or not most:
        return None
    ordered = sorted(blocks, key=lambda block: not _needs_care(block))
    rows = [_row(block) for block in ordered[:most]]
    rest = ordered[most:]
    if rest:
        numbers = many(sum(block.numbers for block in rest), "number")
        rows.append(f"| | … {many(len(rest), 'more block')} | {numbers} | | |")
    head = ["| | Block | Numbers | Callers reach | Declared at |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _needs_care(block: BlockEntries) -> bool:
    return any(
        isinstance(entry.subject, Change) and is_risky(entry.subject) for entry in block.entries
    )


def _row(block: BlockEntries) -> str:
    marks: Counter[str] = Counter()
    for entry in block.entries:
        marks[mark(entry.subject)] += entry.numbers
    numbers = " ".join(f"{_signed(sign)}{number:,}" for sign, number in marks.items())
    where = block.place
    at = "no longer declared" if where is None else cell(f"{where.file}:{where.line}")
    care = "⚠️" if _needs_care(block) else ""
    return f"| {care} | {cell(block.name)} | {numbers} | {_destinations(block)} | {at} |"


def _signed(sign: str) -> str:
    """Words in place of the marks that say little in a table."""
    return {"~": r"\~", ">": "parked ", "·": "as they are "}.get(sign, sign)


def _destinations(block: BlockEntries) -> str:
    found: Counter[str] = Counter()
    for entry in block.entries:
        where = _leads_to(entry.subject)
        if where is not None:
            found[where] += entry.numbers
    shown = [
        f"{cell(words)} {number:,}"
        for words, number in sorted(found.items(), key=lambda each: (-each[1], each[0]))
    ]
    more = len(shown) - SHOWN_DESTINATIONS
    return "<br>".join(shown[:SHOWN_DESTINATIONS] + ([f"and {more:,} more"] if more > 0 else []))


def _leads_to(subject: Change | Note) -> str | None:
    match subject:
        case Create() | Adopt():
            where = place(subject.routing, subject.source)
        case Update() | Park():
            where = moved_to(subject.after)
        case _:
            return None
    return None if where is None else place_words(where)


def changed_lines(
    said: Sequence[tuple[Span, Change | Note]], document: PlanDocument, most: int
) -> str | None:
    """The lines that the terminal shows, as a diff: GitHub colours them by their marks."""
    if not said or not most:
        return None
    parts = block_parts(said, document.blocks, most, WIDTH)
    lines = [_mark_first(line) for part in parts for line in ("", *part)][1:]
    return fenced(lines, "diff")


def _mark_first(line: str) -> str:
    """The mark in the first column, where a diff has it; the rest stays in its place."""
    return _MARK.sub(r"\2\1 ", line, count=1) if _MARK.match(line) else line


def effects_table(document: PlanDocument) -> str | None:
    """How many numbers lead where before and after; the destinations that change most."""
    if not document.effects:
        return None
    shown = ranked(document.effects)[:SHOWN_EFFECTS]
    rows = [f"| {cell(place_words(each.destination))} | {effect_counts(each)} |" for each in shown]
    more = len(document.effects) - len(shown)
    if more:
        rows.append(f"| {many(more, 'more destination')} | |")
    return "\n".join(["| Callers reach | Numbers |", "|---|---|", *rows])


def folded(summary: str, content: str | None) -> str | None:
    """``content`` behind a line that opens it; ``summary`` must not hold foreign text."""
    if content is None:
        return summary
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def small_print(document: PlanDocument) -> str:
    """Calls, notes that are only counted, and what never comes along with a copy."""
    _, quiet = noteworthy(document.notes)
    lines = [cost(document), *counted(quiet)]
    words = " · ".join(lines)
    if any(isinstance(change, Create | Adopt) for _, change in document.changes):
        names = NOT_COPIED_WORDS.replace("_", r"\_")
        words += f"\\\n<sub>{names}</sub>"
    return words


def _shortened(document: PlanDocument, limit: int) -> str:
    whole = code(f"reconciler plan --target {shlex.quote(document.target)}")
    return (
        f"Shortened to stay under {limit:,} characters: plan.json has every change, "
        f"and {whole} shows more of them."
    )


def last_line(document: PlanDocument) -> str:
    """What this plan is, and how to make it again."""
    again = code(f"reconciler plan --target {shlex.quote(document.target)}")
    return f"plan {code(document.short_digest)} on state {document.serial} · again with {again}"
