"""The lines of a block in the terminal: its heading, an entry for what happens to its numbers."""

from collections.abc import Sequence

from reconciler.diff.explain import explain
from reconciler.diff.model import (
    Adopt,
    Change,
    Conflicted,
    Create,
    Delete,
    Forget,
    Kept,
    Moved,
    Note,
    Park,
    Released,
    Settle,
    Update,
)
from reconciler.numbers import Span, count
from reconciler.report.entries import BlockEntries, Entry
from reconciler.report.layout import (
    LEAST_LEFT,
    WIDEST_LEFT,
    beside,
    cut,
    indented,
    wrap,
    wrap_items,
)
from reconciler.report.words import (
    declared_words,
    many,
    mark,
    moved_to,
    note_words,
    origin_words,
    place_words,
    remaining,
    risk,
)
from reconciler.routing import Routing

STACKED = 4
"""This many spans stand below each other; more of them run on in lines of their own."""
SPAN_LINES = 3
"""Lines of spans that an entry may fill."""
BLOCK_LINES = 30
"""Lines that a block may fill."""
LONGEST_NAME = 60
HEADING_COLUMN = 57
HEADING_RIGHT = 36
"""Where the place of a block stands: in this column, or with this much room to the right."""

_MARKS = "->±~+?·"
_UNKNOWN = "(unknown)"


def block_lines(block: BlockEntries, width: int) -> list[str]:
    """The block with at most about :data:`BLOCK_LINES` lines, saying what it leaves out."""
    shared = _shared(block.entries)
    left = _left_width(block.entries)
    lines: list[str] = []
    reasons: dict[str, None] = {}
    for index, entry in enumerate(block.entries):
        shown = _entry_lines(entry, shared, left, width - 4)
        if index and len(lines) + len(shown) > BLOCK_LINES:
            lines.append(_left_out(block.entries[index:]))
            reasons |= dict.fromkeys(_risks(block.entries[index:]))
            break
        lines += shown
        reasons |= dict.fromkeys(_risks([entry]))
    if shared:
        each = " · ".join(declared_words(shared))
        lines += indented(wrap(f"each with {each}", width - 6, hang=2), 2)
    for reason in reasons:
        lines += indented(wrap(reason, width - 6), 2)
    return [_heading(block, width, risky=bool(reasons)), *indented(lines, 4)]


def subject_lines(subject: Change | Note, width: int) -> list[str]:
    """What happens to a number, without its mark."""
    return _details(subject, Routing(), width)


def _heading(block: BlockEntries, width: int, *, risky: bool) -> str:
    marks = {mark(entry.subject) for entry in block.entries}
    sign = "!" if risky else next(each for each in _MARKS if each in marks)
    place = block.place
    where = "no longer declared" if place is None else f"{place.file}:{place.line}"
    name = cut(block.name, LONGEST_NAME)
    return f"  {sign} {name:{min(width - HEADING_RIGHT, HEADING_COLUMN) - 6}}  {where}"


def _left_out(entries: Sequence[Entry]) -> str:
    spans = sum(len(entry.spans) for entry in entries)
    numbers = sum(entry.numbers for entry in entries)
    return f"… and {many(spans, 'more span')} ({many(numbers, 'number')})"


def _risks(entries: Sequence[Entry]) -> list[str]:
    return [
        why
        for entry in entries
        if isinstance(entry.subject, Change) and (why := risk(entry.subject)) is not None
    ]


def _left_width(entries: Sequence[Entry]) -> int:
    """The width of the column of spans: all labels that are not too wide fit in it."""
    labels = (_label(span) for entry in entries for span in entry.spans[:STACKED])
    fitting = (max(LEAST_LEFT, 2 + len(label)) for label in labels if 2 + len(label) <= WIDEST_LEFT)
    return max(fitting, default=LEAST_LEFT)


def _label(span: Span) -> str:
    return str(span) if len(span) == 1 else span.label


def _entry_lines(entry: Entry, shared: Routing, left: int, width: int) -> list[str]:
    sign = mark(entry.subject)
    details = _details(entry.subject, shared, width - left - 3)
    if len(entry.spans) <= STACKED:
        labels = [_label(span) for span in entry.spans]
        return beside([f"{sign} {labels[0]}", *indented(labels[1:], 2)], details, left)
    head = f"{sign} {many(entry.numbers, 'number')} in {many(len(entry.spans), 'span')}"
    return [
        *beside([head], details, max(left, len(head))),
        *indented(span_lines(entry.spans, width - 2), 2),
    ]


def span_lines(spans: Sequence[Span], width: int) -> list[str]:
    """As many as fill :data:`SPAN_LINES` lines, and how many more."""
    room = SPAN_LINES * width  # more than these cannot fit, so no more are spelled out
    lines = wrap_items(map(_label, spans[:room]), width, joint=", ")
    if len(lines) <= SPAN_LINES and len(spans) <= room:
        return lines
    lines = lines[:SPAN_LINES]
    shown = sum(line.rstrip(",").count(", ") + 1 for line in lines)
    rest = spans[shown:]
    return [*lines, f"… and {many(len(rest), 'more span')} ({many(count(rest), 'number')})"]


def _shared(entries: Sequence[Entry]) -> Routing:
    """Fields that all of a block's new numbers get alike, beside where their callers end up."""
    created = [each.subject for each in entries if isinstance(each.subject, Create | Adopt)]
    if len(created) < 2:
        return Routing()
    shared = remaining(created[0])
    for change in created[1:]:
        other = remaining(change)
        shared = shared.without(shared.lacking(other))
    return shared


def _details(subject: Change | Note, shared: Routing, width: int) -> list[str]:
    match subject:
        case Create() | Adopt():
            rest = declared_words(remaining(subject).without(shared))
            return wrap_items([*origin_words(subject), *rest], width, joint=" · ")
        case Update():
            lines = _field_lines(subject.before, subject.after, width)
            if subject.begun:
                lines += wrap("(an earlier apply began it: settled by asserting it)", width)
            return lines
        case Park():
            return [
                "no longer declared: parked",
                *_field_lines(subject.before, subject.after, width),
            ]
        case Delete():
            where = moved_to(subject.before)
            if where is None:
                return ["no longer declared: deleted"]
            return wrap(f"no longer declared: deleted; leads to {place_words(where)} now", width)
        case Settle():
            return wrap("no longer declared, may exist: asked, and kept if it does", width)
        case Forget():
            return wrap("not ours and no longer declared: forgotten, no call", width)
        case Kept() | Conflicted() | Moved() | Released():  # pragma: no branch  (there is no other)
            return wrap(note_words(subject), width)


def _field_lines(before: Routing, after: Routing, width: int) -> list[str]:
    """A line for each field that changes, before → after."""
    changes = explain(before, after)
    widest = max((len(change.name) for change in changes), default=0)
    lines: list[str] = []
    for change in changes:
        old = _UNKNOWN if change.before is None else change.before
        text = f"{change.name:{widest}}  {old} → {change.after}"
        lines += wrap(text, width, hang=widest + 2)
    return lines
