"""``demo``: the whole story on this machine, and nothing left of it."""

import os
import re
import sys
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.cli.options import Options
from reconciler.errors import ReconcilerError

REPOSITORY = Path(__file__).parents[2]


def test_the_demo_plans_applies_edits_and_ends_without_changes(at_home, monkeypatch):
    monkeypatch.setenv("VICIDIAL_PASS_FILE", "/nowhere")
    monkeypatch.setenv("VICIDIAL_USER_TAMPA", "somebody")
    before = {name: os.environ[name] for name in os.environ if name.startswith("VICIDIAL")}
    done = at_home.ran("demo")
    steps = re.findall(r"^(?:\$ reconciler (\S+)|# (edit): )", done.out, re.MULTILINE)
    assert ["".join(step) for step in steps] == [
        "validate", "plan", "apply", "show", "edit", "plan", "apply", "plan",
    ]  # fmt: skip
    assert (
        "# edit: did_specs/tampa/sales.yaml: menu_id: MAIN_IVR → menu_id: AFTER_HOURS" in done.out
    )
    assert done.out.count(" confirmed\n") == 2
    assert "11 to update" in done.out
    assert "No changes: tampa is as declared (130 numbers).\n\nThe simulated server" in done.out
    assert done.err == ""
    assert list(at_home.folder.iterdir()) == []
    assert {name: os.environ[name] for name in os.environ if name.startswith("VICIDIAL")} == before
    assert Path.cwd() == at_home.folder


def test_the_demo_leaves_the_specs_around_it_alone(office):
    before = sorted(office.folder.rglob("*"))
    assert "No changes" in office.ran("demo", "--no-color").out
    assert sorted(office.folder.rglob("*")) == before


def test_the_demo_brings_the_specs_of_this_repository():
    def contents(folder):
        return {path.name: path.read_text() for path in folder.iterdir()}

    brought = REPOSITORY / "reconciler/cli/demo_specs/tampa"
    assert contents(brought) == contents(REPOSITORY / "did_specs/tampa")


def test_what_is_typed_is_what_is_run(at_home, monkeypatch):
    typed = []

    def run(arguments):
        typed.append(arguments)
        return exits.DONE

    monkeypatch.setattr(sys.modules["reconciler.cli.main"], "main", run)
    from reconciler.cli.commands import demo

    assert demo.run(Options(no_color=True)) == exits.DONE
    assert [words[0] for words in typed] == [
        "validate", "plan", "apply", "show", "plan", "apply", "plan",
    ]  # fmt: skip
    for words in typed:
        assert "--endpoint" in words
        assert words[-1] == "--no-color"


def test_a_step_that_fails_is_named(at_home, monkeypatch):
    monkeypatch.setattr(sys.modules["reconciler.cli.main"], "main", lambda arguments: exits.PENDING)
    from reconciler.cli.commands import demo

    with pytest.raises(ReconcilerError, match="`reconciler validate` ended with 2"):
        demo.run(Options())
