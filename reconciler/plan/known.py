"""What was known of a number when the plan was made, as the calls of the plan need it."""

from dataclasses import dataclass, replace

from reconciler.diff.model import Change
from reconciler.numbers import SpanMap
from reconciler.routing import Routing
from reconciler.state.model import (
    Begun,
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    Role,
    Standing,
)


@dataclass(frozen=True, slots=True)
class Before:
    """The plan's changes, and the records they were made from."""

    changes: SpanMap[Change]
    records: SpanMap[Record]

    def standing(self, pattern: str) -> Standing | None:
        """What is known of a number; None for one that is not known."""
        record = self.records.get(pattern)
        return None if record is None else record.standing

    def confirmed(self, pattern: str) -> Confirmed | None:
        """What is certain of a number; None where it may not exist."""
        record = self.records.get(pattern)
        return None if record is None else record.certain

    def is_conflict(self, pattern: str) -> bool:
        """Whether somebody else's number stands there, as far as is known."""
        return isinstance(self.standing(pattern), Conflict)

    def begun(self, pattern: str) -> BegunCreate | BegunDelete | None:
        """What an earlier apply may have done to a number that may or may not exist."""
        standing = self.standing(pattern)
        return standing if isinstance(standing, BegunCreate | BegunDelete) else None

    def origin(self, pattern: str) -> str | None:
        """The source a begun number was copied from; None for one that was not created here."""
        match self.begun(pattern):
            case BegunCreate(source):
                return source
            case BegunDelete(before):
                return before.source
            case None:  # pragma: no branch  (there is no other)
                return None


# A mark still tells what earlier, unsettled applies may have done to the number: above all that a
# number that may not exist may not exist, whatever is sent for it now.


def create_mark(
    source: str, role: Role, routing: Routing, begun: BegunCreate | BegunDelete | None
) -> BegunCreate:
    """What the state says of a number that is about to be created."""
    match begun:
        case None:
            return BegunCreate(source, role, routing)
        case BegunCreate(earlier, _, sent):
            return BegunCreate(earlier, role, sent.overlaid(routing))
        case BegunDelete(before):  # pragma: no branch  (there is no other)
            return BegunCreate(before.source or source, role, before.routing.overlaid(routing))


def update_mark(before: Before, pattern: str, routing: Routing) -> Begun:
    """What the state says of a number that is about to be updated or parked."""
    match before.standing(pattern):
        case BegunUpdate(surely, sent):
            return BegunUpdate(surely, sent.overlaid(routing))
        case BegunCreate(source, role, sent):
            return BegunCreate(source, role, sent.overlaid(routing))
        case BegunDelete(was):
            return BegunDelete(replace(was, routing=was.routing.without(routing)))
        case Confirmed() | Conflict() | None:  # pragma: no branch  (there is no other)
            return BegunUpdate(before.confirmed(pattern) or Confirmed(None), routing)


def delete_mark(before: Before, pattern: str) -> Begun:
    """What the state says of a number that is about to be deleted."""
    match before.begun(pattern):
        case BegunDelete() as mark:
            return mark
        case BegunCreate(source):
            return BegunDelete(Confirmed(source))
        case None:  # pragma: no branch  (there is no other)
            return BegunDelete(before.confirmed(pattern) or Confirmed(None))
