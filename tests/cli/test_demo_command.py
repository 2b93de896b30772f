"""``demo``: the whole story on this machine, and nothing left of it."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.cli.options import Options
from reconciler.errors import ReconcilerError

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def clone(at_home):
    """The specs of this repository, in a folder of their own."""
    shutil.copytree(REPOSITORY / "did_specs", at_home.folder / "did_specs")
    return at_home


def test_the_demo_plans_applies_edits_and_ends_without_changes(clone, monkeypatch):
    monkeypatch.setenv("VICIDIAL_PASS_FILE", "/nowhere")
    monkeypatch.setenv("VICIDIAL_USER_TAMPA", "somebody")
    before = {name: os.environ[name] for name in os.environ if name.startswith("VICIDIAL")}
    done = clone.ran("demo")
    steps = re.findall(r"^(?:\$ reconciler (\S+)|# (edit): )", done.out, re.MULTILINE)
    assert ["".join(step) for step in steps] == [
        "validate", "plan", "apply", "show", "edit", "plan", "apply", "plan",
    ]  # fmt: skip
    assert (
        "# edit: did_specs/tampa/sales.yaml: menu_id: MAIN_IVR → menu_id: AFTER_HOURS" in done.out
    )
    assert done.out.count(" confirmed\n") == 2
    assert "No changes: tampa is as declared (130 numbers).\n\nThe simulated server" in done.out
    assert done.err == ""
    assert sorted(path.name for path in clone.folder.iterdir()) == ["did_specs"]
    assert {name: os.environ[name] for name in os.environ if name.startswith("VICIDIAL")} == before
    assert Path.cwd() == clone.folder


def test_what_is_typed_is_what_is_run(clone, monkeypatch):
    typed = []

    def run(arguments):
        typed.append(arguments)
        return exits.DONE

    monkeypatch.setattr(sys.modules["reconciler.cli.main"], "main", run)
    from reconciler.cli.commands import demo

    done = demo.run(Options(specs=Path("did_specs"), target=None, no_color=True))
    assert done == exits.DONE
    assert [words[0] for words in typed] == [
        "validate", "plan", "apply", "show", "plan", "apply", "plan",
    ]  # fmt: skip
    for words in typed:
        assert "--endpoint" in words
        assert "file:state/{target}.json" in words
        assert words[-1] == "--no-color"


def test_a_step_that_fails_is_named(clone, monkeypatch):
    monkeypatch.setattr(sys.modules["reconciler.cli.main"], "main", lambda arguments: exits.PENDING)
    from reconciler.cli.commands import demo

    with pytest.raises(ReconcilerError, match="`reconciler validate` ended with 2"):
        demo.run(Options(specs=Path("did_specs"), target="tampa", no_color=False))


def test_a_state_that_the_specs_name_is_not_touched(clone):
    path = clone.folder / "did_specs/tampa/target.yaml"
    path.write_text(path.read_text().replace("file:state/{target}.json", "s3://bucket/real.json"))
    assert "No changes" in clone.ran("demo", "--no-color", "--target", "tampa").out


def test_specs_without_the_demo_s_edit_are_left_alone(clone):
    path = clone.folder / "did_specs/tampa/sales.yaml"
    path.write_text(path.read_text().replace("menu_id: MAIN_IVR", "menu_id: AFTER_HOURS"))
    assert "# edit: none, since no file holds 'menu_id: MAIN_IVR'" in clone.ran("demo").out


def test_specs_that_the_simulated_server_cannot_serve_end_the_demo(clone):
    path = clone.folder / "did_specs/tampa/target.yaml"
    path.write_text(path.read_text().replace("source: 7275551114", "source: 7275550000"))
    done = clone.run("demo")
    assert done.code == exits.ERROR
    assert "`reconciler apply` ended with 3, which a demo should not" in done.err
    assert "did-reconciler's own repository" in done.err


def test_where_there_are_no_specs_there_is_no_demo(at_home):
    done = at_home.run("demo")
    assert done.code == exits.ERROR
    assert "run it in a checkout of did-reconciler" in done.err
