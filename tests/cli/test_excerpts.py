"""At a terminal a fault shows its line, with a caret below the place."""

import pytest

from reconciler.cli.excerpt import Excerpts
from reconciler.errors import Location


@pytest.fixture
def shown(tmp_path):
    """The excerpt of a text at a line and column."""

    def show(text, line=1, column=1, columns=60):
        file = tmp_path / "a.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Excerpts(columns).of(Location(str(file), line, column))

    return show


def test_the_caret_stands_below_the_column(shown):
    assert shown("a: 1\nname: *98\n", 2, 7) == [
        "    2 | name: *98",
        "      |       ^",
    ]


def test_a_mark_at_the_end_of_a_line_has_its_place(shown):
    assert shown("a: #100\n", 1, 8)[1] == "      |        ^"


def test_a_tab_takes_the_room_it_is_shown_in(shown):
    assert shown("\ta: b\n", 1, 2) == ["    1 |     a: b", "      |     ^"]


def test_what_moves_a_cursor_is_escaped_and_counted(shown):
    line, caret = shown("\x1b[31m\u202ea: b\n", 1, 7)
    assert line == r"    1 | \x1b[31m\u202ea: b"
    assert caret.index("^") == line.index("a: b")


def test_wide_letters_take_two_columns_and_accents_none(shown):
    assert shown("東京e\u0301: b\n", 1, 5)[1] == "      |      ^"


def test_a_long_line_is_cut_at_the_right(shown):
    line, caret = shown("a: " + "x" * 200, 1, 4)
    assert line == "    1 | a: " + "x" * 47 + "…"
    assert len(line) == 59
    assert caret == "      |    ^"


def test_a_place_far_right_is_shown_with_what_is_around_it(shown):
    line, caret = shown("a" * 150 + "bc" + "d" * 150, 1, 151)
    assert line == "    1 | …" + "a" * 19 + "bc" + "d" * 28 + "…"
    assert line[caret.index("^") :].startswith("bcd")


def test_cut_within_a_wide_letter_a_line_is_rather_too_short(shown):
    line, _ = shown("a" + "東" * 60)
    assert line.endswith("東…")
    assert len(line) < 40


@pytest.mark.parametrize("columns", [0, 10])
def test_a_narrow_terminal_still_shows_something(shown, columns):
    line, _ = shown("a: " + "x" * 200, columns=columns)
    assert len(line) == 40


def test_a_byte_order_mark_is_not_counted(shown):
    assert shown(b"\xef\xbb\xbfa: b\n", 1, 1) == ["    1 | a: b", "      | ^"]


def test_lines_end_where_the_reader_ends_them(shown):
    assert shown("a: 1\rb: 2\r\nc: 3\n", 3)[0] == "    3 | c: 3"


def test_bytes_that_are_no_text_are_shown_as_such(shown):
    assert shown(b"a: \xff\n", 1, 4)[0] == "    1 | a: �"


@pytest.mark.parametrize("line", [2, 3, 9])
def test_where_there_is_no_such_line_there_is_none(shown, line):
    assert shown("a: 1\n\n", line) == []


def test_what_cannot_be_read_has_none(tmp_path):
    excerpts = Excerpts(80)
    assert excerpts.of(Location(str(tmp_path))) == []
    assert excerpts.of(Location(str(tmp_path / "none"))) == []
    assert excerpts.of(Location("a\0b")) == []
    assert excerpts.of(Location("a" * 5000)) == []


def test_a_file_too_large_for_specs_has_none(shown):
    assert shown("a: 1\n" + "#" * 1024**2) == []
