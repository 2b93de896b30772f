"""The initial contents of the simulated server: users, groups, menus, servers, DIDs, calls.

Read from JSON in the format of the recordings' fixture; errors name the place in the file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from reconciler.characters import Characters
from reconciler.errors import ReconcilerError
from reconciler.routing import BY_NAME
from reconciler.simulator.table import DEFAULTS

EVERYTHING = "---ALL---"
"""Among a group's viewable groups: it sees all DIDs; as a DID's group: all users see it."""


class FixtureError(ReconcilerError):
    """A fixture that cannot be used; the message names the place."""


@dataclass(frozen=True, slots=True)
class User:
    """A VICIdial user and the settings that decide what it may do over the API."""

    name: str
    password: str = field(repr=False)
    level: int
    active: bool
    api_access: bool
    modify_dids: bool
    delete_dids: bool
    modify_campaigns: bool
    view_reports: bool
    functions: frozenset[str]
    group: str

    def may_use(self, function: str) -> bool:
        """Whether the function is among the user's allowed functions."""
        return "ALL_FUNCTIONS" in self.functions or function in self.functions

    @property
    def may_change_dids(self) -> bool:
        """Level 8, API access and "modify DIDs"."""
        return self.level >= 8 and self.api_access and self.modify_dids

    @property
    def may_use_the_api(self) -> bool:
        """Active, and may change DIDs."""
        return self.active and self.may_change_dids


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group: whose DIDs it sees, which reports it may open."""

    viewable: frozenset[str]
    reports: str

    def sees(self, user_group: str | int) -> bool:
        """Whether DIDs of ``user_group`` are visible."""
        return (
            EVERYTHING in self.viewable or user_group == EVERYTHING or user_group in self.viewable
        )


_BLIND = UserGroup(frozenset(), "")


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call that a DID received."""

    extension: str
    date: str
    caller: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Fixture:
    """The contents of the server; ``dids`` are rows with only the columns that were written.

    ``characters`` is the system setting for non-Latin text, ``strict`` the database's SQL mode.
    """

    users: Mapping[str, User]
    groups: Mapping[str, UserGroup]
    in_groups: tuple[str, ...]
    call_menus: tuple[str, ...]
    servers: tuple[str, ...]
    dids: tuple[Mapping[str, str | int], ...]
    calls: tuple[LoggedCall, ...]
    characters: Characters = Characters.ASCII
    strict: bool = False

    def group_of(self, user: User) -> UserGroup:
        """The user's group; one that sees no groups when the fixture lacks it."""
        return self.groups.get(user.group, _BLIND)

    def in_strict_mode(self) -> "Fixture":
        """The same contents in a database of MariaDB's default (strict) SQL mode."""
        return replace(self, strict=True)


def default_fixture() -> Fixture:
    """A small call centre: users 6666/1234 (all rights) and 7007/seven (none), one template.

    Its database is strict, as MariaDB is by default.
    """
    text = files("reconciler.simulator").joinpath("default_fixture.json").read_text("utf-8")
    return parse_fixture(json.loads(text), "the built-in fixture")


