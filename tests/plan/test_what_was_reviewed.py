"""What a reviewer has seen covers what is left of it, and nothing else."""

import pytest

from reconciler.diff.model import (
    FOUND,
    UNSETTLED,
    Adopt,
    Create,
    Delete,
    Forget,
    Park,
    SettingChange,
    Settle,
    Update,
)
from reconciler.numbers import SpanMap
from reconciler.plan.plan import make_plan
from reconciler.plan.review import (
    BegunUnder,
    Reviewed,
    covers,
    own_changes,
    shared_numbers,
    unreviewed,
)
from reconciler.removal import KeepPolicy
from reconciler.routing import NOTHING, Routing
from tests.conftest import MENU, SALES, SOURCE, SUPPORT, declared, over, spec, state
from tests.plan.conftest import UNDER, Fate, Row, Server, carry_out

ONE = "7275553301"
GROUP = Routing({"group": "SUPPORT"})
FROM_SALES = Routing({"group": "SALESLINE"})
CREATE = Create("sales", SOURCE, SALES, None)
BEGUN = Create("other", SOURCE, SALES, None, UNSETTLED)
ADOPT = Adopt("sales", SOURCE, SALES, None)
UPDATE = Update("sales", None, Routing({"group": "SALESLINE"}), GROUP)
PARK = Park("sales", None, FROM_SALES, GROUP)
DELETE = Delete("sales", None, SALES)


@pytest.mark.parametrize(
    ("seen", "fresh"),
    [
        (CREATE, CREATE),
        (CREATE, Create("other", SOURCE, SALES, None)),
        (BEGUN, BEGUN),
        (ADOPT, Adopt("sales", SOURCE, SALES, None, FOUND)),
        (UPDATE, UPDATE),
        (UPDATE, Update("sales", None, NOTHING, GROUP, UNSETTLED)),
        (PARK, PARK),
        (DELETE, DELETE),
        (DELETE, Delete("sales", None, NOTHING, UNSETTLED)),
        (CREATE, Settle("sales", None)),
        (CREATE, Forget("sales")),
    ],
)
def test_what_is_left_of_a_reviewed_change_was_reviewed(seen, fresh):
    assert covers(seen, fresh)


@pytest.mark.parametrize(
    ("seen", "fresh"),
    [
        (CREATE, Update("sales", None, NOTHING, SALES)),
        (CREATE, Update("sales", None, NOTHING, Routing({"group": "SALESLINE"}), UNSETTLED)),
        (ADOPT, Update("sales", None, NOTHING, SALES, UNSETTLED)),
    ],
)
def test_a_creation_covers_an_update_only_of_what_was_begun_under_that_very_plan(seen, fresh):
    assert covers(seen, fresh, BegunUnder.THIS)
    assert not covers(seen, fresh, BegunUnder.ANOTHER)
    assert not covers(seen, fresh, BegunUnder.NONE)


@pytest.mark.parametrize(
    ("seen", "fresh"),
    [(CREATE, BEGUN), (ADOPT, Adopt("sales", SOURCE, SALES, None, UNSETTLED))],
)
def test_a_number_begun_is_taken_for_ours_only_where_that_was_reviewed(seen, fresh):
    assert covers(seen, fresh, BegunUnder.THIS)
    assert covers(seen, fresh, BegunUnder.ANOTHER)
    assert not covers(seen, fresh, BegunUnder.NONE)


@pytest.mark.parametrize(
    ("seen", "fresh"),
    [
        (CREATE, Create("sales", SOURCE, MENU, None)),
        (CREATE, Create("sales", "7275551115", SALES, None)),
        (CREATE, Create("sales", SOURCE, SALES, KeepPolicy())),
        (CREATE, ADOPT),
        (CREATE, Update("sales", None, NOTHING, SUPPORT)),
        (CREATE, Update("sales", None, FROM_SALES, SALES)),
        (ADOPT, CREATE),
        (UPDATE, Update("sales", None, NOTHING, GROUP)),
        (UPDATE, Update("sales", None, FROM_SALES, MENU)),
        (UPDATE, Update("sales", None, Routing({"group": "OTHERS"}), GROUP, UNSETTLED)),
        (UPDATE, PARK),
        (PARK, UPDATE),
        (PARK, DELETE),
        (DELETE, Delete("sales", None, SUPPORT)),
        (DELETE, PARK),
    ],
)
def test_anything_else_was_not(seen, fresh):
    assert not covers(seen, fresh)


SETTING = SettingChange("removal", "keep", "delete")


