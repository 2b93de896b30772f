"""All there is to say about one number."""

import textwrap
from dataclasses import replace

import pytest

from reconciler.errors import Location, UsageError
from reconciler.removal import DeletePolicy
from reconciler.report.number import number_text
from reconciler.routing import Routing
from reconciler.specs.model import Origin
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    FromSource,
    Record,
)
from tests.conftest import MENU, SALES, SOURCE, At, block, declared, known, over, spec, state

PLACE = Location("did_specs/tampa/sales.yaml", 7, 20)
NAMED = Origin(
    At(Location("did_specs/tampa/sales.yaml", 5, 9)),
    Location("did_specs/tampa/target.yaml", 4, 20),
    (("did_route", PLACE), ("menu_id", Location("did_specs/tampa/sales.yaml", 8, 18))),
)
SALES_SPEC = spec(("7275553300-7275553399", declared()))


def lines(shown):
    return textwrap.dedent(shown).strip("\n")


def test_a_number_that_will_change_tells_who_decides_each_field():
    wanted = replace(declared(MENU), origin=NAMED)
    record = known(SALES.overlaid({"record_call": "Y"}))
    shown = number_text(
        spec(("7275553300-7275553399", wanted)), state(("7275553300", record)), "7275553300"
    )
    assert shown == lines(
        """
        7275553300 · tampa

          now: in-group SALESLINE (confirmed) · after the next apply: call menu MAIN_IVR

          block     sales        did_specs/tampa/sales.yaml:3:3
          numbers   listed       did_specs/tampa/sales.yaml:5:9
          source    7275551114   did_specs/tampa/target.yaml:4:20
          state     confirmed; copied from 7275551114

          field         declared   known       decided at
          did_route     CALLMENU   IN_GROUP    did_specs/tampa/sales.yaml:7:20
          group         –          SALESLINE   nobody: it keeps its value
          menu_id       MAIN_IVR   (unknown)   did_specs/tampa/sales.yaml:8:18
          record_call   –          Y           nobody: it keeps its value

          next plan
            ~ in-group SALESLINE → call menu MAIN_IVR
            · group SALESLINE, record_call Y are no longer declared: kept here, new numbers take the
              source's

          inbound_route_answer, pre_filter_recent_call and pre_filter_recent_extension never come along with
          a copy: new numbers have the server's defaults there
        """  # noqa: E501
    )


def test_a_number_that_left_the_yaml_is_still_known():
    shown = number_text(spec(protected=over(("7275550001", True))), known_state(), "7275550001")
    assert shown == lines(
        """
        7275550001 · tampa

          now: in-group SALESLINE (confirmed) · after the next apply: the same

          block   tampa-old   no longer declared
          role    protected: no apply ever changes it
          state   confirmed; was there already and was taken over

          field       declared   known       decided at
          did_route   –          IN_GROUP    nobody: it keeps its value
          group       –          SALESLINE   nobody: it keeps its value

          next plan
            · no longer declared, left as it is: protected
            · no change
        """
    )


def known_state():
    return state(("7275550001", known(source=None, name="tampa-old")))


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (None, "nothing known"),
        (known(), "confirmed; copied from 7275551114"),
        (
            Record("sales", BegunCreate(SOURCE, FromSource(), SALES)),
            "begun: an earlier apply may have copied 7275551114 onto it",
        ),
        (
            Record("sales", BegunUpdate(Confirmed(SOURCE), SALES)),
            "begun: an earlier apply may have changed it",
        ),
        (
            Record("sales", BegunDelete(Confirmed(SOURCE))),
            "begun: an earlier apply may have deleted it",
        ),
        (
            Record("sales", Conflict()),
            "conflict: exists on the server and was not created from here",
        ),
        (
            Record("sales", Conflict(BegunDelete(Confirmed(SOURCE)))),
            "conflict: exists on the server, and nothing proves that it was created",
        ),
    ],
)
def test_how_surely_it_is_known(record, words):
    entries = [] if record is None else [("7275553300", record)]
    assert words in number_text(SALES_SPEC, state(*entries), "7275553300")


def test_a_number_of_which_nothing_is_declared_shows_no_fields():
    bare = spec(("7275553300", declared(Routing())))
    shown = number_text(bare, state(), "7275553300")
    assert "decided at" not in shown
    assert "after the next apply: routed as 7275551114" in shown


def test_a_number_whose_destination_is_not_known_does_not_guess():
    record = Record("old", Confirmed(None))
    shown = number_text(spec(), state(("7275550001", record)), "7275550001")
    assert "now: route not known (confirmed) · after the next apply: the same" in shown


def test_a_system_number_is_never_changed():
    shown = number_text(spec(), state(("default", known())), "default")
    assert "protected: no apply ever changes it" in shown


@pytest.mark.parametrize("pattern", ["+17275553300", "17275553300", "+7275553300"])
def test_the_same_number_in_another_writing_is_named(pattern):
    assert number_text(SALES_SPEC, state(), pattern) == lines(
        f"""
        {pattern} · tampa

          neither declared nor known
          the same number in another writing:
            declared as 7275553300 in block sales
        """
    )


def test_also_where_the_other_is_only_known():
    shown = number_text(SALES_SPEC, state(("7275559999", known(name="old"))), "17275559999")
    assert "known as 7275559999, block old" in shown


