"""``update_did``: set fields of one number, delete it, or only ask whether it is there.

Recorded: one refused field and nothing of the call is applied; a deletion wins over any field;
existence comes before the right to delete.
"""

from collections.abc import Iterator

from reconciler.characters import size
from reconciler.simulator.functions.fields import RefusedField, checked
from reconciler.simulator.replies import Request
from reconciler.simulator.texts import LETTERS_DIGITS, kept


def update_did(request: Request) -> Iterator[str]:
    """Update or delete one number."""
    user = request.user.name
    pattern = request.pattern("did_pattern")
    if not request.user.may_change_dids:
        yield _error("USER DOES NOT HAVE PERMISSION TO UPDATE DIDS", user, "0")
        return
    if not 2 <= size(pattern) <= 50:
        yield _error("YOU MUST USE ALL REQUIRED FIELDS", user, pattern)
        return
    row = request.visible(pattern)
    if row is None:
        yield _error("DID DOES NOT EXIST", user, pattern)
        return
    did_id = int(row["did_id"])
    deletion = kept(request.params.get("delete_did", ""), LETTERS_DIGITS, request.characters)
    work = _deleted if deletion == "Y" else _updated
    yield work(request, pattern, did_id)


def _deleted(request: Request, pattern: str, did_id: int) -> str:
    user = request.user
    if not user.delete_dids:
        return _error("USER DOES NOT HAVE PERMISSION TO DELETE DIDS", user.name, "1")
    request.table.delete(did_id)
    return f"SUCCESS: update_did DID HAS BEEN DELETED - {user.name}|{pattern}|{did_id}\n"


def _updated(request: Request, pattern: str, did_id: int) -> str:
    user = request.user.name
    values = checked(request)
    if isinstance(values, RefusedField):
        return values.line("update_did", user)
    if not values:
        return f"NOTICE: update_did NO UPDATES DEFINED: |{user}|\n"
    request.table.update(did_id, values)
    return f"SUCCESS: update_did DID HAS BEEN UPDATED - {user}|{pattern}\n"


def _error(words: str, user: str, value: str) -> str:
    return f"ERROR: update_did {words}: |{user}|{value}\n"
