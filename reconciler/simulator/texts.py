"""Text as PHP and MySQL treat it: parameters, dropped characters, numbers, times. Pure.

Bytes that are no UTF-8 travel through ``str`` as surrogates, so that what is echoed is what was
sent.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

Params = Mapping[str, str]
"""The parameters of one request, GET and POST already laid over each other."""

WORD = r"\-_0-9A-Za-z"
PATTERN = r":+*#._0-9A-Za-z"
LETTERS_DIGITS = "0-9A-Za-z"

_LARGEST = 2**63 - 1
"""What SQLite holds; MySQL would hold twice as much."""

_INTEGER = re.compile(
    r"\s*(?P<sign>[-+]?)(?P<digits>[0-9]+)(?:[eE](?P<power>[0-9]{1,2})(?![0-9]))?"
)


def decode_form(encoded: bytes) -> dict[str, str]:
    """Read a query string or a form; of a name given twice the last value counts."""
    return dict(
        parse_qsl(
            encoded.decode("utf-8", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
        )
    )


def kept(text: str, characters: str) -> str:
    """Drop all but ``characters``, the inside of a regular expression's class."""
    return re.sub(f"[^{characters}]", "", text)


def size(text: str) -> int:
    """Length in bytes, as PHP counts."""
    return len(encoded(text))


def encoded(text: str) -> bytes:
    """The bytes that ``text`` was read from."""
    return text.encode("utf-8", "surrogateescape")


def local_time(seconds: float) -> str:
    """A time since the epoch as the recorded server writes it: in UTC, whatever zone it claims."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def unsigned(text: str) -> int:
    """What a lax MySQL stores of ``text`` in an unsigned integer column."""
    match = _INTEGER.match(text)
    if match is None or match["sign"] == "-":
        return 0
    return min(int(match["digits"] + "0" * int(match["power"] or 0)), _LARGEST)
