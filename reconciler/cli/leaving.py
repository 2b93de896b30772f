"""Targets that a pull request removes from the repository, and what stays on their servers.

No later apply touches their numbers, whatever their removal policy was, so the plan of that pull
request is the last place to warn.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from reconciler import specs
from reconciler.cli.base_specs import Base, target_names
from reconciler.cli.console import tell
from reconciler.cli.context import read_specs
from reconciler.cli.options import BaseOptions
from reconciler.diff.model import Difference
from reconciler.errors import SpecFaults, StateError
from reconciler.numbers import SpanMap
from reconciler.plan.plan import Plan
from reconciler.report.document import PlanDocument, Remark, plan_document
from reconciler.report.words import many
from reconciler.specs.model import Target, TargetSpec
from reconciler.specs.urls import server
from reconciler.state.model import State
from reconciler.state.store import Store


def selected(
    arguments: BaseOptions,
    base: Base | None,
    read: Callable[[BaseOptions], tuple[TargetSpec, ...]] = read_specs,
) -> tuple[tuple[TargetSpec, ...], tuple[str, ...]]:
    """The specs asked for, and the names of the targets asked for that are in the base only."""
    here = target_names(arguments.specs)
    if base is None:
        return read(arguments), ()
    left = base.left(here)
    if arguments.target is not None:
        left = tuple(name for name in left if name == arguments.target)
        return (() if left else read(arguments)), left
    if not here:
        also = "" if left else f", and none in {base.name}"
        tell(f"there are no targets in {arguments.specs}{also}")
        return (), left
    return read(arguments), left


def read_leaving(base: Base, name: str) -> TargetSpec | None:
    """What ``base`` declares for a removed target; None, with a note, where that has faults."""
    try:
        (found,) = specs.read(base.root, only=name)
    except SpecFaults as error:
        tell(f"{name} leaves the repository; its specs in {base.name} have faults: {error}")
        return None
    return found


def newcomers(base: Base, arguments: BaseOptions) -> tuple[Target, ...]:
    """The targets that ``base`` does not have, without those with faults."""
    before = target_names(base.root)
    found = []
    for name in target_names(arguments.specs):
        if name not in before:
            with suppress(SpecFaults):
                found += [spec.target for spec in specs.read(arguments.specs, only=name)]
    return tuple(found)


def leaving_document(
    spec: TargetSpec, state: State, base: Base, new: Sequence[Target]
) -> PlanDocument:
    """The plan of a removed target: no changes, only remarks.

    ``new`` are targets that the base does not have: one of them may be this one, renamed.
    """
    target = spec.target
    stays = (
        f"{many(state.records.count, 'number')} known of it"
        if state.serial
        else f"{many(spec.desired.count, 'number')} declared for it in {base.name}"
    )
    verb = "stays" if (state.records if state.serial else spec.desired).count == 1 else "stay"
    remarks = [
        Remark(
            f"{target.name} leaves the repository: from now on nothing of it is planned or "
            f"applied, whatever its removal policy was; {stays} {verb} on {target.endpoint} as "
            "they are",
            "to remove them first, keep the folder, write removal: {action: delete} (or park) "
            "into its target.yaml, take its blocks out and apply that; then remove the folder",
        )
    ]
    remarks += (
        _renamed(target.name, each.name)
        for each in new
        if server(each.endpoint) == server(target.endpoint)
    )
    difference = Difference(SpanMap(), SpanMap(), (), (), (), 0, state.records.count)
    plan = Plan(target, (), state, difference)
    return replace(plan_document(plan, (), None, tuple(remarks)), leaving=True)


def read_state(store: Store) -> State:
    """The state of a removed target; an empty one, with a note, where it cannot be read."""
    try:
        return store.read().state
    except StateError as error:
        tell(f"the state of {store.target}, which leaves, cannot be read: {error.message}")
        return State(store.target, store.endpoint, lineage="unknown")


def _renamed(old: str, new: str) -> Remark:
    return Remark(
        f"{new} is new and has the same server: if it is {old} under a new name, the state of "
        f"{old} belongs to it, and without it every number there counts as somebody else's",
        f"reconciler state rename {old} --target {new}",
    )
