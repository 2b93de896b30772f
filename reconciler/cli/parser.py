"""The command line: what each command takes."""

import argparse
from pathlib import Path

from reconciler import __version__
from reconciler.cli import github_options
from reconciler.cli.options import COMMON, Choices, Parser, add_common
from reconciler.errors import UsageError

EPILOG = """\
Credentials come from the environment alone: VICIDIAL_USER and VICIDIAL_PASS,
with _TARGET at the end for one target, with _FILE for a file that holds it.

exit codes:
  0         done, or nothing to do
  1         error: nothing was tried, or not everything could be
  2         changes are pending (plan --detailed-exitcode)
  3         not everything was confirmed: see the report
  130, 143  ended by Ctrl-C or SIGTERM; the next run goes on from there

`reconciler COMMAND --help` tells what a command takes. See it all at work on
this machine with `reconciler demo`.
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line. Raises :class:`UsageError`."""
    chosen, unknown = build().parse_known_args(arguments)
    for name, default in COMMON.items():
        if not hasattr(chosen, name):
            setattr(chosen, name, default)
    if unknown:
        raise UsageError(
            f"`reconciler {chosen.command}` does not take {' '.join(unknown)}",
            hint=f"see `reconciler {chosen.command} --help`",
        )
    return chosen


def build() -> Parser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="reconciler",
        usage="%(prog)s COMMAND [options]",
        description="Declare VICIdial phone numbers (DIDs) in YAML, review the plan, apply it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"did-reconciler {__version__}")
    commands = Choices(parser, dest="command", title="commands")
    commands.add("validate", "check the specs: every fault of every file, no network")
    commands.add("plan", "show what would change: specs against state, no network", _plan)
    commands.add("apply", "plan, show, ask, and make it so", _apply)
    commands.add("show", "what a number does and why, field by field", _show, takes="NUMBER")
    commands.add("state", "look at what is known, or put it right", _state, takes="ACTION")
    commands.add("targets", "the systems of this repository", _targets)
    commands.add(
        "comment",
        "plans as the comment of a pull request",
        github_options.comment,
        takes="PLAN.json...",
    )
    commands.add(
        "github",
        "the steps of the workflows that speak with GitHub",
        github_options.github,
        takes="STEP",
    )
    commands.add("simulate", "a VICIdial of our own, for trying things out", _simulate)
    commands.add("demo", "everything at work: simulator, plan, apply, plan again")
    add_common(parser)
    return parser


def _plan(parser: Parser) -> None:
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        default="text",
        help="how it is written (text)",
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
        help="exit with 2 when changes are pending, or conflicts",
    )
    parser.add_argument(
        "--mirror", action="store_true", help="read the state's mirror, where it has one"
    )
    base = parser.add_mutually_exclusive_group()
    base.add_argument("--base", metavar="REF", help="tell what changes against this commit's specs")
    base.add_argument(
        "--base-specs", type=Path, metavar="DIR", help="the same against the specs in a folder"
    )
    parser.add_argument(
        "--other",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="tell which of these plans (plan.json) touch the same numbers",
    )


def _apply(parser: Parser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--reviewed",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="do only what stands in these plans (plan.json); without a file: in none",
    )
    parser.add_argument(
        "--override-limits",
        metavar="DIGEST",
        help="apply the plan with this digest although it goes over limits",
    )
    parser.add_argument("--undo", type=Path, metavar="FILE", help="write how to go back, as JSON")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON")


def _show(parser: Parser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="the number as VICIdial stores it")


def _targets(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="as a JSON list, for a matrix")


def _state(parser: Parser) -> None:
    actions = Choices(parser, dest="action", title="actions")
    actions.add("list", "what is known, a line each span")
    actions.add("show", "what is known of a number or span", _number, takes="NUMBER")
    actions.add(
        "forget",
        "no longer know a number or span; nothing is sent",
        _number,
        takes="NUMBER",
    )
    actions.add("rebind", "the same system at a new endpoint", _rebind)
    actions.add("unlock", "break the lease of an apply that is gone", _unlock, takes="ID")
    actions.add("pull", "write what is stored to a new file", _file, takes="FILE")
    actions.add(
        "push", "store what is in a file, when it is of the same history", _file, takes="FILE"
    )
    actions.add("migrate", "store the state in another place too", _migrate, takes="URL")


def _number(parser: Parser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="a number, or a span such as 100-199")


def _rebind(parser: Parser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _unlock(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help="as the message of the refused apply names it")


def _file(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a state as JSON")


def _migrate(parser: Parser) -> None:
    parser.add_argument("to", metavar="URL", help="the new state URL")


def _simulate(parser: Parser) -> None:
    parser.add_argument("--port", type=int, default=8080, help="port to listen on; 0: any (8080)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--fixture", type=Path, metavar="FILE", help="what it holds at the start")
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep its table in this file")
