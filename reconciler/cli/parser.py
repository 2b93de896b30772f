"""The command line: the arguments of each command, and their types.

A new command has two parts: its options here, its work in ``commands/NAME.py``.
"""

import argparse
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, get_args

from reconciler import __version__
from reconciler.cli import github_options, state_options
from reconciler.cli.choices import MAKE, Choices, CommandParser, add_common, add_format
from reconciler.cli.folder import nearest_specs
from reconciler.cli.options import (
    BaseOptions,
    Format,
    Grouping,
    Options,
    PlanFormat,
    SchemaName,
)

EPILOG = """\
Credentials come only from the environment: VICIDIAL_USER and VICIDIAL_PASS,
with _TARGET at the end for one target; or VICIDIAL_NETRC, with a line for each
server: machine HOST login USER password PASSWORD. With _FILE at the end each
names a file that holds it.

exit codes:
  0         done, or nothing to do
  1         error: nothing was tried, or not everything could be
  2         changes are pending (plan --detailed-exitcode)
  3         not everything was confirmed: see the report
  130, 143  ended by Ctrl-C or SIGTERM; the next run continues from there

`reconciler help COMMAND` shows the options of a command. `reconciler demo`
shows a complete run on this machine.
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A parsed command line: the name of the command and its options."""

    command: str
    options: Options


def parse(arguments: list[str]) -> Chosen:
    """Parse the command line. Raises :class:`UsageError`; help raises SystemExit."""
    if not arguments:
        arguments = ["--help"]
    elif arguments[0] == "help":
        arguments = [*arguments[1:], "--help"]
    parser = build()
    parser.refuse_misspelt(arguments)
    parsed, unknown = parser.parse_known_args(arguments)
    given = vars(parsed)
    if unknown:
        path = (given.get(each) for each in ("command", "action", "step"))
        parser.refuse(" ".join(word for word in path if word), " ".join(unknown))
    given.setdefault("specs", nearest_specs())
    return Chosen(given["command"], _typed(given[MAKE], given))


def _typed(make: type[Options], given: dict[str, Any]) -> Options:
    """The given options as a ``make``; lists become tuples."""
    values: dict[str, Any] = {
        field.name: tuple(given[field.name])
        if isinstance(given[field.name], list)
        else given[field.name]
        for field in fields(make)
        if field.name in given
    }
    return make(**values)


