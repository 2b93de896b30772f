"""``s3://``, ``gs://``, ``az://``: a state as an object, written by conditional requests only.

Needs the extra ``objects`` of this project. Credentials come from the environment variables that
each provider's own tools read. The lease is an object beside the state, ``KEY.lease``.

A request that was never answered may have arrived. Each write has an id in the object's
metadata, so reading the object shows whose write it was.
"""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store

from reconciler import secrets
from reconciler.errors import Fenced, StateError
from reconciler.inputs import LARGEST_STATE, TooLarge, too_large
from reconciler.state import lease
from reconciler.state.backend import Holder, Stored
from reconciler.state.lease import USUAL, HeldLease, Notice, Timing, silence

if TYPE_CHECKING:
    from obstore import UpdateVersion
    from obstore.store import ClientConfig, RetryConfig

ObjectStore = S3Store | GCSStore | AzureStore | MemoryStore

_WRITE_ID = "writeid"  # one word: Azure takes no other as a name
_HINT = (
    "check the address and the permissions; credentials come from environment variables: AWS_…, "
    "GOOGLE_… or AZURE_…"
)
_QUICK = timedelta(seconds=3)
_CODE = re.compile(r"<Code>(\w+)</Code>")
_NO_BUCKET = re.compile("NoSuchBucket|ContainerNotFound")
_SECRET = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
    "AZURE_STORAGE_CLIENT_SECRET",
    "AZURE_CLIENT_SECRET",
)

_STORES: Mapping[str, type[S3Store | GCSStore | AzureStore]] = {
    "s3": S3Store,
    "gs": GCSStore,
    "az": AzureStore,
}


def connect(url: str, env: Mapping[str, str], *, quick: bool = False) -> tuple[ObjectStore, str]:
    """The bucket or container of ``url`` and the key in it; sends nothing yet.

    With ``quick`` every request has to be answered soon, and is sent once.
    """
    for name in _SECRET:
        if env.get(name):
            secrets.register(env[name])
    parts = urlsplit(url)
    bucket, key = parts.netloc, parts.path.strip("/")
    retry: RetryConfig = {
        "max_retries": 0 if quick else 3,
        "retry_timeout": timedelta(seconds=30),
    }
    client: ClientConfig = {"timeout": _QUICK} if quick else {}
    try:
        return _STORES[parts.scheme](bucket, client_options=client, retry_config=retry), key
    except (BaseError, ValueError, OSError) as error:
        raise StateError(f"cannot use {url}: {_why(error)}", hint=_HINT) from None


def has_credentials(env: Mapping[str, str]) -> bool:
    """Whether the environment holds credentials; else the machine's metadata service is asked."""
    return any(env.get(name) for name in _SECRET)


class ObjectBackend:
    """One object that holds the state. A token is what the store calls its version, as JSON.

    ``contact`` reaches the same store with ``quick``: it is asked once before anything else, since
    a metadata service that does not answer would be waited for as long as for a large state.
    """

    save_every = 2.0

    def __init__(
        self,
        url: str,
        store: ObjectStore,
        key: str,
        *,
        timing: Timing = USUAL,
        notice: Notice = silence,
        contact: ObjectStore | None = None,
    ) -> None:
        self.url = url
        self._contact = None if contact is None else ObjectCell(contact, f"{key}.lease", url)
        self._cell = ObjectCell(store, key, url)
        self._lease_cell = ObjectCell(store, f"{key}.lease", f"{url}.lease")
        self._timing = timing
        self._notice = notice
        self._lease: HeldLease | None = None

    def load(self) -> Stored | None:
        """The object as it is now."""
        self._make_contact()
        return self._cell.read()

    def save(self, content: bytes, *, over: str | None, message: str) -> str:  # noqa: ARG002
        """Put it if nothing else was put since. See :class:`Backend`."""
        if self._lease is not None:
            self._lease.confirm()
        return self._cell.swap(content, over=over)

    def lease(self, holder: Holder) -> HeldLease:
        """Take the lease, an object beside the state, or watch it expire."""
        self._make_contact()
        self._lease = lease.take(self._lease_cell, holder, self._timing, self._notice)
        return self._lease

    def unlock(self, lease_id: str) -> Holder | None:
        """Empty the lease's object if it is the one with this id."""
        self._make_contact()
        return lease.unlock(self._lease_cell, lease_id)

    def _make_contact(self) -> None:
        if self._contact is not None:
            self._contact.read()
            self._contact = None


