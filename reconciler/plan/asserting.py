"""Numbers that exist and get every declared field by an update of their own.

Seeds that were just copied, numbers whose copy was begun and whose reply got lost, and somebody
else's numbers that are adopted: each exists, and none has a routing that is certain.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.numbers import span_of
from reconciler.plan.calls import UpdateCall
from reconciler.plan.outcome import (
    Done,
    NotStarted,
    Outcome,
    Refused,
    Settled,
    Unfinished,
    Unknown,
)
from reconciler.plan.seeding import Family, Group
from reconciler.routing import Routing
from reconciler.state.model import Confirmed
from reconciler.vicidial.replies import CallRefused, DidMissing, Unclear, Updated, UpdateReply

Seeding = tuple[Family, Group]
"""The group that a number is to be the seed of, and the group's family."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """``pattern`` is to have ``routing``.

    ``origin`` is the source it was copied from; None where that is not known. ``ours`` is what is
    known of it without the update; None for a number that is certainly somebody else's.
    """

    pattern: str
    routing: Routing
    origin: str | None
    ours: Confirmed | None
    missing: Outcome
    """What it means when the server then says that there is no such number."""
    seed: Seeding | None = None


class Assertions:
    """The updates that are waiting, and those that were sent."""

    def __init__(self) -> None:
        self._waiting: deque[Assertion] = deque()
        self._sent: dict[tuple[str, int, int], Assertion] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, assertion: Assertion) -> None:
        """One more that waits."""
        self._waiting.append(assertion)

    def take(self) -> UpdateCall | None:
        """The next update."""
        if not self._waiting:
            return None
        assertion = self._waiting.popleft()
        self._sent[span_of(assertion.pattern).key] = assertion
        return UpdateCall(assertion.pattern, assertion.routing)

    def sent(self, pattern: str) -> Assertion | None:
        """What was taken for ``pattern`` and not answered yet."""
        return self._sent.get(span_of(pattern).key)

    def give_back(self, call: UpdateCall) -> None:
        """``call`` was taken and not sent."""
        self._waiting.append(self._sent.pop(span_of(call.pattern).key))

    def left(self, why: str) -> Iterator[Settled]:
        """What was not sent and will not be.

        A number of ours keeps its mark: finishing it is settling, which no limit may stand against.
        """
        for each in self._waiting:
            ours = f"it exists, and its fields were not set yet: {why}"
            outcome = NotStarted(why) if each.ours is None else Unknown(ours)
            yield Settled(span_of(each.pattern), outcome)

    def answered(self, call: UpdateCall, reply: UpdateReply) -> tuple[Assertion, Outcome]:
        """What was sent, and what it came to."""
        assertion = self._sent.pop(span_of(call.pattern).key)
        return assertion, _outcome(assertion, reply)


def _outcome(assertion: Assertion, reply: UpdateReply) -> Outcome:
    match reply:
        case Updated():
            return Done(Confirmed(assertion.origin, assertion.routing))
        case DidMissing():
            return assertion.missing
        case CallRefused(words) if assertion.ours is not None:
            return Unfinished(words, assertion.ours)
        case CallRefused(words):
            return Refused(words)
        case Unclear(words):  # pragma: no branch  (there is no other)
            return Unknown(words)
