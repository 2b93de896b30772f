"""The same telephone number declared in two writings, of which the carrier sends only one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.numbers import Span, parse_span
from reconciler.specs.overlaps import disjoint
from reconciler.specs.writings import Writings


def over_all(spans):
    return disjoint((span, True) for span in spans)


def declared(folder, first, second, target=""):
    folder.write("target.yaml", folder.target + target)
    folder.write(
        "a.yaml",
        f"""\
        version: 1
        blocks:
          - name: one
            numbers: [{first}]
          - name: two
            numbers: [{second}]
        """,
    )
    return [fault for fault in folder.found() if fault.code == "W201"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+442079460142", "02079460142"),
        ("+442079460142", "00442079460142"),
        ("+442079460142", "011442079460142"),
        ("+442079460142", "442079460142"),
        ("00442079460142", "02079460142"),
        ("0114930123456", "+4930123456"),
        ("+4930123456", "030123456"),
        ("+33123456789", "0123456789"),
        ("+390669820142", "0669820142"),  # Italy dials its zero from abroad too
        ("+34912345678", "912345678"),  # Spain has no trunk prefix
        ("+4522334455", "22334455"),
        ("+74951234567", "84951234567"),
        ("84951234567, +74950000000", "74951234567"),
        ("+3612345678", "0612345678"),
        ("+353123456789", "0123456789"),
        ("8135550142", "+18135550142"),
        ("18135550142", "8135550142"),
        ("0018135550142", "8135550142"),
    ],
)
def test_two_writings_are_found_in_every_country(folder, one, other):
    (warning,) = declared(folder, one, other)
    assert (warning.where.line, warning.where.column) == (6, 15)
    assert warning.hint == "keep the one that your carrier sends"
    assert declared(folder, other, one)


def test_the_same_number_twice_is_a_fault_and_no_other_writing(folder):
    found = declared(folder, "8135550142, 8135550142", "+18135550143")
    assert (found, folder.codes()) == ([], ["E501"])
    found = declared(folder, "+18135550143", "8135550142, 8135550142")
    assert (found, folder.codes()) == ([], ["E501"])
    found = declared(folder, "8135550142", "8135550142, +18135550143")
    assert (found, folder.codes()) == ([], ["E508"])


def test_ranges_are_compared_as_a_whole_and_not_number_by_number(folder):
    (warning,) = declared(folder, "+442079400000-+442079499999", "02079450000-02079959999")
    assert "02079450000–02079959999 looks like another writing of +442079400000–" in warning.message


def test_a_range_across_an_edge_counts_with_the_part_that_can_be_meant(folder):
    # Only from 0100000000 on are these dialled with a trunk zero.
    assert declared(folder, "+44100000000", "0099999990-0100000009")
    assert not declared(folder, "+4499999995", "0099999990-0100000009")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+442079460142", "02079460143"),
        ("+442079460142", "12079460142"),
        ("+492079460142", "+442079460142"),
        ("02079460142", "2079460142"),  # no country is known that dials the zero
        ("+442079460142", "9902079460142"),
        ("+4420", "020"),
        ("8600", "+8600"),
        ("+18135550142", "08135550142"),
        ("MAIN_LINE", "+442079460142"),
        ("7135550142", "87135550142"),
    ],
)
def test_other_numbers_are_let_be(folder, one, other):
    assert declared(folder, one, other) == []


class TestOfAKnownCountry:
    def test_its_own_numbers_are_compared_though_none_stands_in_international_form(self, folder):
        assert not declared(folder, "442079460142", "02079460142")
        assert declared(folder, "442079460142", "02079460142", "numbers: {country: GB}\n")

    def test_a_trunk_zero_is_that_of_the_country_and_of_no_other(self, folder):
        country = "numbers: {country: GB}\n"
        assert declared(folder, "+49301234567", "0301234567")
        assert not declared(folder, "+49301234567", "0301234567", country)

    def test_011_is_dialled_in_north_america_only(self, folder):
        assert declared(folder, "+442079460142", "011442079460142", "numbers: {country: US}\n")
        assert not declared(folder, "+442079460142", "011442079460142", "numbers: {country: GB}\n")

    def test_ten_digits_are_a_number_without_its_1_in_north_america_only(self, folder):
        assert not declared(folder, "+12079460142", "2079460142", "numbers: {country: GB}\n")


def test_many_in_one_block_are_counted(folder):
    ten = range(8135550100, 8135550110)
    found = declared(folder, ", ".join(f"{n}" for n in ten), ", ".join(f"+1{n}" for n in ten))
    assert len(found) == 4
    assert found[-1].message == "7 more of this kind in the same block"


def test_forms_that_cannot_meet_cost_nothing():
    spans = [parse_span("8135550100-8135550199"), parse_span("8600"), parse_span("MAIN")]
    writings = Writings(over_all(spans))
    assert [list(writings.canonical(span)) for span in spans] == [[], [], []]


@pytest.mark.parametrize(
    ("pattern", "others"),
    [
        ("02079460142", ["+442079460142"]),
        ("00442079460142", ["+442079460142"]),
        ("+442079460142", []),
        ("8600", []),
        ("FRONTDESK", []),
    ],
)
def test_a_pattern_has_other_writings_in_the_forms_that_are_in_use(pattern, others):
    assert (
        list(Writings(over_all([parse_span("+442079460100-+442079460199")])).others(pattern))
        == others
    )


FORMS = [("", 10), ("", 11), ("", 12), ("", 14), ("+", 11), ("+", 12)]
LEADS = {
    "": ["0", "00", "011", "1", "44", "7", "8", "81", "02", "0044"],
    "+": ["1", "44", "7", "39"],
}


@st.composite
def spans(draw):
    prefix, width = draw(st.sampled_from(FORMS))
    lead = draw(st.sampled_from(LEADS[prefix]))
    first = int(
        lead
        + "".join(draw(st.lists(st.sampled_from("019"), min_size=width, max_size=width)))[
            : width - len(lead)
        ]
    )
    return Span(prefix, width, first, min(first + draw(st.integers(0, 3)), 10**width - 1))


@given(st.lists(spans(), min_size=1, max_size=6), st.sampled_from([None, "1", "44", "7"]))
def test_a_span_is_canonical_as_its_numbers_are(given_spans, home):
    writings = Writings(over_all(given_spans), home)
    for span in given_spans:
        together = {
            (form.width, number)
            for form, _ in writings.canonical(span)
            for number in range(form.first, form.last + 1)
        }
        apart = {
            (form.width, form.first)
            for pattern in span
            for form, _ in writings.canonical(parse_span(pattern))
        }
        assert together == apart


@given(st.lists(spans(), min_size=1, max_size=6), st.sampled_from([None, "1", "44", "7"]))
def test_another_writing_of_another_writing_is_the_first(given_spans, home):
    writings = Writings(over_all(given_spans), home)
    for span in given_spans:
        for other in writings.others(span[0]):
            assert span[0] in writings.others(other)


def test_a_number_that_is_in_two_blocks_is_no_other_writing_of_itself(folder):
    (found,) = declared(folder, "+442079460142", "+442079460142, 02079460142")
    assert "02079460142 looks like another writing of +442079460142" in found.message
