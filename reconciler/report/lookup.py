"""``show`` and ``state`` as JSON: what is declared and known, under keys that stay.

Described in ``docs/json.md``. Everything is in a fixed order, and nothing depends on the time.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from reconciler.errors import Location
from reconciler.numbers import SpanMap, span_of
from reconciler.plan.plan import make_plan
from reconciler.report.document import plan_document
from reconciler.report.encode import data
from reconciler.routing import NOTHING, SYSTEM_PATTERNS, Routing
from reconciler.specs.model import Declared, TargetSpec
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    State,
)
from reconciler.wire import Json


def result_json(content: Json | Sequence[Json]) -> str:
    """The result of a command as indented JSON."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def number_data(spec: TargetSpec, state: State, pattern: str) -> Json:
    """All there is to say about ``pattern``, which is a number, in one target."""
    one = SpanMap([(span_of(pattern), True)])
    narrowed = replace(spec, desired=spec.desired.within(one))
    plan = make_plan(narrowed, replace(state, records=state.records.within(one)))
    content = data(plan_document(plan, ()))
    declared, record = spec.desired.get(pattern), state.records.get(pattern)
    return {
        "target": spec.target.name,
        "number": pattern,
        "declared": None if declared is None else _declared(declared, pattern),
        "known": None if record is None else _known(record),
        "protected": _is_protected(spec, pattern),
        "default_source": _same(spec.target.source, pattern),
        "source_of": _source_of(spec, pattern),
        **{key: content[key] for key in ("changes", "notes", "effects")},
    }


def is_known(number: Json) -> bool:
    """Whether the specs or the state say anything of the number that ``number_data`` tells of."""
    about = ("declared", "known", "protected", "default_source", "source_of")
    return any(number[key] for key in about)


def state_data(target: str, state: State, records: SpanMap[Record]) -> Json:
    """A target's state, of which ``records`` are asked for."""
    return {
        "target": target,
        "endpoint": state.endpoint,
        "lineage": state.lineage if state.serial else None,
        "serial": state.serial,
        "records": [
            {"numbers": span.text, "count": len(span), **_known(record)} for span, record in records
        ],
    }


def _declared(declared: Declared, pattern: str) -> Json:
    block, origin = declared.block, declared.origin
    return {
        "block": block.name,
        "source": declared.source,
        "routing": dict(declared.routing),
        "places": {
            "block": _place(block.where),
            "numbers": _place(origin.numbers.place(pattern)),
            "source": _place(origin.source),
            "routing": {name: _place(at) for name, at in origin.fields},
        },
    }


def _place(at: Location) -> Json:
    return {"file": at.file, "line": at.line, "column": at.column}


def _known(record: Record) -> Json:
    """``routing`` holds what is certain; ``begun`` what a call that may have been sent sets."""
    kind, source, certain, begun = _standing(record)
    return {
        "block": record.block,
        "standing": kind,
        "source": source,
        "routing": dict(certain),
        "begun": dict(begun),
    }


def _standing(record: Record) -> tuple[str, str | None, Routing, Routing]:
    match record.standing:
        case Confirmed(source, routing):
            return "confirmed", source, routing, NOTHING
        case BegunCreate(source, _, routing):
            return "begun-create", source, NOTHING, routing
        case BegunUpdate(_, routing) as update:
            return "begun-update", update.certain.source, update.certain.routing, routing
        case BegunDelete(before):
            return "begun-delete", before.source, before.routing, NOTHING
        case Conflict():  # pragma: no branch  (there is no other)
            return "conflict", None, NOTHING, NOTHING


def _is_protected(spec: TargetSpec, pattern: str) -> bool:
    return spec.target.protected.get(pattern) is not None or pattern.lower() in SYSTEM_PATTERNS


def _source_of(spec: TargetSpec, pattern: str) -> list[str]:
    """The blocks that copy their new numbers from it."""
    found = {each.block.name for _, each in spec.desired if _same(each.source, pattern)}
    return sorted(found)


def _same(one: str | None, other: str) -> bool:
    """VICIdial tells numbers apart without regard to case."""
    return one is not None and one.lower() == other.lower()
