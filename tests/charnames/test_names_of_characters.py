"""A character that cannot be told by its looks is called by its name."""

import pytest

from reconciler.charnames import describe, is_invisible


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("$", "'$'"),
        (" ", "' '"),
        ("'", '"\'"'),
        ("ö", "'ö'"),
        ("\n", "a line break"),
        ("\t", "a tab"),
        ("\x07", "a control character (U+0007)"),
        ("\xa0", "a no-break space (U+00A0)"),
        ("\u2002", "an en space (U+2002)"),
        ("\ufeff", "a byte order mark (U+FEFF)"),
        ("\ufe0f", "a variation selector-16 (U+FE0F)"),
        ("\u2011", "'‑' (non-breaking hyphen, U+2011)"),
        ("\u0430", "'а' (cyrillic small letter a, U+0430)"),
        ("\uff11", "'１' (fullwidth digit one, U+FF11)"),
    ],
)
def test_the_name_of(char, name):
    assert describe(char) == name


@pytest.mark.parametrize("char", ["\xa0", "\xad", "\u200b", "\u202e", "\u2066", "\ufeff", "\u3164"])
def test_what_leaves_a_gap_or_nothing_is_invisible(char):
    assert is_invisible(char)


@pytest.mark.parametrize("char", [" ", "a", "-", "\u2011", "é", "東"])
def test_what_is_seen_is_not(char):
    assert not is_invisible(char)
