"""``copy_did``: one source to many new numbers, each with its own line.

Recorded: rights come before lengths, lengths before the source; elements are taken in order; an
empty one is a number like any other; a pattern that exists once it is cut is reported with a last
field of 0 and is not in the summary; the description is looked at only once a number turns out to
be new, and stops the list there.
"""

from collections.abc import Iterator

from reconciler.characters import size
from reconciler.routing import BY_NAME, DESCRIPTION
from reconciler.simulator.replies import Request
from reconciler.simulator.texts import PATTERN, kept

LONGEST_LIST = 2000

_DESCRIPTION = BY_NAME[DESCRIPTION]


def copy_did(request: Request) -> Iterator[str]:
    """Copy the source to each new number that does not exist yet."""
    user = request.user.name
    source = request.pattern("source_did_pattern")
    wanted = kept(request.params.get("new_dids", ""), PATTERN + ",", request.characters)
    if not request.user.may_change_dids:
        yield f"ERROR: copy_did USER DOES NOT HAVE PERMISSION TO ADD DIDS: |{user}|0\n"
        return
    if not (2 <= size(source) <= 50 and 2 <= size(wanted) <= LONGEST_LIST):
        yield f"ERROR: copy_did YOU MUST USE ALL REQUIRED FIELDS: |{user}|{source}|{wanted}\n"
        return
    template = request.visible(source)
    if template is None:
        yield f"ERROR: copy_did SOURCE DID DOES NOT EXIST: |{user}|{source}\n"
        return
    yield from _copied(request, source, int(template["did_id"]), wanted.split(","))


def _copied(request: Request, source: str, did_id: int, patterns: list[str]) -> Iterator[str]:
    user = request.user.name
    raw = request.params.get(DESCRIPTION, "")
    description = kept(raw, _DESCRIPTION.kept, request.characters)
    added = existed = 0
    for pattern in patterns:
        if request.table.has(pattern):
            existed += 1
            yield f"NOTICE: copy_did DID ALREADY EXISTS - {user}|{pattern}\n"
            continue
        if description and not _DESCRIPTION.shortest <= size(description) <= _DESCRIPTION.longest:
            yield (
                "ERROR: copy_did DID DESCRIPTION MUST BE EITHER BLANK OR FROM 6 TO 50 "
                f"CHARACTERS, THIS IS AN OPTIONAL FIELD: |{user}|{description}\n"
            )
            return
        new = request.table.copy(did_id, pattern, description or None)
        inserted = int(new > 0)
        added += inserted
        yield f"NOTICE: copy_did DID HAS BEEN ADDED - {user}|{pattern}|{source}|{new}|{inserted}\n"
    result = "SUCCESS: copy_did DIDS HAVE BEEN ADDED" if added else "ERROR: copy_did NO DIDS ADDED"
    yield f"{result} - {user}|{source}|{added}|{existed}\n"
