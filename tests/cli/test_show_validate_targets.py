"""``show``, ``validate`` and ``targets``: questions that the specs answer."""

import json

import pytest

from reconciler.cli import exits
from tests.cli.office import SALES, SUPPORT


def test_a_number_s_block_file_and_line_are_shown(office):
    told = office.ran("show", "7275553303").out
    assert told.startswith("7275553303 · tampa\n")
    for words in ("sales", "did_specs/tampa/blocks.yaml:3:5", "in-group SALESLINE", "7275551114"):
        assert words in told


def test_what_is_known_of_it_is_shown_after_an_apply(shop):
    assert "nothing known" in shop.ran("show", "7275553303").out
    shop.ran("apply", "--yes")
    assert "confirmed; copied from 7275551114" in shop.ran("show", "7275553303").out


def test_a_number_that_nobody_declared_is_said_to_be_so(office):
    done = office.run("show", "7275559999")
    assert done.code == exits.ERROR
    assert "neither declared nor known" in done.out


def test_several_targets_are_asked_one_after_the_other(office):
    office.target("reno")
    office.blocks(SUPPORT, target="reno")
    told = office.ran("show", "7275553303").out
    assert "7275553303 · reno\n" in told
    assert "\n\n7275553303 · tampa\n" in told
    assert "reno" not in office.ran("show", "7275553303", "--target", "tampa").out


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("x" * 60, "would cut it to 50"),
        ("727/5553300 x", "'/'"),
        ("(727) 555-3300", "write 7275553300"),
        ("", ""),
    ],
)
def test_what_is_no_number_is_a_mistake_with_its_reason(office, given, why):
    done = office.run("show", given)
    assert done.code == exits.ERROR
    assert why in done.err


def test_specs_without_faults_are_counted(office):
    office.target("reno")
    office.blocks("version: 1\nblocks: [{name: one, numbers: [1000], routing: {record_call: Y}}]\n",
                  target="reno")  # fmt: skip
    assert office.ran("validate").out == (
        "reno: 1 number in 1 block, 1 warning\ntampa: 10 numbers in 1 block, 1 warning\n"
    )


def test_warnings_do_not_stop_anybody_and_are_counted(office):
    office.blocks(SALES.replace("{did_route: IN_GROUP, group: SALESLINE}", "{did_route: IN_GROUP}"))
    done = office.ran("validate")
    assert "warning W301: " in done.err
    assert done.out == "tampa: 10 numbers in 1 block, 1 warning\n"


def no_destination(office):
    office.blocks(SALES.replace("{did_route: IN_GROUP, group: SALESLINE}", "{did_route: IN_GROUP}"))


def test_strictly_warnings_are_errors(office):
    no_destination(office)
    done = office.run("validate", "--strict")
    assert (done.code, done.out) == (exits.ERROR, "")
    assert "did_specs/tampa/blocks.yaml:5:15: error W301: " in done.err
    assert done.err.endswith("error: 1 fault in the specs\n")
    office.blocks()
    assert office.ran("validate", "--strict").err == ""


def test_faults_are_plain_data_for_programs(office):
    no_destination(office)
    done = office.ran("validate", "--format", "json")
    assert done.err == ""
    found = json.loads(done.out)
    (fault,) = found.pop("faults")
    assert found == {
        "errors": 0,
        "warnings": 1,
        "targets": [{"name": "tampa", "blocks": 1, "numbers": 10}],
    }
    assert (fault["code"], fault["severity"], fault["line"], fault["column"]) == (
        "W301",
        "warning",
        5,
        15,
    )


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_errors_are_plain_data_too_and_end_with_1(office, strict):
    office.target(more="lint: {ignore: {W999: x}}\n")
    no_destination(office)
    done = office.run("validate", "--format", "json", *strict)
    assert (done.code, done.err) == (exits.ERROR, "")
    found = json.loads(done.out)
    assert [each["code"] for each in found["faults"]] == ["W301", "E604"]
    assert (found["errors"], found["warnings"]) == ((2, 0) if strict else (1, 1))
    assert found["targets"] == []


def test_targets_are_listed_one_a_line_or_for_a_matrix(office):
    office.target("reno")
    assert office.ran("targets").out == "reno\ntampa\n"
    assert json.loads(office.ran("targets", "--json").out) == ["reno", "tampa"]
    assert json.loads(office.ran("targets", "--json", "--target", "reno").out) == ["reno"]


def test_a_target_that_is_none_is_a_mistake(office):
    done = office.run("targets", "--target", "nowhere")
    assert done.code == exits.ERROR
    assert "there is no target 'nowhere'" in done.err


def test_where_there_are_no_targets_the_error_says_how_one_is_made(at_home):
    (at_home.folder / "did_specs").mkdir()
    done = at_home.run("targets")
    assert (done.code, done.out) == (exits.ERROR, "")
    assert "describe one in did_specs/NAME/target.yaml" in done.err
