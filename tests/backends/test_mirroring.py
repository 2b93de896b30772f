import pytest
from obstore.store import MemoryStore

from reconciler.errors import Fenced, LeaseHeld, StateError
from reconciler.state.backend import Stored
from reconciler.state.codec import encode
from reconciler.state.mirror import copy, mirrored
from reconciler.state.objects import ObjectBackend
from tests.backends.conftest import ANNA, LIVELY, on_branch
from tests.conftest import state


def written(serial, **more):
    return encode(state(serial=serial, **more))


class Page:
    """A mirror that holds one page. ``trouble`` are the errors of the next saves."""

    url = "git:did-state"
    save_every = 1.0

    def __init__(self, content=None, *trouble):
        self.content, self.trouble = content, list(trouble)
        self.messages: list[str] = []

    def load(self):
        return None if self.content is None else Stored(self.content, "token")

    def save(self, content, *, over, message):
        assert over == (None if self.content is None else "token")
        if self.trouble:
            raise self.trouble.pop(0)
        self.content = content
        self.messages.append(message)
        return "token"

    def lease(self, holder):
        pytest.fail("a mirror is not held")

    def unlock(self, lease_id):
        pytest.fail("a mirror is not held")


@pytest.fixture
def primary():
    return ObjectBackend("s3://ours/tampa.json", MemoryStore(), "tampa.json", timing=LIVELY)


def test_what_an_apply_saved_last_is_on_the_branch_when_it_ends(hosted, primary):
    backend = mirrored(primary, on_branch(hosted.clone()), print)
    lease = backend.lease(ANNA)
    token = backend.save(written(1), over=None, message="Begin 9f2c41d7")
    backend.save(written(2), over=token, message="Apply 9f2c41d7")
    lease.check()
    lease.release()
    assert hosted.states() == ["Apply 9f2c41d7"]
    assert on_branch(hosted.clone()).load().content == written(2) == backend.load().content


def test_an_apply_that_saved_nothing_mirrors_nothing(primary):
    page = Page()
    mirrored(primary, page, print).lease(ANNA).release()
    assert page.content is None


def test_each_save_is_mirrored_once(primary):
    page = Page()
    backend = mirrored(primary, page, print)
    lease = backend.lease(ANNA)
    backend.save(written(1), over=None, message="One")
    lease.release()
    backend.lease(ANNA).release()
    assert page.messages == ["One"]


def test_the_lease_is_the_primary_s(primary):
    backend = mirrored(primary, Page(), print)
    assert (backend.url, backend.save_every) == (primary.url, primary.save_every)
    lease = backend.lease(ANNA)
    with pytest.raises(LeaseHeld):
        primary.lease(ANNA)
    backend.unlock("run-1")
    primary.lease(ANNA).release()
    lease.release()


def test_a_mirror_that_fails_is_told_and_the_apply_stays_done(primary):
    told: list[str] = []
    page = Page(None, StateError("no network"))
    backend = mirrored(primary, page, told.append)
    lease = backend.lease(ANNA)
    backend.save(written(1), over=None, message="One")
    lease.release()
    assert told == [
        (
            "the state is saved at s3://ours/tampa.json, but not mirrored to git:did-state: "
            "no network; the next apply mirrors it"
        )
    ]
    backend.lease(ANNA).release()
    assert primary.load().content == written(1)


def test_a_copy_that_is_overtaken_looks_again():
    page = Page(written(1), Fenced("overtaken"))
    copy(written(2), page, "Two")
    assert page.content == written(2)


@pytest.mark.parametrize("there", [written(2), written(3)])
def test_a_later_state_in_the_mirror_stays(there):
    page = Page(there)
    copy(written(2), page, "Two")
    assert (page.content, page.messages) == (there, [])


@pytest.mark.parametrize("there", [written(9, lineage="another"), b"damaged"])
def test_what_does_not_belong_there_is_replaced(there):
    page = Page(there)
    copy(written(2), page, "Two")
    assert page.content == written(2)
