"""Texts in a list of numbers that no call would ever match, and what is said of them.

VICIdial compares an incoming number character by character: whatever the carrier does not send
exactly so is a number on which nobody is reached.
"""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.numbers import Span
from reconciler.specs.display import plain
from reconciler.specs.faults import Finding
from reconciler.specs.misread import read_item, read_number
from reconciler.specs.shapes import suspicion


def told(folder, *items):
    """Code, column and hint of each fault in a list of these items, one a line, from line 5 on."""
    lines = "\n".join(f"  - {item}" for item in items)
    folder.block(f"name: a\nnumbers:\n{lines}")
    return [
        (each.code, each.where.line - 4, each.where.column, each.hint) for each in folder.found()
    ]


def only(folder, item):
    """Code and hint of the one fault of ``item``."""
    ((code, line, column, hint),) = told(folder, item)
    assert (line, column) == (1, 9)
    return code, hint


OWN_ITEM = "give each number an item of its own"
FIRST_LAST = "write a range as FIRST-LAST, with both numbers in full"


class TestNotOneNumber:
    @pytest.mark.parametrize("item", ["8.13555E+09", "8.135550142E9", "8E+09", "8,13555E+09"])
    def test_of_scientific_notation_the_digits_are_lost(self, folder, item):
        code, hint = only(folder, item)
        assert code == "E304"
        assert "formatted as text" in hint or "column as text" in hint

    def test_and_no_other_line_is_blamed_for_what_they_may_have_been(self, folder):
        folder.block("name: a\nnumbers: [8.13555E+09]\nexclude: [8135550142]")
        assert folder.codes() == ["E304"]

    @pytest.mark.parametrize(
        ("item", "numbers"),
        [
            ("8135550140, 8135550141", "8135550140, 8135550141"),
            ("8135550140;8135550141", "8135550140, 8135550141"),
            ("8135550140 8135550141", "8135550140, 8135550141"),
            ("8135550140/8135550141", "8135550140, 8135550141"),
            ("8135550140 and 8135550141", "8135550140, 8135550141"),
            ("8600, 8601", "8600, 8601"),
            ("100,200,300", "100, 200, 300"),
            ("813-555-0140, 813-555-0141", "8135550140, 8135550141"),
            (
                "8135550140 8135550141 8135550142 8135550143",
                "8135550140, 8135550141, 8135550142, …",
            ),
        ],
    )
    def test_several_numbers_in_one_item_are_never_glued(self, folder, item, numbers):
        assert only(folder, item) == ("E303", f"{OWN_ITEM}: {numbers}")

    @pytest.mark.parametrize("item", ["8135550146/47", "2201 2202", "100 200 300", "8135550146 47"])
    def test_what_may_be_several_is_asked_to_be_written_in_full(self, folder, item):
        assert only(folder, item) == (
            "E303",
            f"write each number in full, as an item of its own; or {FIRST_LAST}",
        )

    def test_two_numbers_with_a_word_between_them_that_is_not_known(self, folder):
        assert only(folder, "8135550110 bis 8135550119") == (
            "E303",
            f"{OWN_ITEM}; or {FIRST_LAST}",
        )

    @pytest.mark.parametrize(
        "item", ["thru", "to", "THROUGH", "and", "/47", "..", '","', '";"', '"|"', '"&"']
    )
    def test_a_separator_alone_is_not_a_number(self, folder, item):
        assert only(folder, item) == ("E302", f"{FIRST_LAST}; or {OWN_ITEM}")


