"""How PHP and MySQL read what they are sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.characters import Characters, size
from reconciler.simulator.texts import decode_form, encoded, kept, local_time, unsigned


def test_of_a_name_given_twice_the_last_value_counts():
    assert decode_form(b"a=1&b=&a=2") == {"a": "2", "b": ""}


def test_what_has_no_name_is_left_out():
    assert decode_form(b"a=1&=2&&") == {"a": "1"}


def test_what_is_no_utf_8_is_dropped_whole_where_letters_of_any_script_are_kept():
    text = decode_form(b"a=abc%ffdef")["a"]
    assert kept(text, "a-z") == "abcdef"
    assert kept(text, "a-z", Characters.ANY) == ""


def test_a_raw_plus_is_a_space_and_an_encoded_one_a_plus():
    assert decode_form(b"raw=+1727&encoded=%2B1727") == {"raw": " 1727", "encoded": "+1727"}


@given(st.binary(max_size=20))
def test_bytes_of_any_kind_come_back_as_they_were_sent(sent):
    quoted = "".join(f"%{byte:02x}" for byte in sent).encode()
    assert encoded(decode_form(b"value=" + quoted)["value"]) == sent


def test_only_the_characters_named_are_kept():
    assert kept("O'Brien & Sons: (main) #1", r"\- .,_0-9A-Za-z") == "OBrien  Sons main 1"


def test_length_is_counted_in_bytes():
    assert size("Büro") == 5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("998", 998),
        ("0101", 101),
        ("12ab", 12),
        ("1-2", 1),
        ("1e3", 1000),
        ("1e99", 2**63 - 1),
        ("-12", 0),
        ("abc", 0),
        ("", 0),
    ],
)
def test_an_integer_column_takes_the_number_that_a_text_begins_with(text, number):
    assert unsigned(text) == number


def test_times_are_those_of_the_recorded_server():
    assert local_time(1795426104) == "2026-11-23 09:28:24"
