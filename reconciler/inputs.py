"""Reading files that somebody else may have made: regular files only, and up to a size.

A pipe would be waited for, and a device has no end.
"""

import errno
import os
import stat
from pathlib import Path

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


class NotRegular(OSError):
    """A folder, a pipe or a device."""


class TooLarge(OSError):
    """More than was allowed."""


def read_file(path: Path, largest: int) -> bytes:
    """All of the file, at most ``largest`` bytes.

    Raises OSError, of which ``strerror`` is for people; :class:`NotRegular` and :class:`TooLarge`
    are among them.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotRegular(errno.EINVAL, "it is not a regular file")
        content = file.read(largest + 1)
    if len(content) > largest:
        raise too_large(largest)
    return content


def _without_waiting(path: str, flags: int) -> int:
    """Open it; a pipe without waiting for its other end."""
    return os.open(path, flags | os.O_NONBLOCK)


def too_large(largest: int) -> TooLarge:
    """The error for more than ``largest`` bytes."""
    return TooLarge(errno.EFBIG, f"it is larger than {largest // MIB} MiB")
