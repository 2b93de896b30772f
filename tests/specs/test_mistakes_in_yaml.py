"""Mistakes in YAML are named where they were made, in words of the file and not of the parser."""

import pytest

from reconciler.specs.document import FASTEST, PURE, parse
from reconciler.specs.faults import Faults


@pytest.fixture(params=[FASTEST, PURE], ids=["fastest", "pure"])
def told(request):
    """The faults of a text: code, line and column, message and hint."""

    def read(text):
        faults = Faults()
        parse(text.encode(), "f", faults, parser=request.param)
        return [
            (each.code, f"{each.where.line}:{each.where.column}", each.message, each.hint)
            for each in faults.all()
        ]

    return read


CONFLICT = """\
a: 1
<<<<<<< HEAD
b: 2
=======
b: 3
>>>>>>> other
"""


class TestMergeConflicts:
    def test_one_is_called_that_at_its_first_line(self, told):
        ((code, place, message, hint),) = told(CONFLICT)
        assert (code, place) == ("E107", "2:1")
        assert message == "an unresolved merge conflict in lines 2 to 6"
        assert hint.startswith("keep the lines that are right, of one side or of both")

    def test_with_its_base_it_is_still_one(self, told):
        text = CONFLICT.replace("=======", "||||||| base\nb: 0\n=======")
        ((_, _, message, _),) = told(text)
        assert message == "an unresolved merge conflict in lines 2 to 8"

    def test_each_is_told(self, told):
        assert [place for _, place, _, _ in told(CONFLICT + CONFLICT)] == ["2:1", "8:1"]

    def test_a_line_that_was_forgotten_is_one_too(self, told):
        ((_, _, message, _),) = told("a: 1\n>>>>>>> other\nb: 2\n")
        assert message == "an unresolved merge conflict in line 2"

    def test_line_ends_of_windows_hide_none(self, told):
        assert [code for code, *_ in told(CONFLICT.replace("\n", "\r\n"))] == ["E107"]

    def test_a_line_of_a_comment_is_none(self, told):
        assert told("# =======\na: 1\n#<<<<<<< HEAD\n") == []


class TestCodesOfTelephony:
    @pytest.mark.parametrize("code", ["*98", "*985551212", "*98#", "**21", "*9*8"])
    @pytest.mark.parametrize("text", ["- {}\n- 1\n", "a: {}\n", "[{}, 1]\n", "{{a: {}}}\n"])
    def test_a_star_says_quote_it(self, told, text, code):
        ((number, _, message, hint),) = told(text.format(code))
        assert number == "E112"
        assert message == (f"an unquoted value cannot begin with *: YAML reads {code} as an alias")
        assert hint == f'quote it: "{code}"'

    @pytest.mark.parametrize(
        ("text", "place"), [("- #100\n- 1\n", "1:2"), ("a: #100 # x\n", "1:3")]
    )
    def test_a_hash_that_leaves_an_item_empty_says_quote_it(self, told, text, place):
        assert told(text) == [
            (
                "E205",
                place,
                "the value is empty: YAML reads #100 as a comment",
                'quote it: "#100"',
            )
        ]

    def test_a_comment_in_words_is_a_comment(self, told):
        assert told("a: # later\n  b: 1\nc: #todo\n") == []

    def test_a_hash_that_swallows_a_bracket_is_named(self, told):
        assert told("a: [1, #100]\nb: 2\n") == [
            (
                "E106",
                "1:4",
                "the [ that begins here is not closed",
                "close it with ]; a # begins a comment, so quote a value with one",
            )
        ]


class TestTextsOverSeveralLines:
    @pytest.mark.parametrize(
        ("text", "place", "joined", "hint"),
        [
            (
                "- 1000\n - 1001\n",
                "1:3",
                "lines 1 to 2 into one text: '1000 - 1001'",
                "begin the - of line 2 in the same column as the - above it",
            ),
            (
                "- 1000\n  1001\n",
                "1:3",
                "lines 1 to 2 into one text: '1000 1001'",
                "begin each item with a -, or write it in one line",
            ),
            (
                "a: [1000,\n 1001\n 1002]\n",
                "2:2",
                "lines 2 to 3 into one text: '1001 1002'",
                "end each item with a comma",
            ),
            (
                "a: one\n  two\n\n  three\n",
                "1:4",
                "lines 1 to 4 into one text: 'one two\\nthree'",
                "write it in one line",
            ),
            ("one\ntwo\n", "1:1", "lines 1 to 2 into one text: 'one two'", "write it in one line"),
        ],
    )
    def test_both_lines_and_what_became_of_them_are_named(self, told, text, place, joined, hint):
        assert told(text) == [("E115", place, f"YAML joins {joined}", hint)]

    def test_a_long_one_is_cut(self, told):
        ((_, _, message, _),) = told(f"a: {'x' * 100}\n  y\n")
        assert message.endswith("xxx…'")
        assert len(message) < 110

    def test_quoted_it_may_be_meant(self, told):
        assert told('a: "one\n  two"\n') == []


