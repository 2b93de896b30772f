"""Numbers that exist and get every declared field by an update of their own.

Seeds that were just copied, numbers whose copy was begun and whose reply got lost, and somebody
else's numbers that are adopted: each exists, and none has a routing that is certain.
"""

from dataclasses import dataclass

from reconciler.plan.calls import UpdateCall
from reconciler.plan.outcome import (
    Done,
    NotStarted,
    Outcome,
    Refused,
    Unfinished,
    Unknown,
)
from reconciler.plan.seeding import RoutingGroup, SourceGroup
from reconciler.routing import Routing
from reconciler.state.model import Confirmed
from reconciler.vicidial.replies import CallRefused, DidMissing, Unclear, Updated, UpdateReply

Seeding = tuple[SourceGroup, RoutingGroup]
"""The group that a number is to be the seed of, and the source it is copied from."""


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

    @property
    def call(self) -> UpdateCall:
        """The update."""
        return UpdateCall(self.pattern, self.routing)

    def not_sent(self, why: str) -> Outcome:
        """What it comes to when the update will not be sent.

        A number of ours keeps its mark: finishing it is settling, which no limit may stand against.
        """
        if self.ours is None:
            return NotStarted(why)
        return Unknown(f"it exists, and its fields were not set yet: {why}")

    def outcome(self, reply: UpdateReply) -> Outcome:
        """What it comes to with this reply."""
        match reply:
            case Updated():
                return Done(Confirmed(self.origin, self.routing))
            case DidMissing():
                return self.missing
            case CallRefused(words) if self.ours is not None:
                return Unfinished(words, self.ours)
            case CallRefused(words):
                return Refused(words)
            case Unclear(words):  # pragma: no branch  (there is no other)
                return Unknown(words)
