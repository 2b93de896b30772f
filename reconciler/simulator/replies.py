"""What a request of a logged-in user is, and what comes back. Shared by all functions."""

from dataclasses import dataclass, field

from reconciler.simulator.fixture import Fixture, User
from reconciler.simulator.table import Row, Table
from reconciler.simulator.texts import Params

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

    def visible(self, pattern: str) -> Row | None:
        """The DID of ``pattern`` when it exists and the user's group sees it."""
        row = self.table.find(pattern)
        if row is None or not self.fixture.group_of(self.user).sees(row["user_group"]):
            return None
        return row
