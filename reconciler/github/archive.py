"""The files of an artifact's zip: in memory, within limits, never written where they say.

The zip was made by a pull request's run, so it may lie about sizes, hold thousands of entries,
paths that lead elsewhere, or nothing of what it should.
"""

import io
import zipfile
import zlib

from reconciler.errors import ReconcilerError

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes that a file may have once it is unpacked: a plan of millions of numbers is smaller."""
MOST_ENTRIES = 16


class ArchiveError(ReconcilerError):
    """An artifact that cannot be used."""


def file_in(archive: bytes, name: str, *, largest: int = LARGEST_FILE) -> str:
    """The text of the one file ``name``; raises :class:`ArchiveError` with the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ArchiveError(f"the artifact holds {len(entries):,} files")
            found = [entry for entry in entries if entry.filename == name]
            if len(found) != 1:
                raise ArchiveError(f"the artifact holds {name} {len(found)} times, not once")
            with opened.open(found[0]) as stream:
                # What the directory says of sizes is not trusted: read up to the limit, no further.
                content = stream.read(largest + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveError(f"the artifact is no sound zip: {error}") from None
    if len(content) > largest:
        raise ArchiveError(f"{name} in the artifact is larger than {largest:,} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ArchiveError(f"{name} in the artifact is not UTF-8 text") from None
