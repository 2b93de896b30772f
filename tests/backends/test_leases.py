import json
from collections.abc import Callable
from inspect import signature
from threading import Event

import pytest
from obstore.store import MemoryStore

from reconciler.errors import Fenced, LeaseHeld, StateError
from reconciler.network.failures import CONNECT_SECONDS
from reconciler.state.backend import Stored
from reconciler.state.lease import USUAL, Timing, silence, take, unlock
from reconciler.state.objects import ObjectBackend
from reconciler.state.store import Store
from reconciler.vicidial.client import open_server
from tests.backends.conftest import ANNA, BEN, Clock
from tests.conftest import ENDPOINT


class Paper:
    """A cell on paper. ``trouble`` are the next answers: an error, before or after it is done."""

    where = "the lease of tampa"

    def __init__(self):
        self.there: Stored | None = None
        self.writes = 0
        self.before: list[StateError | None] = []
        self.after: list[StateError] = []
        self.unreadable: list[StateError | None] = []
        self.meanwhile: Callable[[], None] | None = None
        """What happens just before each write."""

    def read(self):
        if self.unreadable and (error := self.unreadable.pop(0)) is not None:
            raise error
        return self.there

    def swap(self, content, *, over):
        if self.meanwhile is not None:
            self.meanwhile()
        if self.before and (error := self.before.pop(0)) is not None:
            raise error
        if (None if self.there is None else self.there.token) != over:
            raise Fenced("not that")
        self.writes += 1
        self.there = Stored(content, f"v{self.writes}")
        if self.after:
            raise self.after.pop(0)
        return self.there.token

    def clear(self, *, over):
        self.swap(b"", over=over)


DARK = StateError("no network")


def taken(cell, clock=None, holder=ANNA, **timing):
    return take(cell, holder, (clock or Clock()).timing(**timing), silence)


def test_a_heart_beats_by_itself_until_the_lease_is_given_back():
    cell, beaten = Paper(), Event()
    cell.meanwhile = lambda: beaten.set() if cell.writes >= 3 else None
    lease = take(cell, ANNA, Timing(beat=0.001), silence)
    assert beaten.wait(10)
    lease.check()
    lease.release()
    written = cell.writes
    assert not lease._heart.is_alive()
    lease.renew()
    assert cell.writes == written


def test_no_two_beats_are_alike():
    cell = Paper()
    lease = taken(cell)
    first = cell.there.content
    lease.renew()
    assert cell.there.content != first
    lease.release()


def test_a_holder_stops_before_anybody_may_take_over():
    clock = Clock()
    lease = taken(Paper(), clock, expiry=90, longest_call=30)
    clock.time = 59.9
    lease.check()
    clock.time = 60
    with pytest.raises(Fenced, match="could not be renewed in time"):
        lease.check()


def test_a_beat_counts_from_when_it_was_sent():
    """It may have arrived at once, and only its answer been late."""
    clock, cell = Clock(), Paper()
    lease = taken(cell, clock, expiry=90, longest_call=30)
    cell.meanwhile = lambda: clock.wait(50)
    lease.renew()
    clock.time = 59
    lease.check()
    clock.time = 60
    with pytest.raises(Fenced):
        lease.check()


def test_beats_that_get_no_answer_lose_nothing_while_there_is_time():
    clock, cell = Clock(), Paper()
    lease = taken(cell, clock)
    cell.before, cell.unreadable = [DARK], [DARK]
    clock.time = 20
    lease.renew()
    lease.check()
    clock.time = 40
    lease.renew()
    clock.time = 99
    lease.check()
    lease.release()
    assert cell.there.content == b""


def test_a_beat_that_arrived_without_an_answer_is_known_again():
    cell = Paper()
    lease = taken(cell)
    cell.after, cell.unreadable = [DARK], [DARK]
    lease.renew()
    lease.renew()
    lease.renew()
    lease.confirm()
    lease.release()
    assert cell.there.content == b""


def test_a_save_in_between_knows_it_too():
    cell = Paper()
    lease = taken(cell)
    cell.after, cell.unreadable = [DARK], [DARK]
    lease.renew()
    lease.confirm()
    lease.release()


def test_a_refusal_that_cannot_be_looked_into_is_left_to_time():
    cell = Paper()
    lease = taken(cell)
    cell.before, cell.unreadable = [Fenced("not that")], [None, DARK]
    lease.renew()
    lease.check()
    lease.release()


def test_a_lease_taken_by_another_is_lost_at_the_next_beat():
    cell = Paper()
    lease = taken(cell)
    other = taken(cell, holder=BEN)
    lease.renew()
    with pytest.raises(Fenced, match="was taken away"):
        lease.check()
    with pytest.raises(Fenced):
        lease.confirm()
    lease.release()
    other.confirm()


