"""From rows on the server to blocks that a person would have written. Pure.

::

    rows ──▶ what can be declared of each ──▶ groups ──▶ blocks: the common routing once,
                                                        exceptions as overrides

A field that the block declares cannot be taken back for one of its numbers, so numbers of a group
declare the same fields, whatever their values.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reconciler.characters import Characters
from reconciler.live.reading import Row
from reconciler.numbers import NumberError, Span, SpanMap, check_pattern, span_of
from reconciler.routing import (
    AGENT_ROUTE,
    DESCRIPTION,
    FIELDS,
    NOT_COPIED,
    ROUTES,
    SYSTEM_PATTERNS,
    Routing,
)

Grouping = Literal["destination", "block"]

_OWN = frozenset({"did_id", "did_pattern", "modify_stamp", *NOT_COPIED})
"""Columns that differ between a number and its source anyway."""
_UNMANAGED_AWAY = _OWN | {each.column for each in FIELDS}
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 60
_NEIGHBOURS = 2
"""Digits at the end of a number that numbers of one block by place may differ in."""


@dataclass(frozen=True, slots=True)
class ImportedBlock:
    """A block to be written. ``overrides`` hold the fields that differ from ``routing``."""

    name: str
    numbers: tuple[Span, ...]
    routing: Routing
    overrides: tuple[tuple[tuple[Span, ...], Routing], ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """The blocks, and what is not in them: each number left out with the reason.

    ``unlike`` tells of numbers whose other columns are not the source's which columns those are.
    """

    blocks: tuple[ImportedBlock, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    unlike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def to_blocks(
    rows: Mapping[str, Row],
    source: str,
    *,
    by: Grouping = "destination",
    characters: Characters = Characters.ASCII,
    names: Iterable[str] = (),
) -> Imported:
    """The blocks of all ``rows``, whose new numbers would be copied from ``source``.

    ``rows`` hold the source too, if it is known; it is in no block, nor is what is part of
    VICIdial. ``names`` are taken by other blocks.
    """
    template = next((row for p, row in rows.items() if p.lower() == source.lower()), {})
    left_out: dict[str, str] = {}
    unlike: dict[str, tuple[str, ...]] = {}
    groups: dict[tuple[object, ...], dict[str, Routing]] = {}
    for pattern, row in rows.items():
        why = _why_not(pattern, row, source, characters)
        if why is not None:
            left_out[pattern] = why
            continue
        routing = declarable(row, template, characters)
        groups.setdefault(_group(pattern, routing, by), {})[pattern] = routing
        columns = tuple(sorted(_unlike(row, template)))
        if columns:
            unlike[pattern] = columns
    taken = {name.lower() for name in names}
    ordered = sorted(groups.values(), key=lambda group: min(span_of(p).key for p in group))
    return Imported(tuple(_block(group, by, taken) for group in ordered), left_out, unlike)


def declarable(row: Row, template: Row, characters: Characters) -> Routing:
    """What a block can declare of a number: its route, and what it does not have from its source.

    Values that the server would not store as they are cannot be declared.
    """
    route = row.get("did_route", "")
    wanted = {"did_route", ROUTES.get(route)}
    found = {}
    for each in FIELDS:
        value = row.get(each.column, "")
        differs = bool(template) and value != template.get(each.column)
        if each.name not in wanted and not differs and each.name != DESCRIPTION:
            continue
        if each.fault(value, characters) is None:
            found[each.name] = value
    return Routing(found)


def _why_not(pattern: str, row: Row, source: str, characters: Characters) -> str | None:
    if pattern.lower() in SYSTEM_PATTERNS:
        return "it is part of VICIdial"
    if pattern.lower() == source.lower():
        return "it is the source"
    if row.get("did_route") == AGENT_ROUTE:
        return f"its route is {AGENT_ROUTE}, whose agent the API cannot set"
    try:
        check_pattern(pattern)
    except NumberError as error:
        return str(error)
    if characters is Characters.ASCII and not pattern.isascii():
        return "it has letters of other scripts: write characters: any in target.yaml"
    return None


def _unlike(row: Row, template: Row) -> Iterator[str]:
    for column, value in row.items():
        if column in template and column not in _UNMANAGED_AWAY and value != template[column]:
            yield column


def _group(pattern: str, routing: Routing, by: Grouping) -> tuple[object, ...]:
    """What numbers of one block have in common."""
    names = tuple(routing)
    if by == "block":
        span = span_of(pattern)
        return span.prefix.lower(), span.width, span.first // 10**_NEIGHBOURS, names
    return (*_destination(routing).items(), names)


def _destination(routing: Routing) -> Routing:
    route = routing.get("did_route", "")
    return routing.only({"did_route": "", ROUTES.get(route, ""): ""})


def _block(group: Mapping[str, Routing], by: Grouping, taken: set[str]) -> ImportedBlock:
    common = _common(list(group.values()))
    exceptions: dict[Routing, list[str]] = {}
    for pattern, routing in group.items():
        other = routing.lacking(common)
        if other:
            exceptions.setdefault(other, []).append(pattern)
    numbers = _spans(group)
    overrides = [(_spans(patterns), routing) for routing, patterns in exceptions.items()]
    overrides.sort(key=lambda entry: entry[0][0].key)
    name = _free(_name(numbers, common, by), taken)
    return ImportedBlock(name, numbers, common, tuple(overrides))


def _common(routings: Sequence[Routing]) -> Routing:
    """The most frequent value of each field; of two as frequent the first by its text."""
    found = {}
    for name in routings[0]:
        counts = Counter(routing[name] for routing in routings)
        found[name] = min(counts, key=lambda value: (-counts[value], value))
    return Routing(found)


def _spans(patterns: Iterable[str]) -> tuple[Span, ...]:
    return SpanMap((span_of(pattern), True) for pattern in patterns).spans


def _name(numbers: Sequence[Span], common: Routing, by: Grouping) -> str:
    """The description, where there is one, or else where callers go; by place its first number."""
    words = [common.get(DESCRIPTION, "")]
    place = _destination(common)
    words.append(" ".join(place.values()))
    if by == "block":
        words.insert(0, f"from {numbers[0][0]}")
    slugs = (_NOT_NAME.sub("-", each.lower()).strip("-")[:_LONGEST_NAME] for each in words)
    return next((slug.strip("-") for slug in slugs if slug), "imported")


def _free(name: str, taken: set[str]) -> str:
    """``name``, or with a number at its end where another block has it."""
    found, count = name, 1
    while found.lower() in taken:
        count += 1
        found = f"{name}-{count}"
    taken.add(found.lower())
    return found


# --- writing


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ -][A-Za-z0-9_]+)*")
_DIGITS = re.compile(r"[0-9]+(?:-[0-9]+)?")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_WIDTH = 96


def written(blocks: Iterable[ImportedBlock], *, adopt: bool = False) -> str:
    """The blocks as a file of specs; with ``adopt`` each takes over what exists."""
    lines = ["version: 1", "blocks:"]
    for block in blocks:
        lines.append(f"  - name: {_scalar(block.name)}")
        lines += _numbers(block.numbers, "    ")
        if adopt:
            lines.append("    adopt: true")
        if block.routing:
            lines.append(f"    routing: {_mapping(block.routing)}")
        if block.overrides:
            lines.append("    overrides:")
        for spans, routing in block.overrides:
            first, *more = _numbers(spans, "        ")
            lines += [f"      - {first.strip()}", *more]
            lines.append(f"        routing: {_mapping(routing)}")
    return "\n".join(lines) + "\n"


def _numbers(spans: Iterable[Span], indent: str) -> list[str]:
    """``numbers: [a, b-c]``, in as many lines as it takes."""
    items = [_scalar(span.text) for span in spans]
    lines = [f"{indent}numbers: ["]
    for index, item in enumerate(items):
        text = item if index == len(items) - 1 else f"{item}, "
        if len(lines[-1]) + len(text.rstrip()) + 1 > _WIDTH:
            lines[-1] = lines[-1].rstrip()
            lines.append(f"{indent}  ")
        lines[-1] += text
    lines[-1] += "]"
    return lines


def _mapping(routing: Routing) -> str:
    return "{" + ", ".join(f"{name}: {_scalar(value)}" for name, value in routing.items()) + "}"


def _scalar(text: str) -> str:
    """As it is where YAML reads it so, or else in double quotes, escaped as JSON does it."""
    if _DIGITS.fullmatch(text) or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS):
        return text
    return json.dumps(text, ensure_ascii=False)
