"""Numbers that the server would store and no call would match, by the look of them alone.

An incoming number must equal a pattern exactly, so what is neither digits (a ``+`` before them), a
service code (``*97``) nor plainly a name (``MAIN_LINE``) is pointed out, with what is likely meant.
These are warnings: a server may have such a number already, and only what can be declared can be
removed.
"""

import re

from reconciler.numbers import Span
from reconciler.specs.codes import Code
from reconciler.specs.display import DIGITS, LONGEST_NUMBER, plain
from reconciler.specs.faults import Finding
from reconciler.specs.wildcards import NO_WILDCARDS, is_wildcard, range_meant

_SERVICE_CODE = re.compile(r"[*#][0-9*#]*|[0-9]{1,5}[*#][0-9*#]*")
_URI = re.compile(r"(?:tel|sips?|callto):.*", re.IGNORECASE)
_DECIMAL = re.compile(r"\+?[0-9]+\.[0-9]+")
_LOOKALIKES = re.compile(r"(?=(?:[^0-9]*[0-9]){5})\+?[0-9OoIl]+")
_AS_DIGITS = str.maketrans("OoIl", "0011")


def suspicion(span: Span) -> Finding | None:
    """What makes it doubtful that a call can match these numbers, by the first of them."""
    first = span[0]
    if DIGITS.fullmatch(first):
        return _digits(first)
    if _SERVICE_CODE.fullmatch(first):
        return None
    meant = _meant(span)
    advice = None if meant is None else f"write {meant}"
    shown = repr(span.text)
    if _URI.fullmatch(first):
        return Finding(
            Code.URI, f"{shown} is a URI, and a call is matched by its number alone", advice
        )
    if meant is None and is_wildcard(first):
        meant = range_meant(first)
        advice = None if meant is None else f"write {meant}, if all of these are meant"
        return Finding(Code.WILDCARD, f"{shown} {NO_WILDCARDS}", advice)
    if _LOOKALIKES.fullmatch(first):
        return Finding(
            Code.LETTERS,
            f"{shown} has letters among its digits",
            f"write {span.text.translate(_AS_DIGITS)}, if digits are meant",
        )
    if _DECIMAL.fullmatch(first):
        return Finding(
            Code.DECIMAL, f"{shown} is a decimal number, as a spreadsheet writes it", advice
        )
    if meant is not None:
        return Finding(
            Code.DISPLAY_FORM,
            f"{shown} is written for people: a carrier sends the digits alone",
            advice,
        )
    if _is_name(first):
        return None
    return Finding(
        Code.SHAPE,
        f"{shown} is neither digits nor plainly a name: only a call to exactly these characters "
        "would match it",
    )


def _meant(span: Span) -> str | None:
    first, last = plain(span[0]), plain(span[len(span) - 1])
    if first is None or last is None:
        return None
    return first if first == last else f"{first}-{last}"


def _digits(number: str) -> Finding | None:
    digits = number.lstrip("+")
    if number.startswith("+0"):
        return Finding(
            Code.SHAPE, f"{number!r} has a 0 after the +, with which no country code begins"
        )
    if len(digits) <= LONGEST_NUMBER:
        return None
    half = len(digits) // 2
    one, other = digits[:half], digits[half:]
    glued = len(one) == len(other) and one[:3] == other[:3]
    return Finding(
        Code.GLUED,
        f"{number!r} has {len(digits)} digits: a telephone number has at most {LONGEST_NUMBER}",
        f"if these are two numbers, give each an item of its own: {one}, {other}"
        if glued
        else None,
    )


def _is_name(pattern: str) -> bool:
    """Whether it begins with a letter, or has more letters than other characters."""
    letters = sum(map(str.isalpha, pattern))
    return pattern.removeprefix("_")[:1].isalpha() or (
        pattern[0].isdigit() and letters > len(pattern) / 2
    )
