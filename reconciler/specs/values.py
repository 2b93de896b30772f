"""What stands in a scalar: patterns, ranges, fields, numbers. Each fault once, at its place.

A function here gives ``None`` for what cannot be used; why is then among the faults, either put
there by itself or, when the node is not a text at all, by the check of the shape.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reconciler.characters import Characters
from reconciler.errors import Location
from reconciler.numbers import LONGEST_PATTERN, SHORTEST_PATTERN, Span, span_of
from reconciler.routing import AGENT_ROUTE, BY_NAME, ROUTES, Field, Routing
from reconciler.specs import keys, suggest
from reconciler.specs.codes import Code
from reconciler.specs.display import DASHES, plain
from reconciler.specs.faults import Faults, Finding, Problem
from reconciler.specs.listed import ListedSpan, Listing
from reconciler.specs.misread import read_item, read_number
from reconciler.specs.nodes import Node, Run, Scalar
from reconciler.specs.shapes import suspicion
from reconciler.specs.thousands import split_numbers

_DROPPED = re.compile(r"[^A-Za-z0-9:+*#._]")
_BETWEEN = re.compile(
    rf"[{DASHES}~…→>,;|/\n]|\.{{2,}}|\b(?:to|thru|through|until|till|and)\b", re.IGNORECASE
)


def text(node: Node | None, faults: Faults) -> str | None:
    """A text that says something."""
    if not isinstance(node, Scalar):
        return None
    if node.is_null or not node.text:
        faults.add(node, Code.NO_VALUE, "the value is empty", "write one, or leave the key out")
        return None
    return node.text


def pattern(node: Node | None, faults: Faults) -> str | None:
    """One number, as the server would store it."""
    written = text(node, faults)
    if written is None or node is None:
        return None
    found = read_number(written)
    doubt = found if isinstance(found, Finding) else suspicion(span_of(found))
    if doubt is not None:
        faults.add(node, doubt.code, doubt.message, doubt.hint)
    return None if isinstance(found, Finding) else found


@dataclass(frozen=True, slots=True)
class Numbers:
    """A list of them. What could not be read may have ``meant`` some spans.

    ``complete`` tells that nothing stands in the list of which no such guess can be made.
    """

    listed: Listing = Listing()  # noqa: RUF009  (immutable)
    meant: tuple[Span, ...] = ()
    complete: bool = True


def numbers(written: Iterable[Node | Run], faults: Faults) -> Numbers:
    """All numbers and ranges of a list; those in runs are sound."""
    parts = tuple(written)
    listed: list[ListedSpan | Run] = []
    meant: list[Span] = []
    complete = True
    for head, split in split_numbers([each for each in parts if not isinstance(each, Run)]):
        faults.add(head, split.code, split.message, split.hint)
    for part in parts:
        if isinstance(part, Run):
            listed.append(part)
            continue
        found = _span(part, faults)
        if isinstance(found, Span):
            listed.append(ListedSpan(found, part.at))
            continue
        guesses = [] if found is None else _meant(*found)
        meant.extend(guesses)
        complete = complete and bool(guesses)
    return Numbers(Listing(tuple(listed)), tuple(meant), complete)


def _span(node: Node, faults: Faults) -> Span | tuple[Finding, str] | None:
    if not isinstance(node, Scalar):
        return None
    if node.is_null or not node.text:
        faults.add(
            node, Code.NO_VALUE, "the item is empty", "write a number or FIRST-LAST, or remove it"
        )
        return None
    found = read_item(node.text)
    if isinstance(found, Finding):
        faults.add(node, found.code, found.message, found.hint)
        return found, node.text
    return found


def _meant(finding: Finding, written: str) -> list[Span]:
    """What a faulty text may have meant, widely: no other line is to be blamed because of it."""
    if finding.code is Code.SCIENTIFIC:
        return []
    ends = [span for end in _BETWEEN.split(written) if (span := _stripped(end)) is not None]
    whole = _stripped(plain(written) or written)
    if len(ends) == 2 and ends[0].form == ends[1].form:
        low, high = sorted(ends, key=lambda end: end.first)
        return [replace(low, last=high.last)]
    return [*map(_around, ends), *([] if whole is None else [whole])]


def _stripped(written: str) -> Span | None:
    kept = _DROPPED.sub("", written)
    return span_of(kept) if SHORTEST_PATTERN <= len(kept) <= LONGEST_PATTERN else None


def _around(end: Span) -> Span:
    """The ten thousand numbers around the end of a range whose other end is wrong."""
    first = end.first // 10_000 * 10_000
    return replace(end, first=first, last=min(first + 9_999, 10**end.width - 1))


@dataclass(frozen=True, slots=True)
class Fields:
    """Routing as it was written; ``given`` also has the names of values that cannot be used."""

    routing: Routing = field(default_factory=Routing)
    places: tuple[tuple[str, Location], ...] = ()
    given: frozenset[str] = frozenset()

    def place(self, name: str) -> Location:
        """Where the field stands, which must be one of ``routing``."""
        return dict(self.places)[name]


def fields(nodes: Iterable[Node], faults: Faults) -> Fields:
    """The fields of a routing, each as the server would store it."""
    sound: dict[str, str] = {}
    places: dict[str, Location] = {}
    given: set[str] = set()
    for node in nodes:
        for name, found in keys.by_name(node, BY_NAME).items():
            given.add(name)
            for key, value in found:
                if not isinstance(value, Scalar):
                    continue
                written = "" if value.is_null else value.text
                wrong = field_fault(BY_NAME[name], written)
                if wrong is not None:
                    faults.add(value, Code.FIELD_VALUE, f"{name} {wrong.message}", wrong.hint)
                elif name not in sound:
                    sound[name] = written
                    places[name] = key.at
                    if name == "active" and written == "N":
                        faults.add_at(
                            value.at,
                            Code.INACTIVE,
                            "an inactive number is not silent: its callers reach the DID default",
                        )
    routing = Routing(sound)
    return Fields(routing, tuple((name, places[name]) for name in routing), frozenset(given))


def field_fault(field: Field, value: str) -> Problem | None:
    """Why the server would not store ``value``; what to write instead, where that can be told."""
    if field.choices == tuple(ROUTES) and value == AGENT_ROUTE:
        return Problem(
            "cannot be AGENT: the API does not set the agent",
            "leave did_route out, and copy from a source that has this route",
        )
    fault = field.fault(value, Characters.ANY)  # letters.check looks at the target's own setting
    if fault is None or not field.choices or not value:
        return None if fault is None else Problem(fault)
    return Problem(fault, suggest.asking(suggest.choice(value, field.choices)))


def check_destination(own: Fields, base: Fields, also: frozenset[str], faults: Faults) -> None:
    """Warn of a route without the field that names its destination, which the source may bring.

    ``own`` is laid over ``base``; ``also`` has further names that were given, at a wrong place.
    """
    route = own.routing.get("did_route")
    if route is None or ROUTES[route] in own.given | base.given | also:
        return
    faults.add_at(
        own.place("did_route"),
        Code.NO_DESTINATION,
        f"did_route {route} without {ROUTES[route]}: callers go wherever the {ROUTES[route]} that "
        "came with the source leads",
        f"declare {ROUTES[route]}, unless that is meant",
    )
