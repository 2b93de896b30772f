"""The JSON Schemas: up to date, sound, useful in an editor, and of one mind with the reader."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.characters import Characters
from reconciler.numbers import NumberError, parse_span
from reconciler.routing import BY_NAME, FIELDS
from reconciler.specs import publish, schema

ROOT = Path(__file__).parents[2]
BLOCKS = Draft202012Validator(schema.did_spec())
TARGET = Draft202012Validator(schema.target())


def block_schema() -> dict[str, Any]:
    return schema.did_spec()["properties"]["blocks"]["items"]


def test_the_files_in_the_repository_are_what_the_table_of_fields_makes_today(capsys):
    assert publish.main(["--check", str(ROOT / "schemas")]) == 0
    assert capsys.readouterr().err == ""


def test_a_file_that_is_stale_or_missing_is_told_and_written_anew(tmp_path, capsys):
    folder = tmp_path / "schemas"
    assert publish.main([str(folder)]) == 0
    assert publish.main([str(folder), "--check"]) == 0
    (folder / "target.schema.json").write_text("{}")
    (folder / "did-spec.schema.json").unlink()
    assert publish.main([str(folder), "--check"]) == 1
    assert capsys.readouterr().err.count("is not up to date") == 2
    assert (folder / "target.schema.json").read_text() == "{}"
    assert publish.main([str(folder)]) == 0
    assert publish.main([str(folder), "--check"]) == 0


def test_the_schemas_are_written_by_their_module(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["publish", str(tmp_path)])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(publish.main.__code__.co_filename, run_name="__main__")
    assert caught.value.code == 0
    assert {path.name for path in tmp_path.iterdir()} == set(publish.texts())


def test_the_command_runs_without_a_warning():
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "reconciler.specs.publish", "--check"],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")


@pytest.mark.parametrize("make", schema.FILES.values(), ids=list(schema.FILES))
class TestWhatAnEditorShows:
    def test_each_is_a_sound_schema(self, make):
        Draft202012Validator.check_schema(make())

    def test_every_key_says_what_it_is_for(self, make):
        def keys(part: Any, path: str):
            if isinstance(part, dict):
                for name, value in part.items():
                    if name == "properties" and path.rpartition("/")[2] not in ("if", "else"):
                        yield from ((f"{path}/{key}", each) for key, each in value.items())
                    yield from keys(value, f"{path}/{name}")

        described = {path: each.get("description") for path, each in keys(make(), "")}
        assert len(described) > 20
        assert [path for path, description in described.items() if not description] == []

    def test_every_example_and_default_is_what_the_schema_allows(self, make):
        def parts(part: Any):
            if isinstance(part, dict):
                yield part
                for value in part.values():
                    yield from parts(value)

        tried = 0
        for part in parts(make()):
            examples = part.get("examples", []) if isinstance(part.get("examples"), list) else []
            for example in [*examples, *([part["default"]] if "default" in part else [])]:
                if "type" in part or "const" in part:
                    Draft202012Validator(part).validate(example)
                    tried += 1
        assert tried > 10

    def test_no_host_is_named_but_that_of_the_dialect_and_an_example(self, make):
        hosts = re.findall(r"://([a-z0-9.-]+\.[a-z]+)", json.dumps(make()))
        assert set(hosts) <= {"json-schema.org", "vici.example.com"}


@pytest.mark.parametrize(
    "document",
    [
        {"version": 1, "blocks": [{"name": "a", "numbers": [7275553300, "7275553301"]}]},
        {
            "version": 1,
            "blocks": [{"name": 1, "numbers": ["7275553300-7275553399"], "adopt": True}],
        },
        {"version": 1, "blocks": [{"name": "a", "numbers": [22], "routing": {"extension": 8300}}]},
    ],
)
def test_values_as_editors_type_them_are_allowed(document):
    BLOCKS.validate(document)


@pytest.mark.parametrize(
    ("removal", "allowed"),
    [
        ({"action": "keep"}, True),
        ({"action": "park", "routing": {"active": "Y"}}, True),
        ({"action": "park"}, False),
        ({"action": "keep", "routing": {}}, False),
        ({}, False),
    ],
)
def test_routing_belongs_to_park_alone(removal, allowed):
    target = {"version": 1, "endpoint": "https://a/non_agent_api.php", "state": "file:s"}
    assert TARGET.is_valid(target | {"removal": removal}) is allowed


CHARACTERS = st.sampled_from("aZ09_-.,|*#+: /ä\n")


@pytest.mark.parametrize("field", FIELDS, ids=[field.name for field in FIELDS])
def test_an_editor_and_the_reader_agree_on_every_value_of_a_field(field):
    validator = Draft202012Validator(block_schema()["properties"]["routing"])
    edges = [
        "a" * n for n in (field.shortest - 1, field.shortest, field.longest, field.longest + 1)
    ]
    edges += ["1" * n for n in (field.shortest, field.longest, field.longest + 1)]

    @settings(deadline=None)
    @given(st.text(CHARACTERS, max_size=12) | st.sampled_from([*edges, *field.choices]))
    def agree(value):
        assume(not value.endswith("\n"))  # where Python's $ is not JavaScript's
        allowed = validator.is_valid({field.name: value})
        sound = BY_NAME[field.name].fault(value, Characters.ANY) is None
        # Bytes cannot be counted in a schema: of letters in other scripts it may allow too many.
        assert allowed is sound if value.isascii() else allowed >= sound

    agree()


@settings(deadline=None)
@given(st.from_regex(r"\A[0-9A-Za+*#._ –-]{1,24}\Z") | st.text(CHARACTERS, max_size=20))
def test_an_editor_allows_every_number_that_the_reader_does(text):
    items = Draft202012Validator(block_schema()["properties"]["numbers"]["items"])
    try:
        parse_span(text)
    except NumberError:
        return
    assert items.is_valid(text)


def test_the_specs_of_this_repository_are_sound_for_an_editor():
    import yaml

    for path in sorted((ROOT / "did_specs").rglob("*.yaml")):
        validator = TARGET if path.name == "target.yaml" else BLOCKS
        validator.validate(yaml.safe_load(path.read_text()))
        named = "target" if path.name == "target.yaml" else "did-spec"
        first = path.read_text().splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (path.parent / first.partition("=")[2]).resolve() == (
            ROOT / "schemas" / f"{named}.schema.json"
        )
