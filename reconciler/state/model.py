"""What is known of each number, and how certain that is.

A number is *confirmed* (the fields listed were confirmed for that very number), *begun* (a call for
it may have been sent and its outcome is not known), or a *conflict* (somebody else's number stands
where one was to be created).
"""

from dataclasses import dataclass, field, replace

from reconciler.numbers import SpanMap
from reconciler.removal import Removal
from reconciler.routing import NOTHING, Routing


@dataclass(frozen=True, slots=True)
class Confirmed:
    """``routing`` holds the fields confirmed for this number and no others.

    ``source`` is the DID it was copied from; None when it was there already and was adopted.
    """

    source: str | None
    routing: Routing = NOTHING


@dataclass(frozen=True, slots=True)
class FromSource:
    """Copied from the block's source and then finished."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Copied from the block's source, then updated, then copied itself."""


@dataclass(frozen=True, slots=True)
class CopyOf:
    """Copied from a confirmed seed."""

    seed: str


Role = FromSource | Seed | CopyOf


@dataclass(frozen=True, slots=True)
class BegunCreate:
    """A copy onto this number may have been sent; it should end up with ``routing``."""

    source: str
    role: Role
    routing: Routing


@dataclass(frozen=True, slots=True)
class BegunUpdate:
    """An update to ``routing`` may have been sent: those fields are unknown until settled."""

    before: Confirmed
    routing: Routing

    @property
    def certain(self) -> Confirmed:
        """What is true whether or not the update arrived."""
        return replace(self.before, routing=self.before.routing.without(self.routing))


@dataclass(frozen=True, slots=True)
class BegunDelete:
    """A deletion may have been sent."""

    before: Confirmed


@dataclass(frozen=True, slots=True)
class Conflict:
    """The number exists on the server and was not created from here.

    ``doubt`` is the call that may have made it all the same, where nothing proves that it did.
    """

    doubt: BegunCreate | BegunDelete | None = None


Begun = BegunCreate | BegunUpdate | BegunDelete
Standing = Confirmed | Begun | Conflict


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a number. ``removal`` is None where the target's policy holds.

    ``plan`` is the digest of the plan under which it was begun, until that is confirmed.
    """

    block: str
    standing: Standing
    removal: Removal | None = None
    plan: str | None = None

    @property
    def certain(self) -> Confirmed | None:
        """What is true whatever became of the calls begun; None where the number may not exist."""
        return certain(self.standing)


def certain(standing: Standing) -> Confirmed | None:
    """What is true whatever became of the calls begun; None where the number may not exist."""
    match standing:
        case Confirmed():
            return standing
        case BegunUpdate():
            return standing.certain
        case BegunCreate() | BegunDelete() | Conflict():  # pragma: no branch  (no other)
            return None


@dataclass(frozen=True, slots=True)
class AppliedSettings:
    """The settings of ``target.yaml`` under which the last apply ran, as text."""

    state: str
    limits: tuple[tuple[str, str], ...]
    protected: tuple[str, ...]
    removal: str
    unreviewed: str = "refuse"


@dataclass(frozen=True, slots=True)
class State:
    """All that is known of a target. ``serial`` counts its saves, 0 before the first.

    ``lineage`` names this history: a state begun anew has another. ``applied_commit`` is the commit
    of the last apply that was confirmed in full. ``unlisted``: the last apply could not read the
    server's list of numbers, so the next one asks for each number before it is copied.
    """

    target: str
    endpoint: str
    lineage: str
    serial: int = 0
    applied_commit: str | None = None
    settings: AppliedSettings | None = None
    unlisted: bool = False
    records: SpanMap[Record] = field(default_factory=SpanMap)
