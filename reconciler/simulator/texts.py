"""Text as PHP and MySQL treat it: parameters, dropped characters, queries, numbers, times. Pure.

Bytes that are not UTF-8 are kept in ``str`` as surrogates, so that they are echoed unchanged.
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
    """Read a query string or a form; the last value of a repeated name counts.

    It keeps the place of the first; values without a name are left out, as in PHP.
    """
    pairs = parse_qsl(
        encoded.decode("utf-8", "surrogateescape"),
        keep_blank_values=True,
        errors="surrogateescape",
    )
    return {name: value for name, value in pairs if name}


def kept(text: str, allowed: str, characters: Characters = Characters.ASCII) -> str:
    """Drop all but ``allowed``, the inside of a regular expression's class.

    With letters of any script, a text that is not UTF-8 is dropped as a whole.
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
    """Whether ``text``, put unescaped between apostrophes, breaks a query.

    SQL injection is not simulated.
    """
    return _WHOLE_LITERAL.fullmatch(text) is None


def identity(text: str) -> str:
    """A key that is the same for texts equal to the database (``utf8mb4_general_ci``).

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
