"""How commands are written: options anywhere, mistakes answered with where to look."""

import argparse
import importlib
import re
import typing
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import exits
from reconciler.cli.choices import MAKE, parsers
from reconciler.cli.formats import DATA_FORMATS, PLAN_FORMATS
from reconciler.cli.options import DataFormat, PlanFormat
from reconciler.cli.parser import PlanOptions, build, parse
from reconciler.cli.state_options import StateList
from reconciler.errors import UsageError

README = (Path(__file__).parents[2] / "README.md").read_text()
COMMANDS = ("validate", "plan", "check", "import", "apply", "show", "state", "targets", "comment",
            "github", "schema", "simulate", "demo")  # fmt: skip
ACTIONS = ("list", "show", "forget", "rebind", "unlock", "pull", "push", "migrate", "rename")
STEPS = ("plan", "comment", "stale", "queue", "known-hosts", "ready", "reviewed", "result")


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
    assert chosen.command == "plan"
    assert (chosen.options.target, chosen.options.specs) == ("tampa", Path("there"))


@pytest.mark.parametrize(
    "line",
    [
        "state list --target tampa --state file:x -vv",
        "state --target tampa list --state file:x -vv",
        "--state file:x --target tampa -vv state list",
    ],
)
def test_common_options_stand_anywhere_around_an_action(line):
    options = parse(line.split()).options
    assert isinstance(options, StateList)
    assert (options.target, options.state, options.verbose) == ("tampa", "file:x", 2)


def test_the_option_nearest_to_the_end_decides():
    assert parse(["--target", "a", "plan", "--target", "b"]).options.target == "b"


def test_what_is_not_given_has_its_usual_value():
    assert parse(["plan"]).options == PlanOptions(
        specs=Path("did_specs"),
        target=None,
        endpoint=None,
        state=None,
        verbose=0,
        no_color=False,
        log_format="text",
    )


def test_what_is_given_several_times_is_a_tuple():
    options: Any = parse(["plan", "--other", "a", "b"]).options
    assert options.other == (Path("a"), Path("b"))


def every_parser():
    return list(parsers(build()))


@pytest.mark.parametrize("name", [name for name, _ in every_parser()])
def test_the_type_of_each_option_is_what_its_parser_makes(name):
    parser = dict(every_parser())[name]
    if name in ("state", "github"):
        return  # their actions have the options
    hints = typing.get_type_hints(parser.get_default(MAKE))
    made = {action.dest: made_by(action) for action in parser._actions if action.dest != "help"}
    declared = {each: typing.get_args(of) or (of,) for each, of in hints.items()}
    assert made.keys() == hints.keys()
    for each, of in made.items():
        assert of == hints[each] or of in declared[each], each


def made_by(action):
    """The type of the values that an argument leads to."""
    if action.choices is not None:
        return typing.Literal[tuple(action.choices)]
    if isinstance(action, argparse._StoreTrueAction):
        return bool
    if isinstance(action, argparse._CountAction):
        return int
    one: Any = action.type or str
    return tuple[one, ...] if action.nargs in ("+", "*") else one


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_run_with_the_options_that_it_says_it_takes(name):
    module = importlib.import_module(f"reconciler.cli.commands.{name}")
    takes = typing.get_type_hints(module.run)["arguments"]
    below = [each for each in every_parser() if each[0].startswith(f"{name} ")]
    made = {parser.get_default(MAKE) for _, parser in below or [(name, dict(every_parser())[name])]}
    assert made == set(typing.get_args(takes) or (takes,))


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("frobnicate", "reconciler --help"),
        ("--bogus plan", "reconciler plan --help"),
        ("--bogus", "reconciler --help"),
        ("--target", "reconciler --help"),
        ("plan --bogus", "reconciler plan --help"),
        ("plan --format pdf", "reconciler plan --help"),
        ("plan surplus", "reconciler plan --help"),
        ("plan --base a --base-specs b", "reconciler plan --help"),
        ("show", "reconciler show --help"),
        ("state", "reconciler state --help"),
        ("state frobnicate", "reconciler state --help"),
        ("plan -- --bogus", "reconciler plan --help"),
        ("targets --out json", "reconciler targets --help"),
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


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("plna", "reconciler plan"),
        ("--target tampa valdate", "reconciler validate"),
        ("help aply", "reconciler apply"),
        ("state lst", "reconciler state list"),
        ("github comments", "reconciler github comment"),
        ("--verison", "--version"),
        ("--taget tampa plan", "--target"),
        ("plan --taget=tampa", "--target"),
        ("plan --detailed_exitcode", "--detailed-exitcode"),
        ("plan --format markdwon", "markdown"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(at_home, line, meant):
    done = at_home.run(*line.split())
    assert done.code == exits.ERROR
    assert done.err.endswith(f" did you mean `{meant}`?\n")


def test_only_options_of_the_command_are_suggested(at_home):
    assert "--json" in at_home.run("targets", "--jsno").err
    assert "--json" not in at_home.run("plan", "--jsno").err.replace("--jsno", "")


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


@pytest.mark.parametrize(
    ("line", "same"),
    [("", ""), ("help", ""), ("help plan", "plan"), ("help state show", "state show")],
)
def test_without_a_command_or_with_the_word_help_the_help_is_shown(at_home, line, same):
    with pytest.raises(SystemExit) as ended:
        at_home.run(*line.split())
    assert ended.value.code == 0
    assert at_home.capsys.readouterr().out == help_of(at_home, *same.split())


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
    assert {"plan", "apply", "show"} <= named <= {*COMMANDS, "help"}


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


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("state", "`reconciler state` needs ACTION"),
        ("show", "`reconciler show` needs NUMBER"),
        ("github reviewed", "`reconciler github reviewed` needs --out"),
    ],
)
def test_what_is_missing_is_said_with_the_command_that_needs_it(line, words):
    with pytest.raises(UsageError) as caught:
        parse(line.split())
    assert caught.value.message == words
    assert caught.value.hint.startswith("see `reconciler ")


def test_every_output_format_has_its_entry():
    assert tuple(PLAN_FORMATS) == typing.get_args(PlanFormat)
    assert tuple(DATA_FORMATS) == typing.get_args(DataFormat)
