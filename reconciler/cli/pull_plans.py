"""``github plan``: the plans of a pull request, made of its specs as data.

This is the default branch's code. Of the pull request it reads the specs alone, as git would merge
them: nothing of it is checked out, run or followed. Which state it is compared with is for the base
to say.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from reconciler import specs
from reconciler.cli.base_specs import Base, specs_at, target_names
from reconciler.cli.context import open_mirror
from reconciler.cli.first import first_remarks
from reconciler.cli.history import Fetched, History
from reconciler.cli.leaving import leaving_document, newcomers, read_state
from reconciler.cli.options import BaseOptions
from reconciler.errors import Fault, ReconcilerError, SpecFaults
from reconciler.github.event import PullEvent
from reconciler.github.planned import PlannedPull
from reconciler.guard import refusals
from reconciler.plan.plan import make_plan
from reconciler.report.document import PlanDocument, Remark, plan_document
from reconciler.report.model import PlanProblem
from reconciler.specs.model import Target, TargetSpec
from reconciler.state.model import State
from reconciler.state.store import Loaded

Plans = dict[str, PlanDocument]

_UNREAD = Remark(
    "the target is new on the default branch, and its state is not on a branch: it was not read, "
    "so numbers that it knows may be shown as new",
    "write mirror: git:did-state into its target.yaml",
)
_CONFLICT = PlanProblem(
    "it conflicts with its base, so its merge cannot be planned",
    "merge the base into its branch, and settle the conflicts there",
)


def plan_pull(event: PullEvent, root: Path) -> tuple[PlannedPull, Plans, tuple[Fault, ...]] | None:
    """Plan the pull request of ``event``, whose specs are in a folder such as ``root``.

    None where it was pushed to since: another run plans that. Faults of its specs are among its
    problems, and come beside them.
    """
    history = History(root.parent)
    fetched = history.fetch_pull(event.number, event.base)
    if fetched.head != event.head:
        return None
    pull = PlannedPull(event.number, event.head, event.base, fetched.base)
    try:
        tree = history.merged_tree(fetched.base, fetched.head)
        if tree is None:
            return replace(pull, problems=(_CONFLICT,)), {}, ()
        pull = replace(pull, tree=tree)
        changed = _changed(history, tree, fetched, root.name)
        plans = _plans(changed, tree, fetched, root, trusted=event.base == event.default_branch)
    except SpecFaults as error:
        return replace(pull, problems=tuple(map(_of_fault, error.faults))), {}, error.faults
    except ReconcilerError as error:
        public = error.public()
        return replace(pull, problems=(PlanProblem(public.message, public.hint),)), {}, ()
    return replace(pull, targets=tuple(plans)), plans, ()


def _changed(history: History, tree: str, fetched: Fetched, name: str) -> Callable[[str], bool]:
    """Whether the folder of a target differs between the merge and its base."""
    merged, before = history.subtrees(tree, name), history.subtrees(fetched.base, name)
    return lambda target: merged.get(target) != before.get(target)


def _plans(
    changed: Callable[[str], bool], tree: str, fetched: Fetched, root: Path, *, trusted: bool
) -> Plans:
    """The plan of each target whose folder changed, by name. All specs are checked.

    ``trusted``: the base is the default branch. Any other is like the pull request itself.
    """
    with (
        specs_at(root, tree, "the merge", links=False) as merge,
        specs_at(root, fetched.base, "its base", links=trusted) as base,
        # Messages and plans name files as from the top of the repository.
        contextlib.chdir(merge.root.parent),
    ):
        here = Path(root.name)
        found = specs.read(here) if target_names(here) else ()
        plans = {
            spec.target.name: _plan(spec, base, here, root, trusted=trusted)
            for spec in found
            if changed(spec.target.name)
        }
        names = tuple(spec.target.name for spec in found)
        leaving = _leaving(names, base, here, root) if trusted else ()
        return dict(sorted([*plans.items(), *leaving]))


def _plan(spec: TargetSpec, base: Base, here: Path, root: Path, *, trusted: bool) -> PlanDocument:
    target = spec.target
    of_base = base.read(target.name)
    kept = target if of_base is None else _with_state_of(of_base.target, target)
    if (of_base is None or not trusted) and kept.branch is None:
        loaded = Loaded(State(target.name, target.endpoint, lineage="unknown"), None)
        remarks = [_UNREAD]
    else:
        loaded = open_mirror(kept, root).read()
        remarks = [*first_remarks(loaded, kept, here, root.parent), *_elsewhere(target, kept)]
    plan = make_plan(spec, loaded.state)
    return plan_document(plan, refusals(plan), base.own(plan), tuple(remarks))


def _with_state_of(base: Target, target: Target) -> Target:
    return replace(target, state=base.state, mirror=base.mirror)


def _elsewhere(target: Target, kept: Target) -> Iterator[Remark]:
    if (target.state, target.mirror) != (kept.state, kept.mirror):
        yield Remark(
            f"{target.name} is to keep its state in {target.state}, and this plan was made from "
            f"{kept.state}: unless what is known is moved there, every number counts as new",
            f"before the merge: reconciler state migrate {target.state} --target {target.name}",
        )


def _leaving(
    names: tuple[str, ...], base: Base, here: Path, root: Path
) -> Iterator[tuple[str, PlanDocument]]:
    new = newcomers(base, BaseOptions(specs=here))
    for name in base.left(names):
        spec = base.read(name)
        if spec is not None:
            state = read_state(open_mirror(spec.target, root))
            yield name, leaving_document(spec, state, base, new)


def _of_fault(fault: Fault) -> PlanProblem:
    return PlanProblem(fault.message, fault.hint, fault.where.file, fault.where.line)
