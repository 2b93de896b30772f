"""The command line: commands, and options that may stand before or after them."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from reconciler import __version__
from reconciler.cli import github_options
from reconciler.errors import UsageError

COMMON: dict[str, Any] = {
    "specs": Path("did_specs"),
    "target": None,
    "endpoint": None,
    "state": None,
    "verbose": 0,
    "no_color": False,
    "log_format": "text",
}


class Parser(argparse.ArgumentParser):
    """Raises :class:`UsageError` where argparse would exit with 2, which means "pending" here."""

    def error(self, message: str) -> NoReturn:
        """A usage error, with where to look."""
        raise UsageError(message, hint=f"see `{self.prog} --help`")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line. Raises :class:`UsageError`."""
    chosen = build().parse_args(arguments)
    for name, default in COMMON.items():
        if not hasattr(chosen, name):
            setattr(chosen, name, default)
    if chosen.command is None:
        raise UsageError("no command given", hint="see `reconciler --help`")
    return chosen


def build() -> Parser:
    """The parser of the whole command line."""
    common = _common()
    parser = Parser(
        prog="reconciler",
        description="Declare VICIdial phone numbers (DIDs) in YAML, review the plan, apply it.",
        epilog="Credentials come from VICIDIAL_USER and VICIDIAL_PASS in the environment only.",
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"did-reconciler {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, about, fill in _COMMANDS:
        command = commands.add_parser(name, help=about, description=about, parents=[common])
        fill(command)
    return parser


def _common() -> Parser:
    common = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("common options, before or after the command")
    group.add_argument("--specs", type=Path, metavar="DIR", help="folder of the specs (did_specs)")
    group.add_argument("--target", metavar="NAME", help="only this target (default: all)")
    group.add_argument("--endpoint", metavar="URL", help="in place of the target's endpoint")
    group.add_argument("--state", metavar="URL", help="in place of the target's state")
    group.add_argument("-v", "--verbose", action="count", help="log what is done; twice: calls too")
    group.add_argument(
        "--log-format", choices=("text", "json"), help="how log lines are written (text)"
    )
    group.add_argument("--no-color", action="store_true", help="no colours")
    return common


def _validate(parser: argparse.ArgumentParser) -> None:
    del parser


def _plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="(text)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the plan as JSON")
    parser.add_argument(
        "--detailed-exitcode", action="store_true", help="exit with 2 when changes are pending"
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


def _apply(parser: argparse.ArgumentParser) -> None:
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


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="the number as VICIdial stores it")


def _targets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as a JSON list, for a matrix")


def _state(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)

    def add(name: str, about: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=about, description=about, parents=[_common()])

    add("list", "what is known, a line each span")
    add("show", "what is known of a number or span").add_argument("number", metavar="NUMBER")
    forget = add("forget", "no longer know a number or span; nothing is sent")
    forget.add_argument("number", metavar="NUMBER")
    rebind = add("rebind", "the same system at a new endpoint")
    rebind.add_argument("--yes", action="store_true", help="do not ask")
    unlock = add("unlock", "break the lease of an apply that is gone")
    unlock.add_argument("id", metavar="ID", help="as the message of the refused apply names it")
    pull = add("pull", "write what is stored to a new file")
    pull.add_argument("file", type=Path, metavar="FILE")
    push = add("push", "store what is in a file, when it is of the same history")
    push.add_argument("file", type=Path, metavar="FILE")
    migrate = add("migrate", "store the state in another place too")
    migrate.add_argument("to", metavar="URL", help="the new state URL")


def _github(parser: argparse.ArgumentParser) -> None:
    github_options.github(parser, _common)


def _simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8080, help="port to listen on; 0: any (8080)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--fixture", type=Path, metavar="FILE", help="what it holds at the start")
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep its table in this file")


_COMMANDS = (
    ("validate", "check the specs: every fault of every file, no network", _validate),
    ("plan", "show what would change: specs against state, no network", _plan),
    ("apply", "plan, show, ask, and make it so", _apply),
    ("show", "what a number does and why, field by field", _show),
    ("state", "look at what is known, or put it right", _state),
    ("targets", "the systems of this repository", _targets),
    ("comment", "plans as the comment of a pull request", github_options.comment),
    ("github", "the steps of the workflows that speak with GitHub", _github),
    ("simulate", "a VICIdial of our own, for trying things out", _simulate),
    ("demo", "everything at work: simulator, plan, apply, plan again", _validate),
)
