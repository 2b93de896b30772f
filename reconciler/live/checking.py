"""Proves what an account may do on a server, changing nothing.

Each question is one that a server answers without doing anything: a copy that is too short, an
update without fields, a number that is hardly anybody's. What cannot be asked that way is said to
be unproven. A refused log-in ends the check at once, since ten of them lock the account.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from reconciler.characters import Characters
from reconciler.errors import (
    AddressRefused,
    LockedOut,
    LoginRefused,
    LoginUnproven,
    RightsMissing,
    ServerStop,
)
from reconciler.live.http import HttpReader
from reconciler.live.reading import LiveReader, Survey
from reconciler.vicidial.builds import COPY, DELETE, MENU, UPDATE
from reconciler.vicidial.client import Reader
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import DidMissing, Unclear

_FEATURES = (UPDATE, DELETE, MENU, COPY)
_LOGINS = (LoginRefused, LoginUnproven, LockedOut, AddressRefused)

T = TypeVar("T")


class May(Enum):
    """Whether something is allowed, or as it should be."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Subject(Enum):
    """What was asked about; the value is its name in the JSON."""

    BUILD = "build"
    LOGIN = "log_in"
    COPY = "copy"
    UPDATE = "update"
    DELETE = "delete"
    LIST = "list"
    COLUMNS = "columns"
    CALLS = "did_log"
    IN_GROUPS = "in_groups"
    MENUS = "call_menus"
    SQL_MODE = "sql_mode"
    LETTERS = "letters"


_PECULIARITIES = frozenset({Subject.SQL_MODE, Subject.LETTERS})
"""What is no right of the account."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question, in ``words``; ``hint`` is what to set where it is no."""

    subject: Subject
    may: May
    words: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """All findings, in the order of the questions; ``survey`` where the reader showed numbers."""

    findings: tuple[Finding, ...]
    survey: Survey | None = None

    def may(self, subject: Subject) -> May:
        """The answer about one subject; unknown where it was not asked."""
        return next((each.may for each in self.findings if each.subject is subject), May.UNKNOWN)


async def check(
    reader: Reader, live: LiveReader, source: str | None, characters: Characters
) -> Checked:
    """Ask everything. ``source`` is the target's, ``characters`` what target.yaml says of letters.

    Raise :class:`Unreachable` where no VICIdial answers.
    """
    return await _Check(reader, live, source, characters).all()


