"""Whole states from one place to another: to a file, from a file, from backend to backend.

A state is only ever replaced by one of its own history (its lineage) that is not older, so that a
slip of the hand loses nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reconciler.errors import StateError
from reconciler.state.backend import Backend, Holder
from reconciler.state.codec import decode, encode
from reconciler.state.model import Conflict, State
from reconciler.state.store import Store


def pull(backend: Backend, path: Path) -> State:
    """Write what is stored to ``path``, a new file, byte for byte."""
    stored = backend.load()
    if stored is None:
        raise StateError(f"nothing is stored at {backend.url}", hint="an apply stores a state")
    state = decode(stored.content, backend.url)
    try:
        with path.open("xb") as file:
            file.write(stored.content)
    except FileExistsError:
        raise StateError(
            f"{path} exists already", hint="name a file that does not, or remove this one"
        ) from None
    except OSError as error:
        raise StateError(f"cannot write {path}: {error.strerror}") from None
    return state


def push(path: Path, store: Store, holder: Holder) -> State:
    """Store the state in ``path`` as the next serial, and return it as it is stored."""
    try:
        pushed = decode(path.read_bytes(), str(path))
    except OSError as error:
        raise StateError(f"cannot read {path}: {error.strerror}") from None
    if pushed.target != store.target:
        raise StateError(
            f"{path} is the state of target {pushed.target!r}, not of {store.target!r}",
            hint="choose the target with --target",
        )
    backend = store.backend
    with _leased(backend, holder):
        there = store.read()
        stored = there.stored
        if stored is not None and there.state != decode(stored.content, backend.url):
            raise StateError(
                f"an apply on this machine has outcomes that {backend.url} does not hold yet "
                f"({store.journal})",
                hint="run apply, or state list, on what is there before something replaces it",
            )
        if stored is not None:
            _check(pushed, str(path), there.state, backend.url)
            if replace(pushed, serial=there.state.serial) == there.state:
                return there.state
            pushed = replace(pushed, serial=max(pushed.serial, there.state.serial + 1))
        message = f"Push a state by hand\n\nBy: {holder.who}"
        over = None if stored is None else stored.token
        backend.save(encode(pushed), over=over, message=message)
        return pushed


def migrate(source: Store, destination: Backend, holder: Holder) -> State:
    """Store the source's state at ``destination`` too, and return it; the source keeps its own."""
    if source.read().stored is None:
        raise StateError(
            f"nothing is stored at {source.backend.url}, so there is nothing to migrate",
            hint="write the new URL as state in target.yaml: a missing state is an empty one",
        )
    if source.backend.url == destination.url:
        raise StateError(f"{destination.url} is where the state is already")
    with source.held(holder) as held:
        # First what this machine's journal holds of it: the journal belongs to the source.
        held.finish(held.state, f"Save what was journalled, to migrate to {destination.url}")
        with _leased(destination, holder):
            there = destination.load()
            if there is not None:
                stored = decode(there.content, destination.url)
                _check(held.state, source.backend.url, stored, destination.url)
                if stored == held.state:
                    return held.state
            destination.save(
                encode(held.state),
                over=None if there is None else there.token,
                message=f"Migrate the state from {source.backend.url}\n\nBy: {holder.who}",
            )
            return held.state


def rename(source: Store, destination: Store, holder: Holder) -> State:
    """Store the state of the source's target as that of the destination's, and return it.

    For a folder that was renamed. What is stored there may be replaced as long as it owns no
    number. The source keeps its own; the state stays that of its endpoint.
    """
    if source.read().stored is None:
        raise StateError(
            f"nothing is stored for {source.target} at {source.backend.url}",
            hint="name the target as its folder was called before",
        )
    with source.held(holder) as held:
        held.finish(held.state, f"Save what was journalled, to rename to {destination.target}")
        before = held.state
    with _leased(destination.backend, holder):
        there = destination.backend.load()
        found = None if there is None else decode(there.content, destination.backend.url)
        if found is not None and found.target == destination.target:
            owned = found.records.where(lambda record: not isinstance(record.standing, Conflict))
            if owned:
                raise StateError(
                    f"{destination.backend.url} holds a state of {destination.target} already, "
                    f"with {owned.count:,} numbers of its own",
                    hint="make sure which of the two states is right; this one was left untouched",
                )
        serial = 1 + max(before.serial, 0 if found is None else found.serial)
        renamed = replace(before, target=destination.target, serial=serial)
        destination.backend.save(
            encode(renamed),
            over=None if there is None else there.token,
            message=f"Rename {source.target} to {destination.target}\n\nBy: {holder.who}",
        )
        return renamed


def _check(state: State, where: str, there: State, url: str) -> None:
    """Raise unless ``state`` may replace what is ``there``."""
    if state.lineage != there.lineage:
        raise StateError(
            f"{url} holds another history (lineage {there.lineage}) than {where} ({state.lineage})",
            hint="make sure which one is right; to replace the one that is stored, remove it first",
        )
    if state.serial < there.serial:
        raise StateError(
            f"{url} holds serial {there.serial}, which is newer than {state.serial} in {where}",
            hint="pull what is stored and make the change in that",
        )


@contextmanager
def _leased(backend: Backend, holder: Holder) -> Iterator[None]:
    lease = backend.lease(holder)
    try:
        yield
    finally:
        lease.release()
