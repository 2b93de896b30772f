"""What an apply refuses: each limit below, at and above, and what no limit counts."""

import pytest

from reconciler.guard import OverLimit, Protected, refusals
from reconciler.plan.plan import make_plan
from reconciler.removal import DeletePolicy, ParkPolicy
from reconciler.routing import NOTHING, Routing
from reconciler.specs.model import Limits
from reconciler.state.model import BegunCreate, BegunDelete, BegunUpdate, Confirmed, Conflict, Seed
from tests.conftest import (
    MENU,
    SALES,
    SOURCE,
    SUPPORT,
    block,
    declared,
    known,
    over,
    record,
    spec,
    state,
)

MANY = 10**9


def limits(**given):
    loose = {
        "max_create": MANY,
        "max_update": MANY,
        "max_remove": MANY,
        "max_update_ratio": 1.0,
        "max_destination_loss": 1.0,
    }
    return Limits(**(loose | given))


def numbers(count, first=7275550000):
    return str(first) if count == 1 else f"{first}-{first + count - 1}"


def refused(wanted, before=None):
    return refusals(make_plan(wanted, before or state()))


def creating(count, *, adopt=False, **given):
    of = block(adopt=adopt)
    return spec((numbers(count), declared(SALES, of=of)), limits=limits(**given))


@pytest.mark.parametrize("adopt", [True, False])
def test_creating_up_to_the_limit_passes_and_one_more_does_not(adopt):
    assert refused(creating(9, adopt=adopt, max_create=10)) == ()
    assert refused(creating(10, adopt=adopt, max_create=10)) == ()
    assert refused(creating(11, adopt=adopt, max_create=10)) == (
        OverLimit("max_create", "11 numbers would be created; max_create is 10"),
    )


def test_updating_up_to_the_limit_passes_and_one_more_does_not():
    def updating(count):
        return refused(
            spec((numbers(count), declared(SUPPORT)), limits=limits(max_update=10)),
            state((numbers(count), known(SALES))),
        )

    assert updating(9) == ()
    assert updating(10) == ()
    assert updating(1234)[0].message == "1,234 numbers would be updated; max_update is 10"


@pytest.mark.parametrize("policy", [DeletePolicy(), ParkPolicy(MENU)])
def test_removing_up_to_the_limit_passes_and_one_more_does_not(policy):
    def removing(count):
        return refused(
            spec(limits=limits(max_remove=10)),
            state((numbers(count), known(SALES, removal=policy))),
        )

    assert removing(9) == ()
    assert removing(10) == ()
    assert removing(11) == (
        OverLimit("max_remove", "11 numbers would be parked or deleted; max_remove is 10"),
    )


def test_parked_and_deleted_numbers_count_together():
    before = state(
        ("7275550000-7275550005", known(SALES, removal=DeletePolicy())),
        ("7275550010-7275550015", known(SALES, removal=ParkPolicy(MENU))),
    )
    assert len(refused(spec(limits=limits(max_remove=12)), before)) == 0
    assert len(refused(spec(limits=limits(max_remove=11)), before)) == 1


def updating(updated, of, **given):
    """Of so many known numbers some are updated, in a field that is no destination."""
    recorded = SALES.overlaid({"record_call": "Y"})
    wanted = [(numbers(updated), declared(recorded))]
    if updated < of:
        wanted.append((numbers(of - updated, 7275550000 + updated), declared(SALES)))
    return refused(spec(*wanted, limits=limits(**given)), state((numbers(of), known(SALES))))


@pytest.mark.parametrize(
    ("ratio", "updated", "of", "passes"),
    [
        (0.3, 29, 100, True),
        (0.3, 30, 100, True),
        (0.3, 31, 100, False),
        (0.29, 29, 100, True),  # in floats 0.29 of 100 is less than 29
        (0.29, 30, 100, False),
        (0.0, 1, 20, False),
        (1.0, 20, 20, True),
        (0.1, 19, 19, True),  # a handful: ratios say nothing
        (0.1, 20, 20, False),
    ],
)
def test_the_share_of_updates_is_exact_and_counts_from_twenty_numbers(ratio, updated, of, passes):
    found = updating(updated, of, max_update_ratio=ratio)
    assert (found == ()) == passes


