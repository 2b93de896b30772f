"""Whether there is something to apply, found without credentials."""

from collections.abc import Iterator
from pathlib import Path

from reconciler import specs
from reconciler.apply.ledger import refreshed
from reconciler.cli.context import open_mirror
from reconciler.errors import ReconcilerError
from reconciler.plan.plan import make_plan


def due_targets(names: tuple[str, ...], root: Path) -> Iterator[str]:
    """Those of ``names`` of which an apply would send, save or complain about something.

    What cannot be read is among them: the apply, which may have credentials, says why.
    """
    for name in names:
        try:
            is_due = _is_due(name, root)
        except ReconcilerError:
            is_due = True
        if is_due:
            yield name


def _is_due(name: str, root: Path) -> bool:
    (spec,) = specs.read(root, only=name)
    target = spec.target
    if target.mirror is not None:  # it may be behind the state
        return True
    loaded = open_mirror(target, root).read()
    if loaded.stored is None:
        return bool(spec.desired) or target.branch is None
    plan = make_plan(spec, loaded.state)
    records = loaded.state.records
    return (
        not plan.is_empty
        or bool(plan.conflicts)
        or refreshed(records, spec.desired, plan.changes) != records
    )
