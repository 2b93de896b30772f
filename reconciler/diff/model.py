"""What would change, and what is only worth saying.

A change is the value of a span map, so two sets of changes can be laid over each other, compared
and subtracted number by number.
"""

from dataclasses import dataclass
from typing import ClassVar

from reconciler.destination import Callers, Destination
from reconciler.numbers import Span, SpanMap
from reconciler.removal import Removal
from reconciler.routing import Routing


@dataclass(frozen=True, slots=True)
class Fresh:
    """No earlier apply left anything open."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An earlier apply may have created, changed or deleted the number; the result is unknown.

    ``newer``: the change asks for something that this apply was not let through to do.
    """

    newer: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An earlier apply found the number on the server: somebody else created it."""


FRESH, UNSETTLED, NEWER, FOUND = Fresh(), Unsettled(), Unsettled(newer=True), Found()


@dataclass(frozen=True, slots=True)
class Create:
    """Copy ``source`` onto the number and give it ``routing``.

    Where it is unsettled, a number that exists is ours.
    """

    action: ClassVar[str] = "create"
    block: str
    source: str
    routing: Routing
    removal: Removal | None
    earlier: Fresh | Unsettled = FRESH


@dataclass(frozen=True, slots=True)
class Adopt:
    """Create the number or, where it exists, take it over by setting every field of ``routing``.

    Where it is unsettled, a number that exists may be ours or somebody else's.
    """

    action: ClassVar[str] = "adopt"
    block: str
    source: str
    routing: Routing
    removal: Removal | None
    earlier: Fresh | Unsettled | Found = FRESH


@dataclass(frozen=True, slots=True)
class Update:
    """Change the fields of ``after``; ``before`` holds those of them that are known now.

    Where it is unsettled, the fields that an earlier apply began to change are unknown.
    """

    action: ClassVar[str] = "update"
    block: str
    removal: Removal | None
    before: Routing
    after: Routing
    earlier: Fresh | Unsettled = FRESH


@dataclass(frozen=True, slots=True)
class Park:
    """The number left the YAML: send its callers to ``after``."""

    action: ClassVar[str] = "park"
    block: str
    removal: Removal | None
    before: Routing
    after: Routing
    earlier: Fresh | Unsettled = FRESH


@dataclass(frozen=True, slots=True)
class Delete:
    """The number left the YAML: delete it. ``before`` is all that is known of its routing."""

    action: ClassVar[str] = "delete"
    block: str
    removal: Removal | None
    before: Routing
    earlier: Fresh | Unsettled = FRESH


@dataclass(frozen=True, slots=True)
class Settle:
    """The number left the YAML before it was settled: ask whether it exists, and keep it if so."""

    action: ClassVar[str] = "settle"
    block: str
    removal: Removal | None


@dataclass(frozen=True, slots=True)
class Forget:
    """Somebody else's number, no longer declared: remove it from the state."""

    action: ClassVar[str] = "forget"
    block: str


Change = Create | Adopt | Update | Park | Delete | Settle | Forget


def is_unsettled(change: Change) -> bool:
    """Whether an earlier apply left the result for this number unknown."""
    return isinstance(_earlier(change), Unsettled)


def only_settles(change: Change) -> bool:
    """Whether it only finishes what an earlier apply was let through to do.

    Such a change counts against no limit: it was counted then.
    """
    return _earlier(change) == UNSETTLED


def _earlier(change: Change) -> Fresh | Unsettled | Found:
    match change:
        case Create() | Adopt() | Update() | Park() | Delete():
            return change.earlier
        case Settle():
            return UNSETTLED
        case Forget():  # pragma: no branch  (there is no other)
            return FRESH


@dataclass(frozen=True, slots=True)
class Kept:
    """No longer declared and left as it is, because ``why``."""

    block: str
    why: str


@dataclass(frozen=True, slots=True)
class ConflictNote:
    """Declared, but somebody else's number stands there; the block does not adopt.

    ``doubt``: an earlier apply may have made it, and nothing proves that it did.
    """

    block: str
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """Declared in another block than before; no call comes of that."""

    before: str
    block: str


@dataclass(frozen=True, slots=True)
class Released:
    """Fields no longer declared: existing numbers keep these values, new ones take the source's."""

    block: str
    fields: Routing


Note = Kept | ConflictNote | Moved | Released


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting of ``target.yaml`` that differs from the last apply's."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """How many numbers lead to a destination before and after."""

    destination: Destination
    before: int
    after: int
    lost: int
    """Known numbers that leave it, settled ones aside (new ones that arrive may hide a loss)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between what the YAML wants and what is known.

    ``callers`` tells of each number that changes where its callers end up before and after.
    """

    changes: SpanMap[Change]
    callers: SpanMap[Callers]
    notes: tuple[tuple[Span, Note], ...]
    settings: tuple[SettingChange, ...]
    effects: tuple[Effect, ...]
    declared: int
    known: int
