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
from reconciler.plan.review import Reviewed, covers, own_changes, shared_numbers, unreviewed
from reconciler.removal import KeepPolicy
from reconciler.routing import NOTHING, Routing
from tests.conftest import MENU, SALES, SOURCE, SUPPORT, declared, over, spec, state
from tests.plan.conftest import Fate, Row, Server, carry_out

ONE = "7275553301"
GROUP = Routing({"group": "SUPPORT"})
FROM_SALES = Routing({"group": "SALESLINE"})
CREATE = Create("sales", SOURCE, SALES, None)
ADOPT = Adopt("sales", SOURCE, SALES, None)
UPDATE = Update("sales", None, Routing({"group": "SALESLINE"}), GROUP)
PARK = Park("sales", None, FROM_SALES, GROUP)
DELETE = Delete("sales", None, SALES)


@pytest.mark.parametrize(
    ("seen", "fresh"),
    [
        (CREATE, CREATE),
        (CREATE, Create("other", SOURCE, SALES, None, UNSETTLED)),
        (CREATE, Update("sales", None, NOTHING, SALES)),
        (CREATE, Update("sales", None, NOTHING, Routing({"group": "SALESLINE"}), UNSETTLED)),
        (ADOPT, Adopt("sales", SOURCE, SALES, None, FOUND)),
        (ADOPT, Adopt("sales", SOURCE, SALES, None, UNSETTLED)),
        (ADOPT, Update("sales", None, NOTHING, SALES, UNSETTLED)),
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


def reviewed(*changes, settings=()):
    return Reviewed(over(*changes), settings)


def test_the_union_of_the_reviewed_plans_counts_number_by_number():
    fresh = over(("7275553300-7275553399", CREATE))
    seen = [
        reviewed(("7275553300-7275553349", CREATE)),
        reviewed(("7275553350-7275553398", CREATE)),
    ]
    assert unreviewed(fresh, (), seen).changes == over(("7275553399", CREATE))
    assert unreviewed(fresh, (), []).changes == fresh


def test_what_asks_the_server_for_no_change_needs_no_review():
    assert not unreviewed(over((ONE, Settle("sales", None)), ("72", Forget("sales"))), (), [])


def test_settings_are_reviewed_by_what_they_become():
    otherwise = SettingChange("removal", "park", "delete")
    assert not unreviewed(SpanMap(), (SETTING,), [reviewed(settings=(otherwise,))])
    left = unreviewed(SpanMap(), (SETTING,), [reviewed()])
    assert left
    assert left.settings == (SETTING,)


def test_a_pull_request_is_told_apart_from_what_is_pending_anyway():
    head = over(("7275553300-7275553309", CREATE), ("7275553320", UPDATE))
    base = over(("7275553305-7275553309", CREATE), ("7275553320", PARK), ("7275553330", CREATE))
    own = own_changes(head, base, (SETTING,), ())
    assert own.changes == over(("7275553300-7275553304", CREATE), ("7275553320", UPDATE))
    assert own.pending == over(("7275553305-7275553309", CREATE))
    assert own.withdrawn == over(("7275553330", CREATE))
    assert own.settings == (SETTING,)
    assert own_changes(head, base, (SETTING,), (SETTING,)).settings == ()


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
    assert not unreviewed(left.changes, (), [Reviewed(plan.changes, ())])
