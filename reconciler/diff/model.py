"""What would change, and what is only worth saying.

A change is the value of a span map, so two sets of changes can be laid over each other, compared
and subtracted number by number.
"""

from dataclasses import dataclass

from reconciler.destination import Callers, Destination
from reconciler.numbers import Span, SpanMap
from reconciler.removal import Removal
from reconciler.routing import Routing


@dataclass(frozen=True, slots=True)
class Create:
    """Copy ``source`` onto the number and give it ``routing``.

    ``begun``: an earlier apply may have created it, so one that exists is ours and is settled.
    """

    block: str
    source: str
    routing: Routing
    removal: Removal | None
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Adopt:
    """Create the number or, where it exists, take it over by asserting ``routing``.

    ``exists``: an earlier apply found it on the server. ``begun``: an earlier apply may have
    created or changed it; that it exists does not tell that it is ours.
    """

    block: str
    source: str
    routing: Routing
    removal: Removal | None
    exists: bool = False
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """Change the fields of ``after``; ``before`` holds those of them that are known now.

    ``begun``: an earlier apply began to change some of them, so their values are unknown.
    """

    block: str
    removal: Removal | None
    before: Routing
    after: Routing
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Park:
    """The number left the YAML: send its callers to ``after``."""

    block: str
    removal: Removal | None
    before: Routing
    after: Routing
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """The number left the YAML: delete it. ``before`` is all that is known of its routing."""

    block: str
    removal: Removal | None
    before: Routing
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """The number left the YAML while it was begun: it may exist. Ask, and keep it if it does."""

    block: str
    removal: Removal | None


@dataclass(frozen=True, slots=True)
class Forget:
    """Somebody else's number, no longer declared: nothing is left to say about it."""

    block: str


Change = Create | Adopt | Update | Park | Delete | Settle | Forget


def is_settling(change: Change) -> bool:
    """Whether an earlier apply began this, so that it is settled rather than begun anew."""
    match change:
        case Create() | Adopt() | Update() | Park() | Delete():
            return change.begun
        case Settle():
            return True
        case Forget():  # pragma: no branch  (there is no other)
            return False


@dataclass(frozen=True, slots=True)
class Kept:
    """No longer declared and left as it is, because ``why``."""

    block: str
    why: str


@dataclass(frozen=True, slots=True)
class Conflicted:
    """Declared, but somebody else's number stands there; the block does not adopt."""

    block: str


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


Note = Kept | Conflicted | Moved | Released


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
