"""One number in words: what is declared of it and where, what it does now, what comes next."""

from collections.abc import Iterable, Iterator, Sequence

from reconciler.destination import UNKNOWN, Callers, Destination, Place
from reconciler.diff.model import Adopt, Create, Delete, Forget, Park, Settle, Update
from reconciler.errors import UsageError
from reconciler.numbers import NumberError, Span, SpanMap, span_of
from reconciler.report.facts import NumberFacts, number_facts
from reconciler.report.layout import indented, printable, wrap, wrap_items
from reconciler.report.lines import subject_lines
from reconciler.report.text import LEAST_WIDTH, USUAL_WIDTH
from reconciler.report.words import NOT_COPIED_WORDS, mark
from reconciler.specs.model import Declared, TargetSpec
from reconciler.specs.writings import Writings
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    Standing,
    State,
)

NEAR = 1000
"""Numbers of the same form up to this far away are named as near ones."""
NEAR_SPANS = 3
SHOWN_BLOCKS = 3

FIELD_COLUMNS = ("field", "declared", "known", "decided at")

Row = tuple[str, ...]


def number_text(spec: TargetSpec, state: State, pattern: str, *, width: int | None = None) -> str:
    """All there is to say about ``pattern``; raises UsageError when it is not a number."""
    wide = USUAL_WIDTH if width is None else max(width, LEAST_WIDTH)
    try:
        here = span_of(pattern)
    except NumberError as error:
        raise UsageError(str(error)) from None
    facts = number_facts(spec, state, here)
    written = _written(spec, state, pattern)
    if facts.is_known:
        parts = [*_parts(facts, wide - 2), written]
    else:
        near = written or _near(spec, state, here)
        parts = [["neither declared nor known", *near]]
    lines = [f"{pattern} · {spec.target.name}"]
    lines += [line for part in parts if part for line in ("", *indented(part, 2))]
    return "\n".join(piece for line in lines for piece in _pieces(printable(line), wide))


def _parts(facts: NumberFacts, width: int) -> list[list[str]]:
    ends = [f"now: {_now(facts)}", f"after the next apply: {_then(facts)}"]
    return [
        wrap_items(ends, width, joint=" · "),
        _about(facts, width),
        _fields(facts, width),
        _next(facts, width),
        wrap(NOT_COPIED_WORDS, width) if facts.declared is not None else [],
    ]


def _now(facts: NumberFacts) -> str:
    """Where its callers are now, and how surely."""
    places = " or ".join(map(str, facts.now))
    match None if facts.record is None else facts.record.standing:
        case None if facts.declared is None:
            return "not known, it is not declared"
        case None:
            return "nothing known yet"
        case Confirmed():
            return f"{places} (confirmed)"
        case BegunCreate():
            return f"{places}, if it exists (not certain)"
        case BegunUpdate():
            return f"{places} (not certain)"
        case BegunDelete():
            return f"{places}, or deleted (not certain)"
        case Conflict():  # pragma: no branch  (there is no other)
            return "not known, not ours"


def _then(facts: NumberFacts) -> str:
    """Where its callers are after the next apply."""
    if facts.change is None:
        return "not known, not ours" if facts.is_conflict else "the same"
    if facts.is_protected:
        return "none is possible, since the plan changes a protected number"
    change, callers = facts.change
    match change:
        case Create() | Adopt() | Update() | Park():
            return _reached(facts.now, callers)
        case Delete():
            return f"deleted, callers reach {callers.after}"
        case Settle():
            return "the same; it is asked whether it exists"
        case Forget():  # pragma: no branch  (there is no other)
            return "the same, and it leaves the state"


def _reached(now: Sequence[Destination], callers: Callers) -> str:
    """The destination, without its kind where that stays: ``8406``."""
    match now, callers.after:
        case ((Place(kind=before) as was,), Place(kind=after) as where) if before == after:
            return "the same" if was == where else where.named
        case _:
            return "the same" if tuple(now) == (callers.after,) else str(callers.after)


def _about(facts: NumberFacts, width: int) -> list[str]:
    rows: list[Row] = []
    match facts.declared, facts.record:
        case Declared(block=block, source=source, origin=origin), _:
            rows.append(("block", block.name, str(block.where)))
            rows.append(("numbers", "listed", str(origin.numbers.place(facts.pattern))))
            rows.append(("source", source, str(origin.source)))
        case None, Record(block=left):
            rows.append(("block", left, "no longer declared"))
        case None, None:  # pragma: no branch  (there is no other)
            pass
    rows += (("role", role, "") for role in _roles(facts))
    standing = None if facts.record is None else facts.record.standing
    rows.append(("state", "nothing known" if standing is None else _standing(standing), ""))
    return _columns(rows, width)


