"""A plan on GitHub: read on a phone, reviewed in a comment, never longer than it may be.

First what kinds of change there are, then their numbers, then all of it block by block. What does
not fit goes in steps from the end of these; what was left out is said, and where it is.
"""

import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.diff.model import Adopt, Create
from reconciler.errors import Fault
from reconciler.guard import Refusal
from reconciler.plan.plan import Plan
from reconciler.report.blocks import block_parts
from reconciler.report.document import plan_document
from reconciler.report.entries import BlockEntries, by_block, by_risk, changes_said, notes_said
from reconciler.report.flow import flow
from reconciler.report.inert import LONGEST_LINE, cell, code, fenced, folded, word
from reconciler.report.kinds import Kind, kinds_list, kinds_of
from reconciler.report.model import PlanDocument
from reconciler.report.summary import (
    GO_PROTECTED,
    cost,
    counted,
    effect_counts,
    has_protected,
    is_over_limits,
    noteworthy,
    override,
    ranked,
    refused_words,
    totals,
    warning_count,
)
from reconciler.report.words import NOT_COPIED_WORDS, many

LONGEST_COMMENT = 60_000
LEAST_LIMIT = 10_000
"""A limit below this one is taken as this one: so much the counts alone may need."""
LONGEST_REMARK = 600
WIDTH = 92
BETWEEN = "\n\n"
SHOWN_REFUSALS = 20
QUIET_NOTES = 6
"""This many notes of numbers that nothing happens to are shown; more are counted."""

_MARK = re.compile(r"( *)([-+!>~±?·]) ")


@dataclass(frozen=True, slots=True)
class CommentRoom:
    """How much of each part is shown.

    ``nodes`` of the chart; ``kinds`` of change, and ``spans`` of each; ``lines`` of all blocks;
    ``effects`` on destinations; ``aside``: lines of what is not a change of the pull request.
    """

    nodes: int
    kinds: int
    spans: int
    lines: int
    effects: int
    aside: int


ROOMS = (
    CommentRoom(nodes=12, kinds=1000, spans=1000, lines=1000, effects=100, aside=200),
    CommentRoom(nodes=12, kinds=1000, spans=100, lines=400, effects=100, aside=60),
    CommentRoom(nodes=0, kinds=1000, spans=20, lines=150, effects=50, aside=0),
    CommentRoom(nodes=0, kinds=1000, spans=4, lines=0, effects=20, aside=0),
    CommentRoom(nodes=0, kinds=1000, spans=1, lines=0, effects=12, aside=0),
    *(CommentRoom(0, kinds, 0, 0, 6, 0) for kinds in (1000, 500, 250, 120, 60, 30, 15)),
    *(CommentRoom(0, kinds, 0, 0, 0, 0) for kinds in (15, 8, 4, 0)),
)
"""From all there is to the counts alone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is shown of a plan, gathered once however often it is tried to fit."""

    document: PlanDocument
    kinds: tuple[Kind, ...]
    risky: tuple[BlockEntries, ...]
    others: tuple[BlockEntries, ...]

    def is_whole_in(self, room: CommentRoom) -> bool:
        """Whether every kind of change has a place in ``room``."""
        return len(self.kinds) <= room.kinds


def prepared(document: PlanDocument) -> Prepared:
    """Gather what is shown of ``document``."""
    told, _ = noteworthy(document.notes, QUIET_NOTES)
    blocks = by_block([*changes_said(document), *notes_said(told)], document.blocks)
    return Prepared(document, kinds_of(blocks), *by_risk(blocks))


def plan_markdown(
    plan: Plan, refusals: tuple[Refusal, ...], *, limit: int = LONGEST_COMMENT
) -> str:
    """The plan as GitHub Markdown of at most ``limit`` characters."""
    return document_markdown(plan_document(plan, refusals), limit=limit)


def document_markdown(document: PlanDocument, *, limit: int = LONGEST_COMMENT) -> str:
    """The plan as GitHub Markdown of at most ``limit`` characters."""
    most = max(limit, LEAST_LIMIT)
    shown = prepared(document)
    body = fitted(most, lambda room: _body(shown, room, most))
    return body or joined(_body(shown, ROOMS[-1], most))


def fitted(limit: int, body: Callable[[CommentRoom], Iterable[str | None]]) -> str | None:
    """``body`` in the largest room where it has at most ``limit`` characters; None if in none.

    The parts of a body that is too long are not made to the end.
    """
    for room in ROOMS:
        parts, length = [], -len(BETWEEN)
        for part in body(room):
            if part:
                parts.append(part)
                length += len(BETWEEN) + len(part)
            if length > limit:
                break
        else:
            return joined(parts)
    return None


def joined(parts: Iterable[str | None]) -> str:
    """The parts that are there, as paragraphs."""
    return BETWEEN.join(part for part in parts if part)


def _body(shown: Prepared, room: CommentRoom, limit: int) -> Iterator[str | None]:
    yield f"**{headline(shown.document)}**"
    yield from plan_parts(shown, room)
    yield spec_warnings(shown.document, room.aside)
    yield small_print(shown.document)
    if room is not ROOMS[0] or not shown.is_whole_in(room):
        yield _shortened(shown.document, limit)
    yield last_line(shown.document)


