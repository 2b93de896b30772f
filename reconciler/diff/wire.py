"""Changes as JSON: one form for ``plan.json`` and for the digest of a plan."""

from collections.abc import Mapping
from typing import Any

from reconciler.diff.model import (
    FOUND,
    FRESH,
    Adopt,
    Change,
    Create,
    Delete,
    Forget,
    Found,
    Fresh,
    Park,
    Settle,
    Unsettled,
    Update,
)
from reconciler.wire import Json, read_removal, read_routing, removal_data


def change_data(change: Change) -> Json:
    """A change as JSON; what has its default is left out."""
    head: Json = {"action": change.action, "block": change.block}
    if not isinstance(change, Forget) and change.removal is not None:
        head["removal"] = removal_data(change.removal)
    match change:
        case Create() | Adopt():
            head |= {"source": change.source, "after": dict(change.routing)}
        case Update() | Park():
            head |= {"before": dict(change.before), "after": dict(change.after)}
        case Delete():
            head["before"] = dict(change.before)
        case Settle() | Forget():  # pragma: no branch  (there is no other)
            return head
    return head | _earlier_data(change.earlier)


def read_change(entry: Mapping[str, Any]) -> Change:
    """Read what :func:`change_data` wrote; raise KeyError, TypeError or ValueError."""
    action, block = entry["action"], entry["block"]
    policy = read_removal(entry["removal"]) if "removal" in entry else None
    before, after = read_routing(entry.get("before", {})), read_routing(entry.get("after", {}))
    earlier = _read_begun(entry)
    match action:
        case "create":
            return Create(block, entry["source"], after, policy, earlier)
        case "adopt":
            return Adopt(block, entry["source"], after, policy, _read_earlier(entry))
        case "update":
            return Update(block, policy, before, after, earlier)
        case "park":
            return Park(block, policy, before, after, earlier)
        case "delete":
            return Delete(block, policy, before, earlier)
        case "settle":
            return Settle(block, policy)
        case "forget":
            return Forget(block)
        case _:
            raise ValueError(f"unknown change {action!r}")


def _earlier_data(earlier: Fresh | Unsettled | Found) -> Json:
    match earlier:
        case Fresh():
            return {}
        case Unsettled(newer):
            return {"begun": True, "newer": True} if newer else {"begun": True}
        case Found():  # pragma: no branch  (there is no other)
            return {"exists": True}


def _read_begun(entry: Mapping[str, Any]) -> Fresh | Unsettled:
    match entry.get("begun", False), entry.get("newer", False):
        case False, False:
            return FRESH
        case True, newer:
            return Unsettled(newer)
        case _:
            raise ValueError("a change has newer without begun")


def _read_earlier(entry: Mapping[str, Any]) -> Fresh | Unsettled | Found:
    begun = _read_begun(entry)
    if not entry.get("exists", False):
        return begun
    if begun != FRESH:
        raise ValueError("a change has both begun and exists")
    return FOUND
