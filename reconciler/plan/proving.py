"""Tells whose a number is that exists, where a call of ours may have made it.

A copy without a reply, or a run that was killed, leaves a number in doubt: what stands there now
may be ours, or somebody else made it meanwhile. It is ours only when its columns prove it: those
that no field declares are its source's, and each declared one is either the source's or what was
sent. No copy goes to a number that the list or a question just before did not show to be missing,
so a number like its source was not there before the copy. Every proof comes before all other calls,
since those may change the source.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from reconciler.numbers import span_of
from reconciler.plan.calls import ReadCall
from reconciler.plan.flight import ReadFlight
from reconciler.plan.known import origin_of
from reconciler.plan.outcome import Settled, Unknown
from reconciler.routing import BY_NAME, NOT_COPIED, Routing
from reconciler.state.model import BegunCreate, BegunDelete
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import Columns, ReadReply, Unclear

_OWN = frozenset({"did_id", "did_pattern", "modify_stamp", *NOT_COPIED})
"""Columns that differ between a copy and its source."""

Row = Mapping[str, str]


class Then(Protocol):
    """What it leads to whether a number is ours."""

    def __call__(self, *, ours: bool) -> Iterable[Settled]:
        """The final outcomes."""
        ...


@dataclass(frozen=True, slots=True)
class _Doubt:
    """``then`` gets whether the number is ours; ``lost`` is called when nobody said.

    A number that is not ``planned`` stays what it is unless it is proven to be ours.
    """

    pattern: str
    begun: BegunCreate | BegunDelete
    then: Then
    lost: Callable[[], None]
    planned: bool


class Proving:
    """Reads the columns of numbers in doubt."""

    def __init__(self) -> None:
        self._queue: deque[_Doubt] = deque()
        self._asked = 0

    def add(
        self,
        pattern: str,
        begun: BegunCreate | BegunDelete,
        then: Then,
        lost: Callable[[], None] = lambda: None,
        *,
        planned: bool = True,
    ) -> None:
        """``pattern`` exists, and ``begun`` may have made it or left it."""
        self._queue.append(_Doubt(pattern, begun, then, lost, planned))

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited: nothing else may be sent until it is there."""
        return self._asked > 0

    def take(self) -> ReadFlight | None:
        """The next call."""
        if not self._queue:
            return None
        doubt = self._queue.popleft()
        self._asked += 1
        return ReadFlight(
            ReadCall(doubt.pattern, origin_of(doubt.begun)),
            [],
            leads_to=lambda reply, _: self._read(doubt, reply),
            give_back=partial(self._give_back, doubt),
        )

    def _give_back(self, doubt: _Doubt) -> None:
        self._asked -= 1
        self._queue.appendleft(doubt)

    def _read(self, doubt: _Doubt, reply: ReadReply) -> Iterator[Settled]:
        self._asked -= 1
        match reply:
            case Columns(rows):
                yield from doubt.then(ours=is_ours(doubt.pattern, doubt.begun, rows))
            case NotReadable():
                yield from doubt.then(ours=False)
            case Unclear(words):  # pragma: no branch  (there is no other)
                doubt.lost()
                if doubt.planned:
                    yield Settled(span_of(doubt.pattern), Unknown(words))

    def left(self, why: str) -> Iterator[Settled]:
        """What was not read and will not be."""
        words = f"it exists, and was not looked at yet: {why}"
        for doubt in self._queue:
            if doubt.planned:
                yield Settled(span_of(doubt.pattern), Unknown(words))


def is_ours(pattern: str, begun: BegunCreate | BegunDelete, rows: Mapping[str, Row]) -> bool:
    """Whether the columns read prove that ``begun`` made the number, or left it as it was."""
    row = rows.get(pattern)
    if row is None:
        return False
    origin = origin_of(begun)
    source = None if origin is None else rows.get(origin)
    match begun:
        case BegunCreate(routing=sent):
            return source is not None and _is_copy(row, source, sent)
        case BegunDelete(was):  # pragma: no branch  (there is no other)
            if was.routing:
                # It was ours, and columns that are not declared may have been edited since.
                return all(row.get(column) == value for column, value in _columns(was.routing))
            return source is not None and _is_copy(row, source, was.routing)


def _is_copy(row: Row, source: Row, sent: Routing) -> bool:
    """Whether ``row`` is a copy of ``source``, with or without the fields ``sent``."""
    fields = dict(_columns(sent))
    return row.keys() == source.keys() and all(
        column in _OWN or value in (source[column], fields.get(column))
        for column, value in row.items()
    )


def _columns(routing: Routing) -> Iterator[tuple[str, str]]:
    return ((BY_NAME[name].column, value) for name, value in routing.items())