@cache
def build() -> CommandParser:
    """The parser of the whole command line."""
    parser = CommandParser(
        prog="reconciler",
        usage="%(prog)s COMMAND [options]",
        description="Declare VICIdial phone numbers (DIDs) in YAML, review the plan, apply it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument("--version", action="version", version=f"did-reconciler {__version__}")
    commands = Choices(parser, dest="command", title="commands")
    commands.add(
        "validate",
        "check the specs and report every fault; no network",
        _validate,
        options=ValidateOptions,
    )
    commands.add(
        "plan",
        "show what an apply would change; no network",
        _plan,
        options=PlanOptions,
    )
    commands.add(
        "check",
        "prove what the account may do on the server, changing nothing",
        _check,
        options=CheckOptions,
    )
    commands.add(
        "import",
        "write the numbers that the server has as specs, and the state",
        _import,
        options=ImportOptions,
    )
    commands.add("apply", "plan, show the plan, ask, and apply it", _apply, options=ApplyOptions)
    commands.add(
        "show",
        "show what a number does and why, field by field",
        _show,
        options=ShowOptions,
        takes="NUMBER",
    )
    commands.add("state", "inspect or repair the state", state_options.state, takes="ACTION")
    commands.add(
        "targets", "list the VICIdial systems of this repository", _targets, options=TargetsOptions
    )
    commands.add(
        "comment",
        "render plans as the comment of a pull request",
        github_options.comment,
        options=github_options.CommentOptions,
        takes="PLAN.json...",
    )
    commands.add(
        "github",
        "run a step of the GitHub workflows",
        github_options.github,
        takes="STEP",
    )
    commands.add(
        "schema",
        "print a JSON schema, for editors and other programs",
        _schema,
        options=SchemaOptions,
        takes="NAME",
    )
    commands.add(
        "simulate",
        "run a simulated VICIdial for trying things out",
        _simulate,
        options=SimulateOptions,
    )
    commands.add("demo", "show a complete run on this machine, with a simulated VICIdial")
    add_common(parser)
    return parser


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateOptions(BaseOptions):
    """``validate``."""

    strict: bool = False
    format: Format = "text"


def _validate(parser: CommandParser) -> None:
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")
    add_format(parser)
    _base(parser)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions(BaseOptions):
    """``plan``."""

    format: PlanFormat = "text"
    out: Path | None = None
    detailed_exitcode: bool = False
    full: bool = False
    show: Path | None = None
    mirror: bool = False
    other: tuple[Path, ...] = ()


def _plan(parser: CommandParser) -> None:
    parser.add_argument(
        "--format",
        choices=get_args(PlanFormat),
        help="output format (text)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the plan as JSON")
    parser.add_argument(
        "--show",
        type=Path,
        metavar="FILE",
        help="show a plan that --out wrote; specs and state are not read",
    )
    parser.add_argument(
        "--full", action="store_true", help="show every span and every kind of change (text)"
    )
    parser.add_argument(
        "--detailed-exitcode",
        action="store_true",
        help="exit with 2 when changes or conflicts are pending",
    )
    parser.add_argument(
        "--mirror", action="store_true", help="read the mirror of the state, if it has one"
    )
    _base(parser)
    parser.add_argument(
        "--other",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="show which of these plans (plan.json) change the same numbers",
    )


def _base(parser: CommandParser) -> None:
    base = parser.add_mutually_exclusive_group()
    base.add_argument("--base", metavar="REF", help="compare with the specs of this commit")
    base.add_argument(
        "--base-specs", type=Path, metavar="DIR", help="compare with the specs in this folder"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions(Options):
    """``check``."""

    format: Format = "text"


def _check(parser: CommandParser) -> None:
    add_format(parser)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions(Options):
    """``import``; numbers are patterns or spans, as they were typed."""

    by: Grouping = "destination"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    source: str | None = None
    adopt: bool = False
    out: Path | None = None


def _import(parser: CommandParser) -> None:
    parser.add_argument(
        "--by",
        choices=get_args(Grouping),
        help="a block for each destination, or for each hundred of neighbours (destination)",
    )
    for name, words in (("include", "only these numbers"), ("exclude", "all but these numbers")):
        parser.add_argument(f"--{name}", nargs="+", metavar="NUMBERS", help=f"{words} or ranges")
    parser.add_argument(
        "--source", metavar="NUMBER", help="what new numbers are copied from (defaults.source)"
    )
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="write adopt: true in place of the state; always so where a team keeps it",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the file to write (imported.yaml of the target)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions(Options):
    """``apply``; ``reviewed`` is None where the option is not given.

    ``since`` is the commit of the last confirmed apply, empty where there was none. ``earlier`` is
    None where any number may be taken for begun that the state says so of.
    """

    yes: bool = False
    reviewed: tuple[Path, ...] | None = None
    since: str | None = None
    earlier: tuple[Path, ...] | None = None
    approve: str | None = None
    override_limits: str | None = None
    undo: Path | None = None
    report: Path | None = None


def _apply(parser: CommandParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--reviewed",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="apply only changes in these plan files; with no file, none",
    )
    parser.add_argument(
        "--since",
        metavar="COMMIT",
        help="with --reviewed: settings of target.yaml that changed since then must be in them too",
    )
    parser.add_argument(
        "--earlier",
        type=Path,
        nargs="*",
        metavar="REPORT.json",
        help="with --reviewed: only numbers that these reports of earlier applies left unfinished "
        "count as begun",
    )
    parser.add_argument(
        "--approve",
        metavar="DIGEST",
        help="with --reviewed: apply the plan with this digest although it is in none of them",
    )
    parser.add_argument(
        "--override-limits",
        metavar="DIGEST",
        help="apply the plan with this digest although it is over limits",
    )
    parser.add_argument("--undo", type=Path, metavar="FILE", help="write how to undo it as JSON")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions(Options):
    """``show``."""

    number: str
    format: Format = "text"


def _show(parser: CommandParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="the number as VICIdial stores it")
    add_format(parser)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsOptions(BaseOptions):
    """``targets``."""

    json: bool = False


def _targets(parser: CommandParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON list, for a matrix")
    _base(parser)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaOptions(Options):
    """``schema``."""

    name: SchemaName


def _schema(parser: CommandParser) -> None:
    parser.add_argument(
        "name",
        choices=get_args(SchemaName),
        metavar="NAME",
        help="did-spec: a file of blocks; target: target.yaml; plan: plan.json",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulateOptions(Options):
    """``simulate``."""

    port: int = 8080
    host: str = "127.0.0.1"
    fixture: Path | None = None
    data: Path | None = None
    strict: bool = False


def _simulate(parser: CommandParser) -> None:
    parser.add_argument("--port", type=int, help="port to listen on; 0: any (8080)")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--fixture", type=Path, metavar="FILE", help="initial contents, as JSON")
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep the DIDs in this file")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="use MariaDB's default SQL mode; always so without --fixture",
    )
