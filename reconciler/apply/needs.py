"""Which features of the server a plan needs: one that copies nothing needs no ``copy_did``."""

from collections.abc import Iterator

from reconciler.diff.model import Adopt, Change, Create, Delete, Forget, Park, Settle, Update
from reconciler.plan.plan import Plan
from reconciler.routing import Routing
from reconciler.vicidial.builds import COPY, DELETE, FIELDS, UPDATE, Feature


def needs_of(plan: Plan) -> tuple[Feature, ...]:
    """The features that some change of the plan needs, the oldest first."""
    found = {feature for _, change in plan.changes for feature in _needs(change)}
    return tuple(sorted(found, key=lambda feature: feature.since))


def _needs(change: Change) -> Iterator[Feature]:
    yield UPDATE  # the check of the rights uses it for every plan
    match change:
        case Create() | Adopt():
            yield COPY
            yield from _fields(change.routing)
        case Update() | Park():
            yield from _fields(change.after)
        case Delete():
            yield DELETE
        case Settle() | Forget():  # pragma: no branch  (there is no other)
            return


def _fields(sent: Routing) -> Iterator[Feature]:
    yield from (FIELDS[name] for name in sent if name in FIELDS)
