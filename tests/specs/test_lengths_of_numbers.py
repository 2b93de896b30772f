"""Numbers of a length unlike the rest of their block: mostly a digit too many or one too few."""

import pytest


def odd(folder, numbers):
    """Code and column of each warning about a block of these numbers."""
    folder.block(f"name: a\nnumbers: [{numbers}]")
    return [(fault.code, fault.where.column - 15) for fault in folder.found()]


TENS = "8135550100, 8135550101, 8135550102"


@pytest.mark.parametrize("number", ["813555014", "81355501422", "18135550142"])
def test_nine_or_eleven_digits_among_tens_are_a_warning(folder, number):
    assert odd(folder, f"{TENS}, {number}") == [("W101", len(TENS) + 2)]


def test_the_message_names_both_lengths(folder):
    folder.block(f"name: a\nnumbers: [{TENS}, 813555014]")
    (fault,) = folder.found()
    assert fault.message == "813555014 has 9 digits, and most others of the block have 10"
    assert fault.hint == "check that no digit is missing or too many"


def test_a_single_range_shows_what_is_usual(folder):
    assert odd(folder, "8135550100-8135550199, 813555020") == [("W101", 23)]


@pytest.mark.parametrize(
    "numbers",
    [
        "8135550100, 813555020",  # either may be the odd one
        "8135550100, 8135550101, 442079460142, 493012345678, 33123456789, 390669820142",
        f"{TENS}, 8600, MAIN_LINE, '*98'",
        f"{TENS}, +442079460142",
        "8600-8699, 8700-8799, 8135550100",
        "MAIN, SALES",
    ],
)
def test_without_a_usual_length_nothing_is_odd(folder, numbers):
    assert odd(folder, numbers) == []


def test_eleven_digits_with_a_1_are_of_one_length_too(folder):
    assert odd(folder, "+18135550100-+18135550199, +1813555020") == [("W101", 27)]


class TestElsewhere:
    FIVE = "+493012340, +493012341, +493012342, +493012343, +493012344"

    def test_lengths_vary_so_that_only_one_among_many_is_odd(self, folder):
        assert odd(folder, f"{self.FIVE}, +4989765432") == [("W101", len(self.FIVE) + 2)]

    def test_a_few_alike_are_not_enough(self, folder):
        assert odd(folder, "+493012340, +493012341, +4989765432") == []

    @pytest.mark.parametrize("number", ["+49301234", "+4930123400-+4930123499"])
    def test_a_number_and_its_extensions_belong_together(self, folder, number):
        assert odd(folder, f"{self.FIVE}, {number}") == []

    def test_a_number_beyond_all_others_belongs_to_none_of_them(self, folder):
        assert odd(folder, f"{self.FIVE}, +49991234567") == [("W101", len(self.FIVE) + 2)]


class TestShortRanges:
    def test_a_range_of_short_numbers_among_long_ones_is_a_warning(self, folder):
        assert odd(folder, f"{TENS}, 2201-3302") == [("W102", len(TENS) + 2)]

    def test_its_size_and_length_are_named(self, folder):
        folder.block(f"name: a\nnumbers: [{TENS}, 2201-3302]")
        (fault,) = folder.found()
        assert fault.message == ("2201–3302 (1,102) are numbers of 4 digits beside numbers of 10")

    def test_extensions_among_themselves_are_let_be(self, folder):
        assert odd(folder, "8600-8699, 8700-8799, 8800-8899, 8135550100, 8135550101") == []

    def test_a_single_extension_is_let_be(self, folder):
        assert odd(folder, f"{TENS}, 8600") == []


def test_a_warning_that_is_meant_can_be_ignored(folder):
    folder.write(
        "target.yaml", folder.target + "lint: {ignore: {W102: extensions of the old PBX}}\n"
    )
    assert odd(folder, f"{TENS}, 2201-3302") == []
