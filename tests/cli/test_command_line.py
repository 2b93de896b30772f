"""How commands are written: options anywhere, mistakes answered with where to look."""

import re
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.cli.parser import parse
from reconciler.errors import UsageError

README = (Path(__file__).parents[2] / "README.md").read_text()
COMMANDS = ("validate", "plan", "apply", "show", "state", "targets", "comment", "github",
            "simulate", "demo")  # fmt: skip
ACTIONS = ("list", "show", "forget", "rebind", "unlock", "pull", "push", "migrate")
STEPS = ("comment", "ready", "reviewed", "result")


@pytest.mark.parametrize(
    "line",
    [
        "--target tampa --specs there plan",
        "plan --target tampa --specs there",
        "--target tampa plan --specs there",
    ],
)
def test_common_options_stand_before_or_after_the_command(line):
    chosen = parse(line.split())
    assert (chosen.command, chosen.target, chosen.specs) == ("plan", "tampa", Path("there"))


@pytest.mark.parametrize(
    "line",
    [
        "state list --target tampa --state file:x -vv",
        "state --target tampa list --state file:x -vv",
        "--state file:x --target tampa -vv state list",
    ],
)
def test_common_options_stand_anywhere_around_an_action(line):
    chosen = parse(line.split())
    assert (chosen.action, chosen.target, chosen.state, chosen.verbose) == (
        "list",
        "tampa",
        "file:x",
        2,
    )


def test_the_option_nearest_to_the_end_decides():
    assert parse(["--target", "a", "plan", "--target", "b"]).target == "b"


def test_what_is_not_given_has_its_usual_value():
    chosen = parse(["plan"])
    assert (chosen.specs, chosen.target, chosen.endpoint, chosen.state) == (
        Path("did_specs"),
        None,
        None,
        None,
    )
    assert (chosen.verbose, chosen.no_color, chosen.log_format) == (0, False, "text")


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("", "reconciler --help"),
        ("valdate", "reconciler --help"),
        ("--target", "reconciler --help"),
        ("plan --bogus", "reconciler plan --help"),
        ("plan --format pdf", "reconciler plan --help"),
        ("plan surplus", "reconciler plan --help"),
        ("plan --base a --base-specs b", "reconciler plan --help"),
        ("show", "reconciler show --help"),
        ("state", "reconciler state --help"),
        ("state lst", "reconciler state --help"),
        ("state forget", "reconciler state forget --help"),
        ("apply --override-limits", "reconciler apply --help"),
        ("simulate --port many", "reconciler simulate --help"),
    ],
)
def test_a_mistake_is_an_error_that_says_where_to_look(at_home, line, where):
    done = at_home.run(*line.split())
    assert done.code == exits.ERROR
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert done.err.endswith(f"\n  hint: see `{where}`\n")


def test_no_option_may_be_shortened_since_a_longer_one_may_come_tomorrow():
    with pytest.raises(UsageError, match="does not take --detailed"):
        parse(["plan", "--detailed"])


def help_of(office, *words):
    with pytest.raises(SystemExit) as ended:
        office.run(*words, "--help")
    assert ended.value.code == 0
    return office.capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        (),
        *((name,) for name in COMMANDS),
        *(("state", name) for name in ACTIONS),
        *(("github", name) for name in STEPS),
    ],
)
def test_help_is_readable_on_eighty_columns(at_home, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "80")
    text = help_of(at_home, *words)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith(" ".join(["usage: reconciler", *words]))
    assert "[options]" in lines[0]
    assert lines[1] == ""
    assert re.fullmatch(r"[A-Z`].*", lines[2])
    assert "common options, before or after the command" in text


def test_help_names_every_command(at_home):
    text = help_of(at_home)
    found = re.findall(r"^    ([a-z]+) {2,}\S", text, re.MULTILINE)
    assert tuple(found) == COMMANDS


def test_the_version_is_told(at_home):
    with pytest.raises(SystemExit) as ended:
        at_home.run("--version")
    assert ended.value.code == 0
    assert re.fullmatch(r"did-reconciler \S+\n", at_home.capsys.readouterr().out)


def test_every_command_of_the_readme_is_one_of_the_program():
    named = set(re.findall(r"(?:^|`)reconciler ([a-z]+)", README, re.MULTILINE))
    assert {"plan", "apply", "show"} <= named <= set(COMMANDS)


def test_the_exit_codes_of_the_readme_are_those_of_the_help_and_of_the_program(at_home):
    rows = re.findall(r"^\| ([0-9, ]+) \| (.+) \|$", README, re.MULTILINE)
    told = {codes: words.replace("`", "") for codes, words in rows}
    assert set(told) == {"0", "1", "2", "3", "130, 143"}
    assert (exits.DONE, exits.ERROR, exits.PENDING, exits.UNCONFIRMED) == (0, 1, 2, 3)
    assert {exits.SIGNALLED + 2, exits.SIGNALLED + 15} == {130, 143}
    text = help_of(at_home)
    helped = dict(re.findall(r"^  ([0-9][0-9, ]*?) {2,}(.+)$", text, re.MULTILINE))
    assert set(helped) == set(told)
    for codes, words in helped.items():
        assert words.split(":")[0].split(",")[0].split("(")[0].strip() in told[codes]
