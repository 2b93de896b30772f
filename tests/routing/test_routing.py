"""Fields and their values: compared, laid over each other, and where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.destination import destination
from reconciler.routing import (
    BY_NAME,
    FIELDS,
    NOTHING,
    ROUTES,
    Routing,
)

fields = st.dictionaries(st.sampled_from(sorted(BY_NAME)), st.sampled_from(["1", "2", "SALES"]))
SALES = Routing({"group": "SALESLINE", "did_route": "IN_GROUP"})


@given(fields, st.randoms(use_true_random=False))
def test_a_routing_is_the_same_in_whatever_order_its_fields_are_written(given_fields, random):
    items = list(given_fields.items())
    random.shuffle(items)
    one, two = Routing(given_fields), Routing(dict(items))
    assert one == two
    assert hash(one) == hash(two)
    assert list(one) == [field.name for field in FIELDS if field.name in given_fields]
    assert dict(one) == given_fields
    assert len(one) == len(given_fields)


@given(fields, fields)
def test_two_routings_are_equal_when_their_fields_are(one, two):
    assert (Routing(one) == Routing(two)) == (one == two)


def test_a_routing_is_no_plain_dict():
    assert dict(SALES) != SALES
    assert SALES != "IN_GROUP"


@given(fields, fields)
def test_laid_over_another_it_is_heard(bottom, top):
    assert Routing(bottom).overlaid(top) == Routing({**bottom, **top})


@given(fields, fields)
def test_it_is_cut_to_the_fields_that_another_has_or_has_not(one, two):
    assert Routing(one).only(two) == Routing({n: one[n] for n in one if n in two})
    assert Routing(one).without(two) == Routing({n: one[n] for n in one if n not in two})


@given(fields, fields)
def test_what_is_lacking_is_what_must_be_sent_and_no_more(wanted, known):
    lacking = Routing(wanted).lacking(known)
    assert Routing(known).overlaid(lacking).only(wanted) == Routing(wanted)
    assert all(known.get(name) != value for name, value in lacking.items())


def test_a_field_that_nobody_knows_cannot_be_held():
    with pytest.raises(KeyError, match="no_such_field"):
        Routing({"no_such_field": "1"})


def test_it_shows_its_fields_in_the_order_of_the_table():
    assert repr(SALES) == "Routing(did_route=IN_GROUP, group=SALESLINE)"
    assert repr(NOTHING) == "Routing()"
    assert not NOTHING


@pytest.mark.parametrize(
    ("routing", "where"),
    [
        ({"did_route": "EXTEN", "extension": "8300"}, "extension 8300"),
        ({"did_route": "VOICEMAIL", "voicemail_ext": "85026"}, "voicemail 85026"),
        ({"did_route": "PHONE", "phone_extension": "101"}, "phone 101"),
        ({"did_route": "IN_GROUP", "group": "SALESLINE"}, "in-group SALESLINE"),
        ({"did_route": "CALLMENU", "menu_id": "MAIN_IVR"}, "call menu MAIN_IVR"),
        (
            {"did_route": "VMAIL_NO_INST", "voicemail_ext": "8300"},
            "voicemail (no instructions) 8300",
        ),
    ],
    ids=list(ROUTES),
)
def test_a_route_with_its_field_tells_where_callers_end_up(routing, where):
    assert str(destination(Routing(routing), None)) == where