class TestWhereTheMistakeWasMade:
    @pytest.mark.parametrize(
        ("text", "place", "message", "hint"),
        [
            (
                "a: {b: 1, c: 2\nd: 3\n",
                "1:4",
                "the { that begins here is not closed",
                "close it with }",
            ),
            (
                "a: [1,\n  2\nb: 3\n",
                "1:4",
                "the [ that begins here is not closed",
                "close it with ]",
            ),
            ("a: [1, 2\n", "1:4", "the [ that begins here is not closed", "close it with ]"),
            ("a: [1]]\nb: 2\n", "1:7", "nothing was opened that this ] closes", "remove it"),
            ("a: {b: 1\n  c: 2}\n", "1:9", "a comma is missing at the end of this line", None),
            ('a: ["1" "2"]\n', "1:9", "a comma or ] is missing before this place", None),
            ("a: 'b\nc: d\n", "1:4", "the quote that begins here is never closed", "close it"),
            (
                'a: "b\nc: "d"\n',
                "1:4",
                "the quoted text that begins here ends in line 2 only",
                "close the quote in line 1",
            ),
            ("a: 'O'Hara'\n", "1:7", "text follows the closing quote", "quote the whole value"),
            (
                "a: b: c # d\n",
                "1:4",
                "a value that contains a colon and a space must be quoted",
                'write "b: c"',
            ),
            (
                'a: b: "c"\n',
                "1:4",
                "a value that contains a colon and a space must be quoted",
                "quote the value",
            ),
            (
                "a:\n  b:1\n  c: 2\n",
                "2:3",
                "a space is missing after the colon in 'b:1'",
                "write b: 1",
            ),
            (
                "a:\n  b: 1\n  c:2\nd: 3\n",
                "3:3",
                "a space is missing after the colon in 'c:2'",
                "write c: 2",
            ),
            (
                "a: {b:1, c: 2}\n",
                "1:5",
                "a space is missing after the colon in 'b:1'",
                "write b: 1",
            ),
            ("a\nb: 1\n", "1:1", "this line is neither KEY: VALUE nor a list item", None),
            ("a:\n- 1\n2\n- 3\n", "3:1", "this line is neither KEY: VALUE nor a list item", None),
            (
                "a: b\n  c: d\n",
                "2:3",
                "this line is indented more than line 1, so YAML joins the two",
                "begin keys that belong together in the same column",
            ),
            (
                "a:\n   - 1\n  - 2\n",
                "3:3",
                "this line is not indented like the others of its list or mapping",
                "begin the items of a list, and the keys of a mapping, in the same column",
            ),
            ("a: @b\n", "1:4", "an unquoted value cannot begin with '@'", "quote the value"),
            ("a: >100\n", "1:4", "an unquoted value cannot begin with '>'", "quote the value"),
            ("a:\n\t- b\n", "2:1", "invalid YAML: a tab", "indent with spaces, never with tabs"),
        ],
    )
    def test_it_is_named_there_and_alone(self, told, text, place, message, hint):
        assert [each[1:] for each in told(text)] == [(place, message, hint)]

    def test_where_the_cause_is_not_known_it_says_what_the_parser_says(self, told):
        ((_, place, message, hint),) = told('a: "b\n  \\q"\n')
        assert place.startswith("2:")
        assert message.startswith("invalid YAML: found unknown escape character")
        assert "that begins in line 1" in message
        assert hint is None

    def test_a_quoted_key_is_not_blamed_for_what_follows_its_value(self, told):
        found = told('"a": *b c\n')
        assert [code for code, *_ in found] == ["E112", "E106"]
        assert "quote" not in found[1][2]

    def test_libyaml_wants_a_space_after_the_colon_before_a_bracket(self):
        faults = Faults()
        parse(b"{a:[1]}\n", "f", faults, parser=FASTEST)
        (fault,) = faults.all()
        assert (str(fault.where), fault.message) == (
            "f:1:3",
            "a space is missing after this colon",
        )


class TestWhatNobodySees:
    @pytest.mark.parametrize(
        ("written", "name", "place", "hint"),
        [
            (
                "727\u00a0555",
                "a no-break space (U+00A0)",
                "after '727'",
                "write a plain space, or nothing",
            ),
            ("727555\u200b", "a zero width space (U+200B)", "after '727555'", "remove it"),
            ("\u202a727555", "a left-to-right embedding (U+202A)", "before '727555'", "remove it"),
            ("72\ufeff7555", "a byte order mark (U+FEFF)", "after '72'", "remove it"),
            ("72\u00ad7555", "a soft hyphen (U+00AD)", "after '72'", "remove it"),
            ("72\u28007555", "a braille pattern blank (U+2800)", "after '72'", "remove it"),
            ("\u3000727555", "an ideographic space (U+3000)", "before '727555'", "remove it"),
        ],
    )
    def test_it_is_called_by_its_name(self, told, written, name, place, hint):
        assert told(f"- {written}\n") == [
            ("E108", "1:3", f"the text contains {name} {place}", hint)
        ]

    def test_before_a_key_it_does_not_hide_the_key(self):
        faults = Faults()
        root = parse("\u00a0a: 1\n".encode(), "f", faults)
        assert [key.text for key, _ in root.entries] == ["a"]
        assert [fault.code for fault in faults.all()] == ["E108"]

    def test_two_side_by_side_are_told_with_what_is_seen(self, told):
        ((_, _, message, _),) = told("- 1\u200b\u200b2\n")
        assert message == "the text contains a zero width space (U+200B) after '1'"

    def test_where_yaml_stops_because_of_one_it_is_to_blame(self, told):
        ((code, place, message, hint),) = told("a:\u00a0b\nc: 1\n")
        assert (code, place) == ("E108", "1:3")
        assert message == "the line contains a no-break space (U+00A0)"
        assert hint == "remove it"

    def test_in_a_text_over_several_lines_it_comes_first(self, told):
        assert [code for code, *_ in told("a: b\u00a0c\n  d\n")] == ["E108"]

    def test_in_a_comment_it_does_no_harm(self, told):
        assert told("a: 1 # b\u00a0c\n") == []

    def test_letters_of_any_script_are_seen(self, told):
        assert told("a: Köln, Київ, 東京\n") == []
