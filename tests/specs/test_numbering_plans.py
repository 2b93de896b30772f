"""A target that names its country: numbers that its carrier cannot send."""

import subprocess
import sys

import phonenumbers
import pytest
from phonenumbers.phonemetadata import PhoneMetadata

from reconciler.numbers import parse_span
from reconciler.specs.dialling import country_code, trunk_prefix
from reconciler.specs.numbering import calling_code, points


def found(folder, plan, *numbers):
    """Code and hint of each warning about a block of these numbers."""
    folder.write("target.yaml", f"{folder.target}numbers: {plan}\n")
    folder.block(f"name: a\nnumbers: [{', '.join(numbers)}]")
    return [(fault.code, fault.hint) for fault in folder.found()]


US = "{country: US, form: national}"
OR_SET = ", or set numbers.form in target.yaml to what the carrier sends"


@pytest.mark.parametrize(
    ("plan", "number"),
    [
        ("{country: US}", "8135550142"),
        ("{country: US}", "18135550142"),
        ("{country: US}", "+18135550142"),
        ("{country: US}", "011442079460142"),
        ("{country: US, form: any}", "+442079460142"),
        (US, "8135550142"),
        (US, "4165550142"),  # Toronto: one plan for all of North America
        ("{country: US, form: e164}", "+18135550142"),
        ("{country: US, form: digits}", "18135550142"),
        ("{country: GB, form: national}", "02079460142"),
        ("{country: GB, form: national}", "2079460142"),
        ("{country: GB}", "00442079460142"),
        ("{country: IT, form: national}", "0669820142"),
        ("{country: US, form: digits}", "442079460142"),
        (US, "8600"),
        (US, "MAIN_LINE"),
        (US, "'*98'"),
    ],
)
def test_what_the_carrier_may_send_is_let_be(folder, plan, number):
    assert found(folder, plan, number) == []


@pytest.mark.parametrize(
    ("plan", "number", "meant"),
    [
        (US, "+18135550142", "8135550142"),
        (US, "18135550142", "8135550142"),
        (US, "+18135550100-+18135550199", "8135550100-8135550199"),
        ("{country: US, form: e164}", "8135550142", "+18135550142"),
        ("{country: US, form: e164}", "18135550142", "+18135550142"),
        ("{country: US, form: digits}", "8135550142", "18135550142"),
        ("{country: US, form: digits}", "+442079460142", "442079460142"),
        ("{country: GB, form: national}", "+442079460142", "02079460142"),
        ("{country: GB, form: e164}", "00442079460142", "+442079460142"),
        ("{country: GB, form: e164}", "02079460100-02079460109", "+442079460100-+442079460109"),
    ],
)
def test_another_form_is_a_warning_with_the_number_in_the_right_one(folder, plan, number, meant):
    assert found(folder, plan, number) == [("W111", f"write {meant}{OR_SET}")]


def test_a_number_of_another_country_has_no_national_form(folder):
    assert found(folder, US, "+442079460142") == [("W111", None)]


@pytest.mark.parametrize("number", ["813555014", "81355501422", "+1813555014", "+999123456789"])
def test_a_length_that_no_number_has_is_a_warning(folder, number):
    assert found(folder, "{country: US}", number) == [
        ("W112", "check that no digit is missing or too many")
    ]


@pytest.mark.parametrize("number", ["1135550142", "8131550142", "+11135550142"])
def test_digits_that_no_number_begins_with_are_a_warning(folder, number):
    assert found(folder, "{country: US}", number) == [("W113", "check its first digits")]


def test_a_national_number_is_not_taken_for_one_of_another_country(folder):
    # 20 is Egypt's country code, and its numbers have as many digits; 81 is Japan's.
    assert found(folder, US, "2030189437") == [("W113", "check its first digits")]
    assert found(folder, "{country: US}", "81355501422")[0][0] == "W112"


def test_a_range_that_runs_over_an_edge_is_told_from_there(folder):
    folder.write("target.yaml", f"{folder.target}numbers: {US}\n")
    folder.block("name: a\nnumbers: [8139999000-8140000999]")
    (fault,) = folder.found()
    assert (fault.code, "8140000000" in fault.message) == ("W113", True)


def test_a_range_is_judged_at_its_ends_and_at_round_numbers_between():
    assert list(points(parse_span("8135550142"))) == [8135550142]
    assert list(points(parse_span("8135550100-8135550125"))) == [
        8135550100, 8135550110, 8135550120, 8135550125,
    ]  # fmt: skip
    assert len(list(points(parse_span("8135000000-8135999999")))) == 11


def test_lengths_unlike_the_rest_are_left_to_the_plan(folder):
    assert found(folder, "{country: DE}", *["+493012345678"] * 1, "+4930123456") == []


@pytest.mark.parametrize(
    ("country", "hint"),
    [("UK", "write GB"), ("us", "write US"), ("USA", "write US"), ("Atlantis", None)],
)
def test_an_unknown_country_is_a_fault(folder, country, hint):
    assert found(folder, f"{{country: {country}}}", "8135550142") == [("E605", hint)]


def test_the_country_is_required_and_the_form_one_of_four(folder):
    assert found(folder, "{form: national}", "8135550142")[0][0] == "E201"
    assert found(folder, "{country: US, form: local}", "8135550142")[0][0] == "E206"


def test_the_library_is_imported_only_where_a_target_asks(folder):
    folder.block("name: a\nnumbers: [+442079460142, 02079460142, '813-555-0142']")
    code = (
        "import sys\nfrom reconciler.cli import main\n"
        "try: main(['validate'])\nexcept SystemExit: pass\n"
        "sys.exit('phonenumbers' in sys.modules)"
    )

    def imported():
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=False
        ).returncode

    assert imported() == 0
    folder.write("target.yaml", f"{folder.target}numbers: {US}\n")
    assert imported() == 1


CODES = sorted(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@pytest.mark.parametrize("code", CODES)
def test_country_codes_are_known_as_the_library_knows_them(code):
    assert country_code(f"{code}123456789") == code


@pytest.mark.parametrize("digits", ["", "0442079460142", "44", "999"])
def test_what_is_no_international_number_has_none(digits):
    assert country_code(digits) is None


@pytest.mark.parametrize("code", CODES)
def test_trunk_prefixes_are_known_as_the_library_knows_them(code):
    region = phonenumbers.region_code_for_country_code(int(code))
    data = PhoneMetadata.metadata_for_region(region) if region != "001" else None
    if data is not None and code != "692":  # the Marshall Islands dial 1 for other countries' plan
        assert trunk_prefix(code) == (data.national_prefix or "")


def test_a_country_has_the_code_that_the_library_knows():
    assert (calling_code("GB"), calling_code("XX")) == ("44", None)
