"""Changes as ``plan.json`` and the digest of a plan hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff.model import (
    FOUND,
    FRESH,
    UNSETTLED,
    Adopt,
    Change,
    Create,
    Delete,
    Forget,
    Park,
    Settle,
    Update,
)
from reconciler.diff.wire import change_data, read_change
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import NOTHING
from tests.conftest import MENU, SALES, SOURCE, SUPPORT

ROUTINGS = st.sampled_from([NOTHING, SALES, SUPPORT, MENU])
POLICIES = st.sampled_from([None, KeepPolicy(), ParkPolicy(MENU), DeletePolicy()])
NAMES = st.sampled_from(["sales", "support"])
SOME = st.sampled_from([FRESH, UNSETTLED])
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(Create, NAMES, st.just(SOURCE), ROUTINGS, POLICIES, SOME),
    st.builds(Adopt, NAMES, st.just(SOURCE), ROUTINGS, POLICIES, SOME | st.just(FOUND)),
    st.builds(Update, NAMES, POLICIES, ROUTINGS, ROUTINGS, SOME),
    st.builds(Park, NAMES, POLICIES, ROUTINGS, ROUTINGS, SOME),
    st.builds(Delete, NAMES, POLICIES, ROUTINGS, SOME),
    st.builds(Settle, NAMES, POLICIES),
    st.builds(Forget, NAMES),
)


@given(CHANGES)
def test_what_was_written_is_read(change: Change) -> None:
    assert read_change(change_data(change)) == change


@given(CHANGES, CHANGES)
def test_different_changes_are_written_differently(one: Change, other: Change) -> None:
    assert (change_data(one) == change_data(other)) == (one == other)


def test_what_has_its_default_is_left_out() -> None:
    assert change_data(Update("sales", ParkPolicy(MENU), SALES, SUPPORT)) == {
        "action": "update",
        "block": "sales",
        "removal": {"action": "park", "routing": dict(MENU)},
        "before": dict(SALES),
        "after": dict(SUPPORT),
    }
    assert change_data(Adopt("sales", SOURCE, SALES, None, FOUND)) == {
        "action": "adopt",
        "block": "sales",
        "source": SOURCE,
        "after": dict(SALES),
        "exists": True,
    }
    assert change_data(Create("sales", SOURCE, SALES, None, UNSETTLED))["begun"] is True


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ({"action": "rename", "block": "sales"}, "unknown change 'rename'"),
        (
            {"action": "adopt", "block": "a", "source": SOURCE, "begun": True, "exists": True},
            "both begun and exists",
        ),
        ({"action": "update", "block": "a", "newer": True}, "newer without begun"),
        ({"action": "settle", "block": "a", "removal": {"action": "burn"}}, "unknown removal"),
        ({"action": "update", "block": "a", "after": {"colour": "red"}}, "unknown field 'colour'"),
        ({"action": "update", "block": "a", "after": {"group": "\ud800"}}, "surrogates"),
    ],
)
def test_what_cannot_be_a_change_is_refused(entry, error) -> None:
    with pytest.raises(ValueError, match=error):
        read_change(entry)
