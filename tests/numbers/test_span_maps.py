"""Maps of spans against the plainest thing that could do the same: a dict, number by number."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.numbers import NumberError, Span, SpanMap, align, parse_span

Number = tuple[str, int, int]
Said = dict[Number, tuple[str, str]]
"""number → its spelling and what is said of it"""

# Two spellings of one form, a form that sorts between, one of another width, one without digits.
FORMS = [("A", 2), ("a", 2), ("A1:", 2), ("a", 3), ("Main", 0), ("MAIN", 0)]
VALUES = ["sales", "support", "night"]


def singles(said: Said) -> list[tuple[Span, str]]:
    return [(parse_span(spelling), value) for spelling, value in said.values()]


def read(spans: SpanMap[str]) -> Said:
    return {parse_span(pattern).key: (pattern, value) for span, value in spans for pattern in span}


@st.composite
def a_span(draw: st.DrawFn) -> Span:
    prefix, width = draw(st.sampled_from(FORMS))
    first = draw(st.integers(0, 12)) if width else 0
    last = first + draw(st.integers(0, 6)) if width else 0
    return Span(prefix, width, first, last)


entries = st.lists(st.tuples(a_span(), st.sampled_from(VALUES)), max_size=8)


@st.composite
def what_is_said(draw: st.DrawFn) -> Said:
    """By drawing overlapping spans and letting the last word stand."""
    said: Said = {}
    for span, value in draw(entries):
        for pattern in span:
            said[parse_span(pattern).key] = (pattern, value)
    return said


said = what_is_said()


@given(said, st.randoms(use_true_random=False))
def test_a_map_says_what_was_put_in_whatever_the_order(one, random):
    shuffled = singles(one)
    random.shuffle(shuffled)
    assert read(SpanMap(shuffled)) == one
    assert SpanMap(shuffled) == SpanMap(singles(one))
    assert hash(SpanMap(shuffled)) == hash(SpanMap(singles(one)))
    assert SpanMap(shuffled).count == len(one)


@given(said)
def test_neighbours_that_say_the_same_are_one_span(one):
    spans = list(SpanMap(singles(one)))
    for (left, before), (right, after) in itertools.pairwise(spans):
        assert left.key < right.key
        together = (left.prefix, left.width, left.last + 1) == (
            right.prefix,
            right.width,
            right.first,
        )
        assert not (together and left.width and before == after)


@given(said, said)
def test_two_maps_are_equal_when_they_say_the_same(one, two):
    assert (SpanMap(singles(one)) == SpanMap(singles(two))) == (one == two)


@given(said, said)
def test_where_both_speak_the_top_is_heard(bottom, top):
    result = SpanMap(singles(bottom)).overlaid(SpanMap(singles(top)))
    assert result == SpanMap(singles({**bottom, **top}))


@given(said, said)
def test_within_keeps_the_numbers_of_the_other_and_without_the_rest(one, two):
    mine, theirs = SpanMap(singles(one)), SpanMap(singles(two))
    assert mine.within(theirs) == SpanMap(singles({n: one[n] for n in one if n in two}))
    assert mine.without(theirs) == SpanMap(singles({n: one[n] for n in one if n not in two}))


@given(said, said)
def test_aligned_maps_are_cut_at_each_others_edges(one, two):
    aligned = list(align(SpanMap(singles(one)), SpanMap(singles(two))))
    met = [
        (parse_span(pattern).key, (pattern, left, right))
        for span, left, right in aligned
        for pattern in span
    ]
    assert [number for number, _ in met] == sorted(one.keys() | two.keys())
    assert dict(met) == {
        number: (
            (one.get(number) or two[number])[0],
            one[number][1] if number in one else None,
            two[number][1] if number in two else None,
        )
        for number in one.keys() | two.keys()
    }


@given(said)
def test_every_number_is_found_whatever_its_case_and_no_other(one):
    spans = SpanMap(singles(one))
    for prefix, width in FORMS:
        for number in range(20 if width else 1):
            pattern = Span(prefix, width, number, number)[0]
            key = parse_span(pattern).key
            assert spans.get(pattern) == spans.get(pattern.swapcase())
            assert spans.get(pattern) == (one[key][1] if key in one else None)


@given(entries)
def test_two_things_said_of_one_number_are_refused(given_entries):
    numbers = [parse_span(pattern).key for span, _ in given_entries for pattern in span]
    if len(numbers) == len(set(numbers)):
        assert SpanMap(given_entries).count == len(numbers)
    else:
        with pytest.raises(ValueError, match=" overlap"):
            SpanMap(given_entries)


def test_two_spellings_side_by_side_stay_two_spans():
    spans = SpanMap([(parse_span("Line1"), "sales"), (parse_span("LINE2"), "sales")])
    assert spans.spans == (parse_span("Line1"), parse_span("LINE2"))


@given(said)
def test_entries_are_picked_by_what_they_say(one):
    picked = SpanMap(singles(one)).where("night".__eq__)
    assert picked == SpanMap(singles({n: said for n, said in one.items() if said[1] == "night"}))


@given(said)
def test_what_is_said_can_be_said_otherwise_and_joins_anew(one):
    louder = SpanMap(singles(one)).mapped(lambda _: "LOUD")
    assert louder == SpanMap(singles({n: (spelling, "LOUD") for n, (spelling, _) in one.items()}))


def test_an_entry_is_found_with_the_span_that_holds_it():
    spans = SpanMap([(parse_span("7275553300-7275553399"), "sales")])
    assert spans.at("7275553350") == (parse_span("7275553300-7275553399"), "sales")
    assert spans.at("7275553400") is None
    assert spans.at("7275553299") is None
    assert spans.at("07275553350") is None
    assert spans.at("+7275553350") is None
    assert SpanMap().at("7275553350") is None


def test_what_is_no_number_is_not_looked_for():
    with pytest.raises(NumberError, match=re.escape("'(727)' holds")):
        SpanMap().at("(727)")


def test_a_map_shows_what_it_says():
    spans = SpanMap([(parse_span("7275553301-7275553309"), "sales"), (parse_span("MAIN"), "night")])
    assert repr(spans) == "SpanMap(7275553301-7275553309: 'sales', MAIN: 'night')"
    assert len(spans) == 2
    assert spans.count == 10
    assert spans != "7275553301-7275553309"


@given(said, a_span())
def test_cutting_to_a_span_keeps_what_is_said_of_its_numbers(one, span):
    inside = {parse_span(pattern).key for pattern in span}
    expected = {key: value for key, value in one.items() if key in inside}
    cut = SpanMap(singles(one)).cut_to(span)
    assert read(cut) == expected
    assert cut == SpanMap(singles(expected))