def test_the_share_of_updates_says_what_it_comes_to():
    assert updating(31, 100, max_update_ratio=0.3) == (
        OverLimit(
            "max_update_ratio",
            "31 of 100 known numbers would be updated; max_update_ratio is 0.3, that is 30",
        ),
    )


def test_conflicts_are_no_known_numbers():
    before = state((numbers(19), known(SALES)), (numbers(50, 7275551000), record(Conflict())))
    wanted = spec(
        (numbers(19), declared(SUPPORT)),
        (numbers(50, 7275551000), declared(SUPPORT)),
        limits=limits(max_update_ratio=0.1),
    )
    assert refused(wanted, before) == ()


@pytest.mark.parametrize(
    ("lost", "of", "passes"),
    [(9, 20, True), (10, 20, True), (11, 20, False), (19, 19, True), (388, 400, False)],
)
def test_a_destination_may_lose_half_its_numbers(lost, of, passes):
    wanted = [(numbers(lost), declared(SUPPORT))]
    if lost < of:
        wanted.append((numbers(of - lost, 7275550000 + lost), declared(SALES)))
    found = refused(
        spec(*wanted, limits=limits(max_destination_loss=0.5)), state((numbers(of), known(SALES)))
    )
    words = f"in-group SALESLINE loses {lost} of {of} numbers; max_destination_loss is 0.5"
    assert found == (() if passes else (OverLimit("max_destination_loss", words),))


def test_numbers_that_arrive_do_not_hide_those_that_leave():
    found = refused(
        spec(
            (numbers(20), declared(SUPPORT)),
            (numbers(20, 7275551000), declared(SALES)),
            limits=limits(max_destination_loss=0.5),
        ),
        state((numbers(20), known(SALES))),
    )
    assert [each.limit for each in found] == ["max_destination_loss"]


def test_deactivating_loses_a_destination_too():
    inactive = Routing({"active": "N"})
    found = refused(
        spec((numbers(20), declared(inactive)), limits=limits(max_destination_loss=0.5)),
        state((numbers(20), known(SALES))),
    )
    assert [each.limit for each in found] == ["max_destination_loss"]


def test_settling_counts_against_no_limit():
    tight = limits(
        max_create=0, max_update=0, max_remove=0, max_update_ratio=0.0, max_destination_loss=0.0
    )
    sales, creating_one = Confirmed(SOURCE, SALES), BegunCreate(SOURCE, Seed(), SALES)
    before = state(
        (numbers(30), record(BegunUpdate(sales, SUPPORT))),
        (numbers(30, 7275551000), record(creating_one)),
        (numbers(30, 7275552000), record(BegunDelete(sales), removal=DeletePolicy())),
        (numbers(30, 7275553000), record(BegunUpdate(sales, MENU), removal=ParkPolicy(MENU))),
        (numbers(30, 7275554000), record(creating_one)),
        (numbers(30, 7275555000), record(BegunUpdate(sales, SUPPORT))),
    )
    wanted = spec(
        (numbers(30), declared(SUPPORT)),
        (numbers(30, 7275551000), declared(SALES)),
        (numbers(30, 7275555000), declared(SALES)),
        limits=tight,
    )
    plan = make_plan(wanted, before)
    assert plan.counts.settling == 180
    assert refusals(plan) == ()


EMERGENCY = Routing({"did_route": "EXTEN", "extension": "911"})


@pytest.mark.parametrize(
    ("standing", "wanted", "over_limit"),
    [
        pytest.param(
            BegunUpdate(Confirmed(SOURCE, SALES), Routing({"record_call": "Y"})),
            [(numbers(54), declared(EMERGENCY))],
            {"max_update", "max_update_ratio", "max_destination_loss"},
            id="a begun update of a harmless field, then another destination",
        ),
        pytest.param(
            BegunUpdate(Confirmed(SOURCE, SALES), SUPPORT),
            [(numbers(54), declared(EMERGENCY))],
            {"max_update", "max_update_ratio", "max_destination_loss"},
            id="a begun update to one destination, then another one",
        ),
        pytest.param(
            BegunDelete(Confirmed(SOURCE, SALES)),
            [(numbers(54), declared(EMERGENCY))],
            {"max_create", "max_destination_loss"},
            id="a begun deletion, then another destination",
        ),
        pytest.param(
            BegunCreate(SOURCE, Seed(), SALES),
            [(numbers(54), declared(EMERGENCY))],
            {"max_create"},
            id="a begun creation, then another destination",
        ),
        pytest.param(
            BegunUpdate(Confirmed(SOURCE, SALES), SUPPORT),
            [],
            {"max_remove", "max_destination_loss"},
            id="a begun update, then gone from the YAML",
        ),
    ],
)
def test_what_is_newer_than_what_was_begun_counts(standing, wanted, over_limit):
    tight = limits(
        max_create=0, max_update=0, max_remove=0, max_update_ratio=0.0, max_destination_loss=0.5
    )
    before = state((numbers(54), record(standing, removal=DeletePolicy())))
    found = refused(spec(*wanted, limits=tight), before)
    assert {each.limit for each in found} == over_limit


