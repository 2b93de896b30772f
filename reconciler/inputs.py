"""Reading what somebody else may have made: files, and the JSON in files and replies.

Regular files only, and up to a size: a pipe would be waited for, and a device has no end.
"""

import errno
import json
import math
import os
import re
import stat
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
LARGEST_SPEC = 8 * MIB
LARGEST_PLAN = 64 * MIB
"""A plan of millions of numbers is smaller."""
LARGEST_STATE = 256 * MIB
"""A million numbers, each with values of its own, are smaller."""
LARGEST_JOURNAL = 1024 * MIB
LARGEST_CERTIFICATES = 8 * MIB
LARGEST_SMALL = MIB
"""What holds one thing: a password, the holder of a lock."""


_HALF = re.compile(r"\\u[dD][89abcdefABCDEF]|[\ud800-\udfff]")


class NotRegular(OSError):
    """A folder, a pipe or a device."""


class TooLarge(OSError):
    """More than was allowed."""


def read_file(path: Path, largest: int) -> bytes:
    """All of the file, at most ``largest`` bytes.

    Raises OSError, of which ``strerror`` is for people; :class:`NotRegular` and :class:`TooLarge`
    are among them.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotRegular(errno.EINVAL, "it is not a regular file")
            content = file.read(largest + 1)
    except ValueError:  # a zero byte
        raise NotRegular(errno.EINVAL, "no file can have this name") from None
    if len(content) > largest:
        raise too_large(largest)
    return content


def parse_json(text: bytes | str, *, unique_keys: bool = False) -> Any:  # noqa: ANN401
    """The value of ``text``; raises ValueError for all that is not JSON.

    Also for what Python would take or stumble over: other encodings than UTF-8, NaN, numbers beyond
    a float, half a character, and more levels than it can read.
    """
    try:
        # json.loads would take UTF-16 and UTF-32 as well.
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        value = json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_finite,
            object_pairs_hook=_once if unique_keys else None,
        )
        plain = text.isascii() and "\\u" not in text
        if not plain and _HALF.search(text) is not None:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a character") from None
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def _without_waiting(path: str, flags: int) -> int:
    """Open it; a pipe without waiting for its other end."""
    return os.open(path, flags | os.O_NONBLOCK)


def too_large(largest: int) -> TooLarge:
    """The error for more than ``largest`` bytes."""
    return TooLarge(errno.EFBIG, f"it is larger than {largest // MIB} MiB")
