"""Checks before an apply sends anything: the state's endpoint, and limits."""

from reconciler.errors import LimitsExceeded, StateError
from reconciler.guard import OverLimit, Refusal
from reconciler.plan.plan import Plan

DIGEST_SHOWN = 12
NOTHING_SENT = "nothing was sent; no number was changed"


def check_endpoint(plan: Plan) -> None:
    """Raise StateError when the state belongs to another endpoint."""
    state, target = plan.state, plan.target
    if state.serial and state.endpoint != target.endpoint:
        raise StateError(
            f"the state of {target.name} belongs to {state.endpoint}, "
            f"and the target is now {target.endpoint}: nothing was sent",
            hint="where it is the same system at a new address, run `reconciler state rebind "
            f"--target {target.name}`; for another system give the target a state of its own",
        )


def names(digest: str, plan: Plan) -> bool:
    """Whether what was typed is the digest of ``plan``, or enough of its beginning."""
    return len(digest) >= DIGEST_SHOWN and plan.digest.startswith(digest.lower())


def check_limits(plan: Plan, found: tuple[Refusal, ...], override: str | None) -> None:
    """Raise LimitsExceeded unless ``override`` is the digest of this plan.

    Changes of protected numbers are refused in any case.
    """
    if not found:
        return
    reasons = f"{plan.target.name}: " + "; ".join(refusal.message for refusal in found)
    if not all(isinstance(refusal, OverLimit) for refusal in found):
        raise LimitsExceeded(
            f"{reasons}: nothing was sent",
            hint="protected numbers are never changed by an apply: leave them out of the YAML, "
            "or out of `protected` in target.yaml",
        )
    shown = plan.digest[:DIGEST_SHOWN]
    if override is None:
        raise LimitsExceeded(
            f"{reasons}: nothing was sent",
            hint=f"look at the plan again; to apply exactly this one: --override-limits {shown}",
        )
    if not names(override, plan):
        raise LimitsExceeded(
            f"--override-limits {override} does not name this plan, which is {shown}: "
            "nothing was sent",
            hint="look at the plan again before you let it through",
        )
