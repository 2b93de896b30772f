"""How a change or a note is said: its mark, its words, and why it is risky.

Terminal, comment and page speak with these, so that one thing has one name everywhere.
"""

from reconciler.diff.effects import place
from reconciler.diff.model import (
    Adopt,
    Change,
    Conflicted,
    Create,
    Delete,
    Forget,
    Kept,
    Moved,
    Note,
    Park,
    Released,
    Settle,
    Update,
)
from reconciler.routing import DESCRIPTION, NOT_COPIED, ROUTES, Destination, Routing, destination

MOVING: dict[str, object] = dict.fromkeys(
    ("did_route", *ROUTES.values(), "exten_context", "server_ip", "active")
)
"""Fields that decide where callers end up."""

NOT_COPIED_WORDS = (
    f"{', '.join(NOT_COPIED[:-1])} and {NOT_COPIED[-1]} never come along with a copy: "
    "new numbers have the server's defaults there"
)


def many(count: int, one: str, more: str | None = None) -> str:
    """``1 number``, ``1,200 numbers``."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def mark(subject: Change | Note) -> str:
    """The character in front of its lines; colours only repeat what it says."""
    match subject:
        case Create():
            return "+"
        case Adopt():
            return "±"
        case Update():
            return "~"
        case Park():
            return ">"
        case Delete():
            return "-"
        case Settle():
            return "?"
        case (
            Forget() | Kept() | Conflicted() | Moved() | Released()
        ):  # pragma: no branch  (there is no other)
            return "·"


def risk(change: Change) -> str | None:
    """Why a reviewer must look at this one; None when nobody's call changes by it."""
    match change:
        case Create() | Settle() | Forget():
            return None
        case Adopt(routing=routing):
            if not routing:
                return None
            names = ", ".join(routing)
            verb = "is" if len(routing) == 1 else "are"
            return f"taken over where they exist: {names} {verb} set, whatever they have now"
        case Update(after=after):
            if after.get("active") == "N":
                return "made inactive: their callers reach the DID named default"
            if after.only(MOVING):
                return "live numbers: their callers are routed anew"
            return None
        case Park():
            return "live numbers: their callers are sent elsewhere"
        case Delete():  # pragma: no branch  (there is no other)
            return (
                "deleted for good: their call history is orphaned, "
                "their callers reach the DID named default"
            )


def is_risky(change: Change) -> bool:
    """Whether callers of numbers that exist may end up elsewhere, or the number goes."""
    return risk(change) is not None


def place_words(where: Destination) -> str:
    """Where callers end up, in words."""
    if where.kind == "as":
        return f"routed as {where.name}"
    return str(where)


def moved_to(after: Routing) -> Destination | None:
    """Where an update sends callers, as far as the fields it changes tell."""
    if after.get("active") == "N":
        return Destination("DID", "default")
    named = destination(after)
    if named is not None or "did_route" in after:
        return named
    for route, name in ROUTES.items():
        if name in after:
            return destination({"did_route": route, name: after[name]})
    return None


def origin_words(change: Create | Adopt) -> list[str]:
    """What the number is copied from, where its callers end up, and whether it may be there."""
    where = place(change.routing, change.source)
    to = "" if where is None or where.kind == "as" else f" → {where}"
    copy = f"copy of {change.source}"
    match change:
        case Create():
            begun = ["may exist: an earlier apply began it"] if change.begun else []
            return [copy + to, *begun]
        case Adopt():  # pragma: no branch  (there is no other)
            plain = [] if change.routing else ["taken over as it is"]
            return [("adopt" if change.exists else f"create or adopt: {copy}") + to, *plain]


def remaining(change: Create | Adopt) -> Routing:
    """The declared fields that :func:`origin_words` has not told."""
    told: dict[str, object] = {}
    route = change.routing.get("did_route")
    if change.routing.get("active") == "N":
        told["active"] = True
    elif route is not None and destination(change.routing) is not None:
        told |= {"did_route": True, ROUTES[route]: True}
    return change.routing.without(told)


def fields_words(routing: Routing) -> list[str]:
    """Each field with its value."""
    return [f"{name} {value}" for name, value in routing.items()]


def declared_words(routing: Routing) -> list[str]:
    """The fields of a new number; its description, which says enough, without a name."""
    return [
        f'"{value}"' if name == DESCRIPTION else f"{name} {value}"
        for name, value in routing.items()
    ]


def note_words(note: Note) -> str:
    """What is worth knowing although nothing comes of it."""
    match note:
        case Conflicted():
            return (
                "exists on the server and is not ours: `adopt: true` on the block takes it over, "
                "or remove it from the YAML"
            )
        case Kept(why=why):
            return f"no longer declared, left as it is: {why}"
        case Moved(before=before):
            return f"moved here from {before}: no call"
        case Released(fields=fields):  # pragma: no branch  (there is no other)
            told = ", ".join(fields_words(fields))
            verb = "is" if len(fields) == 1 else "are"
            return f"{told} {verb} no longer declared: kept here, new numbers take the source's"


def duration(seconds: float) -> str:
    """A rough time, as people say it."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"about {round(seconds)} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    return f"about {round(seconds / 3600)} h"
