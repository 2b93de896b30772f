"""Options of ``state``: one class for each action."""

from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.choices import Choices, CommandParser, add_format
from reconciler.cli.options import Format, Options


@dataclass(frozen=True, slots=True, kw_only=True)
class StateList(Options):
    """List the known numbers."""

    format: Format = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateShow(Options):
    """Show what is known of a number or span."""

    number: str
    format: Format = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateForget(Options):
    """Remove a number or span from the state."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRebind(Options):
    """Bind the state to a new address of the same system."""

    yes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateUnlock(Options):
    """Remove a lease."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePull(Options):
    """Write the state to a file."""

    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePush(Options):
    """Store a file as the state."""

    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMigrate(Options):
    """Copy the state to another place."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRename(Options):
    """Take over the state of a target whose folder was renamed."""

    old: str


StateOptions = (
    StateRename
    | StateList
    | StateShow
    | StateForget
    | StateRebind
    | StateUnlock
    | StatePull
    | StatePush
    | StateMigrate
)


def state(parser: CommandParser) -> None:
    """``state …``: its actions."""
    actions = Choices(parser, dest="action", title="actions")
    actions.add(
        "list", "list the known numbers, one line for each span", add_format, options=StateList
    )
    actions.add(
        "show", "show what is known of a number or span", _show, options=StateShow, takes="NUMBER"
    )
    actions.add(
        "forget",
        "remove a number or span from the state; nothing is sent",
        _number,
        options=StateForget,
        takes="NUMBER",
    )
    actions.add(
        "rebind", "bind the state to a new address of the same system", _rebind, options=StateRebind
    )
    actions.add(
        "unlock",
        "remove the lease of an apply that has ended",
        _unlock,
        options=StateUnlock,
        takes="ID",
    )
    actions.add("pull", "write the state to a new file", _file, options=StatePull, takes="FILE")
    actions.add(
        "push",
        "store a file as the state, if it has the same history",
        _file,
        options=StatePush,
        takes="FILE",
    )
    actions.add(
        "migrate", "copy the state to another place", _migrate, options=StateMigrate, takes="URL"
    )
    actions.add(
        "rename",
        "take over the state of a target whose folder was renamed",
        _rename,
        options=StateRename,
        takes="OLD",
    )


def _show(parser: CommandParser) -> None:
    _number(parser)
    add_format(parser)


def _number(parser: CommandParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="a number, or a span such as 100-199")


def _rebind(parser: CommandParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _unlock(parser: CommandParser) -> None:
    parser.add_argument("id", metavar="ID", help="the id in the message of the refused apply")


def _file(parser: CommandParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a state as JSON")


def _rename(parser: CommandParser) -> None:
    parser.add_argument("old", metavar="OLD", help="what the target's folder was called before")


def _migrate(parser: CommandParser) -> None:
    parser.add_argument("to", metavar="URL", help="the new state URL")
