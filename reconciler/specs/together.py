"""Targets held together: two folders that mean one state, or one server and the same numbers.

An apply of each would confirm its own routing, and each plan would say "as declared" while the
routing of the other rings.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reconciler.errors import Location
from reconciler.numbers import Span, SpanMap, count
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults
from reconciler.specs.model import Declared, Target, TargetSpec
from reconciler.specs.overlaps import disjoint, overlaps
from reconciler.specs.schemes import is_for_many
from reconciler.specs.urls import server


@dataclass(frozen=True, slots=True)
class OtherTarget:
    """Another target of the folder. ``whole`` reads all of it; None where it has faults."""

    target: Target
    whole: Callable[[], TargetSpec | None]


def check(spec: TargetSpec, others: Iterable[OtherTarget], faults: Faults) -> None:
    """Add to ``faults`` what ``spec`` has against ``others``, of which as little is read as can be.

    Faults of others are their own: here they only keep their numbers from being compared.
    """
    for each in others:
        _check_states(spec.target, each.target, faults)
        if server(spec.target.endpoint) != server(each.target.endpoint):
            continue
        other = each.whole()
        if other is None:
            _warn(
                spec.target,
                each.target,
                "; its faults keep the numbers from being compared",
                faults,
            )
        elif not _check_numbers(spec, other, faults):
            _warn(spec.target, each.target, "", faults)


def _check_states(one: Target, other: Target, faults: Faults) -> None:
    """Two targets in one state would take each other's numbers for their own."""
    if one.state == other.state and not is_for_many(one.state):
        first, second = sorted((one, other), key=lambda each: each.where)
        faults.add_at(
            second.where,
            Code.SHARED_STATE,
            f"the same state as {first.where}",
            "give each target a state of its own: write {target} in it",
        )


def _check_numbers(one: TargetSpec, other: TargetSpec, faults: Faults) -> bool:
    """Whether numbers are declared by both: one fault for each pair of lines."""
    first, second = sorted((one, other), key=lambda each: each.target.where)
    pairs: dict[tuple[Location, Location], list[Span]] = {}
    shared = first.desired.within(second.desired)
    for clash in overlaps(
        (span, (index, at))
        for index, spec in enumerate((first, second))
        for span, at in _lines(spec, shared)
    ):
        (_, there), (_, here) = sorted((clash.first, clash.second))
        pairs.setdefault((here, there), []).append(clash.span)
    for (here, there), spans in pairs.items():
        shown = spans[0].label if len(spans[0]) > 1 else str(spans[0])
        more = f" and {count(spans[1:]):,} more" if len(spans) > 1 else ""
        faults.add_at(
            here,
            Code.SHARED_NUMBER,
            f"{shown}{more}: declared at {there} too, for the same server by the target "
            f"{first.target.name}; each apply would undo the other's routing",
            "keep each number in one of the two targets",
        )
    return bool(pairs)


def _lines(spec: TargetSpec, numbers: SpanMap[Declared]) -> Iterator[tuple[Span, Location]]:
    """Where each of ``numbers`` is listed in ``spec``."""
    for listing in dict.fromkeys(each.origin.numbers for each in spec.desired.values):
        yield from disjoint((each.span, each.at) for each in listing).within(numbers)


def _warn(target: Target, other: Target, why: str, faults: Faults) -> None:
    faults.add_at(
        target.where,
        Code.SAME_SERVER,
        f"the same server as {other.where}{why}",
        "put the blocks of both into one target, so that one plan shows all of the server",
    )
