import json
import socket
import sys
import time
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import GenericError
from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store

from reconciler import secrets
from reconciler.errors import Fenced, StateError
from reconciler.state import objects
from reconciler.state.objects import ObjectBackend, ObjectCell, connect
from reconciler.state.open import open_backend
from tests.backends.conftest import ANNA, NEVER_BEATS

GONE = GenericError(
    "Error performing PUT https://example.com/tampa.json: connection reset\n\nDebug"
)


@pytest.fixture(autouse=True)
def _no_secrets_left_behind(monkeypatch):
    monkeypatch.setattr(secrets, "_HIDER", secrets.Hider())


@pytest.fixture
def store():
    return MemoryStore()


def kept(store):
    return ObjectBackend("s3://ours/tampa.json", store, "tampa.json", timing=NEVER_BEATS)


@pytest.fixture
def network(monkeypatch):
    """What becomes of the next requests: "lost", "swallowed", or None for what should."""
    fates: dict[str, list[object]] = {"put": [], "get": []}

    def spoiled(name, real):
        def request(*arguments, **options):
            fate = fates[name].pop(0) if fates[name] else None
            if isinstance(fate, Exception):
                raise fate
            answer = None if fate == "lost" else real(*arguments, **options)
            if fate is None:
                return answer
            raise GONE

        return request

    for name in fates:
        monkeypatch.setattr(obstore, name, spoiled(name, getattr(obstore, name)))
    return fates


def test_a_save_that_arrived_without_an_answer_is_a_save(store, network):
    backend = kept(store)
    network["put"] = ["swallowed"]
    token = backend.save(b"one", over=None, message="One")
    backend.save(b"two", over=token, message="Two")
    assert kept(store).load().content == b"two"


def test_a_save_that_got_lost_is_none(store, network):
    backend = kept(store)
    network["put"] = ["lost"]
    with pytest.raises(StateError, match=r"was not saved: .*connection reset$") as raised:
        backend.save(b"one", over=None, message="One")
    assert "AWS_" in raised.value.hint
    assert backend.load() is None


def test_a_save_that_got_lost_over_another_is_none(store, network):
    backend = kept(store)
    token = backend.save(b"one", over=None, message="One")
    network["put"] = ["lost"]
    with pytest.raises(StateError, match="was not saved"):
        backend.save(b"two", over=token, message="Two")
    assert backend.load().content == b"one"


@pytest.mark.parametrize("fate", ["lost", "swallowed"])
def test_a_save_in_the_dark_may_have_arrived_and_the_next_one_finds_out(store, network, fate):
    backend = kept(store)
    token = backend.save(b"one", over=None, message="One")
    network["put"], network["get"] = [fate], ["lost"]
    with pytest.raises(StateError, match="may or may not have arrived"):
        backend.save(b"two", over=token, message="Two")
    backend.save(b"three", over=token, message="Three")
    assert backend.load().content == b"three"


def test_somebody_else_s_save_in_the_dark_is_not_taken_for_our_own(store, network):
    backend, other = kept(store), kept(store)
    token = backend.save(b"one", over=None, message="One")
    network["put"], network["get"] = ["lost"], ["lost"]
    with pytest.raises(StateError, match="may or may not"):
        backend.save(b"two", over=token, message="Two")
    other.save(b"two", over=token, message="Two")
    with pytest.raises(Fenced):
        backend.save(b"two", over=token, message="Two")


def test_a_save_that_was_sent_twice_on_its_way_is_one(store, monkeypatch):
    """Libraries repeat what got no answer: the second is refused because the first arrived."""
    real = obstore.put

    def twice(*arguments, **options):
        real(*arguments, **options)
        return real(*arguments, **options)

    monkeypatch.setattr(obstore, "put", twice)
    kept(store).save(b"one", over=None, message="One")
    assert kept(store).load().content == b"one"


def test_a_save_over_what_was_removed_is_refused(store):
    backend = kept(store)
    token = backend.save(b"one", over=None, message="One")
    obstore.delete(store, "tampa.json")
    with pytest.raises(Fenced):
        backend.save(b"two", over=token, message="Two")
    assert backend.load() is None


def test_a_store_that_cannot_be_read_says_why(store, network):
    network["get"] = [GenericError("Error performing GET: <?xml?>\n<Code>AccessDenied</Code>")]
    with pytest.raises(StateError, match=r"cannot read s3://ours/tampa.json: .*GET: AccessDenied$"):
        kept(store).load()


def test_a_bucket_that_is_missing_is_no_empty_state(store, network):
    network["get"] = [FileNotFoundError("404 Not Found: <Error><Code>NoSuchBucket</Code>")]
    with pytest.raises(StateError, match="the bucket or container does not exist"):
        kept(store).load()


def test_the_lease_is_an_object_beside_the_state(store):
    lease = kept(store).lease(ANNA)
    held = json.loads(bytes(obstore.get(store, "tampa.json.lease").bytes()))
    assert held["who"] == "anna on desk"
    lease.release()
    assert bytes(obstore.get(store, "tampa.json.lease").bytes()) == b""


def test_a_version_is_named_as_the_store_names_it(store, monkeypatch):
    """Google's goes by version, others by ETag: both are kept where there are both."""
    cell = ObjectCell(store, "tampa.json", "gs://ours/tampa.json")
    monkeypatch.setattr(obstore, "put", lambda *_, **__: {"e_tag": '"a"', "version": "17"})
    assert json.loads(cell.swap(b"one", over=None)) == {"e_tag": '"a"', "version": "17"}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("s3://ours/dids/tampa.json", S3Store),
        ("gs://ours/dids/tampa.json", GCSStore),
        ("az://ours/dids/tampa.json", AzureStore),
    ],
)
def test_a_url_names_the_store_and_the_key_in_it(url, kind, monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "ours")
    store, key = connect(url, {})
    assert type(store) is kind
    assert key == "dids/tampa.json"


def test_settings_that_no_store_can_have_are_told(monkeypatch):
    monkeypatch.setenv("AWS_REQUEST_PAYER", "nonsense")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "nonsense")
    with pytest.raises(StateError, match=r"cannot use s3://ours/tampa\.json"):
        connect("s3://ours/tampa.json", {})


def test_a_metadata_service_that_never_answers_is_left_after_seconds(monkeypatch):
    """A machine without credentials asks it, and the library waits half a minute for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{port}")
        monkeypatch.setattr(objects, "_QUICK", timedelta(seconds=0.2))
        backend = open_backend("s3://ours/tampa.json", target="tampa", folder=Path(), env={})
        before = time.monotonic()
        with pytest.raises(StateError, match=r"cannot read s3://ours/tampa\.json"):
            backend.load()
        assert time.monotonic() - before < 5


def test_a_store_that_answered_is_asked_with_patience_from_then_on(store, network):
    network["get"] = [GONE]
    backend = ObjectBackend("s3://ours/tampa.json", MemoryStore(), "tampa.json", contact=store)
    with pytest.raises(StateError):
        backend.load()
    assert backend.load() is None
    network["get"] = [None, GONE]
    assert backend.load() is None


def test_credentials_are_hidden_from_then_on():
    connect("s3://ours/tampa.json", {"AWS_SECRET_ACCESS_KEY": "made-up-secret-of-s3"})
    assert secrets.hide("signed with made-up-secret-of-s3") == "signed with ***"


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "reconciler.state.objects")
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(StateError, match="not installed") as raised:
        open_backend("s3://ours/tampa.json", target="tampa", folder=tmp_path)
    assert raised.value.hint == "in a checkout of did-reconciler: pip install '.[objects]'"
