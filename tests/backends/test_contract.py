"""What every place must do, whatever it is made of. Each ``machine()`` is another machine."""

import pytest

from reconciler.errors import Fenced, LeaseHeld, StateError
from reconciler.state import file, gitcommand, objects
from tests.backends.conftest import ANNA, BEN, LIVELY, NEVER_BEATS, Clock

SWEPT = [pytest.param(kind, marks=pytest.mark.sweep) for kind in ("s3", "azure")]
EXPIRING = ["git", "memory", *SWEPT]


@pytest.fixture(params=["file", *EXPIRING])
def place(request):
    return request.getfixturevalue(f"{request.param}_place")


@pytest.fixture(params=EXPIRING)
def expiring(request):
    return request.getfixturevalue(f"{request.param}_place")


def test_a_place_that_holds_nothing_says_so(place):
    assert place(NEVER_BEATS).load() is None


@pytest.mark.parametrize("content", [b"{}\n", b"\x00\xff\r\n", b"7275553300\r\n" * 50_000])
def test_what_is_saved_is_loaded_byte_for_byte_elsewhere(place, content):
    token = place(NEVER_BEATS).save(content, over=None, message="Begin")
    stored = place(NEVER_BEATS).load()
    assert stored is not None
    assert (stored.content, stored.token) == (content, token)


def test_more_than_a_state_may_hold_is_not_read(place, monkeypatch):
    place(NEVER_BEATS).save(b"123456", over=None, message="Begin")
    for module in (file, gitcommand, objects):
        monkeypatch.setattr(module, "LARGEST_STATE", 5)
    with pytest.raises(StateError, match=r"cannot read .*: it is larger than 0 MiB"):
        place(NEVER_BEATS).load()


def test_saves_follow_each_other_without_loading_between(place):
    here = place(NEVER_BEATS)
    first = here.save(b"1", over=None, message="One")
    second = here.save(b"2", over=first, message="Two")
    here.save(b"3", over=second, message="Three")
    assert here.load().content == b"3"


def test_one_machine_saves_over_what_it_loaded_of_another(place):
    place(NEVER_BEATS).save(b"1", over=None, message="One")
    other = place(NEVER_BEATS)
    other.save(b"2", over=other.load().token, message="Two")
    assert place(NEVER_BEATS).load().content == b"2"


def test_the_loser_of_two_saves_writes_nothing(place):
    winner, loser = place(NEVER_BEATS), place(NEVER_BEATS)
    token = winner.save(b"1", over=None, message="One")
    assert loser.load().token == token
    winner.save(b"2", over=token, message="Two")
    with pytest.raises(Fenced):
        loser.save(b"3", over=token, message="Three")
    assert loser.load().content == b"2"


def test_the_loser_is_told_even_when_both_save_the_same(place):
    winner, loser = place(NEVER_BEATS), place(NEVER_BEATS)
    token = winner.save(b"1", over=None, message="One")
    assert loser.load().token == token
    winner.save(b"2", over=token, message="Two")
    with pytest.raises(Fenced):
        loser.save(b"2", over=token, message="Two")


def test_the_first_save_is_refused_where_somebody_has_begun(place):
    late = place(NEVER_BEATS)
    assert late.load() is None
    place(NEVER_BEATS).save(b"1", over=None, message="One")
    with pytest.raises(Fenced):
        late.save(b"2", over=None, message="Two")
    assert late.load().content == b"1"


def test_nothing_is_saved_over_what_was_never_there(place):
    elsewhere = place(NEVER_BEATS).save(b"1", over=None, message="One")
    here = place(NEVER_BEATS)
    with pytest.raises(Fenced):
        here.save(b"2", over=elsewhere.replace("1", "2").replace("0", "1"), message="Two")
    assert here.load().content == b"1"


def test_a_lease_keeps_others_out_while_its_holder_lives(place):
    lease = place(LIVELY).lease(ANNA)
    with pytest.raises(LeaseHeld, match="anna on desk since 09:00"):
        place(LIVELY).lease(BEN)
    lease.check()
    lease.release()


