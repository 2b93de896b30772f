"""One target's state as commands use it: read it, or lock it and save during an apply."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.errors import Fenced, StateError
from reconciler.state.backend import Backend, Holder, Lease, Stored
from reconciler.state.codec import decode, encode
from reconciler.state.journal import Journal, Writes, recovered
from reconciler.state.model import State


@dataclass(frozen=True, slots=True)
class Loaded:
    """A state as it was read. ``stored`` is None where nothing is stored yet.

    ``recovered``: outcomes of this machine's journal were laid over what is stored.
    """

    state: State
    stored: Stored | None
    recovered: bool = False


class Store:
    """The state of ``target``: its backend, and its ``journal`` on this machine."""

    def __init__(self, backend: Backend, journal: Path, *, target: str, endpoint: str) -> None:
        self.backend = backend
        self.journal = journal
        self.target = target
        self.endpoint = endpoint

    def read(self) -> Loaded:
        """The state with this machine's journal over it; an empty one where nothing is stored."""
        stored = self.backend.load()
        if stored is None:
            return Loaded(State(self.target, self.endpoint, lineage=uuid.uuid4().hex), None)
        state = decode(stored.content, self.backend.url)
        if state.target != self.target:
            raise StateError(
                f"{self.backend.url} contains the state of target {state.target!r}, not of "
                f"{self.target!r}",
                hint="give each target a state of its own: put {target} in its state URL",
            )
        records = recovered(self.journal, stored.content, state.records)
        if records is None:
            return Loaded(state, stored)
        return Loaded(replace(state, records=records), stored, recovered=True)

    @contextmanager
    def held(self, holder: Holder) -> Iterator["LockedState"]:
        """Hold the lease, and read the state again under it."""
        lease = self.backend.lease(holder)
        try:
            held = LockedState(self, lease, self.read())
            try:
                yield held
            finally:
                held.journal.close()
        finally:
            lease.release()


class LockedState:
    """A state whose lease we hold. ``state`` is as saved last, or as ``loaded``."""

    def __init__(self, store: Store, lease: Lease, loaded: Loaded) -> None:
        self.state = loaded.state
        self.loaded = loaded
        self.journal = Journal(store.journal)
        self._backend = store.backend
        self._lease = lease
        self._token = None if loaded.stored is None else loaded.stored.token
        self._unsaved = loaded.stored is None or loaded.recovered
        # The state that the journal does not name yet as the one its outcomes belong to.
        self._unjournalled_base = None if loaded.recovered else loaded.stored

    @property
    def save_every(self) -> float:
        """Seconds between saves that the backend asks for."""
        return self._backend.save_every

    def check(self) -> None:
        """Raise Fenced when the lease was lost: no more calls may be sent. Needs no network."""
        self._lease.check()

    def note(self, outcomes: Writes) -> None:
        """Write outcomes to this machine's disk; the next save includes them."""
        self._start_journal()
        self.journal.append(outcomes)

    def save(self, state: State, message: str) -> None:
        """Save ``state`` as the next serial of what was read; raise Fenced otherwise."""
        if state.lineage != self.state.lineage or state.serial != self.state.serial:
            raise Fenced(f"serial {state.serial} of this state is not the one held")
        following = replace(state, serial=state.serial + 1)
        content = encode(following)
        self.check()
        self._start_journal()
        self.journal.saving(content)
        self._token = self._backend.save(content, over=self._token, message=message)
        self.state = following
        self._unsaved = False

    def _start_journal(self) -> None:
        """Name the state that was read as the one to which the next outcomes belong."""
        if self._unjournalled_base is not None:
            self.journal.saving(self._unjournalled_base.content)
            self._unjournalled_base = None

    def finish(self, state: State, message: str) -> None:
        """Save if anything changed, and delete the journal."""
        if self._unsaved or state != self.state:
            self.save(state, message)
        self.journal.remove()
