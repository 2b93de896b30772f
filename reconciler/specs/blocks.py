"""A file of blocks → what each block says, before any two of them are held together."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reconciler.errors import Location
from reconciler.numbers import Span, SpanMap, align, span_of
from reconciler.removal import Removal
from reconciler.routing import BY_NAME, SYSTEM_PATTERNS
from reconciler.specs import keys, schema, suggest
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults
from reconciler.specs.keys import Members
from reconciler.specs.listed import ListedSpan, Listing
from reconciler.specs.nodes import Mapping, Node, Scalar, Sequence, items, parts
from reconciler.specs.overlaps import disjoint, overlaps
from reconciler.specs.target import read_removal
from reconciler.specs.values import (
    Fields,
    Numbers,
    check_destination,
    fields,
    numbers,
    pattern,
    text,
)

SCHEMA = schema.did_spec()
_FILE = SCHEMA["properties"]
_BLOCK = _FILE["blocks"]["items"]["properties"]
_OVERRIDE = _BLOCK["overrides"]["items"]["properties"]


@dataclass(frozen=True, slots=True)
class Override:
    """Some of a block's numbers with other routing."""

    numbers: Numbers
    routing: Fields


@dataclass(frozen=True, slots=True, eq=False)
class ParsedBlock:
    """A block as written. ``numbers`` are those ``listed`` without the excluded ones.

    ``name`` is None when it cannot be used. ``removal`` is None where the target decides.
    ``source_meant`` tells that the block names a source, be it one that cannot be used.
    """

    name: str | None
    name_at: Location
    at: Location
    source: str | None
    source_meant: bool
    source_at: Location
    listed: Listing
    numbers: SpanMap[bool]
    routing: Fields
    overrides: tuple[Override, ...]
    adopt: bool
    removal: Removal | None

    def lines(self) -> SpanMap[ListedSpan]:
        """The numbers with the lines that list them: an object for each, for what is to be told."""
        return _map(self.listed).within(self.numbers)


def read(root: Node, faults: Faults) -> Iterator[ParsedBlock]:
    """Read the blocks of one file."""
    found = keys.by_name(root, _FILE)
    for node in items(keys.values(found, "blocks")):
        if isinstance(node, Mapping):
            yield _parsed_block(node, faults)


def _parsed_block(node: Mapping, faults: Faults) -> ParsedBlock:
    found = keys.by_name(node, _BLOCK)
    name = keys.first(found, "name")
    source = keys.first(found, "source")
    adopt = keys.first(found, "adopt")
    routing = fields(keys.values(found, "routing"), faults)
    check_destination(routing, Fields(), _misplaced(node), faults)
    overrides = tuple(
        _override(each, routing, faults)
        for each in items(keys.values(found, "overrides"))
        if isinstance(each, Mapping)
    )
    listed = _list(found, "numbers", faults)
    return ParsedBlock(
        name=_name(name, faults),
        name_at=node.at if name is None else name.at,
        at=node.at,
        source=pattern(source, faults),
        source_meant=source is not None,
        source_at=node.at if source is None else source.at,
        listed=listed.listed,
        numbers=_numbers(listed, found, overrides, faults),
        routing=routing,
        overrides=overrides,
        adopt=isinstance(adopt, Scalar) and adopt.text.lower() == "true",
        removal=read_removal(keys.first(found, "removal"), faults),
    )


def _name(node: Node | None, faults: Faults) -> str | None:
    name = text(node, faults)
    if name is None or node is None:
        return None
    if name != name.strip():
        faults.add(
            node, Code.BLOCK_NAME, f"the name {name!r} begins or ends with a space", "remove it"
        )
    elif len(name) > schema.LONGEST_NAME:
        faults.add(
            node,
            Code.BLOCK_NAME,
            f"the name has {len(name)} characters",
            f"shorten it to {schema.LONGEST_NAME}",
        )
    return name


def _misplaced(node: Mapping) -> frozenset[str]:
    """Fields written beside ``routing`` instead of in it, which is pointed out where they stand."""
    known = (suggest.known_as(key.text, BY_NAME) for key, _ in node.entries)
    return frozenset(name for name in known if name is not None)


def _override(node: Mapping, base: Fields, faults: Faults) -> Override:
    found = keys.by_name(node, _OVERRIDE)
    own = fields(keys.values(found, "routing"), faults)
    check_destination(own, base, _misplaced(node), faults)
    for key, value in found.get("routing", ()):
        if isinstance(value, Mapping) and not value.entries:
            faults.add(
                key,
                Code.NO_VALUE,
                "the override changes no field",
                "write a field, or remove the override",
            )
    return Override(_list(found, "numbers", faults), own)


