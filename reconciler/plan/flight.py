"""A call in flight: taken from the schedule, until its answer is taken in or it is given back.

One object holds all that belongs to the call: what the state must say before it is sent, what came
back from each try, which numbers a try left in doubt, what the answer leads to, and how to give the
call back unsent. Each kind of call takes its own kind of reply only.
"""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from reconciler.numbers import Span
from reconciler.plan.calls import Call, CopyCall, DeleteCall, ProbeCall, ReadCall, UpdateCall
from reconciler.plan.outcome import Settled
from reconciler.state.model import Begun
from reconciler.vicidial.replies import (
    CallRefused,
    Copied,
    CopyLine,
    CopyReply,
    DeleteReply,
    ProbeReply,
    ReadReply,
    SourceMissing,
    Unclear,
    UpdateReply,
)

Marks = Iterable[tuple[Span, Begun]]

C = TypeVar("C", bound=Call)
CopyResult = Copied | SourceMissing | CallRefused
"""What all tries of a copy came to together: its lines, or the refusal of the whole."""

N = TypeVar("N", bound=UpdateCall | DeleteCall | ProbeCall | ReadCall)
R = TypeVar("R", bound=CopyResult | UpdateReply | DeleteReply | ProbeReply | ReadReply)
LeadsTo = Callable[[R, frozenset[str]], Iterable[Settled]]

CUT_OFF = Unclear("it was under way when the run was ended")


class _Flight(Generic[C, R]):
    """What every call in flight has.

    ``sent``: a try was sent. ``on_its_way``: one was sent and its answer has not arrived.
    ``clear``: the answer needs no further try; ``unclear`` is the last one that did.
    ``doubtful``: the numbers for which a try got no clear answer, so that what it did to them is
    our own doing.
    """

    def __init__(
        self, call: C, marks: Marks, *, leads_to: LeadsTo[R], give_back: Callable[[], None]
    ) -> None:
        """``marks`` is what the state must say of the call's numbers before it is sent.

        ``leads_to`` gives the final outcomes for a reply and the doubtful numbers.
        """
        self.call = call
        self.marks = tuple(marks)
        self.give_back = give_back
        self.sent = False
        self.on_its_way = False
        self.clear = False
        self.unclear = CUT_OFF
        self.doubtful: set[str] = set()
        self._leads_to = leads_to

    def _outcomes(self, reply: R) -> list[Settled]:
        return list(self._leads_to(reply, frozenset(self.doubtful)))


class CopyFlight(_Flight[CopyCall, CopyResult]):
    """A copy. Lines that arrived count; ``wanted`` are the numbers that are still to be asked."""

    def __init__(
        self,
        call: CopyCall,
        marks: Marks,
        *,
        leads_to: LeadsTo[CopyResult],
        give_back: Callable[[], None],
    ) -> None:
        """See :class:`_Flight`."""
        super().__init__(call, marks, leads_to=leads_to, give_back=give_back)
        self.wanted = list(call.patterns())
        self._lines: dict[str, CopyLine] = {}
        self._refused: SourceMissing | CallRefused | None = None

    def answered(self, reply: CopyReply) -> None:
        """Take in what one try came to."""
        self.sent, self.on_its_way = True, False
        match reply:
            case Copied(lines):
                self._lines |= lines
            case Unclear():
                self._lines |= dict.fromkeys(self.wanted, reply)
            case SourceMissing() | CallRefused():  # pragma: no branch  (there is no other)
                self._refused = reply
        unclear = [text for text in self.wanted if isinstance(self._lines.get(text), Unclear)]
        self.doubtful.update(unclear)
        for line in self._lines.values():
            if isinstance(line, Unclear):
                self.unclear = line
        self.clear = self._refused is not None or not unclear
        self.wanted = unclear or self.wanted

    @property
    def reply(self) -> CopyResult:
        """What all tries came to together."""
        if self._refused is not None and not self._lines:
            return self._refused
        return Copied(self._lines)

    def outcomes(self) -> list[Settled]:
        """The numbers whose outcome is final now."""
        return self._outcomes(self.reply)


class _OneNumber(_Flight[N, R]):
    """A call for one number: the last answer counts."""

    _reply: R

    def answered(self, reply: R) -> None:
        """Take in what one try came to."""
        self.sent, self.on_its_way = True, False
        self._reply = reply
        self.clear = not isinstance(reply, Unclear)
        if isinstance(reply, Unclear):
            self.unclear = reply
            self.doubtful.add(self.call.pattern)

    @property
    def reply(self) -> R:
        """What the last try came to; there is none before the first."""
        return self._reply

    def outcomes(self) -> list[Settled]:
        """The numbers whose outcome is final now."""
        return self._outcomes(self._reply)


class UpdateFlight(_OneNumber[UpdateCall, UpdateReply]):
    """An update, or a parking."""


class DeleteFlight(_OneNumber[DeleteCall, DeleteReply]):
    """A deletion."""


class ProbeFlight(_OneNumber[ProbeCall, ProbeReply]):
    """A question whether a number exists."""


class ReadFlight(_OneNumber[ReadCall, ReadReply]):
    """A look at a number's columns, beside those of its source."""


Flight = CopyFlight | UpdateFlight | DeleteFlight | ProbeFlight | ReadFlight


def refused(flight: Flight) -> bool:
    """Whether the server refused the call as a whole."""
    return isinstance(flight.reply, CallRefused | SourceMissing)
