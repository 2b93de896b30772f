"""What a number came to in an apply, and what that leaves in the state."""

from dataclasses import dataclass

from reconciler.numbers import Span
from reconciler.state.model import BegunCreate, BegunDelete, Confirmed


@dataclass(frozen=True, slots=True)
class Done:
    """Confirmed by the server. ``left`` is what is known now; None: the number is not there."""

    left: Confirmed | None


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """Somebody else's number stands there; it was left as it was.

    ``doubt`` is the call that may have made it, where nothing proves that it did.
    """

    doubt: BegunCreate | BegunDelete | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The server refused, in ``words``; the number is as it was before."""

    words: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Created (``left`` is known of it), but its fields could not be set, in ``words``."""

    words: str
    left: Confirmed


@dataclass(frozen=True, slots=True)
class Vanished:
    """Expected on the server and not there, or not visible to this user."""

    words: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither done nor undone as far as can be told; the next run settles it."""

    words: str


@dataclass(frozen=True, slots=True)
class NotStarted:
    """Nothing was sent for it, because ``why``."""

    why: str


Outcome = Done | ConflictFound | Refused | Unfinished | Vanished | Unknown | NotStarted


@dataclass(frozen=True, slots=True)
class Settled:
    """What the numbers of ``span`` came to."""

    span: Span
    outcome: Outcome
