"""From answers to replies: the result of each call, by the reason VICIdial gives.

Pure. The forms are those recorded on a running server. A line counts if it is complete and names
the user, and the number or source that was asked for; summaries do not count. With a status of 500
the lines that arrived are still true.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from reconciler.characters import Characters
from reconciler.vicidial.answer import NUMBER, Answer, Line, describe, lines_of, said, unclear
from reconciler.vicidial.readings import Allowed, NotReadable, Version
from reconciler.vicidial.replies import (
    Added,
    AlreadyExists,
    CallRefused,
    Copied,
    CopyLine,
    CopyReply,
    Deleted,
    DeleteReply,
    DidMissing,
    Exists,
    NotInserted,
    ProbeReply,
    SourceMissing,
    Unclear,
    Updated,
    UpdateReply,
)
from reconciler.vicidial.stops import raise_if_rights_missing, raise_if_stopped

_ADDED = ("NOTICE", "copy_did DID HAS BEEN ADDED")
_EXISTS = ("NOTICE", "copy_did DID ALREADY EXISTS")
_NO_SOURCE = ("ERROR", "copy_did SOURCE DID DOES NOT EXIST")
_UPDATED = ("SUCCESS", "update_did DID HAS BEEN UPDATED")
_DELETED = ("SUCCESS", "update_did DID HAS BEEN DELETED")
_NO_UPDATES = ("NOTICE", "update_did NO UPDATES DEFINED")
_NO_DID = ("ERROR", "update_did DID DOES NOT EXIST")
_NO_CALLS = ("ERROR", "did_log_export NO RECORDS FOUND")

_CONTRADICTION = "the reply has contradicting lines for this number"

_REFUSAL = re.compile(
    r"(?P<function>copy_did|update_did) "
    r"(?:YOU MUST USE ALL REQUIRED FIELDS|.+, THIS IS AN OPTIONAL FIELD)"
)
_VERSION = re.compile(
    r"^VERSION: (?P<number>[^|\s]+)\|BUILD: (?P<build>(?P<day>[0-9]{6})-[0-9]+)\|", re.MULTILINE
)

R = TypeVar("R")


def copy_reply(answer: Answer, source: str, asked: Sequence[str], user: str) -> CopyReply:
    """What a copy of ``source`` to the ``asked`` numbers came to, number by number."""
    lines = _lines(answer, user)
    by_pattern: dict[str, list[CopyLine]] = {pattern: [] for pattern in asked}
    for line in lines:
        found = by_pattern.get(line.fields[1]) if len(line.fields) > 1 else None
        if found is None:
            continue
        if line.says == _ADDED:
            found.extend(_inserted(line, source))
        elif line.says == _EXISTS and len(line.fields) == 2:
            found.append(AlreadyExists())
    refusal = next(iter(_refusals(lines, "copy_did", user)), None)
    missing = [line for line in lines if line.says == _NO_SOURCE and line.fields == (user, source)]
    if any(by_pattern.values()):
        if missing:
            return Unclear(_CONTRADICTION)
        rest = None if all(by_pattern.values()) else _rest(answer, refusal, user, asked)
        return Copied({pattern: _settled(found, rest) for pattern, found in by_pattern.items()})
    if missing:
        return SourceMissing(
            f"{said(missing[0], user)} (or the API user may not see it: "
            "User Groups → Admin Viewable Groups)"
        )
    return unclear(answer, user, asked) if refusal is None else refusal


def update_reply(answer: Answer, pattern: str, user: str) -> UpdateReply:
    """What an update of ``pattern`` came to."""
    lines = _lines(answer, user)
    found: list[UpdateReply] = []
    for line in lines:
        if line.says == _UPDATED and line.fields == (user, pattern):
            found.append(Updated())
        elif line.says == _NO_DID and line.fields == (user, pattern):
            found.append(DidMissing())
        elif line.says == _NO_UPDATES:
            found.append(CallRefused(said(line, user)))
    return _agreed([*found, *_refusals(lines, "update_did", user)], answer, pattern, user)


def delete_reply(answer: Answer, pattern: str, user: str) -> DeleteReply:
    """What a deletion of ``pattern`` came to."""
    lines = _lines(answer, user)
    found: list[DeleteReply] = []
    for line in lines:
        if line.says == _DELETED and line.fields[:2] == (user, pattern):
            found.append(Deleted())
        elif line.says == _NO_DID and line.fields == (user, pattern):
            found.append(DidMissing())
        elif line.says == _NO_UPDATES:
            found.append(CallRefused(said(line, user)))
    return _agreed([*found, *_refusals(lines, "update_did", user)], answer, pattern, user)


def probe_reply(answer: Answer, pattern: str, user: str) -> ProbeReply:
    """Whether ``pattern`` exists, by the answer to an update without fields."""
    found: list[ProbeReply] = []
    for line in _lines(answer, user):
        if line.says == _NO_UPDATES:
            found.append(Exists())
        elif line.says == _NO_DID and line.fields == (user, pattern):
            found.append(DidMissing())
    return _agreed(found, answer, pattern, user)


def right_to_copy(answer: Answer, user: str) -> Allowed | Unclear:
    """Whether the user may copy, by the answer to a copy that is too short to be carried out."""
    refusals = _refusals(_lines(answer, user), "copy_did", user)
    return Allowed() if refusals else unclear(answer, user)


def right_to_calls(answer: Answer, user: str) -> Allowed | NotReadable | Unclear:
    """Whether the user may read which calls a number received, by the answer for one number."""
    lines = _lines(answer, user)
    if any(line.says == _NO_CALLS for line in lines):
        return Allowed()
    for line in lines:
        if line.level == "ERROR" and line.reason.startswith("did_log_export "):
            return NotReadable(f"the server says {said(line, user)!r}")
    return unclear(answer, user)


def letters_of(answer: Answer, pattern: str, user: str) -> Characters | Unclear:
    """Which letters the server keeps, by what is left of ``pattern``, a number that is missing."""
    for line in _lines(answer, user):
        if line.says == _NO_DID:
            kept = line.fields[1:]
            if kept == (pattern,):
                return Characters.ANY
            if kept == ("".join(filter(str.isascii, pattern)),):
                return Characters.ASCII
    return unclear(answer, user, [pattern])


def is_strict(answer: Answer, user: str) -> bool | Unclear:
    """Whether the database refused an entry in its log that it would have had to cut."""
    if any(line.says in (_NO_DID, _NO_UPDATES) for line in _lines(answer, user)):
        if answer.status == 200:
            return False
        if answer.status == 500:
            return True
    return unclear(answer, user)


def version_of(answer: Answer) -> Version | Unclear:
    """The server's version, which it tells without a log-in."""
    match = _VERSION.search(answer.text)
    if match is None or answer.status != 200:
        return unclear(answer)
    try:
        built = datetime.strptime(match["day"], "%y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return Unclear(describe(answer, "a version without a date"))
    return Version(match["number"], match["build"], built.date())


def _lines(answer: Answer, user: str) -> tuple[Line, ...]:
    """The lines that name ``user``; raise when the answer means that no call may be sent."""
    raise_if_stopped(answer, user)
    raise_if_rights_missing(answer, user)
    return tuple(line for line in lines_of(answer) if line.fields[:1] == (user,))


def _inserted(line: Line, source: str) -> Iterable[CopyLine]:
    """The last field counts the rows that were inserted; any other than 0 and 1 tells nothing."""
    match line.fields:
        case (_, _, copied, did_id, "1") if copied == source and did_id.isdecimal():
            yield Added(int(did_id))
        case (_, _, copied, _, "0") if copied == source:
            user, number, _, did_id, _ = line.fields
            yield NotInserted(said(line, user, {number: NUMBER, did_id: "(did_id)"}))


def _rest(answer: Answer, refusal: CallRefused | None, user: str, asked: Iterable[str]) -> CopyLine:
    """What it means for a number that the reply, which has others, has no line for it."""
    if refusal is None:
        why = "the reply has no line for this number"
        return Unclear(describe(answer, why, user, asked), answer.wait, answer.lost)
    return NotInserted(refusal.words)  # the server stopped here


def _settled(found: Sequence[CopyLine], rest: CopyLine | None) -> CopyLine:
    """What all the lines of one number mean together: one that was added was added."""
    added = [line for line in found if isinstance(line, Added)]
    if added:
        return added[0]
    if rest is not None and not found:
        return rest
    if any(type(line) is not type(found[0]) for line in found):
        return Unclear(_CONTRADICTION)
    return found[0]


def _agreed(found: Sequence[R], answer: Answer, pattern: str, user: str) -> R | Unclear:
    """What the lines of one number mean together."""
    if not found:
        return unclear(answer, user, [pattern])
    if any(type(reply) is not type(found[0]) for reply in found):
        return Unclear(_CONTRADICTION)
    return found[0]


def _refusals(lines: Sequence[Line], function: str, user: str) -> tuple[CallRefused, ...]:
    return tuple(
        CallRefused(said(line, user))
        for line in lines
        if line.level == "ERROR"
        and (match := _REFUSAL.fullmatch(line.reason)) is not None
        and match["function"] == function
    )