class _Check:
    """Gathers findings."""

    def __init__(
        self, reader: Reader, live: LiveReader, source: str | None, characters: Characters
    ) -> None:
        self._reader = reader
        self._live = live
        self._source = source
        self._characters = characters
        self._found: list[Finding] = []
        self._survey: Survey | None = None

    async def all(self) -> Checked:
        try:
            await self._ask_all()
        except _LOGINS as refused:
            self._add(Subject.LOGIN, May.NO, refused.message, refused.hint)
        return Checked(tuple(self._found), self._survey)

    async def _ask_all(self) -> None:
        await self._build()
        await self._copy()
        await self._update()
        self._add(
            Subject.DELETE,
            May.UNKNOWN,
            "cannot be asked without deleting a number: the server looks for the number first",
        )
        await self._list()
        await self._calls()
        await self._choices(Subject.IN_GROUPS, "in-groups", self._reader.in_groups)
        await self._choices(Subject.MENUS, "call menus", self._reader.call_menus)
        await self._sql_mode()
        await self._letters()

    def _add(self, subject: Subject, may: May, words: str, hint: str | None = None) -> None:
        """Note a finding, without the user's name: what is printed may be passed on."""
        named = f"user {self._reader.user}"
        told = None if hint is None else hint.replace(named, "the API user")
        self._found.append(Finding(subject, may, words.replace(named, "the API user"), told))

    async def _asked(self, subject: Subject, question: Callable[[], Awaitable[T]]) -> T | None:
        """The answer; None, and a finding, where a right is missing or no answer came."""
        try:
            return await question()
        except _LOGINS:
            raise
        except RightsMissing as missing:
            self._logged_in()
            may = May.UNKNOWN if subject in _PECULIARITIES else May.NO
            self._add(subject, may, missing.message, missing.hint)
        except ServerStop as stop:
            self._add(subject, May.UNKNOWN, stop.message, stop.hint)
        return None

    def _logged_in(self) -> None:
        if all(each.subject is not Subject.LOGIN for each in self._found):
            self._add(Subject.LOGIN, May.YES, "the log-in is good")

    async def _build(self) -> None:
        version = await self._reader.version()
        lacking = [feature for feature in _FEATURES if version.day < feature.since]
        words = f"VICIdial {version.number}, build {version.build}"
        if lacking:
            lacks = ", ".join(map(str, lacking))
            self._add(Subject.BUILD, May.NO, f"{words}: {lacks}", "upgrade the server")
        else:
            self._add(Subject.BUILD, May.YES, f"{words}: it has all that is used")

    async def _copy(self) -> None:
        async def ask() -> bool:
            await self._reader.check_rights_to_copy()
            return True

        if await self._asked(Subject.COPY, ask):
            self._logged_in()
            self._add(Subject.COPY, May.YES, "may copy DIDs, which creates numbers")

    async def _update(self) -> None:
        pattern = self._source or "default"
        reply = await self._asked(
            Subject.UPDATE, lambda: self._reader.check_rights_to_update(pattern)
        )
        if reply is None:
            return
        self._logged_in()
        if isinstance(reply, DidMissing) and self._source is not None:
            self._add(
                Subject.UPDATE,
                May.YES,
                f"may update DIDs, but the source {pattern} is not there, or not visible to it",
                "correct defaults.source, or let the user's group view the source's user group "
                "(User Groups → Admin Viewable Groups)",
            )
        else:
            self._add(Subject.UPDATE, May.YES, "may update DIDs")

    async def _list(self) -> None:
        refused = (Subject.COPY, Subject.UPDATE)
        if isinstance(self._live, HttpReader) and all(
            each.may is May.NO for each in self._found if each.subject in refused
        ):
            self._add(
                Subject.LIST,
                May.UNKNOWN,
                "not asked: the page refuses a user below User Level 8 like one with a wrong "
                "password, which is counted toward the lock-out",
            )
            return
        survey = await self._asked(Subject.LIST, self._live.survey)
        if survey is None:
            return
        if isinstance(survey, NotReadable):
            self._add(Subject.LIST, May.NO, survey.words)
            self._add(Subject.COLUMNS, May.UNKNOWN, "not looked at: there is no list")
            return
        self._survey = survey
        self._add(Subject.LIST, May.YES, f"sees {_numbers(len(survey.numbers))}")
        await self._columns(sorted(survey.numbers)[:1])

    async def _columns(self, patterns: list[str]) -> None:
        if not patterns:
            self._add(Subject.COLUMNS, May.UNKNOWN, "there is no number to look at")
            return
        async for rows in self._live.rows(patterns):
            for words in rows.unread.values():
                self._add(Subject.COLUMNS, May.NO, words)
            for row in rows.read.values():
                self._add(Subject.COLUMNS, May.YES, f"sees {len(row)} columns of a number")

    async def _calls(self) -> None:
        reply = await self._asked(Subject.CALLS, self._reader.right_to_calls)
        match reply:
            case None:
                pass
            case NotReadable(words):
                hint = "View Reports = 1 (Admin → Users → Modify User)"
                self._add(Subject.CALLS, May.NO, words, hint)
            case Unclear(words):
                self._add(Subject.CALLS, May.UNKNOWN, words)
            case _:
                self._add(Subject.CALLS, May.YES, "may read which calls a number received")

    async def _choices(
        self,
        subject: Subject,
        name: str,
        question: Callable[[], Awaitable[frozenset[str] | NotReadable]],
    ) -> None:
        found = await self._asked(subject, question)
        if isinstance(found, NotReadable):
            self._add(subject, May.NO, found.words)
        elif found is not None:
            self._add(subject, May.YES, f"sees {len(found):,} {name}")

    async def _sql_mode(self) -> None:
        strict = await self._asked(Subject.SQL_MODE, self._reader.strict)
        if isinstance(strict, Unclear):
            self._add(Subject.SQL_MODE, May.UNKNOWN, strict.words)
        elif strict is not None:
            mode = "strict, as is MariaDB's default" if strict else "not strict"
            self._add(Subject.SQL_MODE, May.YES, f"the database is {mode}")

    async def _letters(self) -> None:
        letters = await self._asked(Subject.LETTERS, self._reader.letters)
        if isinstance(letters, Unclear):
            self._add(Subject.LETTERS, May.UNKNOWN, letters.words)
        elif letters is not None:
            kept = "of any script" if letters is Characters.ANY else "of ASCII alone"
            fits = letters is self._characters or letters is Characters.ANY
            hint = None if letters is self._characters else f"characters: {letters.value}"
            self._add(
                Subject.LETTERS,
                May.YES if fits else May.NO,
                f"the server keeps letters {kept}",
                None if hint is None else f"in target.yaml: {hint}",
            )


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count:,} numbers"
