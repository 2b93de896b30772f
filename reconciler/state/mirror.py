"""``mirror: git:BRANCH``: a copy on a branch of a state in an object store.

The branch is for those who may not read the store, such as plans of forks, and has the history
that a store lacks. An apply never reads it, and does not fail if the copy fails.
"""

from reconciler.errors import Fenced, StateError
from reconciler.state.backend import Backend, Holder, Lease, Stored
from reconciler.state.codec import decode
from reconciler.state.lease import Notice


def mirrored(primary: Backend, mirror: Backend, notice: Notice) -> "Mirrored":
    """``primary`` with each apply's last save copied to ``mirror``; failures go to ``notice``."""
    return Mirrored(primary, mirror, notice)


class Mirrored:
    """A backend that copies what was saved when its lease is released."""

    def __init__(self, primary: Backend, mirror: Backend, notice: Notice) -> None:
        self.url = primary.url
        self.save_every = primary.save_every
        self._primary = primary
        self._mirror = mirror
        self._notice = notice
        self._saved: tuple[bytes, str] | None = None

    def load(self) -> Stored | None:
        """The primary's."""
        return self._primary.load()

    def save(self, content: bytes, *, over: str | None, message: str) -> str:
        """Save to the primary; copied when the lease is released."""
        token = self._primary.save(content, over=over, message=message)
        self._saved = (content, message)
        return token

    def lease(self, holder: Holder) -> "MirroringLease":
        """The primary's lease."""
        return MirroringLease(self._primary.lease(holder), self)

    def unlock(self, lease_id: str) -> Holder | None:
        """Break the primary's lease."""
        return self._primary.unlock(lease_id)

    def copy(self) -> None:
        """Copy what was saved since the last copy to the mirror."""
        if self._saved is None:
            return
        content, message = self._saved
        try:
            copy(content, self._mirror, message)
        except StateError as error:
            self._notice(
                f"the state is saved at {self.url}, but not mirrored to {self._mirror.url}: "
                f"{error.message}; the next apply mirrors it"
            )
        self._saved = None


class MirroringLease:
    """The primary's lease; copies before it is released, so that copies stay in order."""

    def __init__(self, lease: Lease, backend: Mirrored) -> None:
        self._lease = lease
        self._backend = backend

    def check(self) -> None:
        """See :class:`Lease`."""
        self._lease.check()

    def release(self) -> None:
        """Copy, then release."""
        try:
            self._backend.copy()
        finally:
            self._lease.release()


def copy(content: bytes, mirror: Backend, message: str) -> None:
    """Commit ``content`` to ``mirror`` unless a later state of the same history is there."""
    try:
        _copy(content, mirror, message)
    except Fenced:
        # Somebody copied at the same time: the later state wins.
        _copy(content, mirror, message)


def _copy(content: bytes, mirror: Backend, message: str) -> None:
    there = mirror.load()
    if there is not None and not _is_later(content, there.content, mirror.url):
        return
    mirror.save(content, over=None if there is None else there.token, message=message)


def _is_later(content: bytes, there: bytes, where: str) -> bool:
    """Whether ``content`` is to replace what is ``there``; a damaged copy is replaced."""
    ours = decode(content, where)
    try:
        theirs = decode(there, where)
    except StateError:
        return True
    return ours.lineage != theirs.lineage or ours.serial > theirs.serial