def plan_parts(
    shown: Prepared, room: CommentRoom, between: Iterable[str | None] = ()
) -> list[str | None]:
    """Warnings, kinds of change, destinations, all blocks; ``between`` comes after the warnings."""
    document = shown.document
    lines = changed_lines((shown.risky, shown.others), room.lines)
    return [
        warning(shown),
        *between,
        kinds_list(shown.kinds, room.kinds, room.spans),
        flow(document.told, room.nodes),
        effects_table(document, room.effects),
        folded(totals(document), lines),
    ]


def headline(document: PlanDocument) -> str:
    """Target, numbers and calls, short enough for a phone's notification; the risky first."""
    name = word(document.target)
    if document.leaving:
        known = many(document.known, "known number")
        return f"{name}: leaves the repository, nothing of its {known} changes"
    if document.is_empty:
        declared = many(document.declared - document.conflicts, "number")
        if document.conflicts:
            conflicts = many(document.conflicts, "conflict")
            return f"{name}: {conflicts}, all else as declared ({declared})"
        return f"{name}: no changes, {declared} as declared"
    counts, rerouted = document.counts, document.rerouted
    numbers = (
        (rerouted, "rerouted"),
        (counts.delete, "deleted"),
        (counts.park, "parked"),
        (counts.create, "created"),
        (counts.adopt, "created or adopted"),
        (counts.update - rerouted, "updated"),
        (counts.settling, "settled"),
        (counts.forget, "forgotten"),
        (document.conflicts, "in conflict"),
    )
    words = [f"{number:,} {verb}" for number, verb in numbers if number]
    if words:
        first, _, verb = words[0].partition(" ")
        words[0] = f"{first} {'number' if first == '1' else 'numbers'} {verb}"
    if document.settings:
        words.append(f"{many(len(document.settings), 'setting')} changed")
    stopped = "stopped by its limits, " if document.refusals else ""
    return f"{name}: {stopped}{', '.join(words)}, {many(document.cost.calls.total, 'call')}"


def warning(shown: Prepared) -> str | None:
    """A box that is there only when an apply is refused, or something in use changes."""
    document = shown.document
    lines = [
        *_remarks(document),
        *_refused(document),
        *_risks(shown.risky),
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
    lines += (f"- {code(words, LONGEST_LINE)}" for words in refused_words(document, SHOWN_REFUSALS))
    if has_protected(document):
        lines += ["", GO_PROTECTED]
    if is_over_limits(document):
        lines += ["", f"To apply it all the same: {code(override(document), LONGEST_LINE)}"]
    return [*lines, ""]


def _risks(blocks: Iterable[BlockEntries]) -> list[str]:
    found: Counter[str] = Counter()
    entries = (entry for block in blocks for entry in block.entries)
    for why, number in ((each.risk, each.numbers) for each in entries if each.risk is not None):
        found[why] += number
    return [f"- **{many(number, 'number')}**: {why}" for why, number in found.items()]


def _settings(document: PlanDocument) -> list[str]:
    return [
        f"- **target.yaml**: {code(change.name)} {code(change.before)} → {code(change.after)}"
        for change in document.settings
    ]


def changed_lines(blocks: Sequence[Sequence[BlockEntries]], most: int) -> str | None:
    """The lines that the terminal shows, as a diff: GitHub colours them by their marks.

    Each of ``blocks`` has about ``most`` lines.
    """
    if not most:
        return None
    parts = [part for some in blocks for part in block_parts(some, most, WIDTH)]
    lines = [_mark_first(line) for part in parts for line in ("", *part)][1:]
    return fenced(lines, "diff") if lines else None


def _mark_first(line: str) -> str:
    """The mark in the first column, where a diff has it; the rest stays in its place."""
    found = _MARK.match(line)
    return f"{found[2]}{found[1]} {line[found.end() :]}" if found else line


def effects_table(document: PlanDocument, most: int) -> str | None:
    """How many numbers lead where before and after, at most ``most`` destinations, rare ones first.

    None where there are none, or no room at all.
    """
    shown = ranked(document.effects)[:most]
    if not shown:
        return None
    rows = [f"| {cell(str(each.destination))} | {effect_counts(each)} |" for each in shown]
    more = len(document.effects) - len(shown)
    if more:
        rows.append(f"| {many(more, 'more destination')} | |")
    return "\n".join(["| Callers reach | Numbers |", "|---|---|", *rows])


def spec_warnings(document: PlanDocument, most: int) -> str | None:
    """The warnings of the specs, at most ``most`` of them, behind a line that counts them."""
    found = document.warnings
    if not found:
        return None
    shown = [_spec_warning(each) for each in found[:most]]
    more = len(found) - len(shown)
    if more:
        shown.append(f"- {many(more, 'more warning')}: {code('reconciler validate')} shows them")
    return folded(warning_count(document), "\n".join(shown) if most else None)


def _spec_warning(warning: Fault) -> str:
    place = code(f"{warning.where.file}:{warning.where.line}")
    words = f"- {place} {warning.code}: {code(warning.message, LONGEST_LINE)}"
    return words if warning.hint is None else f"{words} hint: {code(warning.hint, LONGEST_LINE)}"


def small_print(document: PlanDocument) -> str:
    """Calls, notes that are only counted, and what never comes along with a copy."""
    _, quiet = noteworthy(document.notes, QUIET_NOTES)
    lines = [cost(document), *counted(quiet)]
    words = " · ".join(lines)
    if any(isinstance(change, Create | Adopt) for change in document.changes.values):
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
