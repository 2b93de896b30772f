"""From a plan to its calls where no two numbers are alike: each call must cost the same.

There are as many spans as numbers here, so the large work is ``LARGER`` times the small one and not
a thousand times; whatever looks through all that is left for each call would cost its square.
"""

from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import SMALL, Case
from reconciler.errors import Location
from reconciler.numbers import Span, SpanMap
from reconciler.plan.flight import CopyFlight, DeleteFlight, ProbeFlight, ReadFlight, UpdateFlight
from reconciler.plan.plan import make_plan
from reconciler.plan.schedule import Schedule
from reconciler.routing import Routing
from reconciler.specs.listed import Listing
from reconciler.specs.model import Block, Declared, Limits, Origin, Target, TargetSpec
from reconciler.state.model import State
from reconciler.vicidial.replies import Added, Copied, Updated

FEW = 500
LARGER = 8
FIRST = 7_270_000_000
HERE = Location("did_specs/tampa/blocks.yaml")


def described(number: int) -> Routing:
    """A routing shared by all, and a description of its own."""
    return Routing({"did_route": "EXTEN", "did_description": f"Number {number}"})


def extension(number: int) -> Routing:
    """A routing that no other number has."""
    return Routing({"did_route": "EXTEN", "extension": str(number)})


def scheduled(routing: Callable[[int], Routing]) -> Callable[[int], Callable[[], object]]:
    """The work of a schedule that creates numbers with such routings, all going well."""

    def prepare(numbers: int) -> Callable[[], object]:
        block, origin = Block("sales", HERE), Origin(Listing(), HERE)
        target = Target(
            "tampa", "https://vici.example.com/", "file:x", Path(), HERE, limits=Limits()
        )
        desired = SpanMap(
            (Span("", 10, number, number), Declared(block, "7195551114", routing(number), origin))
            for number in range(FIRST, FIRST + FEW * (1 if numbers == SMALL else LARGER))
        )
        plan = make_plan(TargetSpec(target, (block,), desired), State("tampa", "x", "1"))
        return lambda: drain(Schedule(plan.changes, plan.state.records))

    return prepare


def drain(schedule: Schedule) -> None:
    """Take every call and answer that all went well."""
    while (flight := schedule.take()) is not None:
        match flight:
            case CopyFlight():
                flight.answered(Copied(dict.fromkeys(flight.wanted, Added(1))))
            case UpdateFlight():
                flight.answered(Updated())
            case DeleteFlight() | ProbeFlight() | ReadFlight():
                raise AssertionError("numbers are created only")
        schedule.settle(flight)


CASES = (
    Case("calls: a description for each number (×8)", scheduled(described), limit=LARGER * 1.75),
    Case("calls: a routing for each number (×8)", scheduled(extension), limit=LARGER * 1.75),
)
