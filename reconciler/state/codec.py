"""The state as bytes: sorted JSON with a line for each span; equal content gives equal bytes.

A *profile* is the source and the fields of confirmed numbers; each span names its profile, so a
hundred equal numbers are one line and a ``git diff`` shows which numbers changed.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.errors import StateError
from reconciler.inputs import parse_json
from reconciler.numbers import Span, SpanMap, Spans, check_pattern, parse_span
from reconciler.state.model import (
    AppliedSettings,
    Begun,
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    CopyOf,
    FromSource,
    Record,
    Role,
    Seed,
    Standing,
    State,
)
from reconciler.wire import Json, read_removal, read_routing, read_text, removal_data

FORMAT = 1

_CONFLICT = re.compile(rb"^<{7} ", re.MULTILINE)


def encode(state: State) -> bytes:
    """The state file's bytes."""
    profiles: dict[str, Json] = {}
    lines = [
        _compact({"span": span.text, **_record(record, profiles)}) for span, record in state.records
    ]
    head: dict[str, Any] = {
        "version": FORMAT,
        "target": state.target,
        "endpoint": state.endpoint,
        "lineage": state.lineage,
        "serial": state.serial,
    }
    if state.applied_commit is not None:
        head["applied_commit"] = state.applied_commit
    if state.settings is not None:
        head["settings"] = {
            "state": state.settings.state,
            "limits": dict(state.settings.limits),
            "protected": list(state.settings.protected),
            "removal": state.settings.removal,
            **_unreviewed(state.settings),
        }
    if state.unlisted:
        head["unlisted"] = True
    parts = [f"{json.dumps(key)}: {_compact(value)}" for key, value in head.items()]
    shown = [f"{json.dumps(name)}: {_compact(profiles[name])}" for name in sorted(profiles)]
    parts.append('"profiles": ' + _braced("{", shown, "}"))
    parts.append('"numbers": ' + _braced("[", lines, "]"))
    return ("{\n" + ",\n".join(f" {part}" for part in parts) + "\n}\n").encode()