def _roles(facts: NumberFacts) -> Iterator[str]:
    """What the number is beside a number that is declared."""
    if facts.source_of:
        more = len(facts.source_of) - SHOWN_BLOCKS
        rest = f" and {more:,} more" if more > 0 else ""
        yield f"source of {', '.join(facts.source_of[:SHOWN_BLOCKS])}{rest}"
    if facts.is_default_source:
        yield "default source of this target"
    if facts.is_protected:
        yield "protected: no apply ever changes it"


def _standing(standing: Standing) -> str:
    """What is known of it, and how surely."""
    match standing:
        case Confirmed(source=None):
            return "confirmed; was there already and was taken over"
        case Confirmed(source=source):
            return f"confirmed; copied from {source}"
        case BegunCreate(source=source):
            return f"begun: an earlier apply may have copied {source} onto it"
        case BegunUpdate():
            return "begun: an earlier apply may have changed it"
        case BegunDelete():
            return "begun: an earlier apply may have deleted it"
        case Conflict(None):
            return "conflict: exists on the server and was not created from here"
        case Conflict():  # pragma: no branch  (there is no other)
            return (
                "conflict: exists on the server, and nothing proves that it was created from here"
            )


def _fields(facts: NumberFacts, width: int) -> list[str]:
    """Every field that is declared or known, and who decides it."""
    rows: list[Row] = [
        (
            each.name,
            "–" if each.declared is None else each.declared,
            UNKNOWN if each.known is None else each.known,
            "nobody: it keeps its value" if each.decided_at is None else str(each.decided_at),
        )
        for each in facts.fields
    ]
    if not rows:
        return []
    lines = _aligned([FIELD_COLUMNS, *rows])
    return lines if _fits(lines, width) else _stacked(_labelled(row) for row in rows)


def _labelled(row: Row) -> Row:
    """A row whose cells stand below each other, where no head of a column is above them."""
    name, *cells = row
    labels = zip(FIELD_COLUMNS[1:], cells, strict=True)
    return (name, *(f"{label:12}{cell}" for label, cell in labels))


def _next(facts: NumberFacts, width: int) -> list[str]:
    """What the next plan would do with it, and its notes on it."""
    lines = ["next plan"]
    for subject, callers in facts.next:
        first, *more = subject_lines(subject, callers, width - 4)
        lines += [f"  {mark(subject)} {first}", *indented(more, 4)]
    if facts.change is None:
        lines.append("  · no change")
    return lines


def _written(spec: TargetSpec, state: State, pattern: str) -> list[str]:
    """The same telephone number in other writings, which are DIDs of their own."""
    numbering = spec.target.numbering
    numbers = SpanMap([(span_of(pattern), True)])
    for other in (spec.desired, state.records):
        numbers = numbers.overlaid(other.mapped(lambda _: True))
    lines: list[str] = []
    for text in Writings(numbers, None if numbering is None else numbering.code).others(pattern):
        declared, record = spec.desired.get(text), state.records.get(text)
        if declared is not None:
            lines.append(f"declared as {text} in block {declared.block.name}")
        elif record is not None:
            lines.append(f"known as {text}, block {record.block}")
    return ["the same number in another writing:", *indented(lines, 2)] if lines else []


def _near(spec: TargetSpec, state: State, here: Span) -> list[str]:
    """Numbers beside one that is not there."""
    known: SpanMap[str] = state.records.mapped(lambda record: f"known, block {record.block}")
    listed = spec.desired.mapped(lambda each: f"declared in block {each.block.name}")
    beside = sorted(
        (distance, span.key, f"{span.label} {what}")
        for span, what in known.overlaid(listed)
        if span.form == here.form and (distance := _distance(span, here)) <= NEAR
    )
    if not beside:
        return []
    return ["near it:", *indented([words for _, _, words in beside[:NEAR_SPANS]], 2)]


def _distance(span: Span, here: Span) -> int:
    return max(span.first - here.first, here.first - span.last)


def _columns(rows: Sequence[Row], width: int) -> list[str]:
    """Rows in columns; where these are too wide, each cell below the first of its row."""
    lines = _aligned(rows)
    return lines if _fits(lines, width) else _stacked(rows)


def _aligned(rows: Sequence[Row]) -> list[str]:
    """Rows of one length; what nothing stands to the right of makes no column wider."""
    places = range(len(rows[0]))
    widths = [
        max((len(row[place]) for row in rows if any(row[place + 1 :])), default=0)
        for place in places
    ]
    return [
        "   ".join(f"{row[place]:{widths[place]}}" for place in places).rstrip(" ") for row in rows
    ]


def _fits(lines: Sequence[str], width: int) -> bool:
    return all(len(line) <= width for line in lines)


def _stacked(rows: Iterable[Row]) -> list[str]:
    return [
        line
        for first, *others in rows
        for line in (first, *(f"  {cell}" for cell in others if cell))
    ]


def _pieces(line: str, width: int) -> list[str]:
    """A line cut where it is longer than the terminal, as a long path may be."""
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]
