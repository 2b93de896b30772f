"""The simulated server: the order of its checks, and which function answers.

``version`` needs no log-in. The other checks come in this order: log-in and lock-out, whether there
is such a function, ``source`` (which the lists do without), the user's allowed functions, and then
what the function looks at.

Measured on a real server, where the recordings are silent: every text that is printed after the
log-in is followed by an entry in the log of calls, which holds the last POST parameter as it was
sent. An apostrophe in it breaks the entry's query; in the strict SQL mode so do more than 255
characters. PHP then ends with HTTP 500, having done what it has printed and no more.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.characters import Characters, is_storable, size
from reconciler.simulator.compare import LOWEST_LEVEL, settings_compare
from reconciler.simulator.fixture import Fixture, User
from reconciler.simulator.functions import FUNCTIONS, LISTS
from reconciler.simulator.login import Logins
from reconciler.simulator.replies import Reply, Request
from reconciler.simulator.table import QueryError, Table
from reconciler.simulator.texts import (
    LETTERS_DIGITS,
    WORD,
    Params,
    breaks_query,
    is_unicode,
    kept,
    local_time,
)

SHORTEST_SOURCE = 2


@dataclass(frozen=True, slots=True)
class _LogEntry:
    """An entry in the log of calls.

    ``posted`` holds the POST parameters as they were sent: all of them are logged, the last one in
    a column of its own. ``names`` are the columns of 20 characters: function, source and agent.
    """

    posted: tuple[str, ...]
    names: tuple[str, ...]

    def is_refused_by(self, fixture: Fixture) -> bool:
        """Whether the database refuses the entry."""
        value = self.posted[-1] if self.posted else ""
        lossy = (
            len(value) > LONGEST_VALUE
            or any(len(name) > LONGEST_NAME for name in self.names)
            or not all(map(is_unicode, self.posted))
            or (
                fixture.characters is Characters.ANY
                and not all(map(is_storable, self.posted + self.names))
            )
        )
        return breaks_query(value) or (fixture.strict and lossy)


LONGEST_VALUE = 255
LONGEST_NAME = 20
"""Characters that the columns of the log hold."""


class Vicidial:
    """One server with its table; answers one request at a time."""

    def __init__(
        self, fixture: Fixture, table: Table, clock: Callable[[], float] = time.time
    ) -> None:
        """``clock`` gives seconds since the epoch; a table that is new is filled."""
        self.fixture = fixture
        self.table = table
        table.strict = fixture.strict
        self._clock = clock
        self._logins = Logins(fixture, clock)
        if table.is_new:
            table.refill(fixture.dids)

    def reset(self) -> None:
        """Reset to the fixture, with no account locked."""
        self._logins = Logins(self.fixture, self._clock)
        self.table.refill(self.fixture.dids)

    def api(self, posted: Params, queried: Params | None = None) -> Reply:
        """Answer one call of the API and save its changes.

        Of a parameter in both the queried one counts.
        """
        params = {**posted, **(queried or {})}
        reply = self._answered(params, tuple(posted.values()))
        self.table.save()
        return reply

    def compare(self, user: str, password: str, params: Params) -> Reply:
        """Answer one request of the admin page that compares settings."""
        login = self._logins.check(user, password, LOWEST_LEVEL)
        return settings_compare(login, params, self.fixture, self.table)

    def _answered(self, params: Params, posted: tuple[str, ...]) -> Reply:
        function = named_function(params)
        source = kept(params.get("source", ""), LETTERS_DIGITS, self.fixture.characters)
        entry = _LogEntry(posted, (function, source, self._word(params, "agent_user")))
        if function == "version":
            return self._printed(self._version(), entry)
        login = self._word(params, "user"), self._word(params, "pass")
        if not all(map(is_storable, login)):
            return Reply("", status=500)  # the database cannot look it up either
        user = self._logins.check(*login)
        if not isinstance(user, User):
            return Reply(f"ERROR: {user.text}")
        if function not in FUNCTIONS and function not in LISTS:
            return self._printed(iter(["ERROR: NO FUNCTION SPECIFIED\n"]), entry)
        if function in FUNCTIONS and size(source) < SHORTEST_SOURCE:
            return self._printed(_no_source(source), entry)
        if not user.may_use(function):
            return self._printed(_no_right(user, function), entry)
        request = Request(user, params, self.fixture, self.table)
        if function in LISTS:
            return Reply(LISTS[function](request))
        return self._printed(FUNCTIONS[function](request), entry)

    def _word(self, params: Params, name: str) -> str:
        return kept(params.get(name, ""), WORD, self.fixture.characters)

    def _printed(self, texts: Iterator[str], entry: _LogEntry) -> Reply:
        said = ""
        try:
            for text in texts:
                said += text
                if entry.is_refused_by(self.fixture):
                    return Reply(said, status=500)
        except QueryError:
            return Reply(said, status=500)
        return Reply(said)

    def _version(self) -> Iterator[str]:
        now = self._clock()
        yield (
            f"VERSION: 2.14-202|BUILD: 250720-1841|DATE: {local_time(now)}|EPOCH: {int(now)}|"
            "DST: 0|TZ: -5.00|TZNOW: -5.00|\n"
        )


def _no_right(user: User, function: str) -> Iterator[str]:
    yield (
        "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: "
        f"|{user.name}|{function}|\n"
    )


def _no_source(source: str) -> Iterator[str]:
    yield f"ERROR: Invalid Source - {source}\n"
    yield f"ERROR: Invalid Source: |{source}|\n"


def named_function(params: Params) -> str:
    """The function that a call asks for; empty when it names none."""
    return kept(params.get("function", ""), WORD)