def test_and_where_both_are_declared():
    both = spec(("7275553300", declared(SALES)), ("+17275553300", declared(SALES)))
    shown = number_text(both, state(), "7275553300")
    assert "declared as +17275553300 in block sales" in shown


def test_a_writing_of_which_nothing_is_known_is_not_named():
    both = spec(("7275553300", declared(SALES)), ("+17275553399", declared(SALES)))
    assert "another writing" not in number_text(both, state(), "7275553300")


def test_numbers_near_it_are_named_the_nearest_first():
    near = state(("7275553409", known(name="old")), ("7275559999", known(name="far")))
    assert number_text(SALES_SPEC, near, "7275553401") == lines(
        """
        7275553401 · tampa

          neither declared nor known
          near it:
            7275553300–7275553399 (100) declared in block sales
            7275553409 (1) known, block old
        """
    )


def test_a_number_far_from_all_others_has_no_neighbours():
    assert number_text(SALES_SPEC, state(), "MAIN_LINE") == lines(
        """
        MAIN_LINE · tampa

          neither declared nor known
        """
    )


def test_what_is_no_number_is_refused_with_the_reason():
    with pytest.raises(UsageError, match="727-555"):
        number_text(SALES_SPEC, state(), "727-555-3300")


# --- now, and after the next apply

BOX = Routing({"did_route": "VOICEMAIL", "voicemail_ext": "8306"})
OTHER_BOX = BOX.overlaid({"voicemail_ext": "8406"})


def ends(wanted, standing, **of_target):
    """The line that tells now and then, of a number declared with ``wanted`` (None: not at all)."""
    entries = [] if wanted is None else [("7275553300", wanted)]
    given = [] if standing is None else [("7275553300", Record("sales", standing))]
    shown = number_text(spec(*entries, **of_target), state(*given), "7275553300", width=200)
    return shown.splitlines()[2]


@pytest.mark.parametrize(
    ("wanted", "standing", "words"),
    [
        (
            declared(OTHER_BOX),
            Confirmed(SOURCE, BOX),
            "now: voicemail 8306 (confirmed) · after the next apply: 8406",
        ),
        (
            declared(BOX),
            Confirmed(SOURCE, BOX),
            "now: voicemail 8306 (confirmed) · after the next apply: the same",
        ),
        (
            declared(BOX.overlaid({"did_description": "Tampa voicemail"})),
            Confirmed(SOURCE, BOX),
            "now: voicemail 8306 (confirmed) · after the next apply: the same",
        ),
        (
            declared(Routing({"record_call": "Y"})),
            Confirmed(SOURCE),
            "now: routed as 7275551114 (confirmed) · after the next apply: the same",
        ),
        (declared(BOX), None, "now: nothing known yet · after the next apply: voicemail 8306"),
        (
            declared(BOX),
            Conflict(),
            "now: not known, not ours · after the next apply: not known, not ours",
        ),
        (
            declared(BOX, of=block(adopt=True)),
            Conflict(),
            "now: not known, not ours · after the next apply: voicemail 8306",
        ),
        (
            declared(OTHER_BOX),
            BegunUpdate(Confirmed(SOURCE, BOX), OTHER_BOX),
            (
                "now: voicemail 8306 or voicemail 8406 (not certain) · "
                "after the next apply: voicemail 8406"
            ),
        ),
        (
            None,
            BegunCreate(SOURCE, FromSource(), BOX),
            (
                "now: voicemail 8306, if it exists (not certain) · "
                "after the next apply: the same; it is asked"
            ),
        ),
        (
            declared(BOX),
            BegunDelete(Confirmed(SOURCE, BOX)),
            "now: voicemail 8306, or deleted (not certain) · after the next apply: the same",
        ),
        (
            None,
            Conflict(),
            "now: not known, not ours · after the next apply: the same, and it leaves",
        ),
    ],
)
def test_now_and_then_are_told_apart(wanted, standing, words):
    assert ends(wanted, standing).strip().startswith(words)


def test_a_number_that_will_be_deleted_says_whom_its_callers_reach():
    assert ends(None, Confirmed(SOURCE, BOX), removal=DeletePolicy()).endswith(
        "after the next apply: deleted, callers reach DID default"
    )


def test_a_protected_number_is_not_said_to_change():
    line = ends(declared(OTHER_BOX), Confirmed(SOURCE, BOX), protected=over(("7275553300", True)))
    assert line.endswith("none is possible, since the plan changes a protected number")


def test_a_source_that_is_not_declared_is_known_as_such():
    blocks = [(f"72755540{each:02}", declared(of=block(f"block-{each}"))) for each in range(5)]
    shown = number_text(spec(*blocks, source=SOURCE), state(), SOURCE)
    assert "now: not known, it is not declared" in shown
    assert "role    source of block-0, block-1, block-2 and 2 more" in shown
    assert "role    default source of this target" in shown


def test_on_a_narrow_terminal_each_cell_has_its_own_line_and_says_what_it_is():
    long = Location("did_specs/" + "folder/" * 12 + "sales.yaml", 7, 20)
    wanted = replace(declared(MENU), origin=replace(NAMED, fields=(("did_route", long),)))
    shown = number_text(
        spec(("7275553300", wanted)), state(("7275553300", known())), "7275553300", width=60
    )
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert (
        "\n  did_route\n    declared    CALLMENU\n    known       IN_GROUP\n    decided at  did_"
        in shown
    )
