"""What is known of a number while a plan is carried out, as the calls of the plan need it."""

from dataclasses import dataclass, field

from reconciler.diff.model import Change
from reconciler.numbers import Span, SpanMap, span_of
from reconciler.routing import Routing
from reconciler.state.model import (
    Begun,
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    Standing,
    certain,
)


@dataclass(frozen=True, slots=True)
class Before:
    """The plan's changes, the records they were made from, and what answers have told since."""

    changes: SpanMap[Change]
    records: SpanMap[Record]
    _learnt: dict[str, Standing] = field(default_factory=dict)
    news: list[tuple[Span, Standing]] = field(default_factory=list)
    """What was learnt and is not recorded yet."""

    def learn(self, pattern: str, standing: Standing) -> None:
        """An answer has told that a number which may not have existed does, and is ours."""
        self._learnt[pattern.lower()] = standing
        self.news.append((span_of(pattern), standing))

    def learn_from(self, pattern: str, begun: BegunCreate | BegunDelete) -> None:
        """The number that ``begun`` may have made, or left as it was, exists and is ours."""
        self.learn(pattern, proven(begun))

    def standing(self, pattern: str) -> Standing | None:
        """What is known of a number; None for one that was never heard of."""
        learnt = self._learnt.get(pattern.lower())
        if learnt is not None:
            return learnt
        record = self.records.get(pattern)
        return None if record is None else record.standing

    def confirmed(self, pattern: str) -> Confirmed | None:
        """What is certain of a number; None where it may not exist."""
        standing = self.standing(pattern)
        return None if standing is None else certain(standing)

    def is_conflict(self, pattern: str) -> bool:
        """Whether somebody else's number stands there, as far as is known."""
        return isinstance(self.standing(pattern), Conflict)

    def begun(self, pattern: str) -> BegunCreate | BegunDelete | None:
        """What an earlier apply may have done to a number that may or may not exist."""
        standing = self.standing(pattern)
        return standing if isinstance(standing, BegunCreate | BegunDelete) else None

    def origin(self, pattern: str) -> str | None:
        """The source a number was copied from; None for one that was not created here."""
        begun = self.begun(pattern)
        if begun is not None:
            return origin_of(begun)
        known = self.confirmed(pattern)
        return None if known is None else known.source


def proven(begun: BegunCreate | BegunDelete) -> BegunUpdate | Confirmed:
    """What is certain of a number that ``begun`` has made, or left as it was."""
    match begun:
        case BegunCreate(source, _, routing):
            return BegunUpdate(Confirmed(source), routing) if routing else Confirmed(source)
        case BegunDelete(before):  # pragma: no branch  (there is no other)
            return before


def origin_of(begun: BegunCreate | BegunDelete) -> str | None:
    """The source of a number that may exist; None where it was taken over."""
    match begun:
        case BegunCreate(source):
            return source
        case BegunDelete(before):  # pragma: no branch  (there is no other)
            return before.source


def update_mark(before: Before, pattern: str, routing: Routing) -> Begun:
    """What the state says of a number that exists and is about to be updated or parked."""
    standing = before.standing(pattern)
    if isinstance(standing, BegunUpdate):
        return BegunUpdate(standing.before, standing.routing.overlaid(routing))
    return BegunUpdate(before.confirmed(pattern) or Confirmed(None), routing)


def delete_mark(before: Before, pattern: str) -> Begun:
    """What the state says of a number that exists and is about to be deleted."""
    return BegunDelete(before.confirmed(pattern) or Confirmed(None))
