"""How a change or a note is said: its mark, its words, and why it is risky.

Terminal, comment and page speak with these, so that one thing has one name everywhere.
"""

from reconciler.destination import (
    Callers,
    DefaultDid,
    Destination,
    Place,
    Unresolved,
    destination,
    shown_fields,
)
from reconciler.diff.model import (
    FOUND,
    Adopt,
    Change,
    ConflictNote,
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
    is_unsettled,
)
from reconciler.routing import DESCRIPTION, NOT_COPIED, Routing

MARKS = {
    "!": "look at this first",
    "+": "create",
    "±": "create or adopt",
    "~": "update",
    ">": "park",
    "-": "delete",
    "?": "settle what an earlier apply began",
    "·": "no call",
}
"""What the mark in front of a line means."""

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
            Forget() | Kept() | ConflictNote() | Moved() | Released()
        ):  # pragma: no branch  (there is no other)
            return "·"


def risk(change: Change, callers: Callers) -> str | None:
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
                return "made inactive, callers will reach the DID named default"
            return _elsewhere(callers) if callers.move else None
        case Park():
            return f"parked, {_elsewhere(callers)}" if callers.move else None
        case Delete():  # pragma: no branch  (there is no other)
            return (
                "deleted for good, callers will reach the DID named default, "
                "the call history is orphaned"
            )


def _elsewhere(callers: Callers) -> str:
    return f"callers {'will' if callers.certain else 'may'} go somewhere else"


def from_to(callers: Callers) -> str:
    """``in-group SALES → call menu MAIN``, ``voicemail 8306 → 8406``; what is new is only there."""
    match callers.before, callers.after:
        case None, after:
            return str(after)
        case Place(kind=one), Place(kind=other) as after if one == other:
            return f"{callers.before} → {after.named}"
        case before, after:  # pragma: no branch  (there is no other)
            return f"{before} → {after}"


def tells(callers: Callers) -> bool:
    """Whether callers move to where the route is known, so that it can be said in one line."""
    return callers.move and not isinstance(callers.after, Unresolved)


def told_fields(callers: Callers) -> dict[str, object]:
    """The changed fields that need no words once :func:`from_to` was said; none where it is not."""
    return shown_fields(callers.after) if callers.after is not None and tells(callers) else {}


def origin_words(change: Create | Adopt) -> list[str]:
    """What the number is copied from, where its callers end up, and whether it may be there."""
    where = _decided(change)
    to = "" if where is None else f" → {where}"
    copy = f"copy of {change.source}"
    match change:
        case Create():
            begun = ["may exist: an earlier apply began it"] if is_unsettled(change) else []
            return [copy + to, *begun]
        case Adopt():  # pragma: no branch  (there is no other)
            plain = [] if change.routing else ["taken over as it is"]
            return [
                ("adopt" if change.earlier == FOUND else f"create or adopt: {copy}") + to,
                *plain,
            ]


def remaining(change: Create | Adopt) -> Routing:
    """The declared fields that :func:`origin_words` has not told."""
    where = _decided(change)
    return change.routing if where is None else change.routing.without(shown_fields(where))


def _decided(change: Create | Adopt) -> Destination | None:
    """Where the declared fields alone send callers; None where they do not tell."""
    match destination(change.routing, change.source):
        case Place(name=None) | Unresolved():
            return None
        case Place() | DefaultDid() as where:  # pragma: no branch  (there is no other)
            return where


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
        case ConflictNote(doubt=True):
            return (
                "exists on the server, and nothing proves that the earlier apply which began it "
                "has made it: `adopt: true` on the block takes it over, or remove it from the YAML"
            )
        case ConflictNote():
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
