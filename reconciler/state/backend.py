"""What every backend can do: load a state, save over what was loaded, give a lease."""

from dataclasses import dataclass
from typing import Protocol

from reconciler.errors import LeaseHeld


@dataclass(frozen=True, slots=True)
class Stored:
    """A state's bytes as they are kept, and a token that names exactly this content."""

    content: bytes
    token: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease. ``id`` is what ``state unlock`` asks for; ``run`` a URL, where known."""

    id: str
    who: str
    since: str
    run: str | None = None

    def __str__(self) -> str:
        run = f", {self.run}" if self.run else ""
        return f"{self.who} since {self.since}{run} (id {self.id})"


class Lease(Protocol):
    """The right to apply to one target, until released or lost."""

    def check(self) -> None:
        """Raise :class:`reconciler.errors.Fenced` when the lease was lost."""
        ...

    def release(self) -> None:
        """End the lease; without an error if it was lost already."""
        ...


class Backend(Protocol):
    """Keeps the state of one target.

    Every method raises :class:`reconciler.errors.StateError` when the storage cannot be reached,
    read or written; what is stored is then not changed.
    """

    url: str
    save_every: float
    """Seconds between saves during an apply; more where a save is slow."""

    def load(self) -> Stored | None:
        """What is stored; None when nothing is."""
        ...

    def save(self, content: bytes, *, over: str | None, message: str) -> str:
        """Store ``content`` if what is stored is still ``over`` (a token; None: nothing).

        Returns the new token. Raises :class:`reconciler.errors.Fenced` when something else is
        stored by now, and then writes nothing. ``message`` describes the save in the history, where
        one is kept.
        """
        ...

    def lease(self, holder: Holder) -> Lease:
        """Take the lease or raise :class:`reconciler.errors.LeaseHeld`, naming its holder."""
        ...

    def unlock(self, lease_id: str) -> Holder | None:
        """Break the lease with this id, so that its holder's next save is refused.

        Returns the holder it was taken from; None when nobody holds it. Raises
        :class:`reconciler.errors.LeaseHeld` when it is held under another id, or cannot be broken.
        """
        ...


def wrong_id(where: str, held: Holder, lease_id: str) -> LeaseHeld:
    """The error for unlocking with an id that is not the lease's."""
    return LeaseHeld(
        f"{where} is held by {held}, not by {lease_id}: nothing was unlocked",
        hint=f"make sure that this apply has ended, then run: reconciler state unlock {held.id}",
    )
