"""Removal policies and routings as JSON: one form for states, plans and digests."""

from collections.abc import Mapping
from typing import Any

from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy, Removal
from reconciler.routing import BY_NAME, Routing

Json = dict[str, Any]
"""An object of JSON."""


def removal_data(policy: Removal) -> Json:
    """A removal policy as JSON."""
    match policy:
        case KeepPolicy():
            return {"action": "keep"}
        case ParkPolicy(routing):
            return {"action": "park", "routing": dict(routing)}
        case DeletePolicy():  # pragma: no branch  (there is no other)
            return {"action": "delete"}


def read_removal(entry: Mapping[str, Any]) -> Removal:
    """Read what :func:`removal_data` wrote; raise KeyError, TypeError or ValueError."""
    match entry["action"]:
        case "keep":
            return KeepPolicy()
        case "park":
            return ParkPolicy(read_routing(entry["routing"]))
        case "delete":
            return DeletePolicy()
        case action:
            raise ValueError(f"unknown removal {action!r}")


def read_routing(fields: Mapping[str, Any]) -> Routing:
    """Fields and their values; raise ValueError for an unknown field, TypeError for a value."""
    unknown = [name for name in fields if name not in BY_NAME]
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}")
    return Routing({name: read_text(value) for name, value in fields.items()})


def read_text(value: object) -> str:
    """``value`` if it is text that can be written again; raise TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    value.encode()  # raises for half a surrogate pair
    return value
