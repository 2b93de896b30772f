"""The fields of a DID as ``update_did`` and ``add_did`` check them.

Recorded: values are stripped of characters before they are checked; what is empty then is ignored;
a refused value is echoed as stripped. The order of checks is that of :data:`CHECKS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.characters import is_storable, size
from reconciler.routing import AGENT_ROUTE, BY_NAME, Field
from reconciler.simulator.replies import Request
from reconciler.simulator.table import QueryError
from reconciler.simulator.texts import identity, kept

_WORDS: Mapping[str, str] = {
    "did_description": "DID DESCRIPTION MUST BE FROM 6 TO 50 CHARACTERS",
    "active": "ACTIVE MUST BE Y OR N",
    "did_route": "DID ROUTE IS NOT VALID",
    "record_call": "RECORD CALL MUST BE Y OR N",
    "extension": "EXTENSION MUST BE FROM 1 TO 50 CHARACTERS",
    "exten_context": "EXTENSION CONTEXT MUST BE FROM 1 TO 50 CHARACTERS",
    "voicemail_ext": "VOICEMAIL EXTENSION MUST BE FROM 1 TO 10 CHARACTERS",
    "phone_extension": "PHONE EXTENSION MUST BE FROM 1 TO 100 CHARACTERS",
    "server_ip": "SERVER IP MUST BE A VALID SERVER IN THE SYSTEM",
    "group": "GROUP ID MUST BE A VALID INBOUND GROUP IN THE SYSTEM",
    "menu_id": "MENU ID MUST BE A VALID CALL MENU IN THE SYSTEM",
    "filter_clean_cid_number": "CLEAN CID NUMBER MUST BE FROM 1 TO 20 CHARACTERS",
    "call_handle_method": "CALL HANDLE METHOD MUST BE FROM 3 TO 20 CHARACTERS",
    "agent_search_method": "AGENT SEARCH METHOD MUST BE 2 CHARACTERS",
    "list_id": "LIST ID MUST BE FROM 3 TO 14 DIGITS",
    "entry_list_id": "ENTRY LIST ID MUST BE FROM 1 TO 14 DIGITS",
    "campaign_id": "CAMPAIGN MUST BE FROM 1 TO 8 CHARACTERS",
    "phone_code": "PHONE CODE MUST BE FROM 1 TO 10 CHARACTERS",
}

CHECKS: tuple[tuple[Field, str], ...] = tuple((BY_NAME[name], _WORDS[name]) for name in _WORDS)
"""Each field and how it is refused, in the order in which they are checked."""

_UNKNOWN = BY_NAME.keys() - _WORDS.keys()
if _UNKNOWN:  # pragma: no cover  (a field of the table would be ignored silently)
    raise LookupError(f"the simulator does not know how {', '.join(sorted(_UNKNOWN))} is refused")


@dataclass(frozen=True, slots=True)
class RefusedField:
    """A field that the server refuses: its message, and the stripped value."""

    field: Field
    words: str
    value: str

    def line(self, function: str, user: str) -> str:
        """In the server's words."""
        return f"ERROR: {function} {self.words}, THIS IS AN OPTIONAL FIELD: |{user}|{self.value}\n"


def checked(request: Request) -> dict[str, str | int] | RefusedField:
    """The columns to set, or the first field that is refused."""
    values: dict[str, str | int] = {}
    for field, words in CHECKS:
        letters = field.letters(request.characters)
        value = kept(request.params.get(field.name, ""), field.kept, letters)
        if not value:
            continue
        if not _accepted(field, value, request):
            return RefusedField(field, words, value)
        values[field.column] = value
    return values


def _accepted(field: Field, value: str, request: Request) -> bool:
    existing = {
        "server_ip": request.fixture.servers,
        "group": request.fixture.in_groups,
        "menu_id": request.fixture.call_menus,
    }
    if field.name in existing:
        if not is_storable(value):
            raise QueryError
        return identity(value) in map(identity, existing[field.name])
    if field.name == "agent_search_method":
        return len(value) == 2
    if field.choices:
        return value in field.choices or (field.name == "did_route" and value == AGENT_ROUTE)
    return field.shortest <= size(value) <= field.longest