class TestRanges:
    @pytest.mark.parametrize(
        "item",
        [
            "8135550104..8135550109",
            "8135550104...8135550109",
            "8135550104…8135550109",
            "8135550104:8135550109",
            "8135550104~8135550109",
            "8135550104—8135550109",
            "8135550104->8135550109",
            "8135550104 thru 8135550109",
            "8135550104thru8135550109",
            "8135550104 TO 8135550109",
            "8135550104 until 8135550109",
            "(813) 555-0104 to (813) 555-0109",
            "813-555-0104 - 813-555-0109",
            "8135550109..8135550104",
        ],
    )
    def test_another_notation_is_a_fault_with_the_range_that_is_meant(self, folder, item):
        assert only(folder, item) == ("E302", "write 8135550104-8135550109")

    @pytest.mark.parametrize("item", ["A thru B", "1..2", "MAIN to SALES", "12:30 to 14:00"])
    def test_and_without_one_where_its_ends_are_no_numbers(self, folder, item):
        assert only(folder, item) == ("E302", FIRST_LAST)

    @pytest.mark.parametrize(
        ("item", "meant"),
        [
            ("8135550100-99", "8135550100-8135550199"),
            ("8135550100–99", "8135550100-8135550199"),
            ("8135550100-0199", "8135550100-8135550199"),
            ("+442079460100-0199", "+442079460100-+442079460199"),
            ("+44 20 7946 0100 - 0199", "+442079460100-+442079460199"),
            ("+442079460100-442079460199", "+442079460100-+442079460199"),
        ],
    )
    def test_a_short_end_is_asked_to_be_written_in_full(self, folder, item, meant):
        assert only(folder, item) == (
            "E302",
            f"write both ends in full: {meant}, if that is the range",
        )

    @pytest.mark.parametrize(
        "item", ["+493099990-+4930999999", "8135550100-813555199", "8135550150-49", "555-0101"]
    )
    def test_ends_of_two_lengths_are_two_ranges_or_a_digit_is_missing(self, folder, item):
        assert only(folder, item) == (
            "E302",
            "complete the shorter end, or write each length as a range of its own",
        )

    def test_backwards_is_turned_round(self, folder):
        assert only(folder, "0299-0200") == ("E302", "write 0200-0299")

    def test_ends_with_different_letters_are_no_range(self, folder):
        assert only(folder, "A100-B199") == ("E302", None)

    def test_ends_of_one_length_and_no_range_get_no_advice(self, folder):
        assert only(folder, "1000000-9999999") == ("E302", None)

    @pytest.mark.parametrize("item", ["8135550104 - 8135550109", "8135550104–8135550109"])
    def test_spaces_and_an_en_dash_are_as_good_as_a_hyphen(self, folder, item):
        assert told(folder, item) == []

    @pytest.mark.parametrize("name", ["main..line", "a:b.c", "Tampa.thru"])
    def test_a_name_may_contain_what_means_a_range_elsewhere(self, folder, name):
        assert told(folder, name) == []


class TestAdvice:
    @pytest.mark.parametrize(
        ("item", "number"),
        [
            ("(813) 555-0142", "8135550142"),
            ("+1 (813) 555-0142", "+18135550142"),
            ("1-813-555-0142", "18135550142"),
            ("813-555-0142 x12", "8135550142"),
            ("+44 (0)20 7946 0142", "+442079460142"),
            ("(+44) 20 7946 0142", "+442079460142"),
            ("0044 (0)20 7946 0142", "00442079460142"),
            ("020 7946 0142", "02079460142"),
            ("(020) 7946 0142", "02079460142"),
            ("+49 30/1234560", "+49301234560"),
            ("8,135,550,142", "8135550142"),
            ("8 135 550 142", "8135550142"),
            ("8'135'550'142", "8135550142"),
            ('"=8135550142"', "8135550142"),
            ('"\'8135550142"', "8135550142"),
            ("‘8135550142’", "8135550142"),
            ("“8135550142”", "8135550142"),
            ("8135550142,", "8135550142"),
            ("８１３５５５０１４２", "8135550142"),
            ("+44 20 7946 0142 (UK)", "+442079460142"),
            ("(US) 8135550142", "8135550142"),
            ("1-800-FLOWERS", "18003569377"),
            ("1-800-GO-FEDEX", "18004633339"),
            ("tel:+1-813-555-0142", "+18135550142"),
        ],
    )
    def test_a_display_form_is_told_as_the_number_it_stands_for(self, folder, item, number):
        assert only(folder, item) == ("E301", f"write {number}")

    @pytest.mark.parametrize(
        "item",
        [
            "2031-11-25",
            "2031-11-25 00:00:00",
            "+39 (0)6 6982 0142",
            "+1 (0)813 555 0142",
            "+999 (0)20 7946 0142",
            "+49 30 123456-10",
            "+44 20 79",
            "+44 20 7946 0142 20 7946 0143",
            "0100 0199 0300",
            "room 12",
            "1-800-CONTACTS",
            "1-800-55-FLOW",
            "-.inf",
        ],
    )
    def test_where_it_is_not_certain_nothing_is_advised(self, folder, item):
        ((_, _, _, hint),) = told(folder, item)
        assert hint is None or "write each number in full" in hint

    def test_words_after_a_number_belong_into_a_comment(self, folder):
        assert only(folder, "8135550142 Tampa main") == (
            "E301",
            "write 8135550142, and the words after it as a comment (# …)",
        )

    def test_a_source_is_advised_in_the_same_words(self, folder):
        folder.block("name: a\nsource: (813) 555-0142\nnumbers: [8135550143]")
        (fault,) = folder.found()
        assert (fault.code, fault.hint) == ("E301", "write 8135550142")

    def test_a_source_that_no_call_would_match_is_a_warning(self, folder):
        folder.block("name: a\nsource: 813.555.0142\nnumbers: [8135550143]")
        assert folder.codes() == ["W104"]

    def test_and_so_is_a_protected_number(self, folder):
        folder.write("target.yaml", folder.target + "protected: [813.555.0142]\n")
        folder.block("name: a\nnumbers: [8135550143]")
        assert folder.codes() == ["W104"]

    @pytest.mark.parametrize("text", ["8135550104..8135550109", "8.13555E+09"])
    def test_one_number_is_judged_as_an_item_of_a_list_is(self, text):
        assert read_number(text) == read_item(text)

    def test_a_range_in_digits_is_read(self):
        assert read_item("8135550104-8135550109") == Span("", 10, 8135550104, 8135550109)


