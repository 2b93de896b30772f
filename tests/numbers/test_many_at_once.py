"""Texts of many spans, read in one go and as if one by one; spans that are made when asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.numbers import NumberError, Span, SpanMap, Spans, count, parse_span

PREFIXES = ["", "+", "A"]


@st.composite
def a_text(draw):
    prefix = draw(st.sampled_from(PREFIXES))
    first = draw(st.integers(0, 99))
    last = first + draw(st.integers(-2, 20))
    width = draw(st.sampled_from([2, 3]))
    one = f"{prefix}{first:0{width}d}"
    return draw(
        st.sampled_from([one, one, one, f"{one}-{prefix}{last:0{width}d}", f"{one}-", "1", "1+2"])
    )


def one_by_one(texts, largest):
    try:
        return [parse_span(text, largest=largest) for text in texts]
    except NumberError as error:
        return str(error)


def at_once(texts, largest):
    try:
        return list(Spans.parsed(texts, largest=largest))
    except NumberError as error:
        return str(error)


@given(st.lists(a_text(), max_size=5), st.sampled_from([None, 10]))
def test_many_texts_are_read_as_one_by_one(texts, largest):
    assert at_once(texts, largest) == one_by_one(texts, largest)


@pytest.mark.parametrize(
    "texts",
    [
        ["10", "11", "12-19"],
        ["+10", "+11", "+12-+19"],
        ["10-11-12", "10"],
        ["12-10", "10"],
        ["10-+11", "10"],
        ["٠١", "10"],
        ["+1+", "+10"],
        ["1" * 51, "2" * 51],
        ["10–12", "10"],
        ["10 - 12", "10"],
    ],
)
def test_texts_that_are_alike_or_nearly(texts):
    assert at_once(texts, None) == one_by_one(texts, None)


SPANS = [
    Span("", 2, 10, 12),
    Span("", 2, 20, 20),
    Span("A", 2, 1, 3),
    Span("MAIN", 0, 0, 0),
    Span("", 2, 5, 5),
]


def test_spans_are_a_sequence_like_any_other():
    spans = Spans.of(SPANS)
    assert list(spans) == SPANS
    assert spans == tuple(SPANS)
    assert spans != "spans"
    assert hash(spans) == hash(Spans.of(SPANS))
    assert [spans[place] for place in range(-5, 5)] == SPANS * 2
    assert spans.numbers == count(spans) == count(SPANS) == 9
    assert list(spans.texts()) == [span.text for span in SPANS]
    with pytest.raises(IndexError):
        spans[5]


@given(st.integers(-7, 7) | st.none(), st.integers(-7, 7) | st.none())
def test_a_slice_of_spans_is_that_of_a_list(start, stop):
    assert list(Spans.of(SPANS)[start:stop]) == SPANS[start:stop]


def test_a_map_is_made_of_spans_and_values():
    made = SpanMap.of([(Spans.of(SPANS[:2]), "sales"), (Spans.of(SPANS[2:]), "night")])
    assert made == SpanMap(
        [(span, "sales" if place < 2 else "night") for place, span in enumerate(SPANS)]
    )
    assert set(made.values) == {"night", "sales"}
    assert made.counts() == {"night": 5, "sales": 4}
    assert {value: list(spans) for value, spans in made.gathered().items()} == {
        "night": [SPANS[4], SPANS[2], SPANS[3]],
        "sales": SPANS[:2],
    }
    assert dict(made.rendered(str.upper)) == {
        span.text: "SALES" if place < 2 else "NIGHT" for place, span in enumerate(SPANS)
    }


def test_a_map_in_which_two_spellings_meet_tells_each():
    mixed = SpanMap([(parse_span("Line1"), "a"), (parse_span("LINE2"), "a"), (parse_span("line3"), "b")])  # fmt: skip  # noqa: E501
    assert list(mixed.rendered(str.upper)) == [("Line1", "A"), ("LINE2", "A"), ("line3", "B")]
    assert mixed.counts() == {"a": 2, "b": 1}
    assert [span.text for span in mixed.gathered()["a"]] == ["Line1", "LINE2"]


def test_maps_that_share_a_number_are_not_united():
    one, other = SpanMap([(SPANS[0], "a")]), SpanMap([(Span("", 2, 12, 15), "b")])
    with pytest.raises(ValueError, match="10–12 and 12–15 overlap"):
        SpanMap.united([one, other])
    apart = SpanMap([(Span("", 2, 13, 15), "b")])
    assert SpanMap.united([one, apart]) == SpanMap([*one, *apart])
