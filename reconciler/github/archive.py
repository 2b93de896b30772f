"""Read one file of an artifact's zip, in memory and within limits.

The zip was made by a pull request's run: its sizes may be false, it may hold thousands of entries,
unsafe paths, or lack the file.
"""

import io
import struct
import zipfile
import zlib

from reconciler.errors import ReconcilerError
from reconciler.inputs import LARGEST_PLAN

MOST_ENTRIES = 1000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_INVALID = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ArithmeticError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the library raises for the bytes of a stranger."""


class ArchiveError(ReconcilerError):
    """An artifact is invalid."""


def file_in(archive: bytes, name: str, *, largest: int = LARGEST_PLAN) -> str:
    """The text of the one file ``name``; raises :class:`ArchiveError` with the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ArchiveError(f"the artifact holds {len(entries):,} files")
            found = [entry for entry in entries if entry.filename == name]
            if len(found) != 1:
                raise ArchiveError(f"the artifact holds {name} {len(found)} times, not once")
            if found[0].compress_type not in _METHODS:
                raise ArchiveError(f"{name} in the artifact is packed in another way than GitHub's")
            with opened.open(found[0]) as stream:
                # The sizes in the directory may be false: read up to the limit.
                content = stream.read(largest + 1)
    except _INVALID as error:
        raise ArchiveError(f"the artifact is not a valid zip: {error}") from None
    if len(content) > largest:
        raise ArchiveError(f"{name} in the artifact is larger than {largest:,} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ArchiveError(f"{name} in the artifact is not UTF-8 text") from None
