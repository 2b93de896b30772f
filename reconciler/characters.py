"""Which letters a server keeps, and how many bytes a text has there.

VICIdial drops every character that a parameter may not hold. With its system setting for non-Latin
text (``use_non_latin``) letters of every script stay: Unicode's categories L*, neither combining
marks nor other digits. Its database keeps three bytes a character, so letters up to U+FFFF. All
lengths are in bytes of UTF-8.
"""

import re
from enum import Enum
from functools import cache

FOREIGN_LETTERS = r"\u00aa-\uffff"
"""A range of a regular expression that holds all letters beyond ASCII that are kept, and more."""

USE_NON_LATIN = (
    "where the server has non-Latin text on (use_non_latin), write characters: any in target.yaml"
)


class Characters(Enum):
    """A server's setting, as ``target.yaml`` says it."""

    ASCII = "ascii"
    ANY = "any"


def kept(text: str, allowed: str, characters: Characters = Characters.ASCII) -> str:
    """Drop all but ``allowed``, the inside of a regular expression's class, and foreign letters.

    Those are dropped too unless ``characters`` is :attr:`Characters.ANY`.
    """
    if characters is Characters.ASCII or text.isascii():
        return _others(allowed).sub("", text)
    others = _others(allowed)
    return "".join(char for char in text if _is_foreign_letter(char) or not others.match(char))


@cache
def _others(allowed: str) -> re.Pattern[str]:
    return re.compile(f"[^{allowed}]")


def is_storable(text: str) -> bool:
    """Whether the database keeps every character of ``text``."""
    return all(char <= "\uffff" for char in text)


def size(text: str) -> int:
    """Length in bytes."""
    return len(text.encode("utf-8", "surrogateescape"))


def unit(text: str) -> str:
    """What the length of ``text`` is counted in, in words."""
    return "characters" if text.isascii() else "bytes (in UTF-8)"


def _is_foreign_letter(char: str) -> bool:
    return not char.isascii() and char.isalpha()
