"""The result of one call, as values. Anything not understood is :class:`Unclear`, never a guess.

Replies after which nothing may be sent at all (log-in, lock-out, rights, address) are exceptions:
see ``reconciler.errors.ServerStop``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.vicidial.readings import NotReadable


@dataclass(frozen=True, slots=True)
class Unclear:
    """No reply, a broken reply, HTTP 5xx, a proxy's page: done or not done.

    ``wait``: the seconds that the server asks to wait. ``lost``: the server gave no answer at all.
    """

    words: str
    wait: float = field(default=0.0, compare=False)
    lost: bool = field(default=False, compare=False)


# --- one number of a copy


@dataclass(frozen=True, slots=True)
class Added:
    """This number was created."""

    did_id: int


@dataclass(frozen=True, slots=True)
class AlreadyExists:
    """The number existed before the call and was not changed."""


@dataclass(frozen=True, slots=True)
class NotInserted:
    """The server tried and inserted nothing (a last field of 0)."""

    words: str


CopyLine = Added | AlreadyExists | NotInserted | Unclear


# --- whole calls


@dataclass(frozen=True, slots=True)
class Copied:
    """The copy was carried out: exactly the requested numbers, each with its own line.

    A number whose line did not arrive is :class:`Unclear`.
    """

    lines: Mapping[str, CopyLine]


@dataclass(frozen=True, slots=True)
class SourceMissing:
    """The source does not exist, or this user may not see it; nothing was done."""

    words: str


@dataclass(frozen=True, slots=True)
class CallRefused:
    """The server refused the call as a whole, in these words; nothing of it was applied."""

    words: str


@dataclass(frozen=True, slots=True)
class Updated:
    """The number now has the fields that were sent (also when it had them before)."""


@dataclass(frozen=True, slots=True)
class DidMissing:
    """The number does not exist, or this user may not see it."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """The number is gone."""


@dataclass(frozen=True, slots=True)
class Exists:
    """The number exists; nothing was changed by asking."""


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of the numbers asked for, by pattern; one that is not there is left out."""

    by_pattern: Mapping[str, Mapping[str, str]]


CopyReply = Copied | SourceMissing | CallRefused | Unclear
UpdateReply = Updated | DidMissing | CallRefused | Unclear
DeleteReply = Deleted | DidMissing | CallRefused | Unclear
ProbeReply = Exists | DidMissing | Unclear
ReadReply = Columns | NotReadable | Unclear
