"""Whether what would be done is what was reviewed, number by number.

Plans are compared on their maps of changes, never on calls: calls depend on what else is in a
plan, changes do not. So a reviewed plan stays reviewed through squashes, rebases and merges that
have nothing to do with it, and what was applied meanwhile simply drops out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

from reconciler.diff.model import (
    Adopt,
    Change,
    Create,
    Delete,
    Forget,
    Park,
    SettingChange,
    Settle,
    Update,
    is_unsettled,
)
from reconciler.diff.settings import REMOVAL
from reconciler.numbers import Span, SpanMap, align
from reconciler.routing import Routing

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one reviewed plan would have done; ``digest`` names the plan."""

    digest: str
    changes: SpanMap[Change]
    settings: tuple[SettingChange, ...]


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """What a fresh plan would do and no reviewed plan holds.

    ``under`` tells of each of its other numbers the digest of the reviewed plan that has it.
    """

    changes: SpanMap[Change]
    settings: tuple[SettingChange, ...]
    under: SpanMap[str]

    def __bool__(self) -> bool:
        return bool(self.changes) or bool(self.settings)


@dataclass(frozen=True, slots=True)
class OwnChanges:
    """What a pull request changes, beside what is pending on its base anyway.

    ``withdrawn`` is pending on the base and no longer so with the pull request.
    """

    changes: SpanMap[Change]
    pending: SpanMap[Change]
    withdrawn: SpanMap[Change]
    settings: tuple[SettingChange, ...]


def unreviewed(
    changes: SpanMap[Change],
    settings: Sequence[SettingChange],
    reviewed: Sequence[Reviewed],
    begun: SpanMap[str],
) -> Unreviewed:
    """The changes and settings of a fresh plan that none of the ``reviewed`` plans has.

    ``begun`` tells under which plan an earlier apply began the numbers that it left unfinished.
    """
    left: SpanMap[Change] = changes.where(_asks_server)
    under: list[tuple[Span, str]] = []
    ours = begun.where({plan.digest for plan in reviewed}.__contains__)
    for plan in reviewed:
        rest: list[tuple[Span, Change]] = []
        for span, fresh, (seen, digest) in _beside(left, plan.changes, ours):
            if seen is None or not covers(seen, fresh, _standing(digest, plan.digest)):
                rest.append((span, fresh))
            else:
                under.append((span, plan.digest))
        left = SpanMap(rest)
    seen_settings = {(each.name, each.after) for plan in reviewed for each in plan.settings}
    return Unreviewed(
        left,
        tuple(each for each in settings if (each.name, each.after) not in seen_settings),
        SpanMap(under),
    )


def own_changes(
    head: SpanMap[Change],
    base: SpanMap[Change],
    settings: tuple[SettingChange, ...],
    declared: SpanMap[Any],
) -> OwnChanges:
    """The plan of a pull request's head less the plan of its base.

    ``settings`` are those that it changes, ``declared`` the numbers that the base declares. A
    removal is its own only of one of these, or where it changes the removal policy: a number that
    is known from the state alone is not for it to remove.
    """
    own: list[tuple[Span, Change]] = []
    pending: list[tuple[Span, Change]] = []
    removes = any(each.name == REMOVAL for each in settings)
    for span, mine, (theirs, known) in _beside(head, base, declared):
        is_own = removes or known is not None or not isinstance(mine, Park | Delete)
        (own if is_own and mine != theirs else pending).append((span, mine))
    return OwnChanges(SpanMap(own), SpanMap(pending), base.without(head), settings)


def shared_numbers(changes: SpanMap[Change], other: SpanMap[Change]) -> tuple[Span, ...]:
    """The numbers that both plans change."""
    marked = changes.within(other).mapped(lambda _: True)
    return marked.spans


class BegunUnder(Enum):
    """Under which plan an earlier apply began a number and left it unfinished."""

    THIS = auto()
    """The plan that is looked at."""
    ANOTHER = auto()
    """Another one that was reviewed."""
    NONE = auto()
    """It was not begun, or under a plan that is not known to be reviewed."""


def covers(seen: Change, fresh: Change, begun: BegunUnder = BegunUnder.NONE) -> bool:
    """Whether a reviewer who saw ``seen`` has seen ``fresh``.

    The block's name may differ, and fields that are done by now may be missing. What an earlier
    apply has begun counts by what it leads to, since its fields are unknown meanwhile.
    """
    match fresh:
        case Create() | Adopt():
            # Begun, a number that exists is taken for ours: that was seen, or was done here.
            is_known = is_unsettled(seen) or begun is not BegunUnder.NONE
            return _same_creation(seen, fresh) and (is_known or not is_unsettled(fresh))
        case Update() if isinstance(seen, Create | Adopt):
            # Made or taken over under this plan, and its fields not confirmed: all were reviewed.
            return (
                begun is BegunUnder.THIS and not fresh.before and _within(fresh.after, seen.routing)
            )
        case Update():
            return isinstance(seen, Update) and _fields_seen(seen, fresh)
        case Park():
            return isinstance(seen, Park) and _fields_seen(seen, fresh)
        case Delete():
            return isinstance(seen, Delete) and (is_unsettled(fresh) or seen.before == fresh.before)
        case Settle() | Forget():  # pragma: no branch  (there is no other)
            return True


def _standing(digest: str | None, plan: str) -> BegunUnder:
    if digest is None:
        return BegunUnder.NONE
    return BegunUnder.THIS if digest == plan else BegunUnder.ANOTHER


def _beside(
    changes: SpanMap[Change], one: SpanMap[T], other: SpanMap[U]
) -> Iterator[tuple[Span, Change, tuple[T | None, U | None]]]:
    """Each change with what two other maps hold for its numbers."""
    pairs = SpanMap((span, (first, second)) for span, first, second in align(one, other))
    for span, change, pair in align(changes, pairs):
        if change is not None:
            yield span, change, (None, None) if pair is None else pair


def _asks_server(change: Change) -> bool:
    """Whether it may change something on the server."""
    return not isinstance(change, Settle | Forget)


def _same_creation(seen: Change, fresh: Create | Adopt) -> bool:
    match seen:
        case Create() | Adopt() if type(seen) is type(fresh):
            return _creation(seen) == _creation(fresh)
        case _:
            return False


def _creation(change: Create | Adopt) -> tuple[object, ...]:
    return change.source, change.routing, change.removal


def _fields_seen(seen: Update | Park, fresh: Update | Park) -> bool:
    if not _within(fresh.after, seen.after):
        return False
    known = seen.before.only(fresh.after)
    if is_unsettled(fresh):
        return _within(fresh.before, known)
    return fresh.before == known


def _within(part: Routing, whole: Routing) -> bool:
    return all(whole.get(name) == value for name, value in part.items())
