"""The comparison, row by row of its table, and what holds for any spec and state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.destination import NOT_KNOWN, Callers, Place
from reconciler.diff.compare import compare
from reconciler.diff.explain import FieldChange, explain
from reconciler.diff.model import (
    FOUND,
    NEWER,
    UNSETTLED,
    Adopt,
    ConflictNote,
    Create,
    Forget,
    Kept,
    Moved,
    Park,
    Released,
    SettingChange,
    Settle,
    Update,
    is_unsettled,
)
from reconciler.diff.model import Delete as Deletion
from reconciler.diff.settings import settings_of
from reconciler.errors import SpecFaults
from reconciler.numbers import SpanMap
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import FIELDS, NOTHING, Routing
from reconciler.specs.model import Limits
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    CopyOf,
    FromSource,
    Seed,
)
from tests.conftest import (
    MENU,
    SALES,
    SOURCE,
    SOURCE_HERE,
    SUPPORT,
    block,
    declared,
    known,
    over,
    record,
    spec,
    state,
)

ONE = "7275553301"
HUNDRED = "7275553300-7275553399"
ADOPTING = block(adopt=True)
PARKED = Routing({"did_route": "EXTEN", "extension": "8300"})
BEGUN_CREATE = BegunCreate(SOURCE, Seed(), SALES)
BEGUN_UPDATE = BegunUpdate(Confirmed(SOURCE, SALES), Routing({"group": "SUPPORT"}))
BEGUN_DELETE = BegunDelete(Confirmed(SOURCE, SALES))


def changes(wanted, before=None):
    return compare(wanted, before or state()).changes


def notes(wanted, before):
    return [(span.text, note) for span, note in compare(wanted, before).notes]


def of_one(wanted, standing, *, removal=None):
    """What one number known as ``standing`` comes to, declared or (None) not."""
    entries = [] if wanted is None else [(ONE, wanted)]
    before = state((ONE, record(standing, removal=removal)))
    return changes(spec(*entries), before).get(ONE)


# --- declared


def test_a_number_nobody_knows_is_created():
    assert changes(spec((HUNDRED, declared(SALES)))) == over(
        (HUNDRED, Create("sales", SOURCE, SALES, None))
    )


def test_a_number_nobody_knows_of_an_adopting_block_is_created_or_adopted():
    assert changes(spec((HUNDRED, declared(SALES, of=ADOPTING)))) == over(
        (HUNDRED, Adopt("sales", SOURCE, SALES, None))
    )


def test_a_number_that_is_as_declared_is_left_alone():
    assert of_one(declared(SALES), Confirmed(SOURCE, SALES)) is None
    assert notes(spec((ONE, declared(SALES))), state((ONE, known(SALES)))) == []


def test_a_number_that_differs_is_updated_in_just_these_fields():
    assert of_one(declared(SUPPORT), Confirmed(SOURCE, SALES)) == Update(
        "sales",
        None,
        before=Routing({"group": "SALESLINE"}),
        after=Routing({"group": "SUPPORT"}),
    )


def test_a_field_that_is_not_known_is_asserted():
    assert of_one(declared(SALES), Confirmed(SOURCE)) == Update(
        "sales", None, before=NOTHING, after=SALES
    )


@pytest.mark.parametrize(
    ("standing", "earlier"), [(BEGUN_CREATE, UNSETTLED), (BEGUN_DELETE, NEWER)]
)
def test_a_number_that_may_exist_is_created_and_is_ours_if_it_is_there(standing, earlier):
    change = of_one(declared(SALES), standing)
    assert change == Create("sales", SOURCE, SALES, None, earlier)
    assert is_unsettled(change)


@pytest.mark.parametrize(
    ("standing", "earlier"), [(BEGUN_CREATE, UNSETTLED), (BEGUN_DELETE, NEWER)]
)
def test_a_number_that_may_exist_in_an_adopting_block_may_be_anybodys(standing, earlier):
    change = of_one(declared(SALES, of=ADOPTING), standing)
    assert change == Adopt("sales", SOURCE, SALES, None, earlier)
    assert is_unsettled(change)


@pytest.mark.parametrize(
    ("wanted", "source"), [(SUPPORT, SOURCE), (NOTHING, SOURCE), (SALES, "7275551115")]
)
def test_a_creation_that_is_declared_otherwise_since_is_newer(wanted, source):
    change = of_one(declared(wanted, source=source), BEGUN_CREATE)
    assert change == Create("sales", source, wanted, None, NEWER)


@pytest.mark.parametrize(
    ("group", "earlier"),
    [
        pytest.param("SALESLINE", UNSETTLED, id="taken back"),
        pytest.param("SUPPORT", UNSETTLED, id="as begun"),
        pytest.param("OTHERS", NEWER, id="newer"),
    ],
)
def test_fields_of_a_begun_update_are_asserted_also_when_it_was_reverted(group, earlier):
    wanted = Routing({"did_route": "IN_GROUP", "group": group})
    assert of_one(declared(wanted), BEGUN_UPDATE) == Update(
        "sales", None, before=NOTHING, after=Routing({"group": group}), earlier=earlier
    )


def test_one_value_of_each_of_two_applies_is_newer_than_both():
    begun = BegunUpdate(Confirmed(SOURCE, SALES), Routing({"group": "OTHERS", "record_call": "Y"}))
    mixed = SALES.overlaid(Routing({"record_call": "Y"}))
    change = of_one(declared(mixed), begun)
    assert isinstance(change, Update)
    assert change.earlier == NEWER


def test_fields_of_a_begun_update_that_are_no_longer_declared_are_nobodys_business():
    assert of_one(declared(NOTHING), BEGUN_UPDATE) is None


def test_somebody_elses_number_is_pointed_out():
    wanted, before = spec((ONE, declared(SALES))), state((ONE, record(Conflict())))
    assert changes(wanted, before) == SpanMap()
    assert notes(wanted, before) == [(ONE, ConflictNote("sales"))]
    mark = BegunCreate(SOURCE, FromSource(), SALES)
    assert notes(wanted, state((ONE, record(Conflict(mark))))) == [
        (ONE, ConflictNote("sales", doubt=True))
    ]


def test_a_number_in_doubt_that_is_no_longer_declared_is_not_forgotten():
    before = state((ONE, record(Conflict(BegunCreate(SOURCE, FromSource(), SALES)))))
    assert changes(spec(), before) == SpanMap()
    assert notes(spec(), before) == [(ONE, Kept("sales", "an earlier apply may have made it"))]


def test_somebody_elses_number_is_adopted_where_the_block_says_so():
    assert of_one(declared(SALES, of=ADOPTING), Conflict()) == Adopt(
        "sales", SOURCE, SALES, None, FOUND
    )


# --- not declared


def test_a_number_that_left_is_kept():
    before = state((ONE, known(SALES)))
    assert changes(spec(), before) == SpanMap()
    assert notes(spec(), before) == [(ONE, Kept("sales", "removal.action is keep"))]


def test_a_number_that_left_is_parked():
    assert of_one(None, Confirmed(SOURCE, SALES), removal=ParkPolicy(PARKED)) == Park(
        "sales", ParkPolicy(PARKED), before=Routing({"did_route": "IN_GROUP"}), after=PARKED
    )


def test_a_number_that_is_parked_stays_parked():
    before = state((ONE, known(SALES.overlaid(PARKED), removal=ParkPolicy(PARKED))))
    assert changes(spec(), before) == SpanMap()
    assert notes(spec(), before) == [(ONE, Kept("sales", "parked"))]


def test_a_number_that_left_is_deleted():
    assert of_one(None, Confirmed(SOURCE, SALES), removal=DeletePolicy()) == Deletion(
        "sales", DeletePolicy(), SALES
    )


def test_the_targets_policy_holds_where_the_record_has_none():
    change = changes(spec(removal=DeletePolicy()), state((ONE, known(SALES)))).get(ONE)
    assert change == Deletion("sales", None, SALES)
    own = changes(
        spec(removal=DeletePolicy()), state((ONE, known(SALES, removal=KeepPolicy())))
    ).get(ONE)
    assert own is None


def test_a_number_that_left_while_it_was_updated_follows_its_policy_knowing_less():
    assert of_one(None, BEGUN_UPDATE) is None
    sure = Routing({"did_route": "IN_GROUP"})
    assert of_one(None, BEGUN_UPDATE, removal=DeletePolicy()) == Deletion(
        "sales", DeletePolicy(), sure, NEWER
    )
    assert of_one(None, BEGUN_UPDATE, removal=ParkPolicy(SALES)) == Park(
        "sales", ParkPolicy(SALES), NOTHING, Routing({"group": "SALESLINE"}), UNSETTLED
    )


@pytest.mark.parametrize(
    ("standing", "deletion"), [(BEGUN_CREATE, NEWER), (BEGUN_DELETE, UNSETTLED)]
)
def test_a_number_that_left_and_may_exist_is_settled_by_its_policy(standing, deletion):
    assert of_one(None, standing) == Settle("sales", None)
    assert of_one(None, standing, removal=DeletePolicy()) == Deletion(
        "sales", DeletePolicy(), NOTHING, deletion
    )
    assert of_one(None, standing, removal=ParkPolicy(PARKED)) == Park(
        "sales", ParkPolicy(PARKED), NOTHING, PARKED, NEWER
    )


def test_a_parking_that_was_begun_is_only_settled():
    begun = BegunUpdate(Confirmed(SOURCE, SALES), PARKED)
    change = of_one(None, begun, removal=ParkPolicy(PARKED))
    assert change == Park("sales", ParkPolicy(PARKED), NOTHING, PARKED, UNSETTLED)


def test_somebody_elses_number_that_is_no_longer_declared_is_forgotten():
    assert of_one(None, Conflict(), removal=DeletePolicy()) == Forget("sales")


@pytest.mark.parametrize("standing", [Confirmed(SOURCE, SALES), BEGUN_CREATE, BEGUN_UPDATE])
def test_a_protected_number_that_left_is_left_alone(standing):
    before = state((HUNDRED, record(standing, removal=DeletePolicy())))
    wanted = spec(protected=over((ONE, True)))
    assert changes(wanted, before).get(ONE) is None
    assert changes(wanted, before).count == 99
    assert notes(wanted, before) == [(ONE, Kept("sales", "protected"))]


def test_a_protected_number_that_left_still_has_its_callers_where_they_were():
    before = state((HUNDRED, known(SALES, removal=ParkPolicy(PARKED))))
    wanted = spec(protected=over((ONE, True)))
    assert effects(wanted, before)["in-group SALESLINE"] == (100, 1, 99)


@pytest.mark.parametrize("pattern", ["default", "DID_SYSTEM_FILTER"])
def test_what_belongs_to_the_system_is_left_alone(pattern):
    before = state((pattern, known(SALES, removal=DeletePolicy())))
    assert changes(spec(), before) == SpanMap()


# --- quiet rules


def test_a_field_no_longer_declared_keeps_its_value_and_is_pointed_out():
    wanted, before = spec((ONE, declared(NOTHING))), state((ONE, known(SALES)))
    assert changes(wanted, before) == SpanMap()
    assert notes(wanted, before) == [(ONE, Released("sales", SALES))]


def test_a_move_between_blocks_is_pointed_out_and_changes_nothing():
    wanted = spec((HUNDRED, declared(SALES, of=block("support"))))
    before = state((HUNDRED, known(SALES)))
    assert changes(wanted, before) == SpanMap()
    assert notes(wanted, before) == [(HUNDRED, Moved("sales", "support"))]


def test_another_source_is_no_difference():
    assert of_one(declared(SALES, source="7275551115"), Confirmed(SOURCE, SALES)) is None


def test_notes_of_a_kind_are_told_together_with_neighbours_as_one():
    wanted = spec(
        ("7275553300-7275553349", declared(NOTHING, of=block("support"))),
        ("7275553350-7275553399", declared(SALES, of=block("support"))),
    )
    assert notes(wanted, state((HUNDRED, known(SALES)))) == [
        (HUNDRED, Moved("sales", "support")),
        ("7275553300-7275553349", Released("support", SALES)),
    ]


def test_an_override_divides_the_changes_and_nothing_else_does():
    wanted = spec(
        ("7275553300-7275553335", declared(SALES)),
        ("7275553336", declared(MENU)),
        ("7275553337-7275553399", declared(SALES)),
    )
    assert len(changes(wanted)) == 3


# --- sources in use


def test_a_source_that_would_be_removed_while_in_use_is_a_fault():
    wanted = spec((HUNDRED, declared(SALES, source="7275550001")), ("7275550009", declared(SALES)))
    before = state(("7275550000-7275550005", known(SALES, removal=DeletePolicy())))
    with pytest.raises(SpecFaults) as caught:
        compare(wanted, before)
    (fault,) = caught.value.faults
    assert fault.where == SOURCE_HERE
    assert "source 7275550001 is no longer declared" in fault.message


def test_a_source_that_is_kept_may_leave_the_yaml():
    wanted = spec((HUNDRED, declared(SALES, source="7275550001")))
    assert changes(wanted, state(("7275550001", known(SALES)))).count == 100


# --- settings


def test_settings_that_changed_are_told_one_by_one():
    before = spec(limits=Limits()).target
    after = spec(
        endpoint="https://other.example.com/vicidial/non_agent_api.php",
        state="git:did-state",
        limits=Limits(max_create=10, max_destination_loss=0.9),
        protected=over((ONE, True)),
        removal=ParkPolicy(PARKED),
    )
    found = compare(after, state(settings=settings_of(before))).settings
    assert found == (
        SettingChange("endpoint", before.endpoint, after.target.endpoint),
        SettingChange("state", "file:state/tampa.json", "git:did-state"),
        SettingChange("limits.max_create", "2000", "10"),
        SettingChange("limits.max_destination_loss", "0.5", "0.9"),
        SettingChange("protected", "none", ONE),
        SettingChange("removal", "keep", "park at did_route EXTEN, extension 8300"),
    )
    back = compare(
        spec(limits=Limits(), removal=DeletePolicy()), state(settings=settings_of(after.target))
    ).settings
    assert back[-1] == SettingChange("removal", found[-1].after, "delete")


def test_unchanged_settings_are_not_told():
    wanted = spec()
    assert compare(wanted, state(settings=settings_of(wanted.target))).settings == ()
    assert compare(wanted, state()).settings == ()


def test_a_limit_that_an_older_state_does_not_know_had_none():
    wanted = spec()
    older = settings_of(wanted.target)
    older = type(older)(older.state, older.limits[1:], older.protected, older.removal)
    assert compare(wanted, state(settings=older)).settings == (
        SettingChange("limits.max_create", "none", str(wanted.target.limits.max_create)),
    )


def test_the_endpoint_of_a_state_never_saved_is_no_change():
    elsewhere = state(endpoint="https://other.example.com/x", serial=0)
    assert compare(spec(), elsewhere).settings == ()


# --- where callers end up


def test_of_a_number_that_is_adopted_only_where_callers_will_be_is_known():
    wanted = spec((ONE, declared(SALES, of=block(adopt=True))))
    found = compare(wanted, state()).callers.get(ONE)
    assert found == Callers(NOT_KNOWN, Place("in-group", "SALESLINE"))


def effects(wanted, before=None):
    found = compare(wanted, before or state()).effects
    return {str(each.destination): (each.before, each.after, each.lost) for each in found}


def test_new_numbers_add_to_their_destination():
    assert effects(spec((HUNDRED, declared(SALES)))) == {"in-group SALESLINE": (0, 100, 0)}


def test_numbers_that_are_rerouted_leave_one_destination_for_another():
    assert effects(spec((HUNDRED, declared(MENU))), state((HUNDRED, known(SALES)))) == {
        "in-group SALESLINE": (100, 0, 100),
        "call menu MAIN_IVR": (0, 100, 0),
    }


def test_new_numbers_do_not_hide_a_loss():
    wanted = spec((HUNDRED, declared(MENU)), ("7275554400-7275554499", declared(SALES)))
    assert effects(wanted, state((HUNDRED, known(SALES))))["in-group SALESLINE"] == (100, 100, 100)


def test_numbers_of_an_unknown_route_go_where_their_source_goes():
    wanted = spec((HUNDRED, declared(NOTHING)))
    assert effects(wanted) == {f"routed as {SOURCE}": (0, 100, 0)}


def test_an_inactive_number_leads_to_the_default_did():
    inactive = SALES.overlaid({"active": "N"})
    assert effects(spec((ONE, declared(inactive))), state((ONE, known(SALES)))) == {
        "DID default": (0, 1, 0),
        "in-group SALESLINE": (1, 0, 1),
    }


def test_removed_numbers_are_lost_and_kept_ones_are_not():
    assert effects(spec(), state((ONE, known(SALES, removal=DeletePolicy())))) == {
        "DID default": (0, 1, 0),
        "in-group SALESLINE": (1, 0, 1),
    }
    assert effects(spec(), state((ONE, known(SALES)))) == {}
    assert effects(spec(), state((ONE, known(SALES, removal=ParkPolicy(PARKED))))) == {
        "extension 8300": (0, 1, 0),
        "in-group SALESLINE": (1, 0, 1),
    }


def test_what_is_only_settled_is_no_new_loss():
    wanted = spec((ONE, declared(MENU)))
    before = state((ONE, record(BegunUpdate(Confirmed(SOURCE, SALES), MENU))))
    assert effects(wanted, before) == {
        "in-group SALESLINE": (1, 0, 0),
        "call menu MAIN_IVR": (0, 1, 0),
    }


def test_a_destination_that_nobody_declares_is_not_counted():
    adopted = state((ONE, known(NOTHING, source=None)))
    assert effects(spec((ONE, declared(NOTHING))), adopted) == {}


# --- how routings differ


def test_a_difference_is_explained_field_by_field_in_the_order_of_the_table():
    assert explain(Routing({"group": "SALESLINE"}), SUPPORT) == (
        FieldChange("did_route", None, "IN_GROUP"),
        FieldChange("group", "SALESLINE", "SUPPORT"),
    )


fields = st.dictionaries(
    st.sampled_from([field.name for field in FIELDS]), st.sampled_from(["A1", "B2", "6"])
).map(Routing)


@given(fields, fields)
def test_what_is_explained_is_what_differs(before, after):
    told = explain(before, after)
    assert {each.name: each.after for each in told} == dict(after.lacking(before))
    assert {each.name: each.before for each in told if each.before is not None} == dict(
        before.only(after.lacking(before))
    )


# --- whatever is wanted and known

PATTERNS = [f"72755533{n:02}" for n in range(20)]
ROUTINGS = st.sampled_from([NOTHING, SALES, SUPPORT, MENU, PARKED])
REMOVALS = st.sampled_from([None, KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()])
BLOCKS = st.builds(
    block, st.sampled_from(["sales", "support"]), adopt=st.booleans(), removal=REMOVALS
)
CONFIRMED = st.builds(Confirmed, st.sampled_from([SOURCE, None]), ROUTINGS)
ROLES = st.sampled_from([Seed(), FromSource(), CopyOf(SOURCE)])
STANDINGS = st.one_of(
    CONFIRMED,
    st.builds(Conflict),
    st.builds(BegunCreate, st.just(SOURCE), ROLES, ROUTINGS),
    st.builds(BegunUpdate, CONFIRMED, ROUTINGS),
    st.builds(BegunDelete, CONFIRMED),
)
WANTED = st.dictionaries(st.sampled_from(PATTERNS), st.builds(declared, ROUTINGS, of=BLOCKS))
RECORDS = st.dictionaries(st.sampled_from(PATTERNS), st.builds(record, STANDINGS, removal=REMOVALS))


def carried_out(wanted, before, difference):
    """Records as they would be if every change were confirmed."""
    after = {pattern: one for span, one in before.records for pattern in span}
    for span, change in difference.changes:
        for pattern in span:
            one = after.pop(pattern, None)
            certain = None if one is None else one.certain
            match change:
                case Create() | Adopt():
                    after[pattern] = record(Confirmed(SOURCE, change.routing), name=change.block)
                case Update() | Park():
                    routing = NOTHING if certain is None else certain.routing
                    done = Confirmed(SOURCE, routing.overlaid(change.after))
                    after[pattern] = record(done, name=change.block, removal=change.removal)
                case Settle():
                    after[pattern] = record(
                        Confirmed(SOURCE), name=change.block, removal=change.removal
                    )
                case Deletion() | Forget():
                    pass
    return state(*after.items())


@given(WANTED, RECORDS)
def test_carrying_out_all_changes_leaves_none(wanted, before):
    wanted, before = spec(*wanted.items()), state(*before.items())
    difference = compare(wanted, before)
    after = carried_out(wanted, before, difference)
    again = compare(wanted, after)
    assert again.changes == SpanMap()


@given(WANTED)
def test_nothing_differs_from_itself(wanted):
    wanted = spec(*wanted.items())
    before = state(
        *((span.text, known(one.routing, name=one.block.name)) for span, one in wanted.desired)
    )
    difference = compare(wanted, before)
    assert (difference.changes, difference.notes, difference.effects) == (SpanMap(), (), ())
    assert difference.declared == difference.known == wanted.desired.count


@given(WANTED, RECORDS)
def test_every_number_is_spoken_of_once_at_most_and_only_if_it_is_wanted_or_known(wanted, before):
    difference = compare(spec(*wanted.items()), state(*before.items()))
    touched = {pattern for span, _ in difference.changes for pattern in span}
    assert touched <= set(wanted) | set(before)
    for span, change in difference.changes:
        for pattern in span:
            declares = isinstance(change, Create | Adopt | Update)
            assert (pattern in wanted) == declares


@given(WANTED, RECORDS)
def test_before_less_lost_is_never_more_than_after(wanted, before):
    for effect in compare(spec(*wanted.items()), state(*before.items())).effects:
        assert 0 <= effect.lost <= effect.before
