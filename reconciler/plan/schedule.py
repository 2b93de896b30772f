"""Which call may go next, and what each answer leads to: the plan as a machine without I/O.

An apply takes calls until there are none and tells what came back; the order, the seeds and what a
refusal stops are decided here, so the calls a plan counts are the calls an apply sends.
"""

from collections.abc import Iterable, Iterator

from reconciler.diff.model import (
    Adopt,
    Change,
    Create,
    Delete,
    Forget,
    Park,
    Settle,
    Update,
)
from reconciler.numbers import Span, SpanMap, align
from reconciler.plan.calls import Call, CallCount, CopyCall, DeleteCall, ProbeCall, UpdateCall
from reconciler.plan.creating import Creating
from reconciler.plan.editing import Editing
from reconciler.plan.known import Before
from reconciler.plan.outcome import Conflicting, Done, Settled
from reconciler.state.model import Begun, Record
from reconciler.vicidial.replies import CopyReply, DeleteReply, ProbeReply, UpdateReply

Reply = CopyReply | UpdateReply | DeleteReply | ProbeReply


class Schedule:
    """The calls of ``changes``, given what is known and, where readable, which numbers exist.

    ``present`` is the server's own list of numbers (None: not readable). A number to be created
    that is on it is a conflict unless it is begun (then it is ours) or its block adopts.
    """

    def __init__(
        self,
        changes: SpanMap[Change],
        records: SpanMap[Record],
        present: SpanMap[bool] | None = None,
    ) -> None:
        before = Before(changes, records)
        self._creating = Creating(before)
        self._editing = Editing(before)
        self.at_once: list[Settled] = []
        """What needs no call: conflicts that the server's list shows, numbers to be forgotten."""
        listed: SpanMap[bool] = SpanMap() if present is None else present
        for span, change, exists in align(changes, listed):
            if isinstance(change, Adopt) and change.exists and present is None:
                self._add(span, change, listed=True)  # as an earlier apply found it
            elif change is not None:
                self._add(span, change, listed=exists is not None)
        self._creating.ready()

    def _add(self, span: Span, change: Change, *, listed: bool) -> None:
        match change:
            case Create(begun=False) if listed:
                self.at_once.append(Settled(span, Conflicting()))
            case Create() if listed:
                self._add_existing(span, change)
            case Adopt() if listed:
                self._add_existing(span, change)
            case Create() | Adopt():
                self._creating.add(span, change)
            case Update() | Park() | Delete() | Settle():
                self._editing.add(span, change)
            case Forget():  # pragma: no branch  (there is no other)
                self.at_once.append(Settled(span, Done(None)))

    def _add_existing(self, span: Span, change: Create | Adopt) -> None:
        if change.routing:
            self._creating.add_existing(span, change)
        else:
            self._editing.add(span, change)

    def refuse_source(self, source: str, why: str) -> None:
        """``source`` does not exist: nothing is copied from it."""
        self._creating.refuse_source(source, why)

    def expected(self) -> CallCount:
        """The calls it takes when all goes well; asked before any is taken."""
        return self._creating.expected() + self._editing.expected()

    def take(self) -> Call | None:
        """The next call whose conditions are met; None while there is none."""
        return self._creating.take() or self._editing.take()

    def give_back(self, call: Call) -> None:
        """``call`` was taken and not sent, and none will be: :meth:`left` will speak of it."""
        match call:
            case CopyCall():
                self._creating.give_back(call)
            case UpdateCall() if self._creating.owns(call):
                self._creating.give_back(call)
            case UpdateCall() | DeleteCall() | ProbeCall():  # pragma: no branch  (no other)
                self._editing.give_back(call)

    def marks(self, call: Call) -> Iterable[tuple[Span, Begun]]:
        """What the state must say of the call's numbers before it is sent."""
        match call:
            case CopyCall():
                return self._creating.marks(call)
            case UpdateCall() if self._creating.owns(call):
                return self._creating.marks(call)
            case UpdateCall() | DeleteCall() | ProbeCall():  # pragma: no branch  (no other)
                return self._editing.marks(call)

    def settle(self, call: Call, reply: Reply, doubtful: frozenset[str]) -> list[Settled]:
        """Take in the reply to ``call``. Returns the numbers whose outcome is now final.

        ``doubtful`` are the numbers for which an earlier try of this very call got no clear
        answer: that they exist now, or are gone, is our own doing.
        """
        settled = list(self._settle(call, reply, doubtful))
        for each in settled:
            if len(each.span) == 1:
                self._creating.source_settled(each.span[0], each.outcome)
        return settled

    def _settle(self, call: Call, reply: Reply, doubtful: frozenset[str]) -> Iterator[Settled]:
        match call:
            case CopyCall() if isinstance(reply, CopyReply):
                yield from self._creating.copied(call, reply, doubtful)
            case UpdateCall() if isinstance(reply, UpdateReply) and self._creating.owns(call):
                yield from self._creating.updated(call, reply)
            case UpdateCall() if isinstance(reply, UpdateReply):
                yield self._editing.updated(call, reply, doubtful)
            case DeleteCall() if isinstance(reply, DeleteReply):
                yield self._editing.deleted(call, reply, doubtful)
            case ProbeCall() if isinstance(reply, ProbeReply):
                yield self._editing.probed(call, reply)
            case _:
                raise TypeError(f"{reply!r} is no answer to {call!r}")

    def left(self, why: str) -> list[Settled]:
        """Nothing more will be sent: what was not started, and the reason of each."""
        return [*self._creating.left(why), *self._editing.left(why)]