def load_fixture(path: Path) -> Fixture:
    """Read a fixture file; raise :class:`FixtureError` with what is wrong and where."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FixtureError(f"cannot read the fixture {path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise FixtureError(
            f"{path}:{error.lineno}:{error.colno}: the fixture is not valid JSON: {error.msg}"
        ) from None
    except ValueError:
        raise FixtureError(f"{path}: the fixture is not in UTF-8") from None
    return parse_fixture(document, str(path))


def parse_fixture(document: object, name: str) -> Fixture:
    """Check and type a fixture; ``name`` is what errors call it."""
    top = _Reader(name, "", document)
    dids = [*top.items("dids"), *top.items("extra_dids")]
    return Fixture(
        users={user.name: user for user in map(_user, top.items("users"))},
        groups={item.text("user_group"): _group(item) for item in top.items("user_groups")},
        in_groups=top.texts("inbound_groups", BY_NAME["group"].longest),
        call_menus=top.texts("call_menus", BY_NAME["menu_id"].longest),
        servers=top.texts("servers", BY_NAME["server_ip"].longest),
        dids=_distinct(dids),
        calls=tuple(
            LoggedCall(
                item.text("extension"),
                item.text("call_date"),
                item.text("caller_id_number", ""),
                item.number("length_in_sec", 0),
            )
            for item in top.items("did_log")
        ),
        characters=Characters.ANY if top.number("use_non_latin", 0) else Characters.ASCII,
        strict=top.number("strict_sql", 0) == 1,
    )


def _user(item: "_Reader") -> User:
    return User(
        name=item.text("user"),
        password=item.text("pass"),
        level=item.number("user_level", 1),
        active=item.text("active", "Y") == "Y",
        api_access=item.number("vdc_agent_api_access", 0) == 1,
        modify_dids=item.number("modify_inbound_dids", 0) == 1,
        delete_dids=item.number("delete_inbound_dids", 0) == 1,
        modify_campaigns=item.number("modify_campaigns", 0) == 1,
        view_reports=item.number("view_reports", 0) == 1,
        functions=frozenset(item.text("api_allowed_functions", "ALL_FUNCTIONS").split()),
        group=item.text("user_group", ""),
    )


def _group(item: "_Reader") -> UserGroup:
    return UserGroup(
        frozenset(item.text("admin_viewable_groups", "").split()), item.text("allowed_reports", "")
    )


def _distinct(items: "list[_Reader]") -> tuple[Mapping[str, str | int], ...]:
    """The DIDs as rows; raises FixtureError for a pattern that is there twice."""
    seen: set[str] = set()
    rows = []
    for item in items:
        row = item.row()
        pattern = str(row["did_pattern"])
        if pattern.lower() in seen:
            raise item.fault("did_pattern", f"{pattern!r} is there already, whatever its case")
        seen.add(pattern.lower())
        rows.append(row)
    return tuple(rows)


class _Reader:
    """One object of the document and its place, for errors."""

    def __init__(self, name: str, place: str, value: object) -> None:
        self._name = name
        self._place = place
        if not isinstance(value, dict):
            raise FixtureError(f"{name}: {place or 'the fixture'} must be an object {{…}}")
        self._value: dict[str, Any] = value

    def fault(self, key: str, wrong: str) -> FixtureError:
        place = f"{self._place}.{key}" if self._place else key
        return FixtureError(f"{self._name}: {place}: {wrong}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value.get(key, default)
        if not isinstance(value, str):
            raise self.fault(key, "is missing" if value is None else "must be a text in quotes")
        return value

    def number(self, key: str, default: int) -> int:
        value = self._value.get(key, default)
        if type(value) is not int:
            raise self.fault(key, "must be a whole number")
        return value

    def _list(self, key: str) -> list[Any]:
        value = self._value.get(key, [])
        if not isinstance(value, list):
            raise self.fault(key, "must be a list […]")
        return value

    def texts(self, key: str, longest: int) -> tuple[str, ...]:
        values = self._list(key)
        for place, value in enumerate(values):
            if not isinstance(value, str):
                raise self.fault(f"{key}[{place}]", "must be a text in quotes")
            if len(value) > longest:
                raise self.fault(f"{key}[{place}]", f"must have at most {longest} characters")
        return tuple(values)

    def items(self, key: str) -> "list[_Reader]":
        return [
            _Reader(self._name, f"{key}[{place}]", value)
            for place, value in enumerate(self._list(key))
        ]

    def row(self) -> Mapping[str, str | int]:
        self.text("did_pattern")
        for key, value in self._value.items():
            if key not in DEFAULTS:
                raise self.fault(key, "is not a column of a DID that can be given")
            if type(value) not in (str, int):
                raise self.fault(key, "must be a text or a whole number")
        return self._value
