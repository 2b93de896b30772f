"""What every command line has: common options, before or after the command, and help in order."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

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

Fill = Callable[["Parser"], None]


class Parser(argparse.ArgumentParser):
    """Raises :class:`UsageError` where argparse would exit with 2, which means "pending" here."""

    def error(self, message: str) -> NoReturn:
        """A usage error, with where to look."""
        raise UsageError(message, hint=f"see `{self.prog} --help`")


class Choices:
    """The commands of a parser, or the actions of a command: added with their common options."""

    def __init__(self, parser: Parser, *, dest: str, title: str) -> None:
        # Without prog= argparse would build their names of our own usage line.
        self._choices = parser.add_subparsers(
            dest=dest,
            title=title,
            metavar=dest.upper(),
            prog=parser.prog,
            parser_class=Parser,
            required=True,
        )

    def add(self, name: str, about: str, fill: Fill | None = None, *, takes: str = "") -> None:
        """Add one. ``takes`` names what must be given beside options, as the usage shows it."""
        chosen = self._choices.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            usage=" ".join(["%(prog)s", *takes.split(), "[options]"]),
            allow_abbrev=False,
        )
        if fill is not None:
            fill(chosen)
        add_common(chosen)


def add_common(parser: argparse.ArgumentParser) -> None:
    """The common options; those not given have no attribute, so that none hides another's."""
    group = parser.add_argument_group("common options, before or after the command")

    add = partial(group.add_argument, default=argparse.SUPPRESS)
    add("--specs", type=Path, metavar="DIR", help="folder of the specs (did_specs)")
    add("--target", metavar="NAME", help="only this target (default: all)")
    add("--endpoint", metavar="URL", help="in place of the target's endpoint")
    add("--state", metavar="URL", help="in place of the target's state")
    add("-v", "--verbose", action="count", help="log what is done; twice: calls too")
    add("--log-format", choices=("text", "json"), help="how log lines are written (text)")
    add("--no-color", action="store_true", help="no colours")
