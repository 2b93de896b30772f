"""The JSON Schema of ``plan.json``: ``schemas/plan.schema.json`` is written from here.

``python -m reconciler.report.schema [DIR]`` writes it; with ``--check`` nothing is written, and the
exit code is 1 when the file is not what would be written today.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reconciler.report.destinations import ALL_KINDS
from reconciler.routing import FIELDS

Schema = dict[str, Any]

FILE = "plan.schema.json"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_ROUTING: Schema = {"$ref": "#/$defs/routing"}
_SOME: Schema = {**_ROUTING, "minProperties": 1}
_REMOVAL: Schema = {"$ref": "#/$defs/removal"}
_NUMBERS: Schema = {"$ref": "#/$defs/numbers"}
_CHANGE: Schema = {"$ref": "#/$defs/change"}
_DESTINATION: Schema = {"$ref": "#/$defs/destination"}
_CALLERS: Schema = {"$ref": "#/$defs/callers"}
_SETTING: Schema = {"$ref": "#/$defs/setting"}
_TRUE: Schema = {"const": True}


def schema() -> Schema:
    """The schema, as JSON's own types."""
    whole: Schema = {
        "$schema": _DIALECT,
        "title": "A plan",
        "description": "What an apply would do to one target: what `reconciler plan --out FILE` "
        "writes and `reconciler apply --reviewed FILE` holds an apply to. The same plan has the "
        "same bytes; there is no time and no commit in it.",
        **_object(
            version={"description": "The version of this format: 2.", "const": 2},
            target={"description": "The VICIdial system.", "type": "string"},
            endpoint={"description": "Its address; credentials are never in it.", **_TEXT},
            digest={
                "description": "Names target, endpoint, changes and all settings of target.yaml, "
                "and nothing else.",
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
            },
            state={
                "description": "The state that the plan was made from.",
                **_object(lineage=_TEXT, serial=_COUNT),
            },
            numbers={
                "description": "Numbers by what happens to them; settling are those that an "
                "earlier apply left begun, undeclared those that left the YAML.",
                **_object(
                    **dict.fromkeys(
                        (
                            *("declared", "known", "create", "adopt", "update", "park"),
                            *("delete", "forget", "settling", "undeclared"),
                        ),
                        _COUNT,
                    )
                ),
            },
            calls={
                "description": "The requests it takes when all goes well, how many at a time, "
                "and about how many seconds that takes.",
                **_object(
                    copies=_COUNT,
                    updates=_COUNT,
                    deletes=_COUNT,
                    probes=_COUNT,
                    concurrency={"type": "integer", "minimum": 1},
                    seconds={"type": "number", "minimum": 0},
                ),
            },
            refusals=_list("Why an apply refuses the plan.", {"oneOf": _refusals()}),
            settings=_list(
                "Settings of target.yaml that differ from the last apply's.",
                _SETTING,
            ),
            effects=_list(
                "How many numbers lead to a destination; lost are those that leave it.",
                _destination(before=_COUNT, after=_COUNT, lost=_COUNT),
            ),
            blocks=_list(
                "Where each block is declared.",
                _object(name=_TEXT, file=_TEXT, line={"type": "integer", "minimum": 1}),
            ),
            changes=_list("What would change, in order of the numbers.", _CHANGE),
            notes=_list("What is worth knowing and changes nothing.", {"oneOf": _notes()}),
        ),
        "$defs": {
            "numbers": {
                "description": "Numbers and ranges of them, FIRST-LAST.",
                "type": "array",
                "minItems": 1,
                "items": _TEXT,
                "examples": [["7275553300-7275553399", "7275553500"]],
            },
            "routing": {
                "description": "Fields of the API's update_did and their values.",
                "type": "object",
                "properties": {
                    field.name: {**_TEXT, "description": field.about} for field in FIELDS
                },
                "additionalProperties": False,
            },
            "removal": {
                "description": "What the number's block says about its leaving the YAML; absent "
                "where that is left to the target.",
                "oneOf": [
                    _object(action={"enum": ["keep", "delete"]}),
                    _object(action={"const": "park"}, routing=_ROUTING),
                ],
            },
            "setting": _object(name=_TEXT, before=_TEXT, after=_TEXT),
            "callers": {
                "description": "Where the callers of the numbers end up now and after the change, "
                "by the whole of their routing; from is absent where a number is new.",
                "type": "object",
                "properties": {"from": _DESTINATION, "to": _DESTINATION},
                "additionalProperties": False,
            },
            "destination": {
                "description": "What callers reach. kind as: the route came along from the number "
                "named. A name, a context (of an extension; a phone's server) that is absent is "
                "not known; fields are those that are known of a route that is not.",
                **_destination(),
            },
            "change": {"oneOf": _changes()},
        },
    }
    whole["properties"]["remarks"] = _list(
        "What a reviewer should know of the target beside its numbers, and what to do about it.",
        _object(message=_TEXT, hint=_TEXT),
    )
    whole["properties"]["leaving"] = {
        "description": "The target stands in the base of the pull request only: nothing of it is "
        "changed, and its numbers stay on its server.",
        **_TRUE,
    }
    whole["properties"]["own"] = {
        "description": "In the plan of a pull request compared with that of its base: the numbers "
        "that it changes itself, the settings that differ between the two target.yaml, and what "
        "it takes back of what is pending there. All other numbers of this plan are pending "
        "anyway, or are removed although the base does not declare them.",
        **_object(
            numbers={"type": "array", "items": _TEXT},
            settings=_list("Settings of target.yaml that it changes, of all.", _SETTING),
            withdrawn={"type": "array", "items": _CHANGE},
        ),
    }
    whole["properties"]["warnings"] = {
        "minItems": 1,
        **_list(
            "Warnings of the specs: what may be a mistake, and stops nothing. Absent without any.",
            _warning(),
        ),
    }
    return whole


