"""What may stand as a number, and what is said when it may not."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.numbers import NumberError, check_pattern, span_of

KEPT = string.ascii_letters + string.digits + ":+*#._"


@pytest.mark.parametrize(
    "pattern", ["7275553300", "+17275551212", "0123", "MAIN_LINE", "*97", "#9", "a:b.c", "55"]
)
def test_what_the_server_would_store_as_written_is_a_number(pattern):
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (
            "(727) 5553300",
            (
                "'(727) 5553300' holds ' ' '(' ')', which the server would drop: a number has "
                "letters, digits and : + * # . _ only"
            ),
        ),
        (
            "7275553300\n",
            (
                r"'7275553300\n' holds '\n', which the server would drop: a number has letters, "
                "digits and : + * # . _ only"
            ),
        ),
        (
            "٧٢٧",
            (
                "'٧٢٧' holds '٢' '٧', which the server would drop: a number has letters, digits "
                "and : + * # . _ only"
            ),
        ),
        ("7", "'7' is shorter than 2 characters"),
        ("", "'' is shorter than 2 characters"),
        ("5" * 51, f"'{'5' * 51}' has 51 characters: the server would cut it to 50"),
        ("ü" * 26, f"'{'ü' * 26}' has 52 bytes (in UTF-8): the server would cut it to 50"),
        ("𐐀12", "'𐐀12' holds a letter that the database cannot keep (beyond U+FFFF)"),
    ],
)
def test_what_it_would_change_is_refused_with_the_reason(pattern, reason):
    with pytest.raises(NumberError, match=f"^{re.escape(reason)}$"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["Büro12", "東京", "ü", "Ж1"])
def test_letters_of_every_script_are_letters(pattern):
    assert check_pattern(pattern) == pattern


@given(st.text(st.characters(max_codepoint=127) | st.sampled_from("äß東Ж²\u0301٢"), max_size=60))
def test_a_pattern_is_exactly_2_to_50_bytes_of_the_characters_that_are_kept(text):
    valid = 2 <= len(text.encode()) <= 50 and all(char in KEPT + "äß東Ж" for char in text)
    try:
        check_pattern(text)
    except NumberError:
        assert not valid
    else:
        assert valid


@given(st.text(KEPT, min_size=2, max_size=50))
def test_a_pattern_is_read_and_spelled_the_same_leading_zeros_and_all(pattern):
    span = span_of(pattern)
    assert (len(span), span[0], span.text, str(span), list(span)) == (
        1,
        pattern,
        pattern,
        pattern,
        [pattern],
    )


@given(st.text(KEPT, min_size=2, max_size=50), st.text(KEPT, min_size=2, max_size=50))
def test_two_patterns_are_one_number_when_only_their_case_differs(one, two):
    assert (span_of(one).key == span_of(two).key) == (one.lower() == two.lower())
    assert span_of(one).key == span_of(one.swapcase()).key