class ObjectCell:
    """An object that is replaced only by those who know its version."""

    def __init__(self, store: ObjectStore, key: str, where: str) -> None:
        self.where = where
        self._store = store
        self._key = key
        self._tried: dict[str, str | None] = {}
        """Writes without an answer: their id → what they were to replace."""

    def read(self) -> Stored | None:
        """What is there."""
        found = self._read()
        return None if found is None else found[0]

    def swap(self, content: bytes, *, over: str | None) -> str:
        """See :class:`reconciler.state.lease.Cell`."""
        write = uuid.uuid4().hex
        try:
            return self._put(content, write, over)
        except (AlreadyExistsError, PreconditionError):
            return self._after_refusal(content, write, over)
        except (BaseError, OSError) as error:
            self._tried[write] = over
            return self._after_silence(write, _why(error))

    def clear(self, *, over: str) -> None:
        """Empty the object: stores cannot delete conditionally."""
        self.swap(b"", over=over)

    def _put(self, content: bytes, write: str, over: str | None) -> str:
        version: UpdateVersion | None = None if over is None else json.loads(over)
        put = obstore.put(
            self._store,
            self._key,
            content,
            mode="create" if version is None else version,
            attributes={"Content-Type": "application/json", _WRITE_ID: write},
            use_multipart=False,
        )
        self._tried.clear()
        return _token(put["e_tag"], put["version"])

    def _after_refusal(self, content: bytes, write: str, over: str | None) -> str:
        """Refused because of this write, sent twice; an earlier one; or somebody else's."""
        found = self._read()
        if found is not None and found[1] == write:
            return found[0].token
        if found is not None and found[1] in self._tried and self._tried[found[1]] == over:
            self._tried.clear()
            return self.swap(content, over=found[0].token)
        raise Fenced(
            f"{self.where} was changed by somebody else while this run held it",
            hint="nothing was written over it; run plan again",
        )

    def _after_silence(self, write: str, why: str) -> str:
        try:
            found = self._read()
        except StateError:
            raise StateError(
                f"{self.where}: the connection was lost during a save, which may or may not have "
                f"arrived: {why}",
                hint="run apply again when the store can be reached: it checks, and continues",
            ) from None
        if found is None or found[1] != write:
            raise StateError(f"{self.where} was not saved: {why}", hint=_HINT)
        self._tried.clear()
        return found[0].token

    def _read(self) -> tuple[Stored, str] | None:
        """What is there, and the id of the write that put it there."""
        try:
            got = obstore.get(self._store, self._key)
            if got.meta["size"] > LARGEST_STATE:
                raise too_large(LARGEST_STATE)
            content = bytes(got.bytes())
        except FileNotFoundError as error:
            if _NO_BUCKET.search(str(error)) is None:
                return None
            raise StateError(
                f"cannot read {self.where}: the bucket or container does not exist",
                hint="create it, or correct state in target.yaml",
            ) from None
        except TooLarge as error:
            raise StateError(f"cannot read {self.where}: {error.strerror}") from None
        except (BaseError, OSError) as error:
            raise StateError(f"cannot read {self.where}: {_why(error)}", hint=_HINT) from None
        token = _token(got.meta["e_tag"], got.meta["version"])
        return Stored(content, token), got.attributes.get(_WRITE_ID, "")


def _token(e_tag: str | None, version: str | None) -> str:
    named = {"e_tag": e_tag, "version": version}
    return json.dumps({name: value for name, value in named.items() if value is not None})


def _why(error: Exception) -> str:
    """The first line of the library's message and the store's error code."""
    text = str(error).strip()
    code = _CODE.search(text)
    first = text.split("\n")[0].split("<")[0].rstrip(": ")
    return secrets.hide(first if code is None else f"{first}: {code[1]}")