class TestShapes:
    @pytest.mark.parametrize(
        ("item", "code", "hint"),
        [
            ("8135550142.0", "W108", "write 8135550142"),
            ("8135550142.5", "W108", None),
            ("813.555.0142", "W104", "write 8135550142"),
            ("+1.813.555.0142", "W104", "write +18135550142"),
            ("813.555.0120-813.555.0129", "W104", "write 8135550120-8135550129"),
            ("8_135_550_142", "W104", "write 8135550142"),
            ("1_000", "W104", "write 1000"),
            ("1800FLOWERS", "W104", "write 18003569377"),
            ("8135550142x12", "W104", "write 8135550142"),
            ("81355501XX", "W105", "write 8135550100-8135550199, if all of these are meant"),
            ("_813555XXXX", "W105", "write 8135550000-8135559999, if all of these are meant"),
            ("81355501##", "W105", "write 8135550100-8135550199, if all of these are meant"),
            ("813XXXXXXX", "W105", None),
            ("_813555NXXX", "W105", None),
            ("_NXXNXXXXXX", "W105", None),
            ("_X.", "W105", None),
            ("813555x0x", "W105", None),
            ("813555NX", "W105", None),
            ("81355501X", "W105", "write 813555010-813555019, if all of these are meant"),
            ("100N", "W103", None),
            ("813555*", "W105", None),
            ("XXXX", "W105", None),
            ("81355501O2", "W106", "write 8135550102, if digits are meant"),
            ("l8135550102", "W106", "write 18135550102, if digits are meant"),
            ("813555I000-813555I099", "W106", "write 8135551000-8135551099, if digits are meant"),
            ("tel:+18135550142", "W107", "write +18135550142"),
            ("sip:frontdesk", "W107", None),
            ("12:30", "W103", None),
            ("10.0.0.5", "W103", None),
            ("0o17", "W103", None),
            ("0x1F", "W103", None),
            (".inf", "W103", None),
            ("8E09", "W103", None),
            ("8135550142#100", "W103", None),
            ("25.11.2031", "W103", None),
            ("+0491234567", "W103", None),
            ("+SALES", "W103", None),
            (
                "81355501428135550143",
                "W109",
                "if these are two numbers, give each an item of its own: 8135550142, 8135550143",
            ),
            ("81355501428135550", "W109", None),
            ("813555014299999999", "W109", None),
        ],
    )
    def test_what_the_server_would_store_and_no_call_would_match_is_a_warning(
        self, folder, item, code, hint
    ):
        assert only(folder, item) == (code, hint)

    @pytest.mark.parametrize(
        "item",
        [
            "8135550142", "+18135550142", "00442079460142", "8600", "'*98'", "'*98555'", "'#100'",
            "97*", "MAIN_LINE", "_main", "SALES2", "room12", "3CX", "24HOURS", "tampa.main",
        ],
    )  # fmt: skip
    def test_digits_service_codes_and_names_are_numbers(self, folder, item):
        assert told(folder, item) == []

    def test_wildcards_that_the_server_would_not_even_store_are_faults(self, folder):
        assert told(folder, '"81355501??"', '"81355501[0-4]"') == [
            ("E301", 1, 9, "write 8135550100-8135550199"),
            ("E301", 2, 9, None),
        ]

    def test_of_many_in_one_block_the_first_are_told_and_the_rest_counted(self, folder):
        found = told(folder, *(f"813.555.0{at}" for at in range(100, 200)))
        assert [each[:2] for each in found] == [("W104", 1), ("W104", 2), ("W104", 3), ("W104", 4)]
        assert folder.found()[-1].message == "97 more of this kind in the same block"

    def test_another_block_and_another_kind_are_told_for_themselves(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {name: a, numbers: [81355501XX, 813.555.0201, 813.555.0202, 813.555.0203]}
              - {name: b, numbers: [813.555.0301]}
            """,
        )
        assert folder.codes() == ["W105", "W104", "W104", "W104", "W104"]


class TestThousands:
    def test_a_number_that_yaml_splits_at_its_commas_is_told_as_one(self, folder):
        folder.block("name: a\nnumbers: [8135550100, 8,135,550,142]")
        (fault,) = folder.found()
        assert (fault.code, fault.where.column, fault.message, fault.hint) == (
            "E305",
            27,
            "YAML reads 8,135,550,142 as 4 items",
            "write 8135550142",
        )

    def test_where_every_part_could_be_an_extension_there_is_a_way_to_say_so(self, folder):
        folder.block("name: a\nnumbers: [18,135,550,142]")
        (fault,) = folder.found()
        assert fault.hint == (
            "write 18135550142; or a space after each comma, if these are several numbers"
        )

    @pytest.mark.parametrize(
        "items", ["12, 135, 550, 142", "101,102,103,104", "12,135", "12,135,MAIN", "12,'135',550"]
    )
    def test_extensions_are_let_be(self, folder, items):
        folder.block(f"name: a\nnumbers: [{items}]")
        assert folder.faults() == []


class TestApostrophes:
    """A spreadsheet marks a number as text by an apostrophe, which YAML takes for a quote."""

    @pytest.mark.parametrize(
        "numbers",
        [
            "\n  - '8135550142",
            "\n  - '8135550142\n  - 8135550143",
            "\n  - '8135550142\n  - '8135550143",
            " ['8135550142, '8135550143]",
            " ['+1 (813) 555-0142]",
        ],
    )
    def test_the_first_of_them_is_named(self, folder, numbers):
        folder.block(f"name: a\nnumbers:{numbers}")
        (fault,) = folder.found()
        assert (fault.code, fault.where.line) == ("E106", 4 + numbers.count("\n", 0, 2))
        assert fault.message.startswith("the apostrophe before this number opens a quote")

    def test_a_number_in_quotes_is_a_number(self, folder):
        folder.block("name: a\nnumbers: ['8135550142', '8135550143']")
        assert folder.faults() == []


ALPHABET = "0123456789" * 3 + "+-–()./_ ,;:xXOeE#*'tohruTampa\u00a0７"


class TestAnyText:
    @given(st.text(ALPHABET, min_size=1, max_size=30))
    def test_what_is_advised_can_be_followed(self, text):
        read = read_item(text)
        finding = read if isinstance(read, Finding) else suspicion(read)
        written = re.fullmatch(r"write ([^ ,]+)(, if .*|, and the words .*)?", hint_of(finding))
        if written:
            again = read_item(written[1])
            assert isinstance(again, Span)
            assert suspicion(again) is None

    @given(st.from_regex(r"\+?[0-9]{2,15}", fullmatch=True))
    def test_digits_are_let_be(self, number):
        assert read_number(number) == number

    @given(st.text(ALPHABET, min_size=1, max_size=30))
    def test_a_number_is_advised_only_with_the_very_digits_of_the_text(self, text):
        number = plain(text)
        if number is not None and "x" not in text.lower() and not re.search(r"\(0\)|\.0", text):
            digits = "".join(str(unicodedata.decimal(char, "")) for char in text)
            assert digits.startswith(number.lstrip("+"))


def hint_of(finding):
    return "" if finding is None or finding.hint is None else finding.hint
