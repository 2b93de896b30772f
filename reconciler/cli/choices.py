"""argparse with common options anywhere and with suggestions for misspelt words.

Options that are not given have no attribute: a default of one parser cannot overwrite the value of
another, and all defaults are in the classes of :mod:`reconciler.cli.options`.
"""

import argparse
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NoReturn, get_args

from reconciler.cli.options import Format, LogFormat, Options
from reconciler.errors import UsageError

Fill = Callable[["CommandParser"], None]

REQUIRED = "the following arguments are required: "
"""How argparse begins what it says of arguments that are missing."""

MAKE = "make"
"""The attribute that holds the class of the options: the innermost parser sets it."""


class CommandParser(argparse.ArgumentParser):
    """Raises :class:`UsageError` where argparse would exit with 2, which means "pending" here."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with a hint."""
        missing = message.removeprefix(REQUIRED)
        words = message if missing == message else f"`{self.prog}` needs {missing}"
        raise UsageError(words, hint=f"see `{self.prog} --help`")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Called by argparse for every value, with choices or without."""
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        if action.option_strings:
            name = "/".join(action.option_strings)
            raise UsageError(
                f"{name} cannot be {value!r}: choose from {', '.join(known)}",
                hint=_meant(str(value), known) or f"see `{self.prog} --help`",
            )
        raise UsageError(
            f"there is no {action.dest} {value!r}",
            hint=_meant(str(value), known, before=f"{self.prog} ") or f"see `{self.prog} --help`",
        )

    def refuse_misspelt(self, arguments: list[str]) -> None:
        """Raise UsageError for an option that no command has.

        Checked first: argparse would read the value of the option as a command.
        """
        known = {option for each in _every(self) for option in _options(each)}
        for word in arguments:
            if word == "--":
                return
            option = word.partition("=")[0]
            if option.startswith("--") and " " not in option and option not in known:
                name = self._named(arguments)
                takes = _options(dict(parsers(self))[name] if name else self)
                self.refuse(name, option, _meant(option, takes))

    def refuse(self, command: str, words: str, meant: str | None = None) -> NoReturn:
        """Raise UsageError for ``words``, which ``command`` (such as ``state list``) lacks."""
        name = f"{self.prog} {command}".rstrip()
        raise UsageError(f"`{name}` does not take {words}", hint=meant or f"see `{name} --help`")

    def _named(self, arguments: list[str]) -> str:
        """The command among ``arguments``, with its action where there is one."""
        found = dict(parsers(self))
        name = ""
        for word in arguments:
            longer = f"{name} {word}".strip()
            name = longer if longer in found else name
        return name


class Choices:
    """The commands of a parser, or the actions of a command: added with their common options."""

    def __init__(self, parser: CommandParser, *, dest: str, title: str) -> None:
        # Without prog= argparse would build their names from our usage line.
        self._choices = parser.add_subparsers(
            dest=dest,
            title=title,
            metavar=dest.upper(),
            prog=parser.prog,
            parser_class=CommandParser,
            required=True,
        )

    def add(
        self,
        name: str,
        about: str,
        fill: Fill | None = None,
        *,
        options: type[Options] = Options,
        takes: str = "",
    ) -> None:
        """Add one. ``takes`` are its positional arguments, as the usage shows them."""
        chosen = self._choices.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            usage=" ".join(["%(prog)s", *takes.split(), "[options]"]),
            allow_abbrev=False,
            argument_default=argparse.SUPPRESS,
        )
        chosen.set_defaults(**{MAKE: options})
        if fill is not None:
            fill(chosen)
        add_common(chosen)


def add_common(parser: argparse.ArgumentParser) -> None:
    """The common options."""
    add = parser.add_argument_group("common options, before or after the command").add_argument
    add("--specs", type=Path, metavar="DIR", help="folder of the specs (the nearest did_specs)")
    add("--target", metavar="NAME", help="only this target (default: all)")
    add("--endpoint", metavar="URL", help="use this endpoint instead of the target's")
    add("--state", metavar="URL", help="use this state instead of the target's")
    add("-v", "--verbose", action="count", help="log what is done; -vv: every call too")
    add("--log-format", choices=get_args(LogFormat), help="format of log lines (text)")
    add("--no-color", action="store_true", help="no colours")


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add ``--format text|json``."""
    parser.add_argument("--format", choices=get_args(Format), help="output format (text)")


def parsers(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, "CommandParser"]]:
    """Every command and action below ``parser`` with its full name, in the order of the help."""
    for action in parser._actions:  # noqa: SLF001  (argparse has no public way to list them)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for choice, below in action.choices.items():
                yield f"{name} {choice}".strip(), below
                yield from parsers(below, f"{name} {choice}".strip())


def _every(parser: CommandParser) -> Iterator[CommandParser]:
    yield parser
    yield from (below for _, below in parsers(parser))


def _options(parser: CommandParser) -> list[str]:
    return [option for action in parser._actions for option in action.option_strings]  # noqa: SLF001


def _meant(word: str, known: Collection[str], *, before: str = "") -> str | None:
    """The question that names what ``word`` is close to; None when nothing is close."""
    from reconciler.specs import suggest  # noqa: PLC0415  (imported only for a mistake)

    found = suggest.choice(word, [each for each in known if len(each) > 2])
    return None if found is None else f"did you mean `{before}{found}`?"
