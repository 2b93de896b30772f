"""What an apply saves in the state when no call is needed."""

from dataclasses import replace

from reconciler.apply.ledger import refreshed
from reconciler.diff.settings import settings_of
from reconciler.plan.plan import Plan
from reconciler.specs.model import TargetSpec
from reconciler.state.store import LockedState


def remember(
    spec: TargetSpec, plan: Plan, held: LockedState, message: str, *, commit: str | None
) -> None:
    """Note the blocks and policies of known numbers, the target's settings and the commit."""
    state = held.state
    held.finish(
        replace(
            state,
            records=refreshed(state.records, spec.desired, plan.changes),
            settings=settings_of(spec.target),
            applied_commit=commit or state.applied_commit,
        ),
        message,
    )
