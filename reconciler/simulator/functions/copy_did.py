"""``copy_did``: one source to many new numbers, each with its own line.

Recorded: rights come before lengths, lengths before the source; elements are taken in order; an
empty one is a number like any other; an apostrophe in the description ends the reply with HTTP 500
when the work is done. Inferred: the description is looked at only once a number turns out to be
new; the failure with an apostrophe is the closing log entry, so it comes after all numbers,
existing ones included, and its status is still 200 when PHP's output buffer has been flushed
before; a pattern that exists once it is cut counts as added, with a last field of 0.
"""

import re

from reconciler.routing import BY_NAME, DESCRIPTION
from reconciler.simulator.replies import Reply, Request
from reconciler.simulator.texts import PATTERN, kept, size

LONGEST_LIST = 2000
OUTPUT_BUFFER = 4096
"""Bytes after which PHP sends what it has, with status 200."""

_DESCRIPTION = BY_NAME[DESCRIPTION]
_WHOLE_LITERAL = re.compile(r"(?:[^'\\]|\\.|'\s*')*", re.DOTALL)


def copy_did(request: Request) -> Reply:
    """Copy the source to each new number that does not exist yet."""
    user = request.user.name
    source = kept(request.params.get("source_did_pattern", ""), PATTERN)
    wanted = kept(request.params.get("new_dids", ""), PATTERN + ",")
    if not request.user.may_change_dids:
        return Reply(f"ERROR: copy_did USER DOES NOT HAVE PERMISSION TO ADD DIDS: |{user}|0\n")
    if not (2 <= len(source) <= 50 and 2 <= len(wanted) <= LONGEST_LIST):
        return Reply(
            f"ERROR: copy_did YOU MUST USE ALL REQUIRED FIELDS: |{user}|{source}|{wanted}\n"
        )
    template = request.visible(source)
    if template is None:
        return Reply(f"ERROR: copy_did SOURCE DID DOES NOT EXIST: |{user}|{source}\n")
    return _copied(request, source, int(template["did_id"]), wanted.split(","))


def _copied(request: Request, source: str, did_id: int, patterns: list[str]) -> Reply:
    user = request.user.name
    raw = request.params.get(DESCRIPTION, "")
    description = _DESCRIPTION.strip(raw)
    added = existed = 0
    body = ""
    for pattern in patterns:
        if request.table.has(pattern):
            existed += 1
            body += f"NOTICE: copy_did DID ALREADY EXISTS - {user}|{pattern}\n"
            continue
        if description and not _DESCRIPTION.shortest <= len(description) <= _DESCRIPTION.longest:
            return Reply(
                f"{body}ERROR: copy_did DID DESCRIPTION MUST BE EITHER BLANK OR FROM 6 TO 50 "
                f"CHARACTERS, THIS IS AN OPTIONAL FIELD: |{user}|{description}\n"
            )
        added += 1
        new = request.table.copy(did_id, pattern, description or None)
        body += (
            f"NOTICE: copy_did DID HAS BEEN ADDED - "
            f"{user}|{pattern}|{source}|{new}|{int(new > 0)}\n"
        )
    if _WHOLE_LITERAL.fullmatch(raw) is None:
        return Reply(body, status=500 if size(body) < OUTPUT_BUFFER else 200)
    result = "SUCCESS: copy_did DIDS HAVE BEEN ADDED" if added else "ERROR: copy_did NO DIDS ADDED"
    return Reply(f"{body}{result} - {user}|{source}|{added}|{existed}\n")
