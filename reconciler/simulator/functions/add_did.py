"""``add_did``: one new number with fields of its own, all else at the columns' defaults.

Recorded: an existing number is refused before its fields are looked at, also where the user may not
see it; a refused field and nothing is created; the refusal of a ``menu_id`` names ``update_did``.
"""

from collections.abc import Iterator

from reconciler.characters import size
from reconciler.simulator.functions.fields import RefusedField, checked
from reconciler.simulator.replies import Request


def add_did(request: Request) -> Iterator[str]:
    """Add one number."""
    user = request.user.name
    pattern = request.pattern("did_pattern")
    if not request.user.may_change_dids:
        yield f"ERROR: add_did USER DOES NOT HAVE PERMISSION TO ADD DIDS: |{user}|0\n"
        return
    if not 2 <= size(pattern) <= 50:
        yield f"ERROR: add_did YOU MUST USE ALL REQUIRED FIELDS: |{user}|{pattern}\n"
        return
    if request.table.has(pattern):
        yield f"ERROR: add_did DID ALREADY EXISTS: |{user}|{pattern}\n"
        return
    values = checked(request)
    if isinstance(values, RefusedField):
        yield values.line("update_did" if values.field.name == "menu_id" else "add_did", user)
        return
    request.table.add(pattern, values)
    yield f"SUCCESS: add_did DID HAS BEEN ADDED - {user}|{pattern}\n"
