"""Where callers end up: how many numbers lead to a destination before and after."""

from collections import Counter
from dataclasses import dataclass, field

from reconciler.diff.model import Effect
from reconciler.numbers import Span
from reconciler.routing import Destination, Routing, destination


def place(routing: Routing, source: str | None) -> Destination | None:
    """Where callers end up as far as is known; an inactive number's reach ``default``.

    Where nothing is known of the route it is that of the source the number was copied from.
    """
    if routing.get("active") == "N":
        return Destination("DID", "default")
    if source is not None and "did_route" not in routing:
        return Destination("as", source)
    return destination(routing)


@dataclass(slots=True)
class Effects:
    """Counts numbers by destination, before and after."""

    before: Counter[Destination] = field(default_factory=Counter)
    after: Counter[Destination] = field(default_factory=Counter)
    lost: Counter[Destination] = field(default_factory=Counter)

    def add(
        self,
        span: Span,
        before: Destination | None,
        after: Destination | None,
        *,
        settling: bool,
    ) -> None:
        """The callers of ``span`` reach ``before`` now and ``after`` then; None: unknown.

        What is only ``settling`` has been let through before and is no new loss.
        """
        if before is not None:
            self.before[before] += len(span)
            if before != after and not settling:
                self.lost[before] += len(span)
        if after is not None:
            self.after[after] += len(span)

    def all(self) -> tuple[Effect, ...]:
        """The destinations whose numbers change, in order."""
        return tuple(
            Effect(place, self.before[place], self.after[place], self.lost[place])
            for place in sorted(self.before.keys() | self.after.keys())
            if self.before[place] != self.after[place] or self.lost[place]
        )