def _list(found: Members, name: str, faults: Faults) -> Numbers:
    for key, node in found.get(name, ()):
        if isinstance(node, Sequence) and not node.parts and name == "numbers":
            faults.add(
                key,
                Code.NO_VALUE,
                "the list of numbers is empty",
                "add numbers, or remove the block or override",
            )
    return numbers(parts(keys.values(found, name)), faults)


def _numbers(
    listed: Numbers, found: Members, overrides: Iterable[Override], faults: Faults
) -> SpanMap[bool]:
    """The block's numbers, less those it excludes; tells what its lists have against each other.

    Whether there is anything to tell is seen from the spans alone; their lines are looked for then.
    """
    excluded = _list(found, "exclude", faults).listed
    overridden = Listing(tuple(part for each in overrides for part in each.numbers.listed.parts))
    everything = _union(listed.listed, lambda: _tell_twice(listed.listed, *_LISTED, faults))
    left_out = _union(excluded, lambda: None)
    apart = _union(overridden, lambda: _tell_twice(overridden, *_OVERRIDDEN, faults))
    for _, system in _SYSTEM.within(everything):
        faults.add_at(
            listed.listed.place(system),
            Code.SYSTEM_NUMBER,
            f"{system} is part of VICIdial itself",
            "remove it",
        )
    if listed.complete:
        allowed = everything
        if listed.meant:
            allowed = everything.overlaid(disjoint((span, True) for span in listed.meant))
        _check_inside(excluded, left_out.without(allowed), "excluded", faults)
        _check_inside(overridden, apart.without(allowed), "overridden", faults)
        apart = apart.within(allowed)
    if apart.within(left_out):
        _tell_apart(_map(overridden).within(apart), _map(excluded), faults)
    remaining = everything.without(left_out)
    if listed.listed and not listed.meant and listed.complete and not remaining:
        faults.add_at(
            found["exclude"][0][0].at,
            Code.ALL_EXCLUDED,
            "every number of the block is excluded",
            "remove the block, or exclude less",
        )
    return remaining


_SYSTEM = SpanMap((span_of(pattern), pattern) for pattern in SYSTEM_PATTERNS)
_LISTED = Code.LISTED_TWICE, "is listed twice"
_OVERRIDDEN = Code.OVERRIDDEN_TWICE, "is overridden twice"


def _union(listed: Listing, tell: Callable[[], None]) -> SpanMap[bool]:
    """The numbers of a list; ``tell`` is called where some are in it twice."""
    if not listed:
        return SpanMap()
    try:
        return SpanMap.of([(listed.spans, True)])
    except ValueError:
        tell()
        return _map(listed).mapped(lambda _: True)


def _tell_twice(listed: Listing, code: Code, what: str, faults: Faults) -> None:
    for clash in overlaps((each.span, each) for each in listed):
        earlier, later = sorted((clash.first, clash.second), key=lambda each: each.at)
        faults.add_at(
            later.at,
            code,
            f"{named(clash.span)} {what}: first at {earlier.at}{case_note(earlier, later)}",
        )


def _check_inside(listed: Listing, outside: SpanMap[bool], what: str, faults: Faults) -> None:
    if not outside:
        return
    told: set[Location] = set()
    for span, each in _map(listed).within(outside):
        if each.at not in told:
            told.add(each.at)
            faults.add_at(
                each.at,
                Code.NOT_IN_BLOCK,
                f"{named(span)} is {what} but not among the block's numbers",
                "remove it, or add it to numbers",
            )


def _tell_apart(apart: SpanMap[ListedSpan], left_out: SpanMap[ListedSpan], faults: Faults) -> None:
    told: set[Location] = set()
    for span, override, exclude in align(apart, left_out):
        if override is not None and exclude is not None and override.at not in told:
            told.add(override.at)
            faults.add_at(
                override.at,
                Code.OVERRIDDEN_AND_EXCLUDED,
                f"{named(span)} is overridden here and excluded at {exclude.at}",
                "remove it from one of the two",
            )


def named(span: Span) -> str:
    """A span with its size; a number alone."""
    return str(span) if span.first == span.last else span.label


def case_note(one: ListedSpan, other: ListedSpan) -> str:
    """Says so when the same number was written in different case."""
    if one.span.prefix == other.span.prefix:
        return ""
    return (
        f"; {one.span.text} and {other.span.text} differ in case only, and VICIdial keeps one row "
        "for both"
    )


def _map(listed: Iterable[ListedSpan]) -> SpanMap[ListedSpan]:
    return disjoint((each.span, each) for each in listed)
