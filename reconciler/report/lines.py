"""The lines of a block in the terminal: its heading, an entry for each kind of change.

Spans are shortened where there are many, never kinds: which of these are left out is decided above.
"""

from collections.abc import Iterable, Sequence

from reconciler.destination import UNKNOWN, Callers
from reconciler.diff.explain import explain
from reconciler.diff.model import (
    Adopt,
    Change,
    ConflictNote,
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
    is_unsettled,
)
from reconciler.numbers import Span, count
from reconciler.report.entries import BlockEntries, Entry
from reconciler.report.layout import (
    LEAST_LEFT,
    LEFT_OUT,
    WIDEST_LEFT,
    beside,
    cut,
    indented,
    wrap,
    wrap_items,
)
from reconciler.report.words import (
    declared_words,
    from_to,
    many,
    mark,
    note_words,
    origin_words,
    remaining,
    tells,
    told_fields,
)
from reconciler.routing import NOTHING, Routing

STACKED = 4
"""This many spans stand below each other; more of them run on in lines of their own."""
SPAN_LINES = 3
"""Lines of spans that an entry may fill, where there is room."""
HEADING_LINES = 4
"""Lines a block takes beside those of its entries: heading, what is left out, why, a blank."""
LONGEST_NAME = 60
HEADING_COLUMN = 57
HEADING_RIGHT = 36
"""Where the place of a block stands: in this column, or with this much room to the right."""

_MARKS = "->±~+?·"


def block_lines(block: BlockEntries, width: int, spans: int | None = SPAN_LINES) -> list[str]:
    """The block; ``spans`` is how many lines of spans an entry may fill, None: as many as it has.

    What is left out of it is counted.
    """
    shared = _shared(block.entries)
    left = _left_width(block.entries)
    lines = [
        line
        for entry in block.entries
        for line in _entry_lines(entry, shared, left, width - 4, spans)
    ]
    if block.left_out:
        lines.append(_left_out(block.left_out))
    if shared:
        each = " · ".join(declared_words(shared))
        lines += indented(wrap(f"each with {each}", width - 6, hang=2), 2)
    for reason in _reasons((*block.entries, *block.left_out)):
        lines += indented(wrap(reason, width - 6), 2)
    return [_heading(block, width), *indented(lines, 4)]


def least_lines(entry: Entry, width: int) -> int:
    """How many lines an entry fills whose spans are shortened to one line."""
    return len(_entry_lines(entry, NOTHING, WIDEST_LEFT, width - 4, 1))


def subject_lines(subject: Change | Note, callers: Callers, width: int) -> list[str]:
    """What happens to a number, without its mark."""
    return _details(subject, callers, NOTHING, width)


def _heading(block: BlockEntries, width: int) -> str:
    marks = {mark(entry.subject) for entry in block.entries}
    sign = "!" if block.is_risky else next(each for each in _MARKS if each in marks)
    place = block.place
    where = "no longer declared" if place is None else f"{place.file}:{place.line}"
    name = cut(block.name, LONGEST_NAME)
    return f"  {sign} {name:{min(width - HEADING_RIGHT, HEADING_COLUMN) - 6}}  {where}"


def _left_out(entries: Sequence[Entry]) -> str:
    numbers = sum(entry.numbers for entry in entries)
    return f"{LEFT_OUT}{many(len(entries), 'more kind')} of change ({many(numbers, 'number')})"


def _reasons(entries: Iterable[Entry]) -> list[str]:
    """Why a reviewer must look at them, each reason once."""
    return list(dict.fromkeys(entry.risk for entry in entries if entry.risk is not None))


def _left_width(entries: Sequence[Entry]) -> int:
    """The width of the column of spans: all labels that are not too wide fit in it."""
    labels = (_label(span) for entry in entries for span in entry.spans[:STACKED])
    fitting = (max(LEAST_LEFT, 2 + len(label)) for label in labels if 2 + len(label) <= WIDEST_LEFT)
    return max(fitting, default=LEAST_LEFT)


def _label(span: Span) -> str:
    return str(span) if len(span) == 1 else span.label


def _entry_lines(
    entry: Entry, shared: Routing, left: int, width: int, spans: int | None
) -> list[str]:
    sign = mark(entry.subject)
    details = _details(entry.subject, entry.callers, shared, width - left - 3)
    if len(entry.spans) <= STACKED:
        labels = [_label(span) for span in entry.spans]
        return beside([f"{sign} {labels[0]}", *indented(labels[1:], 2)], details, left)
    head = f"{sign} {many(entry.numbers, 'number')} in {many(len(entry.spans), 'span')}"
    return [
        *beside([head], details, max(left, len(head))),
        *indented(span_lines(entry.spans, width - 2, spans), 2),
    ]


def span_lines(spans: Sequence[Span], width: int, most: int | None = SPAN_LINES) -> list[str]:
    """As many as fill ``most`` lines (None: all), and how many more."""
    if most is None:
        return wrap_items(map(_label, spans), width, joint=", ")
    room = most * width  # more than these cannot fit, so no more are spelled out
    lines = wrap_items(map(_label, spans[:room]), width, joint=", ")
    if len(lines) <= most and len(spans) <= room:
        return lines
    lines = lines[:most]
    shown = sum(line.rstrip(",").count(", ") + 1 for line in lines)
    rest = spans[shown:]
    return [*lines, f"{LEFT_OUT}{many(len(rest), 'more span')} ({many(count(rest), 'number')})"]


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


def _details(subject: Change | Note, callers: Callers, shared: Routing, width: int) -> list[str]:
    match subject:
        case Create() | Adopt():
            rest = declared_words(remaining(subject).without(shared))
            return wrap_items([*origin_words(subject), *rest], width, joint=" · ")
        case Update():
            lines = wrap(from_to(callers), width, hang=2) if tells(callers) else []
            lines += _field_lines(subject.before, _untold(subject.after, callers), width)
            if is_unsettled(subject):
                lines += wrap("(an earlier apply began it: settled by asserting it)", width)
            return lines
        case Park():
            words = f"parked; {from_to(callers)}" if tells(callers) else "parked"
            return [
                *wrap(f"no longer declared: {words}", width, hang=2),
                *_field_lines(subject.before, _untold(subject.after, callers), width),
            ]
        case Delete():
            words = f"no longer declared: deleted; {from_to(callers)}"
            return wrap(words, width, hang=2)
        case Settle():
            return wrap("no longer declared; kept if the server has it", width)
        case Forget():
            return wrap("not ours and no longer declared: forgotten, no call", width)
        case (
            Kept() | ConflictNote() | Moved() | Released()
        ):  # pragma: no branch  (there is no other)
            return wrap(note_words(subject), width)


def _untold(after: Routing, callers: Callers) -> Routing:
    """The changed fields that the words about callers have not told."""
    return after.without(told_fields(callers))


def _field_lines(before: Routing, after: Routing, width: int) -> list[str]:
    """A line for each field that changes, before → after."""
    changes = explain(before, after) if after else ()
    widest = max((len(change.name) for change in changes), default=0)
    lines: list[str] = []
    for change in changes:
        old = UNKNOWN if change.before is None else change.before
        text = f"{change.name:{widest}}  {old} → {change.after}"
        lines += wrap(text, width, hang=widest + 2)
    return lines
