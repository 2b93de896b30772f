"""Where callers end up by what a change tells of itself, where nothing more is at hand."""

from reconciler.destination import NOT_KNOWN, Callers, DefaultDid, destination
from reconciler.diff.model import Adopt, Change, Create, Delete, Forget, Park, Settle, Update
from reconciler.numbers import SpanMap


def with_callers(
    changes: SpanMap[Change], callers: SpanMap[Callers]
) -> SpanMap[tuple[Change, Callers]]:
    """Each change with what ``callers`` says of its numbers; else with what it tells itself."""

    def told(both: tuple[Change | None, Callers | None]) -> tuple[Change, Callers] | None:
        change, ends = both
        return None if change is None else (change, ends or callers_told(change))

    return changes.beside(callers).picked(told)


def callers_told(change: Change) -> Callers:
    """Where the callers of its numbers end up, as far as ``change`` alone tells.

    The routing of an existing number is only in part in its change, so the comparison knows more.
    """
    match change:
        case Create(source=source, routing=routing):
            return Callers(None, destination(routing, source))
        case Adopt(routing=routing):
            return Callers(NOT_KNOWN, destination(routing, None))
        case Update(before=before, after=after) | Park(before=before, after=after):
            return Callers(destination(before, None), destination(before.overlaid(after), None))
        case Delete(before=before):
            return Callers(destination(before, None), DefaultDid())
        case Settle() | Forget():  # pragma: no branch  (there is no other)
            return Callers(None, None)
