"""``plan.json``: the bytes of a plan, the same for the same plan, a line for each change.

Numbers to which the same happens are one line, with their spans.
"""

import json
from collections.abc import Iterable, Iterator
from typing import TypeVar

from reconciler.destination import Callers
from reconciler.diff.model import (
    Change,
    ConflictNote,
    Kept,
    Moved,
    Note,
    Released,
    SettingChange,
)
from reconciler.diff.wire import change_data
from reconciler.guard import OverLimit, Protected, Refusal
from reconciler.numbers import Span, SpanMap
from reconciler.plan.review import OwnChanges
from reconciler.report.destinations import callers_data, destination_data
from reconciler.report.model import PlanDocument
from reconciler.wire import Json

FORMAT = 2

T = TypeVar("T")


def to_json(document: PlanDocument) -> str:
    """The text of ``plan.json``."""
    return json_text(data(document))


def json_text(content: Json) -> str:
    """An object with a line for each element of its lists, so that a diff of it can be read."""
    parts = [f"{json.dumps(key)}: {_shown(value)}" for key, value in content.items()]
    return "{\n" + ",\n".join(f" {part}" for part in parts) + "\n}\n"


def data(document: PlanDocument) -> Json:
    """The document as JSON's own types, as ``schemas/plan.schema.json`` describes them."""
    content: Json = {
        "version": FORMAT,
        "target": document.target,
        "endpoint": document.endpoint,
        "digest": document.digest,
        "state": {"lineage": document.lineage, "serial": document.serial},
        "numbers": _numbers(document),
        "calls": _calls(document),
        "refusals": [_refusal(each) for each in document.refusals],
        "settings": _settings(document.settings),
        "effects": [
            {
                **destination_data(each.destination),
                "before": each.before,
                "after": each.after,
                "lost": each.lost,
            }
            for each in document.effects
        ],
        "blocks": [
            {"name": each.name, "file": each.file, "line": each.line} for each in document.blocks
        ],
        "changes": _changes(document.changes, document.callers),
        "notes": [{**_note(note), "numbers": spans} for note, spans in gathered(document.notes)],
    }
    if document.own is not None:
        content["own"] = _own(document.own)
    if document.warnings:
        content["warnings"] = [each.as_json() for each in document.warnings]
    if document.remarks:
        content["remarks"] = [
            {"message": each.message, "hint": each.hint} for each in document.remarks
        ]
    if document.leaving:
        content["leaving"] = True
    return content


def _shown(value: object) -> str:
    """A list with a line for each of its elements; anything else in one line."""
    if not isinstance(value, list) or not value:
        return _compact(value)
    return "[\n" + ",\n".join(f"  {_compact(each)}" for each in value) + "\n ]"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _numbers(document: PlanDocument) -> Json:
    counts = document.counts
    return {
        "declared": document.declared,
        "known": document.known,
        "create": counts.create,
        "adopt": counts.adopt,
        "update": counts.update,
        "park": counts.park,
        "delete": counts.delete,
        "forget": counts.forget,
        "settling": counts.settling,
        "undeclared": document.undeclared,
    }


def _calls(document: PlanDocument) -> Json:
    calls = document.cost.calls
    return {
        "copies": calls.copies,
        "updates": calls.updates,
        "deletes": calls.deletes,
        "probes": calls.probes,
        "concurrency": document.cost.concurrency,
        "seconds": document.cost.seconds,
    }


def _refusal(refusal: Refusal) -> Json:
    match refusal:
        case OverLimit(limit, message):
            return {"refusal": "limit", "limit": limit, "message": message}
        case Protected(message):  # pragma: no branch  (there is no other)
            return {"refusal": "protected", "message": message}


def gathered(said: Iterable[tuple[Span, T]]) -> Iterator[tuple[T, list[str]]]:
    """What is said of which spans, in the order of the first span of each."""
    found: dict[T, list[str]] = {}
    for span, what in said:
        found.setdefault(what, []).append(span.text)
    yield from found.items()


def _changes(changes: SpanMap[Change], callers: SpanMap[Callers]) -> list[Json]:
    def told(
        both: tuple[Change | None, Callers | None],
    ) -> tuple[Change, Callers | None] | None:
        change, ends = both
        return None if change is None else (change, ends)

    return [
        {
            **change_data(change),
            **({} if ends is None else {"callers": callers_data(ends)}),
            "numbers": list(spans.texts()),
        }
        for (change, ends), spans in changes.beside(callers).picked(told).gathered().items()
    ]


def _settings(changed: Iterable[SettingChange]) -> list[Json]:
    return [{"name": each.name, "before": each.before, "after": each.after} for each in changed]


def _own(own: OwnChanges) -> Json:
    """Which changes and settings are the pull request's own, and what it takes back."""
    return {
        "numbers": [span.text for span in own.changes.mapped(lambda _: True).spans],
        "settings": _settings(own.settings),
        "withdrawn": _changes(own.withdrawn, SpanMap()),
    }


def _note(note: Note) -> Json:
    match note:
        case ConflictNote(block, doubt):
            return {"note": "conflict", "block": block} | ({"doubt": True} if doubt else {})
        case Kept(block, why):
            return {"note": "kept", "block": block, "why": why}
        case Moved(before, block):
            return {"note": "moved", "block": block, "before": before}
        case Released(block, fields):  # pragma: no branch  (there is no other)
            return {"note": "released", "block": block, "fields": dict(fields)}
