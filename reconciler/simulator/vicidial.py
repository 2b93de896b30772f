"""The simulated server as a whole: which check comes first, and who answers.

Recorded: ``version`` needs no log-in; log-in, lock-out and allowed functions come before anything
a function looks at; an unknown function is told so only to a user who could log in. Inferred: the
allowed functions are looked at before it is known whether there is such a function, and each
function checks ``source`` first of all, before the user's rights.
"""

import time
from collections.abc import Callable

from reconciler.simulator.compare import settings_compare
from reconciler.simulator.fixture import Fixture, User
from reconciler.simulator.functions import FUNCTIONS
from reconciler.simulator.login import Logins
from reconciler.simulator.replies import Reply, Request
from reconciler.simulator.table import Table
from reconciler.simulator.texts import LETTERS_DIGITS, WORD, Params, kept, local_time

SHORTEST_SOURCE = 2


class Vicidial:
    """One server with its table; answers one request at a time."""

    def __init__(
        self, fixture: Fixture, table: Table, clock: Callable[[], float] = time.time
    ) -> None:
        """``clock`` gives seconds since the epoch; a table that is new is filled."""
        self.fixture = fixture
        self.table = table
        self._clock = clock
        self._logins = Logins(fixture.users, clock)
        if table.is_new:
            table.refill(fixture.dids)

    def reset(self) -> None:
        """Back to the fixture, with nobody locked out."""
        self._logins = Logins(self.fixture.users, self._clock)
        self.table.refill(self.fixture.dids)

    def api(self, params: Params) -> Reply:
        """Answer one call of the API; what it changed is kept."""
        reply = self._answered(params)
        self.table.save()
        return reply

    def compare(self, user: str, password: str, params: Params) -> Reply:
        """Answer one request of the admin page that compares settings."""
        login = self._logins.check(user, password)
        return settings_compare(login, params, self.fixture, self.table)

    def _answered(self, params: Params) -> Reply:
        function = named_function(params)
        if function == "version":
            return self._version()
        user = self._logins.check(params.get("user", ""), params.get("pass", ""))
        if not isinstance(user, User):
            return Reply(f"ERROR: {user.text}")
        if not user.may_use(function):
            return Reply(
                "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: "
                f"|{user.name}|{function}|\n"
            )
        if function not in FUNCTIONS:
            return Reply("ERROR: NO FUNCTION SPECIFIED\n")
        source = kept(params.get("source", ""), LETTERS_DIGITS)
        if len(source) < SHORTEST_SOURCE:
            return Reply(f"ERROR: Invalid Source - {source}\nERROR: Invalid Source: |{source}|\n")
        return FUNCTIONS[function](Request(user, params, self.fixture, self.table))

    def _version(self) -> Reply:
        now = self._clock()
        return Reply(
            f"VERSION: 2.14-202|BUILD: 250720-1841|DATE: {local_time(now)}|EPOCH: {int(now)}|"
            "DST: 0|TZ: -5.00|TZNOW: -5.00|\n"
        )


def named_function(params: Params) -> str:
    """The function that a call asks for; empty when it names none."""
    return kept(params.get("function", ""), WORD)
