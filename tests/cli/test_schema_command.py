"""``schema``: what editors and other programs need, from the installed command alone."""

import json
from pathlib import Path

import pytest

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.mark.parametrize("name", ["did-spec", "target", "plan"])
def test_a_schema_is_printed_as_the_repository_holds_it(at_home, name):
    assert at_home.ran("schema", name).out == (SCHEMAS / f"{name}.schema.json").read_text()


def test_every_schema_of_the_repository_can_be_printed(at_home):
    names = sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir())
    assert names == ["did-spec", "plan", "target"]
    assert all(json.loads(at_home.ran("schema", name).out) for name in names)


def test_a_name_that_is_misspelt_is_answered_with_the_right_one(at_home):
    assert "did you mean `reconciler schema did-spec`?" in at_home.run("schema", "didspec").err
