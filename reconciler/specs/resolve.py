"""The blocks of a target held together: what is wrong between them, and what each number should be.

Works on spans in one sweep each, so it costs what the lines of the YAML cost.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.errors import Location
from reconciler.numbers import Span, SpanMap
from reconciler.specs import numbering
from reconciler.specs.blocks import ParsedBlock, case_note, named
from reconciler.specs.codes import Code
from reconciler.specs.display import LONGEST_NUMBER
from reconciler.specs.faults import Faults, Finding
from reconciler.specs.lengths import unusual
from reconciler.specs.listed import ListedSpan
from reconciler.specs.model import Block, Declared, Origin
from reconciler.specs.overlaps import disjoint, overlaps
from reconciler.specs.shapes import suspicion
from reconciler.specs.target import Settings
from reconciler.specs.values import Fields
from reconciler.specs.writings import Writings


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """Numbers of a block, and the line that lists them."""

    parsed: ParsedBlock
    listed: ListedSpan

    @property
    def at(self) -> Location:
        return self.listed.at


def check(parsed_blocks: Sequence[ParsedBlock], settings: Settings, faults: Faults) -> None:
    """Add to ``faults`` what the blocks have against each other and against their target."""
    _check_names(parsed_blocks, faults)
    everything = _all(parsed_blocks, faults)
    _check_writings(parsed_blocks, everything, settings, faults)
    for parsed in parsed_blocks:
        faults.add_grouped(_doubtful(parsed, settings))
    _check_sources(parsed_blocks, everything, settings, faults)


def _all(parsed_blocks: Sequence[ParsedBlock], faults: Faults) -> SpanMap[ParsedBlock]:
    """The blocks' numbers; those that are in two of them are among the faults."""
    try:
        return SpanMap.united(each.numbers.mapped(_always(each)) for each in parsed_blocks)
    except ValueError:
        entries = list(_entries(parsed_blocks))
        _tell_shared(entries, faults)
        return disjoint((span, entry.parsed) for span, entry in entries)


def _always(parsed: ParsedBlock) -> Callable[[bool], ParsedBlock]:
    return lambda _: parsed


def _entries(parsed_blocks: Iterable[ParsedBlock]) -> Iterator[tuple[Span, _Entry]]:
    """An object for each line of numbers, for what is to be told."""
    for parsed in parsed_blocks:
        for span, listed in parsed.lines():
            yield span, _Entry(parsed, listed)


def _check_names(parsed_blocks: Iterable[ParsedBlock], faults: Faults) -> None:
    first: dict[str, ParsedBlock] = {}
    for parsed in parsed_blocks:
        if parsed.name is None:
            continue
        if parsed.name in first:
            faults.add_at(
                parsed.name_at,
                Code.BLOCK_NAME_TWICE,
                f"a second block named {parsed.name!r}: the first is at "
                f"{first[parsed.name].name_at}",
                "give one of them another name",
            )
        else:
            first[parsed.name] = parsed


def _tell_shared(entries: Iterable[tuple[Span, _Entry]], faults: Faults) -> None:
    for clash in overlaps(entries):
        pair = _in_order(clash.first, clash.second)
        faults.add_at(
            pair.here,
            Code.TWO_BLOCKS,
            f"{named(clash.span)} is also in {pair.there}"
            f"{case_note(pair.earlier.listed, pair.later.listed)}",
            "leave it in one block only",
        )


def _doubtful(parsed: ParsedBlock, settings: Settings) -> Iterator[tuple[Location, Finding]]:
    """Numbers of a block that a call is unlikely to match, by their look and their length."""
    if settings.numbering is None and _is_uniform(parsed):
        return
    listed = tuple({listed.at: listed for _, listed in parsed.lines()}.values())
    for each in listed:
        finding = suspicion(each.span)
        if finding is not None:
            yield each.at, finding
    if settings.numbering is None:
        yield from unusual(listed)
    else:
        yield from numbering.check(listed, settings.numbering)


def _is_uniform(parsed: ParsedBlock) -> bool:
    """Whether all its numbers are digits of one length, as almost always: none is doubtful then."""
    if len(parsed.numbers.lines) > 1:
        return False
    return all(
        width <= LONGEST_NUMBER
        and (not prefix or (prefix == "+" and min(firsts) >= 10 ** (width - 1)))
        for prefix, width, firsts, _ in parsed.listed.spans.parts
    )


