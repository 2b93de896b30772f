"""How many numbers lead to a destination before and after.

A route that came along from a source is counted as the source's own, where the state knows it:
otherwise numbers that all reach one in-group would be many small destinations, each below the
floor of the limit.
"""

from collections import Counter
from dataclasses import dataclass, field

from reconciler.destination import Destination, Unresolved, destination, identity
from reconciler.diff.model import Effect
from reconciler.numbers import SpanMap
from reconciler.state.model import Record


@dataclass(slots=True)
class Effects:
    """Counts numbers by destination, before and after; ``records`` tell the sources' routes."""

    records: SpanMap[Record]
    places: dict[str, Destination] = field(default_factory=dict)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        numbers: int,
        before: Destination | None,
        after: Destination | None,
        *,
        settling: bool,
    ) -> None:
        """Callers of so many numbers reach ``before`` now and ``after`` then; None: there are none.

        What is only ``settling`` has been let through before and is no new loss.
        """
        was, will = self._key(before), self._key(after)
        if was is not None:
            self.before[was] += numbers
            # The source may have been changed since it was copied, so its route proves no stay.
            stays = after is not None and before is not None and identity(before) == identity(after)
            if not stays and not settling:
                self.lost[was] += numbers
        if will is not None:
            self.after[will] += numbers

    def all(self) -> tuple[Effect, ...]:
        """The destinations whose numbers change, in order."""
        return tuple(
            Effect(self.places[key], self.before[key], self.after[key], self.lost[key])
            for key in sorted(self.places)
            if self.before[key] != self.after[key] or self.lost[key]
        )

    def _key(self, where: Destination | None) -> str | None:
        """The destination's identity; None where it is not known, so that it is not counted."""
        if where is None:
            return None
        counted = self._resolved(where)
        if isinstance(counted, Unresolved) and counted.source is None:
            return None
        key = identity(counted)
        self.places.setdefault(key, counted)
        return key

    def _resolved(self, where: Destination) -> Destination:
        """``where``, with the route of its source, or of the source's source, where it is known."""
        passed: set[str] = set()
        while isinstance(where, Unresolved) and where.source is not None:
            record = None if where.source in passed else self.records.get(where.source)
            if record is None or record.certain is None:
                break
            passed.add(where.source)
            source = record.certain
            where = destination(source.routing.overlaid(where.fields), source.source)
        return where