def reviewed(*changes, settings=(), digest="a plan"):
    return Reviewed(digest, over(*changes), settings)


def held_to(fresh, seen, *, settings=(), begun=()):
    return unreviewed(fresh, settings, seen, over(*begun))


def test_the_union_of_the_reviewed_plans_counts_number_by_number():
    fresh = over(("7275553300-7275553399", CREATE))
    seen = [
        reviewed(("7275553300-7275553349", CREATE), digest="one"),
        reviewed(("7275553350-7275553398", CREATE), digest="two"),
    ]
    left = held_to(fresh, seen)
    assert left.changes == over(("7275553399", CREATE))
    assert left.under == over(("7275553300-7275553349", "one"), ("7275553350-7275553398", "two"))
    assert held_to(fresh, []).changes == fresh


def test_one_change_or_one_setting_that_nobody_reviewed_is_enough():
    fresh, seen = over((ONE, CREATE)), [reviewed((ONE, CREATE), settings=[SETTING])]
    assert held_to(fresh, [])
    assert held_to(SpanMap(), [], settings=[SETTING])
    assert held_to(over(("7275553399", CREATE)), seen, settings=[SETTING])
    assert not held_to(fresh, seen, settings=[SETTING])


def test_what_is_left_of_a_creation_counts_under_its_own_plan_alone():
    fresh = over(("7275553300-7275553309", Update("sales", None, NOTHING, SALES)))
    seen = [reviewed(("7275553300-7275553309", CREATE), digest=name) for name in ("one", "two")]
    begun = [("7275553300-7275553304", "two"), ("7275553305-7275553308", "forged")]
    left = held_to(fresh, seen, begun=begun)
    assert left.under == over(("7275553300-7275553304", "two"))
    assert left.changes == fresh.within(over(("7275553305-7275553309", True)))


def test_what_asks_the_server_for_no_change_needs_no_review():
    assert not held_to(over((ONE, Settle("sales", None)), ("72", Forget("sales"))), [])


def test_settings_are_reviewed_by_what_they_become():
    otherwise = SettingChange("removal", "park", "delete")
    assert not held_to(SpanMap(), [reviewed(settings=(otherwise,))], settings=(SETTING,))
    left = held_to(SpanMap(), [reviewed()], settings=(SETTING,))
    assert left
    assert left.settings == (SETTING,)


def test_a_pull_request_is_told_apart_from_what_is_pending_anyway():
    head = over(("7275553300-7275553309", CREATE), ("7275553320", UPDATE))
    base = over(("7275553305-7275553309", CREATE), ("7275553320", PARK), ("7275553330", CREATE))
    own = own_changes(head, base, (SETTING,), SpanMap())
    assert own.changes == over(("7275553300-7275553304", CREATE), ("7275553320", UPDATE))
    assert own.pending == over(("7275553305-7275553309", CREATE))
    assert own.withdrawn == over(("7275553330", CREATE))
    assert own.settings == (SETTING,)


@pytest.mark.parametrize("removal", [PARK, DELETE])
def test_a_removal_is_the_pull_request_s_own_only_where_its_base_declares_the_number(removal):
    head = over(("7275553300-7275553309", removal))
    declares = over(("7275553300-7275553304", True))
    own = own_changes(head, SpanMap(), (), declares)
    assert own.changes == over(("7275553300-7275553304", removal))
    assert own.pending == over(("7275553305-7275553309", removal))
    assert own_changes(head, SpanMap(), (SETTING,), SpanMap()).changes == head


def test_other_plans_that_touch_the_same_numbers_are_named():
    shared = shared_numbers(
        over(("7275553300-7275553309", CREATE)), over(("7275553305-7275553320", UPDATE))
    )
    assert [span.text for span in shared] == ["7275553305-7275553309"]


@pytest.mark.parametrize("unclear", ["before", "after", "middle"])
@pytest.mark.parametrize("at", range(3))
def test_what_an_apply_left_undone_is_still_the_reviewed_plan(unclear, at):
    wanted = spec(("7275553300-7275553309", declared(SALES)))
    plan = make_plan(wanted, state())
    server, tries = Server(Row(SOURCE, {}, SOURCE)), iter(range(100))
    ran = carry_out(
        wanted,
        state(),
        server,
        fate=lambda _: Fate(unclear=unclear if next(tries) == at else None),
        tries=1,
    )
    left = make_plan(wanted, ran.state)
    begun = SpanMap((span, each.plan) for span, each in ran.state.records if each.plan is not None)
    assert not unreviewed(left.changes, (), [Reviewed(UNDER, plan.changes, ())], begun)
