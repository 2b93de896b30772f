"""``update_did``: set fields of one number, delete it, or only ask whether it is there.

Recorded: one refused field and nothing of the call is applied; values are stripped before they are
checked; what is empty then is ignored. Inferred: fields are checked in the order of the API's own
list, which is the order below; existence comes before the right to delete; ``did_route`` and
``record_call`` are compared as sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.routing import AGENT_ROUTE, BY_NAME, Field
from reconciler.simulator.replies import Reply, Request
from reconciler.simulator.texts import PATTERN, kept

_REFUSALS: Mapping[str, str] = {
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
"""Field → how it is refused, in the order in which fields are checked."""

_AS_SENT = frozenset({"did_route", "record_call"})


@dataclass(frozen=True, slots=True)
class _Refused:
    """A field that the server does not take."""

    words: str
    value: str


def update_did(request: Request) -> Reply:
    """Do to one number what the parameters say."""
    user = request.user
    pattern = kept(request.params.get("did_pattern", ""), PATTERN)
    if not user.may_change_dids:
        return _error("USER DOES NOT HAVE PERMISSION TO UPDATE DIDS", user.name, "0")
    if not 2 <= len(pattern) <= 50:
        return _error("YOU MUST USE ALL REQUIRED FIELDS", user.name, pattern)
    row = request.visible(pattern)
    if row is None:
        return _error("DID DOES NOT EXIST", user.name, pattern)
    did_id = int(row["did_id"])
    if request.params.get("delete_did") == "Y":
        return _deleted(request, pattern, did_id)
    return _updated(request, pattern, did_id)


def _deleted(request: Request, pattern: str, did_id: int) -> Reply:
    user = request.user
    if not user.delete_dids:
        return _error("USER DOES NOT HAVE PERMISSION TO DELETE DIDS", user.name, "1")
    request.table.delete(did_id)
    return Reply(f"SUCCESS: update_did DID HAS BEEN DELETED - {user.name}|{pattern}|{did_id}\n")


def _updated(request: Request, pattern: str, did_id: int) -> Reply:
    user = request.user.name
    values = _checked(request)
    if isinstance(values, _Refused):
        return _error(f"{values.words}, THIS IS AN OPTIONAL FIELD", user, values.value)
    if not values:
        return Reply(f"NOTICE: update_did NO UPDATES DEFINED: |{user}|\n")
    request.table.update(did_id, values)
    return Reply(f"SUCCESS: update_did DID HAS BEEN UPDATED - {user}|{pattern}\n")


def _error(words: str, user: str, value: str) -> Reply:
    return Reply(f"ERROR: update_did {words}: |{user}|{value}\n")


def _checked(request: Request) -> dict[str, str | int] | _Refused:
    """The columns to set, or the first field that is refused."""
    values: dict[str, str | int] = {}
    for name, words in _REFUSALS.items():
        sent = request.params.get(name, "")
        field = BY_NAME[name]
        value = sent if name in _AS_SENT else field.strip(sent)
        if not value:
            continue
        if not _accepted(field, value, request):
            return _Refused(words, value)
        values[field.column] = _enumerated(value) if name == "agent_search_method" else value
    return values


def _accepted(field: Field, value: str, request: Request) -> bool:
    existing = {
        "server_ip": request.fixture.servers,
        "group": request.fixture.in_groups,
        "menu_id": request.fixture.call_menus,
    }
    if field.name in existing:
        # As MySQL compares: without regard to case.
        return value.lower() in map(str.lower, existing[field.name])
    if field.name == "agent_search_method":
        return len(value) == 2
    if field.choices:
        return value in field.choices or (field.name == "did_route" and value == AGENT_ROUTE)
    return field.shortest <= len(value) <= field.longest


def _enumerated(value: str) -> str:
    """An ENUM takes its members in any case and stores all else as empty."""
    return value.upper() if value.upper() in BY_NAME["agent_search_method"].choices else ""