def _check_writings(
    parsed_blocks: Sequence[ParsedBlock],
    everything: SpanMap[ParsedBlock],
    settings: Settings,
    faults: Faults,
) -> None:
    home = None if settings.numbering is None else settings.numbering.code
    writings = Writings(everything, home)
    if not writings.meet(everything):
        return
    written = (
        (form, (span, entry, rule))
        for span, entry in _entries(parsed_blocks)
        for form, rule in writings.canonical(span)
    )
    found: dict[ParsedBlock, dict[Location, tuple[Location, Finding]]] = {}
    for clash in overlaps(written):
        (one, first, how), (two, second, also) = clash.first, clash.second
        if one.form == two.form and how == also:
            continue  # the very same numbers: an error already
        pair = _in_order(first, second)
        finding = Finding(
            Code.OTHER_WRITING,
            f"{pair.later.listed.span} looks like another writing of {pair.earlier.listed.span} in "
            f"{pair.there}: to VICIdial they are two DIDs",
            "keep the one that your carrier sends",
        )
        found.setdefault(pair.later.parsed, {}).setdefault(pair.here, (pair.here, finding))
    for pairs in found.values():
        faults.add_grouped(pairs.values())


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two entries in the order of the files: where the later stands, and how to name the other."""

    earlier: _Entry
    later: _Entry
    here: Location
    there: str


def _in_order(one: _Entry, other: _Entry) -> _Pair:
    earlier, later = sorted((one, other), key=lambda entry: (entry.at, entry.parsed.at))
    aliased = earlier.at == later.at  # both blocks alias one list: their own places tell more
    there = earlier.parsed.at if aliased else earlier.at
    here = later.parsed.at if aliased else later.at
    return _Pair(earlier, later, here, f"{_label(earlier.parsed)} at {there}")


def _label(parsed: ParsedBlock) -> str:
    return "a block" if parsed.name is None else f"block {parsed.name!r}"


def _check_sources(
    parsed_blocks: Sequence[ParsedBlock],
    everything: SpanMap[ParsedBlock],
    settings: Settings,
    faults: Faults,
) -> None:
    follows: dict[ParsedBlock, ParsedBlock] = {}
    for parsed in parsed_blocks:
        source = _source(parsed, settings)
        if source is None:
            if not parsed.source_meant and not settings.source_meant:
                faults.add_at(
                    parsed.at,
                    Code.NO_SOURCE,
                    f"{_label(parsed)} has no source",
                    "write source: NUMBER here, or defaults: {source: NUMBER} in target.yaml",
                )
            continue
        owner = everything.get(source)
        if owner is None:
            continue
        if owner is parsed:
            listed_at = parsed.listed.place(source)
            faults.add_at(
                parsed.source_at if parsed.source_meant else listed_at,
                Code.OWN_SOURCE,
                f"{source} is the source of {_label(parsed)} and one of its numbers"
                f"{_other_place(parsed, listed_at, settings)}",
                "exclude it, or copy from another number",
            )
        else:
            follows[parsed] = owner
    for ring in _rings(follows):
        links = [
            f"{_label(parsed)} at {parsed.at} copies {_source(parsed, settings)} of "
            f"{_label(follows[parsed])}"
            for parsed in ring
        ]
        faults.add_at(
            ring[0].source_at,
            Code.SOURCE_CYCLE,
            f"a cycle of sources, so none can be the first: {', '.join(links)}",
            "let one of them copy a number that is in none of these blocks",
        )


def _source(parsed: ParsedBlock, settings: Settings) -> str | None:
    return parsed.source if parsed.source_meant else settings.source


def _other_place(parsed: ParsedBlock, listed_at: Location, settings: Settings) -> str:
    return f", listed at {listed_at}" if parsed.source_meant else f", set at {settings.source_at}"


def _rings(follows: Mapping[ParsedBlock, ParsedBlock]) -> Iterator[list[ParsedBlock]]:
    """Each ring of blocks of which every one follows the next; a block follows one at most."""
    done: set[ParsedBlock] = set()
    for start in follows:
        path: dict[ParsedBlock, None] = {}
        parsed: ParsedBlock | None = start
        while parsed is not None and parsed not in done and parsed not in path:
            path[parsed] = None
            parsed = follows.get(parsed)
        if parsed is not None and parsed in path:
            ring = list(path)
            yield ring[ring.index(parsed) :]
        done.update(path)


def desired(
    parsed_blocks: Iterable[ParsedBlock], settings: Settings
) -> tuple[tuple[Block, ...], SpanMap[Declared]]:
    """The blocks and what each number should be, of drafts without a fault."""
    blocks: list[Block] = []
    parts: list[SpanMap[Declared]] = []
    for parsed in parsed_blocks:
        source, name = _source(parsed, settings), parsed.name
        assert source is not None and name is not None  # noqa: S101, PT018  (else a fault)
        block = Block(name, parsed.at, parsed.adopt, parsed.removal)
        blocks.append(block)
        parts.append(_declared(parsed, block, source, settings))
    return tuple(blocks), SpanMap.united(parts)


def _declared(
    parsed: ParsedBlock, block: Block, source: str, settings: Settings
) -> SpanMap[Declared]:
    at = parsed.source_at if parsed.source_meant else settings.source_at or parsed.at

    def declared(fields: Fields) -> Declared:
        return Declared(block, source, fields.routing, Origin(parsed.listed, at, fields.places))

    usual = declared(parsed.routing)
    if not parsed.overrides:
        return parsed.numbers.mapped(lambda _: usual)
    overridden = SpanMap.of(
        (each.numbers.listed.spans, declared(_overlaid(parsed.routing, each.routing)))
        for each in parsed.overrides
    )
    return parsed.numbers.beside(overridden).picked(lambda both: both[1] or usual)


def _overlaid(base: Fields, top: Fields) -> Fields:
    routing = base.routing.overlaid(top.routing)
    places = dict(base.places) | dict(top.places)
    return Fields(routing, tuple((name, places[name]) for name in routing))
