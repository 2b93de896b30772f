"""Words for stories: a spec or a state in a line or two."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import settings

from reconciler.errors import Location
from reconciler.numbers import SpanMap, parse_span
from reconciler.removal import KeepPolicy
from reconciler.routing import Routing
from reconciler.specs.model import Block, Declared, Limits, Origin, Target, TargetSpec
from reconciler.state.model import Confirmed, Record, State

settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

SOURCE = "7275551114"
ENDPOINT = "https://vici.example.com/vicidial/non_agent_api.php"
HERE = Location("did_specs/tampa/sales.yaml", 3, 3)
SOURCE_HERE = Location("did_specs/tampa/sales.yaml", 4, 13)

SALES = Routing({"did_route": "IN_GROUP", "group": "SALESLINE"})
SUPPORT = Routing({"did_route": "IN_GROUP", "group": "SUPPORT"})
MENU = Routing({"did_route": "CALLMENU", "menu_id": "MAIN_IVR"})


@dataclass(frozen=True)
class At:
    """A list of numbers that are all at one place."""

    where: Location

    def __iter__(self):
        return iter(())

    def place(self, _pattern):
        return self.where


def target(**changed):
    """A target that lets everything through unless told otherwise."""
    given: dict[str, Any] = {
        "name": "tampa",
        "endpoint": ENDPOINT,
        "state": "file:state/tampa.json",
        "folder": Path("did_specs/tampa"),
        "where": HERE,
        "removal": KeepPolicy(),
        "limits": Limits(10**9, 10**9, 10**9, 1.0, 1.0),
    }
    return Target(**(given | changed))


def block(name="sales", *, adopt=False, removal=None):
    return Block(name, HERE, adopt, removal)


def declared(routing=SALES, *, source=SOURCE, of=None):
    """What one span is declared to be; ``of`` is its block."""
    of = of or block()
    return Declared(of, source, routing, Origin(At(HERE), SOURCE_HERE))


def over(*entries):
    """A span map: ``over(("7275553300-7275553399", value), …)``."""
    return SpanMap((parse_span(numbers, largest=None), value) for numbers, value in entries)


def spec(*entries, **settings_of_target):
    """A spec of ``(numbers, declared)`` entries."""
    desired = over(*entries)
    blocks = {one.block.name: one.block for _, one in desired}
    return TargetSpec(target(**settings_of_target), tuple(blocks.values()), desired)


def state(*entries, **more):
    """A state of ``(numbers, record)`` entries."""
    given: dict[str, Any] = {
        "target": "tampa",
        "endpoint": ENDPOINT,
        "lineage": "f00d",
        "serial": 1,
    }
    return State(**(given | more), records=over(*entries))


def record(standing, *, name="sales", removal=None):
    return Record(name, standing, removal)


def known(routing=SALES, *, source=SOURCE, name="sales", removal=None):
    """A confirmed number's record."""
    return Record(name, Confirmed(source, routing), removal)