def test_a_lease_that_was_given_back_can_be_taken(place):
    place(NEVER_BEATS).lease(ANNA).release()
    lease = place(NEVER_BEATS).lease(BEN)
    lease.check()
    lease.release()


def test_a_lease_is_given_back_once(place):
    lease = place(NEVER_BEATS).lease(ANNA)
    lease.release()
    other = place(NEVER_BEATS).lease(BEN)
    lease.release()
    other.check()
    other.release()


def test_who_holds_the_lease_saves(place):
    here = place(NEVER_BEATS)
    lease = here.lease(ANNA)
    here.save(b"1", over=None, message="One")
    lease.release()
    assert place(NEVER_BEATS).load().content == b"1"


def test_unlocking_what_nobody_holds_says_so(place):
    assert place(NEVER_BEATS).unlock("run-1") is None
    place(NEVER_BEATS).lease(ANNA).release()
    assert place(NEVER_BEATS).unlock("run-1") is None


def test_unlocking_with_another_id_leaves_the_lease_alone_and_names_the_right_one(place):
    here = place(NEVER_BEATS)
    lease = here.lease(ANNA)
    with pytest.raises(LeaseHeld, match="not by run-2: nothing was unlocked") as raised:
        place(NEVER_BEATS).unlock("run-2")
    assert "anna on desk" in raised.value.message
    assert raised.value.hint.endswith("state unlock run-1")
    here.save(b"1", over=None, message="One")
    lease.release()


# --- where a lease is no lock of the operating system


def test_a_lease_without_a_sign_of_life_is_taken_after_its_expiry(expiring):
    expiring(NEVER_BEATS).lease(ANNA)
    clock = Clock()
    lease = expiring(clock.timing()).lease(BEN)
    assert clock.time == pytest.approx(90)
    lease.check()
    lease.release()


@pytest.mark.parametrize("skew", [-86_400.0, 86_400.0])
def test_clocks_that_differ_by_a_day_change_nothing(expiring, skew):
    expiring(Clock().timing()).lease(ANNA)
    clock = Clock(skew)
    expiring(clock.timing()).lease(BEN).release()
    assert clock.time - skew == pytest.approx(90)


def test_who_lost_the_lease_saves_nothing_and_is_told(expiring):
    here, there = expiring(NEVER_BEATS), expiring(Clock().timing())
    token = here.save(b"1", over=None, message="One")
    lost = here.lease(ANNA)
    taken = there.lease(BEN)
    with pytest.raises(Fenced, match="taken away"):
        here.save(b"2", over=token, message="Two")
    with pytest.raises(Fenced, match="taken away"):
        lost.check()
    lost.release()
    taken.check()
    there.save(b"3", over=there.load().token, message="Three")
    assert expiring(NEVER_BEATS).load().content == b"3"
    taken.release()


def test_who_lost_the_lease_finds_out_at_the_next_beat(expiring):
    lost = expiring(NEVER_BEATS).lease(ANNA)
    taken = expiring(Clock().timing()).lease(BEN)
    lost.renew()
    with pytest.raises(Fenced, match="taken away"):
        lost.check()
    taken.renew()
    taken.check()
    taken.release()


def test_unlocking_breaks_the_lease_and_its_holder_saves_no_more(expiring):
    here = expiring(NEVER_BEATS)
    lease = here.lease(ANNA)
    assert expiring(NEVER_BEATS).unlock("run-1") == ANNA
    with pytest.raises(Fenced):
        here.save(b"1", over=None, message="One")
    assert expiring(NEVER_BEATS).load() is None
    lease.release()
    expiring(NEVER_BEATS).lease(BEN).release()


def test_a_beat_keeps_the_lease_one_s_own(expiring):
    here = expiring(NEVER_BEATS)
    lease = here.lease(ANNA)
    lease.renew()
    lease.renew()
    here.save(b"1", over=None, message="One")
    lease.release()
