"""One number: what is declared of it and where, what is known of it, what the next plan does."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.diff.compare import compare
from reconciler.diff.effects import place
from reconciler.errors import Location, UsageError
from reconciler.numbers import NumberError, Span, SpanMap, span_of
from reconciler.report.layout import indented, printable, wrap
from reconciler.report.lines import subject_lines
from reconciler.report.text import LEAST_WIDTH, USUAL_WIDTH
from reconciler.report.words import NOT_COPIED_WORDS, mark, place_words
from reconciler.routing import FIELDS, NOTHING, SYSTEM_PATTERNS, Routing
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

UNKNOWN = "(unknown)"
NEAR = 1000
"""Numbers of the same form up to this far away are named as near ones."""
NEAR_SPANS = 3


def number_text(spec: TargetSpec, state: State, pattern: str, *, width: int | None = None) -> str:
    """All there is to say about ``pattern``; raises UsageError when it is no number."""
    wide = USUAL_WIDTH if width is None else max(width, LEAST_WIDTH)
    try:
        here = span_of(pattern)
    except NumberError as error:
        raise UsageError(str(error)) from None
    declared, record = spec.desired.get(pattern), state.records.get(pattern)
    written = _written(spec, state, pattern)
    if declared is None and record is None:
        near = written or _near(spec, state, here)
        parts = [["neither declared nor known", *near]]
    else:
        parts = [_facts(declared, record), _fields(declared, record)]
        parts += [written, _next(spec, state, here, wide - 2)]
    if declared is not None:
        parts.append(wrap(NOT_COPIED_WORDS, wide - 2))
    lines = [f"{pattern} · {spec.target.name}"]
    lines += [line for part in parts if part for line in ("", *indented(part, 2))]
    return "\n".join(printable(line) for line in lines)


def _facts(declared: Declared | None, record: Record | None) -> list[str]:
    rows: list[tuple[str, str, str]] = []
    match declared, record:
        case Declared(block=block, source=source, origin=origin), _:
            rows.append(("block", block.name, str(block.where)))
            rows.append(("numbers", "listed", str(origin.numbers)))
            rows.append(("source", source, str(origin.source)))
        case None, Record(block=left):
            rows.append(("block", left, "no longer declared"))
        case None, None:  # pragma: no cover  (there would be nothing to tell)
            pass
    where = _leads_to(declared, record)
    if where is not None:
        rows.append(("callers", f"reach {where}", ""))
    rows.append(("state", "nothing known" if record is None else _standing(record.standing), ""))
    return _columns(rows)


def _leads_to(declared: Declared | None, record: Record | None) -> str | None:
    """Where its callers end up once it is as declared."""
    known = NOTHING if record is None else _known(record.standing)
    source = None if declared is None else declared.source
    where = place(known if declared is None else known.overlaid(declared.routing), source)
    return None if where is None else place_words(where)


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
        case Conflict():  # pragma: no branch  (there is no other)
            return "conflict: exists on the server and was not created from here"


def _known(standing: Standing) -> Routing:
    """The fields of which it is known what they are."""
    match standing:
        case Confirmed(routing=routing):
            return routing
        case BegunUpdate():
            return standing.sure.routing
        case BegunCreate() | BegunDelete() | Conflict():  # pragma: no branch  (there is no other)
            return NOTHING


def _fields(declared: Declared | None, record: Record | None) -> list[str]:
    """Every field that is declared or known, and who decides it."""
    known = NOTHING if record is None else _known(record.standing)
    wanted = NOTHING if declared is None else declared.routing
    places: dict[str, Location] = {} if declared is None else dict(declared.origin.fields)
    rows = [("field", "declared", "known", "decided at")]
    for name in (field.name for field in FIELDS if field.name in wanted or field.name in known):
        at = str(places[name]) if name in places else "nobody: it keeps its value"
        rows.append((name, wanted.get(name, "–"), known.get(name, UNKNOWN), at))
    return _columns(rows) if len(rows) > 1 else []


def _next(spec: TargetSpec, state: State, here: Span, width: int) -> list[str]:
    """What the next plan would do with it, and say of it."""
    one = SpanMap([(here, True)])
    found = compare(
        replace(spec, desired=spec.desired.within(one)),
        replace(state, records=state.records.within(one)),
    )
    subjects = [*(change for _, change in found.changes), *(note for _, note in found.notes)]
    lines = ["next plan"]
    for subject in subjects:
        first, *more = subject_lines(subject, width - 4)
        lines += [f"  {mark(subject)} {first}", *indented(more, 4)]
    if not found.changes:
        lines.append("  · no change")
    if _is_protected(spec, here):
        lines.append("  · protected: no apply ever changes it")
    return lines


def _is_protected(spec: TargetSpec, here: Span) -> bool:
    return spec.target.protected.get(here[0]) is not None or here[0].lower() in SYSTEM_PATTERNS


def _written(spec: TargetSpec, state: State, pattern: str) -> list[str]:
    """The same telephone number in other writings, which are DIDs of their own."""
    numbering = spec.target.numbering
    spans = (*spec.desired.spans, *state.records.spans, span_of(pattern))
    lines: list[str] = []
    for text in Writings(spans, None if numbering is None else numbering.code).others(pattern):
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


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows of one length; what nothing stands to the right of makes no column wider."""
    places = range(len(rows[0]))
    widths = [
        max((len(row[place]) for row in rows if any(row[place + 1 :])), default=0)
        for place in places
    ]
    return [
        "   ".join(f"{row[place]:{widths[place]}}" for place in places).rstrip(" ") for row in rows
    ]
