"""Destinations and callers as ``plan.json`` holds them, there and back.

::

    {"kind": "in-group", "name": "SALESLINE"}     {"kind": "extension", "name": …, "context": …}
    {"kind": "DID", "name": "default"}            {"kind": "call menu"}, its menu not being known
    {"kind": "as", "name": SOURCE, "fields": {…}} {"kind": "not known", "fields": {…}}
"""

from typing import Any

from reconciler.destination import (
    Callers,
    DefaultDid,
    Destination,
    Place,
    Unresolved,
)
from reconciler.routing import ROUTE_WORDS, Routing

DEFAULT = "DID"
SOURCE = "as"
NOT_KNOWN = "not known"
ALL_KINDS = (*ROUTE_WORDS.values(), DEFAULT, SOURCE, NOT_KNOWN)

Json = dict[str, Any]


def destination_data(where: Destination) -> Json:
    """A destination as JSON's own types; what is not known is left out."""
    match where:
        case Place(kind, name, context):
            return {"kind": kind, **_some(name=name, context=context)}
        case DefaultDid():
            return {"kind": DEFAULT, "name": "default"}
        case Unresolved(source, fields):  # pragma: no branch  (there is no other)
            kind = NOT_KNOWN if source is None else SOURCE
            return {"kind": kind, **_some(name=source, fields=dict(fields) or None)}


def read_destination(entry: Json) -> Destination:
    """The reverse of :func:`destination_data`, of what fits the schema."""
    match entry["kind"]:
        case "DID":
            return DefaultDid()
        case "as" | "not known":
            return Unresolved(entry.get("name"), Routing(entry.get("fields")))
        case kind:
            return Place(kind, entry.get("name"), entry.get("context"))


def callers_data(callers: Callers) -> Json:
    """From where to where, each only where there is one."""
    ends = {"from": callers.before, "to": callers.after}
    return {name: destination_data(where) for name, where in ends.items() if where is not None}


def read_callers(entry: Json) -> Callers:
    """The reverse of :func:`callers_data`."""
    ends = [read_destination(entry[name]) if name in entry else None for name in ("from", "to")]
    return Callers(*ends)


def _some(**given: object) -> Json:
    return {name: value for name, value in given.items() if value is not None}