def lost(wanted, before):
    found = refused(spec(*wanted, limits=limits(max_destination_loss=0.5)), before)
    return [each.message for each in found]


def test_another_context_is_another_destination():
    here = Routing({"did_route": "EXTEN", "extension": "8300", "exten_context": "trunkinbound"})
    nowhere = here.overlaid(Routing({"exten_context": "nowhere"}))
    assert len(lost([(numbers(57), declared(nowhere))], state((numbers(57), known(here))))) == 1


def test_one_in_group_in_three_spellings_is_one_destination():
    spellings = ("SALESLINE", "Salesline", "salesline")
    before = state(
        *(
            (numbers(19, 7275550000 + 19 * i), known(SALES.overlaid(Routing({"group": name}))))
            for i, name in enumerate(spellings)
        )
    )
    assert lost([(numbers(57), declared(EMERGENCY))], before) == [
        "in-group SALESLINE loses 57 of 57 numbers; max_destination_loss is 0.5"
    ]


def test_a_group_that_changes_under_the_sources_route_is_a_loss():
    here, there = Routing({"group": "SALESLINE"}), Routing({"group": "NOWHERE"})
    assert len(lost([(numbers(57), declared(there))], state((numbers(57), known(here))))) == 1


def test_a_route_that_came_along_is_the_sources_where_it_is_known():
    """Three fields that decide nothing under the source's route do not make three destinations."""
    before = state(
        (SOURCE, known(SALES)),
        *(
            (numbers(19, 7275550000 + 19 * i), known(Routing({"extension": f"830{i}"})))
            for i in range(3)
        ),
    )
    wanted = [(SOURCE, declared(SALES, source="7275551115")), (numbers(57), declared(EMERGENCY))]
    assert lost(wanted, before) == [
        "in-group SALESLINE loses 57 of 58 numbers; max_destination_loss is 0.5"
    ]


def test_a_source_that_is_its_own_source_resolves_to_nothing():
    before = state((SOURCE, known(NOTHING)), (numbers(57), known(NOTHING)))
    wanted = [(SOURCE, declared(NOTHING)), (numbers(57), declared(EMERGENCY))]
    assert len(lost(wanted, before)) == 1


def test_splitting_renaming_and_moving_a_block_hide_no_loss():
    names = ("one", "two", "three", "four")
    wanted = [
        (numbers(15, 7275550000 + 15 * i), declared(EMERGENCY, of=block(name)))
        for i, name in enumerate(names)
    ]
    assert len(lost(wanted, state((numbers(60), known(SALES))))) == 1


def test_a_number_taken_over_counts_as_created():
    before = state((numbers(11), record(Conflict())))
    assert refused(creating(11, adopt=True, max_create=10), before) == (
        OverLimit("max_create", "11 numbers would be created; max_create is 10"),
    )


def test_a_protected_number_is_refused_first_and_is_no_limit():
    wanted = spec(
        (numbers(11), declared(SALES)),
        protected=over(("7275550005", True)),
        limits=limits(max_create=10),
    )
    first, second = refused(wanted)
    assert first == Protected("7275550005 (1) would be changed, and may not be: protected")
    assert isinstance(second, OverLimit)


@pytest.mark.parametrize("pattern", ["default", "Default", "did_system_filter"])
def test_what_belongs_to_the_system_may_not_be_changed(pattern):
    (found,) = refused(spec((pattern, declared(SALES)), limits=limits()))
    assert isinstance(found, Protected)


def test_the_limits_that_nobody_wrote():
    written = Limits()
    assert refused(spec((numbers(2000), declared(SALES)), limits=written)) == ()
    assert len(refused(spec((numbers(2001), declared(SALES)), limits=written))) == 1