def text() -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.report.schema")
    parser.add_argument("--check", action="store_true", help="tell what differs, write nothing")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("schemas"))
    given = parser.parse_args(arguments)
    file = given.folder / FILE
    if not given.check:
        given.folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text(), encoding="utf-8")
    elif not file.is_file() or file.read_text(encoding="utf-8") != text():
        sys.stderr.write(f"{file} is not up to date: run python -m reconciler.report.schema\n")
        return 1
    return 0


def _warning() -> Schema:
    return _object(
        code={**_TEXT, "description": "docs/faults.md explains each.", "pattern": "^W[0-9]{3}$"},
        severity={"const": "warning"},
        file=_TEXT,
        line={"type": "integer", "minimum": 1},
        column={"type": "integer", "minimum": 1},
        message=_TEXT,
        hint={"description": "What to do, where that is certain.", "type": ["string", "null"]},
    )


_MAY = ("removal", "begun", "newer", "callers")
"""What every change of a number that may exist may have."""


def _changes() -> list[Schema]:
    return [
        _kind("action", "create", _MAY, source=_TEXT, after=_ROUTING),
        _kind("action", "adopt", (*_MAY, "exists"), source=_TEXT, after=_ROUTING),
        _kind("action", "update", _MAY, before=_ROUTING, after=_SOME),
        _kind("action", "park", _MAY, before=_ROUTING, after=_SOME),
        _kind("action", "delete", _MAY, before=_ROUTING),
        _kind("action", "settle", ("removal",)),
        _kind("action", "forget", ()),
    ]


def _notes() -> list[Schema]:
    return [
        _kind("note", "conflict", ("doubt",)),
        _kind("note", "kept", (), why=_TEXT),
        _kind("note", "moved", (), before=_TEXT),
        _kind("note", "released", (), fields=_SOME),
    ]


def _refusals() -> list[Schema]:
    return [
        _object(refusal={"const": "limit"}, limit=_TEXT, message=_TEXT),
        _object(refusal={"const": "protected"}, message=_TEXT),
    ]


def _kind(key: str, name: str, may: tuple[str, ...], **must: Schema) -> Schema:
    """Something said about numbers of a block; what may be absent is absent by default."""
    optional = {
        "removal": _REMOVAL,
        "begun": _TRUE,
        "newer": _TRUE,
        "exists": _TRUE,
        "callers": _CALLERS,
        "doubt": _TRUE,
    }
    whole = _object(**{key: {"const": name}}, block=_TEXT, numbers=_NUMBERS, **must)
    whole["properties"] |= {each: optional[each] for each in may}
    return whole


def _destination(**more: Schema) -> Schema:
    """A destination, with ``more`` said of it."""
    whole = _object(kind={"enum": list(ALL_KINDS)}, **more)
    whole["properties"] |= {"name": _TEXT, "context": _TEXT, "fields": _SOME}
    return whole


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(about: str, items: Schema) -> Schema:
    return {"description": about, "type": "array", "items": items}


if __name__ == "__main__":
    sys.exit(main())