def test_a_lease_that_cannot_be_given_back_expires():
    cell = Paper()
    lease = taken(cell)
    cell.before = [DARK]
    lease.release()
    lease.release()
    clock = Clock()
    taken(cell, clock, holder=BEN)
    assert clock.time == 90


def test_a_lease_that_was_given_back_is_good_for_nothing():
    lease = taken(Paper())
    lease.release()
    with pytest.raises(Fenced, match="was given back"):
        lease.check()


def test_whoever_waits_is_told_for_whom_and_how_long():
    cell = Paper()
    told: list[str] = []
    taken(cell)
    clock = Clock()
    take(cell, BEN, clock.timing(), told.append)
    assert told == [
        (
            "the lease of tampa is held by anna on desk since 09:00, https://example.com/runs/1 "
            "(id run-1): waiting up to 90 s to see whether that apply is still running"
        )
    ]
    assert clock.waits == [5.0] * 18


def test_an_expiry_is_its_holder_s_own():
    cell = Paper()
    taken(cell, expiry=12.0)
    clock = Clock()
    taken(cell, clock, holder=BEN)
    assert clock.waits == [5.0, 5.0, 2.0]


def test_a_holder_that_shows_life_is_left_alone():
    cell = Paper()
    lease = taken(cell)
    clock = Clock()

    def wait(seconds):
        clock.time += seconds
        if clock.time > 15:
            lease.renew()

    with pytest.raises(LeaseHeld, match="another apply holds the lease of tampa: anna on desk"):
        take(cell, BEN, Timing(now=clock.now, wait=wait), silence)
    assert clock.time == 20
    lease.check()


def test_a_holder_that_ends_while_watched_makes_room():
    cell = Paper()
    lease = taken(cell)
    clock = Clock()

    def wait(seconds):
        clock.time += seconds
        lease.release()

    take(cell, BEN, Timing(now=clock.now, wait=wait), silence).confirm()
    assert clock.time == 5


@pytest.mark.parametrize(
    "content", [b"not JSON", b"{}", b"[]", b'{"expiry": "soon"}', b'{"expiry": 5, "beat": "a"}']
)
def test_a_lease_that_nobody_can_read_is_watched_like_any_other(content):
    cell = Paper()
    cell.there = Stored(content, "v0")
    clock = Clock()
    told: list[str] = []
    take(cell, BEN, clock.timing(), told.append)
    assert clock.time == USUAL.expiry
    assert "somebody unknown" in told[0]


@pytest.mark.parametrize("left", ["theirs", "nothing"])
def test_of_two_who_take_it_at_once_one_is_told(left):
    cell = Paper()

    def overtake():
        cell.meanwhile = None
        other = taken(cell, holder=BEN)
        if left == "nothing":
            other.release()

    cell.meanwhile = overtake
    with pytest.raises(LeaseHeld, match="ben on laptop" if left == "theirs" else "has ended"):
        taken(cell)


def test_a_lease_that_arrived_without_an_answer_is_held():
    cell = Paper()
    cell.after = [DARK]
    taken(cell).confirm()


def test_unlocking_a_lease_that_was_renewed_this_moment_says_that_it_lives():
    cell = Paper()
    taken(cell)
    cell.before = [Fenced("not that")]
    with pytest.raises(LeaseHeld, match="renewed just now by anna on desk"):
        unlock(cell, "run-1")
    unlock(cell, "run-1")
    assert cell.there.content == b""


def test_a_lease_says_who_holds_it_and_for_how_long():
    cell = Paper()
    taken(cell)
    fields = json.loads(cell.there.content)
    assert fields.pop("beat")
    assert fields == {
        "id": "run-1",
        "who": "anna on desk",
        "since": "09:00",
        "run": "https://example.com/runs/1",
        "expiry": 90.0,
    }


def test_the_usual_times_leave_room_for_a_call_that_is_under_way():
    """Three beats may be missed before the holder stops, and it stops a whole call early."""
    assert USUAL.expiry - USUAL.longest_call >= 3 * USUAL.beat
    answering = signature(open_server).parameters["timeout"].default
    assert USUAL.longest_call >= CONNECT_SECONDS + answering + 5


def test_who_applies_can_ask_between_two_calls(tmp_path):
    backend = ObjectBackend("s3://ours/t", MemoryStore(), "t", timing=Clock().timing())
    store = Store(backend, tmp_path / "journal", target="tampa", endpoint=ENDPOINT)
    with store.held(ANNA) as held:
        held.check()
        backend.unlock("run-1")
        backend._lease.renew()
        with pytest.raises(Fenced):
            held.check()
        with pytest.raises(Fenced):
            held.save(held.state, "Too late")
    assert backend.load() is None
