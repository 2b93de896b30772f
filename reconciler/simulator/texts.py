"""Text as PHP and MySQL treat it: parameters, dropped characters, queries, numbers, times. Pure.

Bytes that are no UTF-8 travel through ``str`` as surrogates, so that what is echoed is what was
sent.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from reconciler import characters as letters
from reconciler.characters import Characters

Params = Mapping[str, str]
"""The parameters of one request, GET and POST already laid over each other."""

WORD = r"\-_0-9A-Za-z"
PATTERN = r":+*#._0-9A-Za-z"
LETTERS_DIGITS = "0-9A-Za-z"

_WHOLE_LITERAL = re.compile(r"(?:[^'\\]|\\.|'\s*')*", re.DOTALL)

_LARGEST = 2**63 - 1
"""What SQLite holds; MySQL would hold twice as much."""

_INTEGER = re.compile(
    r"\s*(?P<sign>[-+]?)(?P<digits>[0-9]+)(?:[eE](?P<power>[0-9]{1,2})(?![0-9]))?"
)


def decode_form(encoded: bytes) -> dict[str, str]:
    """Read a query string or a form; of a name given twice the last value counts.

    Such a name keeps the place where it stood first, and what has no name is left out, as in PHP.
    """
    pairs = parse_qsl(
        encoded.decode("utf-8", "surrogateescape"),
        keep_blank_values=True,
        errors="surrogateescape",
    )
    return {name: value for name, value in pairs if name}


def kept(text: str, allowed: str, characters: Characters = Characters.ASCII) -> str:
    """Drop all but ``allowed``, the inside of a regular expression's class.

    Where letters of any script stay, a text that is no UTF-8 is dropped as a whole.
    """
    if characters is Characters.ANY and not is_unicode(text):
        return ""
    return letters.kept(text, allowed, characters)


def is_unicode(text: str) -> bool:
    """Whether ``text`` was read from UTF-8."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def encoded(text: str) -> bytes:
    """The bytes that ``text`` was read from."""
    return text.encode("utf-8", "surrogateescape")


def local_time(seconds: float) -> str:
    """A time since the epoch as the recorded server writes it: in UTC, whatever zone it claims."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def breaks_query(text: str) -> bool:
    """Whether a query breaks into which ``text`` is put between apostrophes as it is.

    Only that: what it would make of a text that is written to be SQL is not looked into.
    """
    return _WHOLE_LITERAL.fullmatch(text) is None


def identity(text: str) -> str:
    """What two texts have in common that are equal to the database (``utf8mb4_general_ci``).

    Case and accents do not count, and ß is an s.
    """
    return text.upper() if text.isascii() else "".join(map(_weight, text))


def _weight(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    upper = base.upper()
    return "S" if char == "ß" else upper if len(upper) == 1 else base


def is_unsigned(text: str) -> bool:
    """Whether an unsigned integer column takes ``text`` without loss."""
    match = _INTEGER.fullmatch(text)
    return match is not None and match["sign"] != "-"


def unsigned(text: str) -> int:
    """What a lax MySQL stores of ``text`` in an unsigned integer column."""
    match = _INTEGER.match(text)
    if match is None or match["sign"] == "-":
        return 0
    return min(int(match["digits"] + "0" * int(match["power"] or 0)), _LARGEST)
