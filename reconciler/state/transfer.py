"""Copy whole states: to a file, from a file, between backends.

A state is only replaced by one with the same lineage that is not older, so that a mistake loses
nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reconciler.errors import StateError
from reconciler.inputs import LARGEST_STATE, read_file
from reconciler.state.backend import Backend, Holder
from reconciler.state.codec import decode, encode
from reconciler.state.model import Conflict, State
from reconciler.state.store import Store


def pull(backend: Backend, path: Path) -> State:
    """Write what is stored to ``path``, a new file, byte for byte."""
    stored = backend.load()
    if stored is None:
        raise StateError(
            f"nothing is stored at {backend.url}", hint="run apply first: it stores a state"
        )
    state = decode(stored.content, backend.url)
    try:
        with path.open("xb") as file:
            file.write(stored.content)
    except FileExistsError:
        raise StateError(
            f"{path} exists already", hint="name a new file, or remove this one"
        ) from None
    except OSError as error:
        raise StateError(f"cannot write {path}: {error.strerror}") from None
    return state


def push(path: Path, store: Store, holder: Holder) -> State:
    """Store the state in ``path`` as the next serial, and return it as it is stored."""
    try:
        pushed = decode(read_file(path, LARGEST_STATE), str(path))
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
                f"an apply on this machine has outcomes that are not saved at {backend.url} yet "
                f"({store.journal})",
                hint="run apply first: it saves them",
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
        raise StateError(f"the state is already at {destination.url}")
    with source.held(holder) as held:
        # First save this machine's journal, which belongs to the source.
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

    For a folder that was renamed. A state that is there may be replaced if all its records are
    conflicts. The source is not changed, and neither is the endpoint in the state.
    """
    if source.read().stored is None:
        raise StateError(
            f"nothing is stored for {source.target} at {source.backend.url}",
            hint="give the former name of its folder",
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
                    f"{destination.backend.url} already contains a state of {destination.target}, "
                    f"with {owned.count:,} numbers of its own",
                    hint="find out which of the two states is right; this one was not changed",
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
            f"{url} has another history (lineage {there.lineage}) than {where} ({state.lineage})",
            hint="find out which one is right; to replace the stored one, remove it first",
        )
    if state.serial < there.serial:
        raise StateError(
            f"{url} has serial {there.serial}, which is newer than {state.serial} in {where}",
            hint="run state pull and make the change in that file",
        )


@contextmanager
def _leased(backend: Backend, holder: Holder) -> Iterator[None]:
    lease = backend.lease(holder)
    try:
        yield
    finally:
        lease.release()
