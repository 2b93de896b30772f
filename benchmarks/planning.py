"""From YAML to a plan: a hundred blocks, each with overrides, over few or many numbers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Case
from reconciler import specs
from reconciler.guard import refusals
from reconciler.numbers import SpanMap
from reconciler.plan.plan import Plan, make_plan
from reconciler.specs import Declared, TargetSpec
from reconciler.state.model import Confirmed, Record, State

BLOCKS = 100
FIRST = 7_270_000_000
TARGET = """\
version: 1
endpoint: https://vici.example.com/vicidial/non_agent_api.php
state: file:state/{target}.json
defaults: {source: "7195551114"}
"""


def yaml(numbers: int) -> str:
    """``BLOCKS`` blocks that declare ``numbers`` together."""
    step = numbers // BLOCKS
    lines = ["version: 1", "blocks:"]
    for at in range(FIRST, FIRST + numbers, step):
        lines += [
            f"  - name: block-{at}",
            f"    numbers: [{at}-{at + step - 1}]",
            "    routing: {did_route: IN_GROUP, group: SALESLINE}",
            "    overrides:",
            f"      - numbers: [{at + step // 4}-{at + step // 2}]",
            "        routing: {did_route: CALLMENU, menu_id: MAIN_IVR}",
        ]
    return "\n".join(lines) + "\n"


def read(numbers: int) -> TargetSpec:
    """The YAML, read and checked."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "did_specs" / "tampa"
        target.mkdir(parents=True)
        (target / "target.yaml").write_text(TARGET)
        (target / "blocks.yaml").write_text(yaml(numbers))
        (spec,) = specs.read(target.parent)
        return spec


def nothing(spec: TargetSpec) -> State:
    """A state that knows no number."""
    return State(spec.target.name, spec.target.endpoint, "1")


def applied(spec: TargetSpec) -> State:
    """The state after an apply: every number as declared."""

    def record(declared: Declared) -> Record:
        return Record(declared.block.name, Confirmed(declared.source, declared.routing))

    return replace(nothing(spec), records=spec.desired.mapped(record))


def edited(spec: TargetSpec) -> TargetSpec:
    """Every number sent somewhere else."""

    def elsewhere(declared: Declared) -> Declared:
        return replace(declared, routing=declared.routing.overlaid({"record_call": "Y"}))

    return replace(spec, desired=spec.desired.mapped(elsewhere))


def everything_of(plan: Plan) -> tuple[object, ...]:
    """All that a plan is asked for."""
    return plan.counts, plan.calls, plan.digest, refusals(plan)


def reading(numbers: int) -> Callable[[], object]:
    """Read and check the YAML."""
    return lambda: read(numbers)


def creating(numbers: int) -> Callable[[], object]:
    """Plan numbers that are all new."""
    spec = read(numbers)
    state = nothing(spec)
    return lambda: everything_of(make_plan(spec, state))


def updating(numbers: int) -> Callable[[], object]:
    """Plan numbers that are all known and all diverge."""
    spec = read(numbers)
    state, wanted = applied(spec), edited(spec)
    return lambda: everything_of(make_plan(wanted, state))


def resting(numbers: int) -> Callable[[], object]:
    """Plan numbers that are all as they should be."""
    spec = read(numbers)
    state = applied(spec)
    assert make_plan(spec, state).changes == SpanMap()
    return lambda: everything_of(make_plan(spec, state))


CASES = (
    Case("read: YAML to what is desired", reading),
    # Its calls are cut to what a request may hold, so some of it grows with them: 5,529 beside 10.
    Case("plan: all new", creating, limit=8),
    Case("plan: all diverging", updating),
    Case("plan: nothing to do", resting),
)
