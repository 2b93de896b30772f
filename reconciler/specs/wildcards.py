"""Blocks as carriers and PBXs name them: ``72755501XX``, Asterisk's ``_727555XXXX``."""

import re

from reconciler.numbers import LARGEST_SPAN, Span

NO_WILDCARDS = "contains wildcards: VICIdial has none and compares every character"
_ASTERISK = re.compile(r"_(?=[+0-9\[-]*[NXZ.!\]])[+0-9NXZ.!\[\]-]+", re.IGNORECASE)
_OPEN_END = re.compile(
    r"_?(?P<lead>\+?[0-9]{3,})(?P<open>[Xx]+|\?+|%|\*+|##+|[NXZnxz]{2,})(?P<rest>[.!]?)"
)
_INSIDE = re.compile(
    r"\+?[0-9]{3,}(?:[Xx]+[0-9]+)+[Xx]*|\+?[0-9]*(?:\?|\[[0-9-]+\])[0-9?Xx*\[\]-]*"
)
_LETTERS = re.compile(r"[NXZ]{3,}", re.IGNORECASE)
_LONGER_THAN_A_CODE = 6
"""Digits before ``*`` or ``#`` from which on the whole cannot be a service code."""


def is_wildcard(text: str) -> bool:
    """Whether ``text`` is a pattern for several numbers."""
    open_end = _OPEN_END.fullmatch(text)
    if open_end:
        return open_end["open"][0] not in "*%#" or len(open_end["lead"]) >= _LONGER_THAN_A_CODE
    return any((_ASTERISK.fullmatch(text), _INSIDE.fullmatch(text), _LETTERS.fullmatch(text)))


def range_meant(text: str) -> str | None:
    """The range that a wildcard stands for, where each open place is any digit."""
    match = _OPEN_END.fullmatch(text)
    if match is None or match["rest"] or not set(match["open"]) <= set("Xx?#"):
        return None  # N and Z are not any digit, the others not one digit each
    lead, width = match["lead"], len(match["open"])
    if 10**width > LARGEST_SPAN:
        return None
    return Span(lead, width, 0, 10**width - 1).text
