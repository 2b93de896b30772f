"""``plan.json`` read back: number by number what the plan said, or an error that says why not.

The file comes from elsewhere (a pull request's run made it), so nothing in it is taken on trust: it
must fit the schema, say each thing once, and count what it holds correctly.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from reconciler.diff.model import (
    Change,
    ConflictNote,
    Effect,
    Kept,
    Moved,
    Note,
    Released,
    SettingChange,
)
from reconciler.diff.wire import read_change
from reconciler.errors import Fault, Location, ReconcilerError, Severity
from reconciler.guard import OverLimit, Protected, Refusal
from reconciler.inputs import LARGEST_PLAN, parse_json, read_file
from reconciler.numbers import NumberError, Span, SpanMap, Spans
from reconciler.plan.calls import CallCount
from reconciler.plan.review import OwnChanges
from reconciler.report.destinations import read_callers, read_destination
from reconciler.report.encode import FORMAT, data
from reconciler.report.layout import cut
from reconciler.report.model import BlockPlace, Cost, PlanDocument, Remark
from reconciler.report.schema import schema
from reconciler.routing import Routing
from reconciler.wire import Json

T = TypeVar("T")

_COMPARED = 20
"""Errors of the schema of which the best is told: finding all may take minutes."""


class PlanFileError(ReconcilerError):
    """A ``plan.json`` that cannot be used."""


def from_json(text: str, where: str) -> PlanDocument:
    """Read what :func:`~reconciler.report.encode.to_json` wrote; ``where`` names it in errors.

    Raises :class:`PlanFileError`.
    """
    content = _parsed(text, where)
    version = content.get("version") if isinstance(content, dict) else None
    if version == 1:
        raise PlanFileError(
            f"{where} was written by an older reconciler (format 1, this one reads {FORMAT})",
            hint="make it again: reconciler plan --out FILE; for a pull request, push to it",
        )
    if isinstance(version, int) and version > FORMAT:
        raise PlanFileError(
            f"{where} was written by a newer reconciler (format {version}, "
            f"this one knows {FORMAT})",
            hint="use the version of did-reconciler that wrote it",
        )
    _validate(content, where)
    try:
        document = _document(content)
    except (NumberError, ValueError) as error:
        raise _damaged(where, str(error)) from None
    said = data(document)
    for part in said:
        if said[part] != content[part]:
            raise _damaged(where, f"its {part} do not fit its other parts, or are out of order")
    return document


def read_plan(path: Path) -> PlanDocument:
    """Read a ``plan.json``. Raises :class:`PlanFileError`."""
    return from_json(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a file that a command of this program wrote. Raises :class:`PlanFileError`."""
    try:
        return read_file(path, LARGEST_PLAN).decode()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PlanFileError(f"cannot read {path}: {reason}") from None


def _damaged(where: str, why: str) -> PlanFileError:
    return PlanFileError(
        f"{where} is not a plan: {why}",
        hint="make it again with `reconciler plan --out FILE`, and do not edit it",
    )


def _parsed(text: str, where: str) -> Any:  # noqa: ANN401  (JSON may be anything)
    try:
        return parse_json(text, unique_keys=True)
    except ValueError as error:
        raise _damaged(where, f"it is not JSON ({error})") from None


def _validate(content: object, where: str) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (slow to import, seldom needed)
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    errors = Draft202012Validator(schema()).iter_errors(content)
    error = best_match(islice(errors, _COMPARED))
    if error is not None:
        at = error.json_path.removeprefix("$").removeprefix(".") or "the whole"
        raise _damaged(where, f"{at}: {cut(error.message, 200)}")


# --- past here the content fits the schema


def _document(content: Json) -> PlanDocument:
    calls = content["calls"]
    changes = SpanMap.of(_spread(content["changes"], read_change))
    return PlanDocument(
        target=content["target"],
        endpoint=content["endpoint"],
        lineage=content["state"]["lineage"],
        serial=content["state"]["serial"],
        digest=content["digest"],
        declared=content["numbers"]["declared"],
        known=content["numbers"]["known"],
        cost=Cost(
            CallCount(calls["copies"], calls["updates"], calls["deletes"], calls["probes"]),
            calls["concurrency"],
            calls["seconds"],
        ),
        refusals=tuple(_refusal(entry) for entry in content["refusals"]),
        settings=_settings(content["settings"]),
        blocks=tuple(BlockPlace(**entry) for entry in content["blocks"]),
        changes=changes,
        callers=SpanMap.of(
            _spread(
                [entry for entry in content["changes"] if "callers" in entry],
                lambda entry: read_callers(entry["callers"]),
            )
        ),
        notes=_notes(content["notes"]),
        effects=tuple(
            Effect(read_destination(entry), entry["before"], entry["after"], entry["lost"])
            for entry in content["effects"]
        ),
        own=_own(content["own"], changes) if "own" in content else None,
        warnings=tuple(_warning(entry) for entry in content.get("warnings", ())),
        remarks=tuple(Remark(**entry) for entry in content.get("remarks", ())),
        leaving=content.get("leaving", False),
    )


def _settings(entries: list[Json]) -> tuple[SettingChange, ...]:
    return tuple(SettingChange(**entry) for entry in entries)


def _own(entry: Json, changes: SpanMap[Change]) -> OwnChanges:
    """The numbers and settings of the pull request itself: other numbers are pending anyway."""
    numbers = SpanMap.of([(Spans.parsed(entry["numbers"], largest=None), True)])
    return OwnChanges(
        changes.within(numbers),
        changes.without(numbers),
        SpanMap.of(_spread(entry["withdrawn"], read_change)),
        _settings(entry["settings"]),
    )


def _warning(entry: Json) -> Fault:
    where = Location(entry["file"], entry["line"], entry["column"])
    return Fault(where, entry["code"], entry["message"], entry["hint"], Severity.WARNING)


def _spread(entries: list[Json], read: Callable[[Json], T]) -> Iterator[tuple[Spans, T]]:
    """The numbers of each entry and what it says of them."""
    for entry in entries:
        yield Spans.parsed(entry["numbers"], largest=None), read(entry)


def _notes(entries: list[Json]) -> tuple[tuple[Span, Note], ...]:
    """The notes in order; of one kind there is one for a number."""
    found: list[tuple[Span, Note]] = []
    for kind in ("conflict", "kept", "moved", "released"):
        found += SpanMap.of(_spread([each for each in entries if each["note"] == kind], _note))
    return tuple(found)


def _refusal(entry: Json) -> Refusal:
    if entry["refusal"] == "limit":
        return OverLimit(entry["limit"], entry["message"])
    return Protected(entry["message"])


def _note(entry: Json) -> Note:
    block = entry["block"]
    match entry["note"]:
        case "conflict":
            return ConflictNote(block, entry.get("doubt", False))
        case "kept":
            return Kept(block, entry["why"])
        case "moved":
            return Moved(entry["before"], block)
        case _:
            return Released(block, Routing(entry["fields"]))
