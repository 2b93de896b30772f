"""A plan goes into a file and comes back the same; anything else in the file is refused."""

import json
import runpy
import sys

import jsonschema
import pytest
from hypothesis import given, settings

from reconciler.report.document import PlanFileError, from_json, to_json
from reconciler.report.schema import main, schema, text
from tests.bless import CASES, document
from tests.report.documents import documents, hostile, plain

VALIDATOR = jsonschema.Draft202012Validator(schema())


@given(documents(plain | hostile))
@settings(max_examples=40)
def test_a_plan_comes_back_from_its_file_as_it_was(plan):
    assert from_json(to_json(plan), "plan.json") == plan


@given(documents(plain | hostile))
@settings(max_examples=25)
def test_a_plan_s_file_fits_its_schema(plan):
    VALIDATOR.validate(json.loads(to_json(plan)))


def test_the_schema_itself_is_sound():
    jsonschema.Draft202012Validator.check_schema(schema())


def content(**changed):
    """The file of a known plan, with some of its parts changed."""
    given_ = json.loads((CASES / "numbers-leave" / "plan.json").read_text(encoding="utf-8"))
    return json.dumps(given_ | changed)


def refused(given_):
    with pytest.raises(PlanFileError) as caught:
        from_json(given_, "plan.json")
    assert caught.value.hint is not None
    return str(caught.value)


def test_the_known_plan_is_read():
    assert from_json(content(), "plan.json") == document("numbers-leave")


def test_a_file_of_a_newer_version_says_so():
    assert refused(content(version=3)) == (
        "plan.json was written by a newer reconciler (format 3, this one knows 2)"
    )


def test_a_file_of_an_older_version_says_so():
    assert refused(content(version=1)) == (
        "plan.json was written by an older reconciler (format 1, this one reads 2)"
    )


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ("", "it is not JSON (Expecting value: line 1 column 1 (char 0))"),
        ("[" * 200_000, "it is not JSON"),
        ("[]", "the whole: [] is not of type 'object'"),
        ('{"version": 1, "version": 1}', "it is not JSON (a key is given twice)"),
        ('{"version": NaN}', "it is not JSON (NaN is not a number)"),
        (content(target="\ud800"), "it is not JSON (it holds half a character)"),
        (content(digest="x"), "digest: 'x' does not match"),
        (content(surprise=1), "the whole: Additional properties are not allowed"),
        (content(changes=[{"action": "explode"}]), "changes[0]"),
        (content(calls={}), "calls: 'copies' is a required property"),
        (content(target="x" * 5000, version="\x1b[31m" * 100), "version: 2 was expected"),
        (content(endpoint=["\x1b[31m" * 100]), "endpoint: ['\\x1b[31m"),
        (content(changes=[]), "its numbers do not fit its other parts, or are out of order"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_the_reason(given_, why):
    assert refused(given_).startswith(f"plan.json is not a plan: {why}")


def entry(*numbers):
    return {"action": "forget", "block": "old", "numbers": list(numbers)}


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        (("55", "55"), "55 and 55 overlap"),
        (("5",), "'5' is shorter than 2 characters"),
        (("59-55",), "'59-55' runs backwards"),
    ],
)
def test_a_number_of_which_two_things_are_said_or_none_that_can_be_is_refused(numbers, why):
    assert why in refused(content(changes=[entry(*numbers)]))


def test_words_from_the_file_reach_a_terminal_without_control_characters():
    words = refused(content(endpoint=["\x1b[31m\n::error::"]))
    assert "\x1b" not in words
    assert "\n" not in words


def test_the_published_schema_is_up_to_date(capsys):
    assert main(["--check"]) == 0


def test_the_schema_is_written_by_its_module(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["schema", str(tmp_path)])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(main.__code__.co_filename, run_name="__main__")
    assert caught.value.code == 0
    assert (tmp_path / "plan.schema.json").read_text(encoding="utf-8") == text()


def test_a_schema_that_is_not_up_to_date_is_pointed_out_and_written(tmp_path, capsys):
    folder = tmp_path / "schemas"
    assert main(["--check", str(folder)]) == 1
    assert "is not up to date" in capsys.readouterr().err
    assert main([str(folder)]) == 0
    assert (folder / "plan.schema.json").read_text(encoding="utf-8") == text()
    assert main(["--check", str(folder)]) == 0
    (folder / "plan.schema.json").write_text("{}", encoding="utf-8")
    assert main(["--check", str(folder)]) == 1
