"""JSON of somebody else is read strictly: what is not JSON, or not UTF-8, is refused by name."""

import json

import pytest

from reconciler.inputs import parse_json


@pytest.mark.parametrize("text", ['{"ü": ["😀"]}', '{"ü": ["\\ud83d\\ude00"]}'])
def test_text_and_bytes_give_the_same(text: str) -> None:
    assert parse_json(text) == parse_json(text.encode()) == {"ü": ["😀"]}


def test_a_byte_order_mark_is_left_out() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('["\\ud800"]', "it holds half a character"),
        (b'["\\uDFFF"]', "it holds half a character"),
        ('["\ud800"]', "it holds half a character"),
        (b'["\xed\xa0\x80"]', "it is not UTF-8"),
        (json.dumps(["\ud800"]).encode("utf-16"), "it is not UTF-8"),
        ("[" * 100_000, "it is nested too deeply"),
        ("[-Infinity]", "-Infinity is not a number"),
        ("[1e999]", "1e999 is too large a number"),
    ],
)
def test_what_is_not_json_is_refused_by_name(text: str | bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_json(text)


def test_keys_given_twice_are_refused_where_asked() -> None:
    assert parse_json('{"a": 1, "a": 2}') == {"a": 2}
    with pytest.raises(ValueError, match="a key is given twice"):
        parse_json('{"a": 1, "a": 2}', unique_keys=True)
