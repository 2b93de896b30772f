"""Requests of logged-in users, and replies; shared by all functions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reconciler.characters import Characters
from reconciler.simulator.fixture import Fixture, User
from reconciler.simulator.table import Row, Table
from reconciler.simulator.texts import PATTERN, Params, kept

AS_SET = "text/html; charset=utf-8"
"""The content type wherever the server sets one itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response; errors of the API have status 200 like everything else."""

    body: str
    status: int = 200
    content_type: str = AS_SET
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A function called by a user who has logged in and may use it."""

    user: User
    params: Params = field(repr=False)
    fixture: Fixture
    table: Table

    @property
    def characters(self) -> Characters:
        """The letters that the server keeps."""
        return self.fixture.characters

    def pattern(self, name: str) -> str:
        """The parameter ``name`` with only what a pattern may hold."""
        return kept(self.params.get(name, ""), PATTERN, self.characters)

    def visible(self, pattern: str) -> Row | None:
        """The DID of ``pattern`` when it exists and the user's group sees it."""
        row = self.table.find(pattern)
        if row is None or not self.fixture.group_of(self.user).sees(row["user_group"]):
            return None
        return row


Printing = Callable[[Request], Iterator[str]]
"""A function of the API. After each text it prints the server writes an entry into its log of
calls; where that fails, PHP ends there: what was printed is the reply, with HTTP 500, and the work
of the texts to come is not done.
"""
