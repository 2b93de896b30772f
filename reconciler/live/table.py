"""Reads an export of the table ``vicidial_inbound_dids``: CSV with the columns' names first.

Commas, semicolons or tabs between the values, as spreadsheets and ``mysql --batch`` write them. An
export is as old as it is: that it is the server's present is not claimed.
"""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.inputs import LARGEST_STATE, read_file
from reconciler.live.reading import Row, Rows, Survey
from reconciler.specs.files import shown

_PATTERN = "did_pattern"
_SEPARATORS = ",;\t"
_NULL = frozenset({"NULL", "\\N"})
"""How exports write a value that is not there; the page shows it empty."""


class TableError(ReconcilerError):
    """The export cannot be used; the message names the place."""


class FileReader:
    """Reads an export that was made before."""

    def __init__(self, path: Path) -> None:
        """Raise :class:`TableError` where the file is no export of the table."""
        self._rows = _read(path, shown(path))
        columns = next((len(row) for row in self._rows.values()), 0)
        self._sees = (f"{columns} columns of each number in {shown(path)}",)

    async def survey(self) -> Survey:
        """The numbers of the file; no request."""
        blind = ("what was changed on the server since the export", "numbers left out of it")
        return Survey(frozenset(self._rows), self._sees, blind)

    async def rows(self, patterns: Sequence[str]) -> AsyncIterator[Rows]:
        """All of them at once."""
        by_name = {name.lower(): row for name, row in self._rows.items()}
        yield Rows({p: by_name[p.lower()] for p in patterns if p.lower() in by_name}, {})


def _read(path: Path, name: str) -> dict[str, Row]:
    try:
        text = read_file(path, LARGEST_STATE).decode("utf-8-sig")
    except OSError as error:
        raise TableError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TableError(f"{name} is not in UTF-8", hint="export it as UTF-8") from None
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        return _rows(name, text, separator)
    except csv.Error as error:
        raise TableError(f"{name} is not CSV: {error}") from None


def _rows(file: str, text: str, separator: str) -> dict[str, Row]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names = [name.strip() for name in next(lines, [])]
    if _PATTERN not in names:
        raise TableError(
            f"{file}:1: there is no column {_PATTERN}",
            hint="export vicidial_inbound_dids with the names of its columns in the first line",
        )
    found: dict[str, Row] = {}
    seen: dict[str, int] = {}
    for values in lines:
        if not values:
            continue
        if len(values) != len(names):
            raise TableError(
                f"{file}:{lines.line_num}: {len(values)} values for {len(names)} columns"
            )
        row = {
            name: "" if value in _NULL else value for name, value in zip(names, values, strict=True)
        }
        pattern = row[_PATTERN]
        if pattern.lower() in seen:
            raise TableError(
                f"{file}:{lines.line_num}: {pattern!r} is in line {seen[pattern.lower()]} too"
            )
        seen[pattern.lower()] = lines.line_num
        found[pattern] = row
    return found
