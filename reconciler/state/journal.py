"""The local journal: each outcome is written to this machine's disk before it is used.

A save of the state costs more than a line of the journal, so outcomes are journalled one by one
and saved together. After a crash the journal is laid over the state that was saved last. It belongs
to one content of the state file exactly, named by a digest: a state that was saved since by
another machine is never overwritten by an old journal.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path

from reconciler.errors import StateError
from reconciler.inputs import LARGEST_JOURNAL, parse_json, read_file
from reconciler.numbers import Span, SpanMap
from reconciler.state.codec import decode_records, encode_records
from reconciler.state.file import flush_folder, open_own
from reconciler.state.model import Record

Writes = Sequence[tuple[Span, Record | None]]


class Journal:
    """An append-only file of lines, each flushed to the disk before ``append`` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def saving(self, content: bytes) -> None:
        """From here on outcomes belong to ``content``, which is about to be saved."""
        self._line(json.dumps({"state": _digest(content)}))

    def append(self, outcomes: Writes) -> None:
        """Add the new records of numbers; None: no longer known."""
        self._line(encode_records(outcomes))

    def remove(self) -> None:
        """Delete the journal: all of it is in the saved state."""
        self.close()
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StateError(f"cannot remove {self.path}: {error.strerror}") from None

    def close(self) -> None:
        """Close the file; what was written stays."""
        if self._file is not None:
            with suppress(OSError):  # every line is on the disk already
                os.close(self._file)
            self._file = None

    def _line(self, text: str) -> None:
        line = text.encode() + b"\n"
        try:
            if self._file is None:
                self._file = self._opened()
                # A line that was cut by a crash or a full disk must not swallow the next one.
                line = b"\n" + line
            while line:
                line = line[os.write(self._file, line) :]
            os.fsync(self._file)
        except OSError as error:
            self.close()
            raise StateError(
                f"cannot write {self.path}: {error.strerror}",
                hint="free space or correct the permissions, then run apply again: it continues "
                "from there",
            ) from None

    def _opened(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = open_own(self.path, os.O_WRONLY | os.O_APPEND)
        flush_folder(self.path.parent)
        return file


def recovered(path: Path, content: bytes, records: SpanMap[Record]) -> SpanMap[Record] | None:
    """``records`` (those of ``content``) with the outcomes journalled for them.

    None when there is no journal, or none that belongs to this content.
    """
    try:
        journal = read_file(path, LARGEST_JOURNAL)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"cannot read {path}: {error.strerror}") from None
    return replayed(journal, content, records)


def replayed(journal: bytes, content: bytes, records: SpanMap[Record]) -> SpanMap[Record] | None:
    """See :func:`recovered`; ``journal`` may be damaged in any way."""
    wanted = _digest(content)
    outcomes: list[tuple[Span, Record | None]] | None = None
    for line in journal.split(b"\n"):
        try:
            entry = parse_json(line)
            if "state" in entry:
                if entry["state"] == wanted:
                    outcomes = []
            elif outcomes is not None:
                outcomes += decode_records(entry)
        except (ValueError, TypeError):
            continue  # blank, or cut by the crash: its outcome is unknown and will be settled
    return None if outcomes is None else written(records, outcomes)


class _Gone(Enum):
    """Stands for a number that is no longer known."""

    GONE = auto()


def written(
    records: SpanMap[Record], writes: Iterable[tuple[Span, Record | None]]
) -> SpanMap[Record]:
    """``records`` with ``writes`` laid over them in order; None takes a number out."""
    entries = [(span, _Gone.GONE if record is None else record) for span, record in writes]
    if not entries:
        return records
    top = _latest(entries)
    known = SpanMap((span, value) for span, value in top if isinstance(value, Record))
    return records.without(top).overlaid(known)


def _latest(writes: Sequence[tuple[Span, Record | _Gone]]) -> SpanMap[Record | _Gone]:
    """The last write of each number; halved only as long as two writes share one."""
    try:
        return SpanMap(writes)
    except ValueError:
        middle = len(writes) // 2
        return _latest(writes[:middle]).overlaid(_latest(writes[middle:]))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
