"""Numbers in a row: how they are written, read, counted and cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.numbers import NumberError, Span, count, parse_span

prefixes = st.sampled_from(["", "+", "+1:", "A", "sales_", "*"])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    width = draw(st.integers(2, 12))
    first = draw(st.integers(0, 10**width - 1))
    last = draw(st.integers(first, min(first + 999_999, 10**width - 1)))
    return Span(draw(prefixes), width, first, last)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("7275553300-7275553399", Span("", 10, 7275553300, 7275553399)),
        ("7275553300 – 7275553399", Span("", 10, 7275553300, 7275553399)),
        ("  7275553300  ", Span("", 10, 7275553300, 7275553300)),
        ("+17275550098-+17275550102", Span("+", 11, 17275550098, 17275550102)),
        ("0098-0102", Span("", 4, 98, 102)),
        ("EXT9-EXT9", Span("EXT", 1, 9, 9)),
        ("Ext1-EXT3", Span("Ext", 1, 1, 3)),
        ("MAIN_LINE", Span("MAIN_LINE", 0, 0, 0)),
        ("0000000-0999999", Span("", 7, 0, 999_999)),
    ],
)
def test_a_number_or_a_range_is_read(text, span):
    assert parse_span(text) == span


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "7275553399-7275553300",
            "'7275553399-7275553300' runs backwards",
        ),
        (
            "7275553300-99",
            (
                "'7275553300-99' is not a range: both ends must have the same length, and "
                "end in digits after the same beginning"
            ),
        ),
        (
            "A100-B199",
            (
                "'A100-B199' is not a range: both ends must have the same length, and "
                "end in digits after the same beginning"
            ),
        ),
        (
            "MAIN-MAIN",
            (
                "'MAIN-MAIN' is not a range: both ends must have the same length, and "
                "end in digits after the same beginning"
            ),
        ),
        (
            "727-555-3300",
            "'727-555-3300' is not a range: a range is FIRST-LAST, without other dashes",
        ),
        (
            "-7275553300",
            "'-7275553300' is not a range: a range is FIRST-LAST, without other dashes",
        ),
        (
            "0000000-1000000",
            "'0000000-1000000' has 1,000,001 numbers: a range has at most 1,000,000",
        ),
        (
            "10000000000000000000-99999999999999999999",
            (
                "'10000000000000000000-99999999999999999999' has 90,000,000,000,000,000,000 "
                "numbers: a range has at most 1,000,000"
            ),
        ),
        ("7275553300-7", "'7' is shorter than 2 characters"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused_with_the_reason(text, reason):
    with pytest.raises(NumberError, match=f"^{re.escape(reason)}$"):
        parse_span(text)


def test_a_file_of_ours_may_hold_a_larger_range_than_a_person_may_write():
    span = Span("", 7, 0, 1_999_999)
    assert parse_span("0000000-1999999", largest=None) == span


def test_but_none_that_cannot_be_counted():
    with pytest.raises(NumberError, match="has 90,000,000,000,000,000,000 numbers"):
        parse_span("10000000000000000000-99999999999999999999", largest=None)


@given(spans())
def test_what_is_written_is_read_back_the_same(span):
    assert parse_span(span.text) == span
    assert parse_span(str(span)) == span


@given(spans(), st.data())
def test_each_number_of_a_span_can_be_had_by_its_place(span, data):
    place = data.draw(st.integers(0, len(span) - 1))
    assert parse_span(span[place]).first == span.first + place


@pytest.mark.parametrize("place", [-1, 3])
def test_there_is_nothing_before_or_behind_it(place):
    with pytest.raises(IndexError):
        parse_span("7275553300-7275553302")[place]


@given(spans(), st.data())
def test_a_span_that_is_cut_loses_and_doubles_nothing(span, data):
    cut = data.draw(st.integers(1, len(span)))
    taken, left = span.take(cut), span.drop(cut)
    assert (len(taken), len(left)) == (cut, len(span) - cut)
    assert count([taken, left]) == len(span)
    assert taken[0] == span[0]
    if cut < len(span):
        assert left[0] == span[cut]


def test_a_span_is_shown_with_its_size():
    assert parse_span("7275553300-7275553399").label == "7275553300–7275553399 (100)"
    assert parse_span("0000000-0999999").label == "0000000–0999999 (1,000,000)"
    assert parse_span("MAIN_LINE").label == "MAIN_LINE (1)"


def test_a_span_spells_out_its_numbers_when_asked():
    assert list(parse_span("+098-+101")) == ["+098", "+099", "+100", "+101"]
    assert list(parse_span("MAIN_LINE")) == ["MAIN_LINE"]
