"""How many numbers lead to a destination before and after."""

from collections import Counter
from dataclasses import dataclass, field

from reconciler.destination import Destination, Unresolved, identity
from reconciler.diff.model import Effect
from reconciler.numbers import Span


@dataclass(slots=True)
class Effects:
    """Counts numbers by destination, before and after."""

    places: dict[str, Destination] = field(default_factory=dict)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        span: Span,
        before: Destination | None,
        after: Destination | None,
        *,
        settling: bool,
    ) -> None:
        """The callers of ``span`` reach ``before`` now and ``after`` then; None: there are none.

        What is only ``settling`` has been let through before and is no new loss.
        """
        was, will = self._key(before), self._key(after)
        if was is not None:
            self.before[was] += len(span)
            if was != will and not settling:
                self.lost[was] += len(span)
        if will is not None:
            self.after[will] += len(span)

    def all(self) -> tuple[Effect, ...]:
        """The destinations whose numbers change, in order."""
        return tuple(
            Effect(self.places[key], self.before[key], self.after[key], self.lost[key])
            for key in sorted(self.places)
            if self.before[key] != self.after[key] or self.lost[key]
        )

    def _key(self, where: Destination | None) -> str | None:
        """The destination's identity; None where nobody knows it, so that it is not counted."""
        if where is None or (isinstance(where, Unresolved) and where.source is None):
            return None
        key = identity(where)
        self.places.setdefault(key, where)
        return key
