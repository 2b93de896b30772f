"""The fields of a DID as ``update_did`` and ``add_did`` check them.

Recorded: values are stripped of characters before they are checked; what is empty then is ignored;
a refused value is echoed as stripped. What each field is checked for stands in its table.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.characters import is_storable, size
from reconciler.routing import FIELDS, Field, Listed
from reconciler.simulator.fixture import Fixture
from reconciler.simulator.replies import Request
from reconciler.simulator.table import QueryError
from reconciler.simulator.texts import identity, kept

CHECKED = sorted(FIELDS, key=lambda field: field.rank)
"""The fields in the order in which they are checked."""


@dataclass(frozen=True, slots=True)
class RefusedField:
    """A field that the server refuses, and the stripped value."""

    field: Field
    value: str

    def line(self, function: str, user: str) -> str:
        """In the server's words."""
        words = f"{self.field.refusal}, THIS IS AN OPTIONAL FIELD"
        return f"ERROR: {function} {words}: |{user}|{self.value}\n"


def checked(request: Request) -> dict[str, str | int] | RefusedField:
    """The columns to set, or the first field that is refused."""
    values: dict[str, str | int] = {}
    for field in CHECKED:
        letters = field.letters(request.characters)
        value = kept(request.params.get(field.name, ""), field.kept, letters)
        if not value:
            continue
        if not _accepted(field, value, request):
            return RefusedField(field, value)
        values[field.column] = value
    return values


def _accepted(field: Field, value: str, request: Request) -> bool:
    if field.listed is not None:
        if not is_storable(value):
            raise QueryError
        return identity(value) in map(identity, _existing(field.listed, request.fixture))
    if field.choices and field.checks_choices:
        return value in (*field.choices, *field.undeclared)
    return field.shortest <= size(value) <= field.longest


def _existing(listed: Listed, fixture: Fixture) -> Iterable[str]:
    match listed:
        case Listed.IN_GROUP:
            return fixture.in_groups
        case Listed.CALL_MENU:
            return fixture.call_menus
        case Listed.SERVER:  # pragma: no branch  (there is no other)
            return fixture.servers
