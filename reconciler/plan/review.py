"""Whether what would be done is what was reviewed, number by number.

Plans are compared on their maps of changes, never on calls: calls depend on what else is in a
plan, changes do not. So a reviewed plan stays reviewed through squashes, rebases and merges that
have nothing to do with it, and what was applied meanwhile simply drops out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
from reconciler.numbers import Span, SpanMap, align
from reconciler.routing import Routing


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one reviewed plan would have done."""

    changes: SpanMap[Change]
    settings: tuple[SettingChange, ...]


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """What a fresh plan would do and no reviewed plan holds."""

    changes: SpanMap[Change]
    settings: tuple[SettingChange, ...]

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
) -> Unreviewed:
    """What of a fresh plan stands in none of the ``reviewed`` plans."""
    left: SpanMap[Change] = changes.where(_asks_server)
    for plan in reviewed:
        left = SpanMap(
            (span, fresh)
            for span, fresh, seen in align(left, plan.changes)
            if fresh is not None and (seen is None or not covers(seen, fresh))
        )
    seen_settings = {(each.name, each.after) for plan in reviewed for each in plan.settings}
    return Unreviewed(
        left, tuple(each for each in settings if (each.name, each.after) not in seen_settings)
    )


def own_changes(
    head: SpanMap[Change],
    base: SpanMap[Change],
    head_settings: Sequence[SettingChange],
    base_settings: Sequence[SettingChange],
) -> OwnChanges:
    """The plan of a pull request's head less the plan of its base."""
    own: list[tuple[Span, Change]] = []
    pending: list[tuple[Span, Change]] = []
    withdrawn: list[tuple[Span, Change]] = []
    for span, mine, theirs in align(head, base):
        if mine is not None:
            (pending if mine == theirs else own).append((span, mine))
        elif theirs is not None:  # pragma: no branch  (one of the two speaks)
            withdrawn.append((span, theirs))
    return OwnChanges(
        SpanMap(own),
        SpanMap(pending),
        SpanMap(withdrawn),
        tuple(each for each in head_settings if each not in base_settings),
    )


def shared_numbers(changes: SpanMap[Change], other: SpanMap[Change]) -> tuple[Span, ...]:
    """The numbers that both plans change."""
    marked = changes.within(other).mapped(lambda _: True)
    return marked.spans


def covers(seen: Change, fresh: Change) -> bool:
    """Whether a reviewer who saw ``seen`` has seen ``fresh``.

    The block's name may differ, and fields that are done by now may be missing. What an earlier
    apply has begun counts by what it leads to, since its fields are unknown meanwhile.
    """
    match fresh:
        case Create():
            return isinstance(seen, Create) and _creation(seen) == _creation(fresh)
        case Adopt():
            return isinstance(seen, Adopt) and _creation(seen) == _creation(fresh)
        case Update() if isinstance(seen, Create | Adopt):
            # Made or taken over by now, and its fields not confirmed: they were all reviewed.
            return not fresh.before and _within(fresh.after, seen.routing)
        case Update():
            return isinstance(seen, Update) and _fields_seen(seen, fresh)
        case Park():
            return isinstance(seen, Park) and _fields_seen(seen, fresh)
        case Delete():
            return isinstance(seen, Delete) and (is_unsettled(fresh) or seen.before == fresh.before)
        case Settle() | Forget():  # pragma: no branch  (there is no other)
            return True


def _asks_server(change: Change) -> bool:
    """Whether it may change something on the server."""
    return not isinstance(change, Settle | Forget)


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
