"""Log-ins and the lock-out; the API and the admin page share one count.

As recorded: the eleventh attempt after ten refused ones is answered with a lock-out, whatever its
password, but only while the last *good* log-in of that user is less than 15 minutes old. A user
who has not logged in lately is never locked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from reconciler.simulator.fixture import Fixture, User
from reconciler.simulator.texts import WORD, identity, kept

LOCK_SECONDS = 900
LOCK_ATTEMPTS = 10
LOWEST_LEVEL = 7
"""A user below it cannot log in at the API, though its password is right."""


@dataclass(frozen=True, slots=True)
class WrongLogin:
    """Wrong user or password, an inactive user, or one of too low a level."""

    user: str
    password: str

    @property
    def text(self) -> str:
        """The server's text, which echoes the password."""
        return f"Login incorrect, please try again: |{self.user}|{self.password}|BAD|\n"


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many refused log-ins of this user."""

    user: str

    @property
    def text(self) -> str:
        """The server's text."""
        return f"Too many login attempts, try again in 15 minutes: |{self.user}|LOCK|\n"


@dataclass(slots=True)
class _History:
    refused: int = 0
    last_good: float = float("-inf")


class Logins:
    """The log-in attempts of each user."""

    def __init__(self, fixture: Fixture, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds since the epoch."""
        self._users = {identity(name): user for name, user in fixture.users.items()}
        self._characters = fixture.characters
        self._clock = clock
        self._histories = {name: _History() for name in self._users}

    def check(
        self, user: str, password: str, lowest: int = LOWEST_LEVEL
    ) -> User | WrongLogin | Locked:
        """Try to log in; characters that the server drops are dropped first.

        The returned user has the name as written, since case does not count.
        """
        name = kept(user, WORD, self._characters)
        secret = kept(password, WORD, self._characters)
        known = self._users.get(identity(name))
        if known is None:
            return WrongLogin(name, secret)
        history = self._histories[identity(name)]
        now = self._clock()
        if history.refused >= LOCK_ATTEMPTS and now - history.last_good < LOCK_SECONDS:
            return Locked(name)
        if identity(known.password) != identity(secret) or not known.active or known.level < lowest:
            history.refused += 1
            return WrongLogin(name, secret)
        history.refused = 0
        history.last_good = now
        return replace(known, name=name)
