"""What people do to a state by hand: list it, forget numbers, bind it to another endpoint.

Pure: each returns a new state, which the caller saves under the lease.
"""

from dataclasses import dataclass, replace

from reconciler.errors import UsageError
from reconciler.numbers import NumberError, Span, SpanMap, parse_span
from reconciler.routing import NOTHING, Routing
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    Standing,
    State,
)


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """Numbers of which the same is known: ``standing`` in words, and the certain ``routing``."""

    span: Span
    block: str
    standing: str
    source: str | None
    routing: Routing


def listing(state: State) -> list[KnownNumbers]:
    """Everything known, in the order of the numbers."""
    return [_listed(span, record) for span, record in state.records]


def found(state: State, numbers: str) -> list[KnownNumbers]:
    """What is known of ``numbers``, a pattern or a span; empty when nothing is."""
    return [_listed(span, record) for span, record in cut(state, numbers)]


def cut(state: State, numbers: str) -> SpanMap[Record]:
    """The records of ``numbers``, a pattern or a span."""
    return state.records.cut_to(_span(numbers))


def forget(state: State, numbers: str) -> tuple[State, SpanMap[Record]]:
    """``state`` without ``numbers`` (a pattern or a span), and what was known of them.

    The server is not asked and keeps them. Raise :class:`UsageError` when none of them is known.
    """
    gone = cut(state, numbers)
    if not gone:
        raise UsageError(
            f"{numbers} is not in the state of {state.target}",
            hint="reconciler state list shows the numbers that are",
        )
    return replace(state, records=state.records.without(gone)), gone


def rebind(state: State, endpoint: str) -> State:
    """``state`` as that of ``endpoint``: for a server that moved, not for another server.

    What is known stays known, so it must be the same VICIdial with the same numbers.
    """
    return replace(state, endpoint=endpoint)


def _span(numbers: str) -> Span:
    try:
        return parse_span(numbers, largest=None)
    except NumberError as error:
        raise UsageError(str(error)) from None


def _listed(span: Span, record: Record) -> KnownNumbers:
    words, source, routing = _words(record.standing)
    return KnownNumbers(span, record.block, words, source, routing)


def _words(standing: Standing) -> tuple[str, str | None, Routing]:
    match standing:
        case Confirmed(source, routing):
            return "confirmed", source, routing
        case BegunCreate(source):
            return "begun to create, may exist", source, NOTHING
        case BegunUpdate():
            return "begun to update", standing.certain.source, standing.certain.routing
        case BegunDelete(before):
            return "begun to delete, may be gone", before.source, before.routing
        case Conflict():  # pragma: no branch  (there is no other)
            return "conflict: somebody else's number", None, NOTHING
