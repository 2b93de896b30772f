"""Where the specs are when nobody says: here, or in the nearest folder above."""

import json
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.cli.folder import nearest_specs
from tests.cli.office import SALES


@pytest.fixture
def below(office, monkeypatch):
    """The office, typing in a folder of the repository two levels down."""
    folder = office.folder / "docs/plans"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return office


def test_from_a_folder_of_the_repository_its_specs_are_found(below):
    assert below.ran("validate").out == "tampa: 10 numbers in 1 block, no faults\n"
    assert below.ran("targets").out == "tampa\n"


def test_places_in_messages_can_be_opened_from_there(below):
    below.blocks("version: 1\nblocks: 3\n")
    done = below.run("validate")
    place = done.err.split(":")[0]
    assert place == "../../did_specs/tampa/blocks.yaml"
    assert Path(place).is_file()


def test_a_plan_for_others_is_the_same_wherever_it_is_made(shop, monkeypatch):
    shop.ran("apply", "--yes")
    shop.blocks(SALES.replace("SALESLINE", "SUPPORT"))

    def made():
        return [shop.ran("plan", "--format", each).out for each in ("json", "markdown")]

    at_the_top = made()
    monkeypatch.chdir(shop.folder / "did_specs/tampa")
    assert made() == at_the_top
    assert json.loads(at_the_top[0])["blocks"][0]["file"] == "did_specs/tampa/blocks.yaml"


def test_the_state_stays_beside_the_specs(shop, monkeypatch):
    (shop.folder / "below").mkdir()
    monkeypatch.chdir(shop.folder / "below")
    shop.ran("apply", "--yes")
    assert list(Path.cwd().iterdir()) == []
    assert json.loads(shop.read("state/tampa.json"))["target"] == "tampa"


def test_only_with_v_it_is_said_which_specs_are_read(below, monkeypatch):
    assert below.ran("validate").err == ""
    assert below.ran("validate", "-v").err == "reading the specs in ../../did_specs\n"
    monkeypatch.chdir(below.folder)
    assert below.ran("validate", "-v").err == ""


def test_specs_that_are_named_are_taken(below):
    done = below.run("validate", "--specs", "did_specs")
    assert done.code == exits.ERROR
    assert "the folder did_specs does not exist" in done.err


def test_the_nearest_folder_counts_and_a_file_of_that_name_does_not(tmp_path, monkeypatch):
    (tmp_path / "did_specs").mkdir()
    inner = tmp_path / "one/two"
    inner.mkdir(parents=True)
    (tmp_path / "one/did_specs").write_text("")
    monkeypatch.chdir(inner)
    assert nearest_specs() == Path("../../did_specs")
    (inner / "did_specs").mkdir()
    assert nearest_specs() == Path("did_specs")


def test_a_folder_that_was_removed_has_nothing_above_it(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert nearest_specs() == Path("did_specs")


@pytest.mark.parametrize("command", ["validate", "plan", "targets", "apply", "show 7275553300"])
def test_where_there_are_no_specs_it_says_what_to_do_first(at_home, command):
    done = at_home.run(*command.split())
    assert (done.code, done.out) == (exits.ERROR, "")
    assert "there are no specs: the folder did_specs does not exist" in done.err
    assert "describe your system in did_specs/NAME/target.yaml" in done.err


def test_the_specs_of_the_repository_around_this_one_are_not_taken(below):
    (Path.cwd() / ".git").mkdir()
    assert nearest_specs() == Path("did_specs")