def decode(content: bytes, where: str) -> State:
    """Read a state file; ``where`` names it in errors. Raise :class:`StateError`, lose nothing."""
    try:
        document = parse_json(content)
    except ValueError as error:
        raise _conflict(content, where) or _damaged(where, f"it is not JSON ({error})") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is not int or version < FORMAT:
        raise _damaged(where, "it has no version")
    if version > FORMAT:
        raise StateError(
            f"{where} was written by a newer reconciler (format {version}, "
            f"this one reads {FORMAT})",
            hint="use the version of did-reconciler that wrote it; nothing was changed",
        )
    try:
        return _state(document)
    except KeyError as error:
        raise _damaged(where, f"it has no {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise _damaged(where, str(error)) from None


def encode_records(records: Iterable[tuple[Span, Record | None]]) -> str:
    """One JSON line of records for the journal; None is a number that is no longer known."""
    profiles: dict[str, Json] = {}
    numbers = [
        {"span": span.text, **({} if record is None else _record(record, profiles))}
        for span, record in records
    ]
    return _compact({"profiles": profiles, "numbers": numbers})


def decode_records(line: Json) -> list[tuple[Span, Record | None]]:
    """Read what :func:`encode_records` wrote; raise ValueError where it is damaged."""
    try:
        profiles = _profiles(line["profiles"])
        return [
            (_span(entry["span"]), _read_record(entry, profiles) if "block" in entry else None)
            for entry in line["numbers"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not records: {error}") from None


def _braced(opening: str, lines: list[str], closing: str) -> str:
    if not lines:
        return opening + closing
    return opening + "\n" + ",\n".join(f"  {line}" for line in lines) + f"\n {closing}"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _conflict(content: bytes, where: str) -> StateError | None:
    """The error for a file with git's conflict markers; None where there are none."""
    begin = _CONFLICT.search(content)
    if begin is None:
        return None
    line = content.count(b"\n", 0, begin.start()) + 1
    return StateError(
        f"{where} contains a merge conflict, from line {line} on: two branches changed it",
        hint="keep the lines of `profiles` and `numbers` of both sides (a comma after each but the "
        "last), the higher serial, and of two lines for one number that of the apply that ran "
        "last; where `lineage` differs, keep one side as a whole",
    )


def _damaged(where: str, why: str) -> StateError:
    return StateError(
        f"{where} is damaged: {why}",
        hint="restore the last good version (git log -p, or a backup); the file was not changed",
    )


# --- writing


def _record(record: Record, profiles: dict[str, Json]) -> Json:
    removal = {} if record.removal is None else {"removal": removal_data(record.removal)}
    plan = {} if record.plan is None else {"plan": record.plan}
    return {"block": record.block, **removal, **_standing(record.standing, profiles), **plan}


def _standing(standing: Standing, profiles: dict[str, Json]) -> Json:
    match standing:
        case Confirmed():
            return {"profile": _profile(standing, profiles)}
        case Conflict(doubt):
            return {"conflict": True} | ({} if doubt is None else _standing(doubt, profiles))
        case BegunCreate(source, role, routing):
            begun: dict[str, Any] = {"action": "create", "source": source, "role": _role(role)}
            return {"begun": begun | {"routing": dict(routing)}}
        case BegunUpdate(before, routing):
            begun = {"action": "update", "routing": dict(routing)}
            return {"profile": _profile(before, profiles), "begun": begun}
        case BegunDelete(before):  # pragma: no branch  (there is no other)
            return {"profile": _profile(before, profiles), "begun": {"action": "delete"}}


def _profile(confirmed: Confirmed, profiles: dict[str, Json]) -> str:
    content = {"source": confirmed.source, "routing": dict(confirmed.routing)}
    name = hashlib.sha256(_compact(content).encode()).hexdigest()[:16]
    profiles[name] = content
    return name


def _role(role: Role) -> str:
    match role:
        case FromSource():
            return "from source"
        case Seed():
            return "seed"
        case CopyOf(seed):  # pragma: no branch  (there is no other)
            return f"copy of {seed}"


# --- reading


def _state(document: Json) -> State:
    profiles = _profiles(document["profiles"])
    settings = document.get("settings")
    return State(
        target=read_text(document["target"]),
        endpoint=read_text(document["endpoint"]),
        lineage=read_text(document["lineage"]),
        serial=_serial(document["serial"]),
        applied_commit=_optional(document.get("applied_commit")),
        settings=None if settings is None else _settings(settings),
        unlisted=document.get("unlisted", False) is True,
        records=SpanMap.of(_read_records(document["numbers"], profiles)),
    )


def _unreviewed(settings: AppliedSettings) -> Json:
    """Left out where it has its default."""
    return {} if settings.unreviewed == "refuse" else {"unreviewed": settings.unreviewed}


def _settings(entry: Json) -> AppliedSettings:
    return AppliedSettings(
        state=read_text(entry["state"]),
        limits=tuple(
            (read_text(name), read_text(value)) for name, value in entry["limits"].items()
        ),
        protected=tuple(read_text(pattern) for pattern in entry["protected"]),
        removal=read_text(entry["removal"]),
        unreviewed=read_text(entry.get("unreviewed", "refuse")),
    )


def _profiles(entries: Json) -> dict[str, Confirmed]:
    return {
        name: Confirmed(
            None if content["source"] is None else _pattern(content["source"]),
            read_routing(content["routing"]),
        )
        for name, content in entries.items()
    }


def _read_records(
    entries: Iterable[Json], profiles: Mapping[str, Confirmed]
) -> Iterator[tuple[Spans, Record]]:
    """The records with their spans; most have a block and a profile that they share with others."""
    shared: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if len(entry) == len(_USUAL) and entry.keys() >= _USUAL:
            shared.setdefault((entry["block"], entry["profile"]), []).append(entry["span"])
        else:
            yield Spans.of([_span(entry["span"])]), _read_record(entry, profiles)
    for (block, profile), texts in shared.items():
        record = _read_record({"block": block, "profile": profile}, profiles)
        yield Spans.parsed([read_text(text) for text in texts], largest=None), record


_USUAL = {"span", "block", "profile"}


def _read_record(entry: Json, profiles: Mapping[str, Confirmed]) -> Record:
    removal = entry.get("removal")
    return Record(
        block=read_text(entry["block"]),
        standing=_read_standing(entry, profiles),
        removal=None if removal is None else read_removal(removal),
        plan=_optional(entry.get("plan")),
    )


def _read_standing(entry: Json, profiles: Mapping[str, Confirmed]) -> Standing:
    if entry.get("conflict", False) is True:
        return Conflict(_read_doubt(entry, profiles) if "begun" in entry else None)
    begun = entry.get("begun")
    if begun is None:
        return profiles[entry["profile"]]
    return _read_begun(entry, begun, profiles)


def _read_doubt(entry: Json, profiles: Mapping[str, Confirmed]) -> BegunCreate | BegunDelete:
    begun = _read_begun(entry, entry["begun"], profiles)
    if isinstance(begun, BegunUpdate):
        raise TypeError(f"{entry['span']} is in doubt because of an update")
    return begun


def _read_begun(entry: Json, begun: Json, profiles: Mapping[str, Confirmed]) -> Begun:
    match begun["action"]:
        case "create":
            role = _read_role(begun["role"])
            return BegunCreate(_pattern(begun["source"]), role, read_routing(begun["routing"]))
        case "update":
            return BegunUpdate(profiles[entry["profile"]], read_routing(begun["routing"]))
        case "delete":
            return BegunDelete(profiles[entry["profile"]])
        case action:
            raise ValueError(f"{entry['span']} is begun with an unknown action {action!r}")


def _read_role(text: str) -> Role:
    if text == "seed":
        return Seed()
    if text == "from source":
        return FromSource()
    if not read_text(text).startswith("copy of "):
        raise ValueError(f"{text!r} is not a role")
    return CopyOf(_pattern(text.removeprefix("copy of ")))


def _span(text: object) -> Span:
    return parse_span(read_text(text), largest=None)


def _pattern(text: object) -> str:
    return check_pattern(read_text(text))


def _serial(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} is not a serial")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else read_text(value)
