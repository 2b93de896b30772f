"""A text in a list of numbers: the numbers it stands for, or why it stands for none.

A text that cannot be one number or one range is a fault, also where the server would store it:
two numbers in one item, a range in another notation, a number of which a spreadsheet has lost the
digits. Hints are certain: a number is only suggested where no other can be meant.
"""

import re

from reconciler.numbers import (
    LONGEST_PATTERN,
    NumberError,
    Span,
    check_pattern,
    parse_span,
    range_ends,
)
from reconciler.specs.codes import Code
from reconciler.specs.display import DASHES, DIGITS, plain
from reconciler.specs.faults import Finding
from reconciler.specs.wildcards import NO_WILDCARDS, is_wildcard, range_meant

_USUAL = re.compile(r"\s*\+?[0-9]{2,}(?:\s*[-–]\s*\+?[0-9]{2,})?\s*")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+[Ee][+-]?|[Ee]\+)[0-9]+")
_ALONE = re.compile(r"(?:to|thru|through|until|till|and|\.{2,}|[,;|~&…]|/ ?[0-9]*)", re.IGNORECASE)
_BETWEEN = (
    re.compile(rf"\s[{DASHES}]\s+(?=[0-9+(])"),
    re.compile(
        r"\.{2,}|…|=>|[-–]>|→|>|[~‐‑‒—―−－]|\b(?:to|thru|through|until|till)\b"
        r"|(?<=[0-9])(?:to|thru|through)(?=[+0-9])|(?<=[0-9]{4}) ?: ?(?=\+?[0-9]{4})",
        re.IGNORECASE,
    ),
)
"""What stands between the ends of a range in other notations."""
_SEPARATORS = re.compile(r"\s*[,;|&/\n]\s*|\s+(?:and|or)\s+|\s+", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-/.][01]?[0-9][-/.][0-3]?[0-9](?:[T ].*)?")
_WORD = re.compile("[A-Za-z]")
_TWO_LONG = re.compile(r"\+?[0-9]{7,}[^0-9]+[0-9]{7}.*", re.DOTALL)
LONG = 7
"""Digits from which on a number is one of a telephone and no extension."""
SHORT_END = 5
EACH_ITS_OWN = "give each number an item of its own"
FIRST_LAST = "write a range as FIRST-LAST, with both numbers in full"


def read_item(text: str) -> Span | Finding:
    """An item of a list of numbers: a number or FIRST-LAST."""
    found = _not_one(text)
    if found is not None:
        return found
    try:
        return parse_span(text)
    except NumberError as error:
        return _explained(text, str(error))


def read_number(text: str) -> str | Finding:
    """One number, where a range cannot stand."""
    found = _not_one(text)
    if found is not None:
        return found
    try:
        return check_pattern(text)
    except NumberError as error:
        return _explained(text, str(error))


def _not_one(text: str) -> Finding | None:
    """What cannot be one number or range, whatever the server would store."""
    if _USUAL.fullmatch(text):
        return None
    bare = text.strip(" \t'\"=")
    if _SCIENTIFIC.fullmatch(bare):
        return Finding(
            Code.SCIENTIFIC,
            f"{text!r} is scientific notation: a spreadsheet has dropped digits of the number",
            "format the spreadsheet's column as text, and take the number from its origin again",
        )
    if _ALONE.fullmatch(bare):
        return Finding(
            Code.RANGE,
            f"{text!r} is a separator without numbers",
            f"{FIRST_LAST}; or {EACH_ITS_OWN}",
        )
    if plain(text) is not None:
        return None
    bare = text.strip()
    for between in _BETWEEN:
        found = between.search(bare, 1)
        if found and found.end() < len(bare) and "\n" not in bare:
            return _other_notation(text, bare[: found.start()].rstrip(), bare[found.end() :])
    return None


def _other_notation(text: str, first: str, last: str) -> Finding | None:
    """Two numbers and what means a range elsewhere; None where it may be a name (``a..b``)."""
    one, other = plain(first), plain(last)
    if one is not None and other is not None:
        hint = _range_hint(one, other)
    elif " " in text or (first[-1].isdigit() and last[0].isdigit()):
        hint = FIRST_LAST
    else:
        return None
    return Finding(Code.RANGE, f"{text!r} is not how a range is written", hint)


def _explained(text: str, reason: str) -> Finding:
    number = plain(text)
    if number is not None and number != text:
        if len(range_ends(text)) > 1:
            reason = f"{text!r} is a number as people write it, with dashes"
        return Finding(Code.NUMBER, reason, f"write {number}")
    if len(text) <= LONGEST_PATTERN and is_wildcard(text):
        meant = range_meant(text)
        return Finding(Code.NUMBER, f"{text!r} {NO_WILDCARDS}", meant and f"write {meant}")
    if _DATE.fullmatch(text):
        return Finding(Code.NUMBER, f"{text!r} looks like a date, not like a number")
    several = _several(text)
    if several is not None:
        return several
    number = _before_words(text)
    if number is not None and len(number) >= LONG:
        return Finding(
            Code.NUMBER, reason, f"write {number}, and the words after it as a comment (# …)"
        )
    ends = range_ends(text)
    if len(ends) == 2 and all(map(DIGITS.fullmatch, ends)):
        return Finding(Code.RANGE, reason, _range_hint(*ends))
    return Finding(Code.RANGE if len(ends) > 1 and all(ends) else Code.NUMBER, reason)


def _before_words(text: str) -> str | None:
    """The number that words follow (``7275550101 - main line``), without numbers of their own."""
    word = _WORD.search(text)
    if word is None or re.search("[0-9]{5}", text[word.start() :]):
        return None
    before = text[: word.start()]
    number = before.rstrip(" \t\n:–-")
    return plain(number) if number != before else None


def _several(text: str) -> Finding | None:
    parts = [part for part in _SEPARATORS.split(text.strip()) if part]
    numbers = [number for part in parts if (number := plain(part)) is not None]
    if len(parts) < 2 or len(numbers) < len(parts):
        if not _TWO_LONG.fullmatch(text) or len(range_ends(text)) == 2:
            return None
        return Finding(
            Code.SEVERAL, f"{text!r} is more than one number", f"{EACH_ITS_OWN}; or {FIRST_LAST}"
        )
    if len(min(numbers, key=len)) < LONG and not re.search("[,;|&]", text):
        return Finding(
            Code.SEVERAL,
            f"{text!r} looks like more than one number",
            f"write each number in full, as an item of its own; or {FIRST_LAST}",
        )
    shown = ", ".join(numbers[:3]) + (", …" if len(numbers) > 3 else "")
    return Finding(Code.SEVERAL, f"{text!r} is more than one number", f"{EACH_ITS_OWN}: {shown}")


def _range_hint(first: str, last: str) -> str | None:
    """What to write for a range that was meant to run from ``first`` to ``last``."""
    if _is_range(first, last):
        return f"write {first}-{last}"
    if _is_range(last, first):
        return f"write {last}-{first}"
    head = first[: max(len(first) - len(last), 0)]
    short_end = len(first) >= LONG and len(last) <= SHORT_END
    if (short_end or head == "+") and _is_range(first, head + last):
        return f"write both ends in full: {first}-{head}{last}, if that is the range"
    if len(first) != len(last):
        return "complete the shorter end, or write each length as a range of its own"
    return None


def _is_range(first: str, last: str) -> bool:
    try:
        parse_span(f"{first}-{last}")
    except NumberError:
        return False
    return True
