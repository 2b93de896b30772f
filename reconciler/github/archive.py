"""Read one file of an artifact's zip, in memory and within limits.

The zip was made by a pull request's run: its sizes may be false, it may hold thousands of entries,
unsafe paths, or lack the file.
"""

import hashlib
import io
import struct
import zipfile
import zlib

from reconciler.errors import ReconcilerError
from reconciler.github.client import LARGEST_ARCHIVE, Artifact, GitHub
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
"""What the library raises for bytes that are not a valid archive."""


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


def downloaded(github: GitHub, artifact: Artifact) -> bytes:
    """The zip of an artifact. Raises ArchiveError for one that cannot be what was stored."""
    if artifact.size > LARGEST_ARCHIVE:
        raise ArchiveError(f"the artifact is larger than {LARGEST_ARCHIVE:,} bytes")
    archive = github.archive(artifact)
    kind, _, digest = (artifact.digest or "").partition(":")
    if kind == "sha256" and hashlib.sha256(archive).hexdigest() != digest:
        raise ArchiveError("the artifact does not match its digest")
    return archive
