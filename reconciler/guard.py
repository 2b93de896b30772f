"""The target's limits: what of a plan an apply refuses to do, and why.

Settling what an earlier apply began counts against no limit: it has been let through once.
"""

from dataclasses import dataclass
from fractions import Fraction

from reconciler.numbers import SpanMap, span_of
from reconciler.plan.plan import Plan
from reconciler.routing import SYSTEM_PATTERNS

RATIO_FLOOR = 20
"""Ratios are checked from this many numbers on: of a few, one is already a large share."""


@dataclass(frozen=True, slots=True)
class OverLimit:
    """The plan goes over a limit of ``target.yaml``; an apply may be told to do it all the same."""

    limit: str
    message: str


@dataclass(frozen=True, slots=True)
class Protected:
    """The plan would change numbers that nothing may change; no override lets it through."""

    message: str


Refusal = OverLimit | Protected


def refusals(plan: Plan) -> tuple[Refusal, ...]:
    """Every limit the plan goes over, the ones that cannot be overridden first."""
    return (*_protected(plan), *_counts(plan), *_ratios(plan), *_destinations(plan))


def _protected(plan: Plan) -> tuple[Refusal, ...]:
    system = SpanMap((span_of(pattern), True) for pattern in SYSTEM_PATTERNS)
    touched = plan.changes.within(plan.target.protected.overlaid(system))
    return tuple(
        Protected(f"{span.label} would be changed, and may not be: protected")
        for span, _ in touched
    )


def _counts(plan: Plan) -> tuple[Refusal, ...]:
    limits, counts = plan.target.limits, plan.counts
    found: list[Refusal] = []
    for name, count, limit, words in (
        ("max_create", counts.create + counts.adopt, limits.max_create, "would be created"),
        ("max_update", counts.update, limits.max_update, "would be updated"),
        ("max_remove", counts.remove, limits.max_remove, "would be parked or deleted"),
    ):
        if count > limit:
            found.append(OverLimit(name, f"{count:,} numbers {words}; {name} is {limit:,}"))
    return tuple(found)


def _ratios(plan: Plan) -> tuple[Refusal, ...]:
    known, limit = plan.difference.known, plan.target.limits.max_update_ratio
    updates, most = plan.counts.update, _share(limit, known)
    if known < RATIO_FLOOR or updates <= most:
        return ()
    message = (
        f"{updates:,} of {known:,} known numbers would be updated; "
        f"max_update_ratio is {limit:g}, that is {int(most):,}"
    )
    return (OverLimit("max_update_ratio", message),)


def _destinations(plan: Plan) -> tuple[Refusal, ...]:
    limit = plan.target.limits.max_destination_loss
    return tuple(
        OverLimit(
            "max_destination_loss",
            f"{effect.destination} loses {effect.lost:,} of {effect.before:,} numbers; "
            f"max_destination_loss is {limit:g}",
        )
        for effect in plan.difference.effects
        if effect.before >= RATIO_FLOOR and effect.lost > _share(limit, effect.before)
    )


def _share(ratio: float, count: int) -> Fraction:
    """``ratio`` as it was written: 0.29 of 100 is 29, and not a little less."""
    return Fraction(str(ratio)) * count
