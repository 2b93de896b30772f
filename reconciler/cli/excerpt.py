"""The source line of a fault, with a caret below its column."""

from functools import cache
from pathlib import Path
from unicodedata import combining, east_asian_width

from reconciler.errors import Location
from reconciler.inputs import LARGEST_SMALL, read_file
from reconciler.report.layout import printable
from reconciler.specs.syntax import LINE_END

LEAST = 40
WIDEST = 120
"""Columns of an excerpt, at least and at most."""
_BEFORE = 20
"""Columns shown before the caret where the line is too long."""


class Excerpts:
    """Reads each file once."""

    def __init__(self, columns: int) -> None:
        self._width = min(max(columns - 1, LEAST), WIDEST)
        self._lines = cache(_lines)

    def of(self, where: Location) -> list[str]:
        """The line and its caret; empty where the line does not exist or cannot be read."""
        lines = self._lines(where.file)
        if where.line > len(lines) or not lines[where.line - 1].strip():
            return []
        number = f"{where.line:5} | "
        room = self._width - len(number)
        line = lines[where.line - 1]
        before, after = _shown(line[: where.column - 1]), _shown(line[where.column - 1 :])
        if _cells(before) >= room - _BEFORE and _cells(before + after) > room:
            before = _clipped(before[::-1], _BEFORE)[::-1]
        after = _clipped(after, room - _cells(before))
        return [number + before + after, " " * 5 + " | " + " " * _cells(before) + "^"]


def _lines(file: str) -> list[str]:
    try:
        content = read_file(Path(file), LARGEST_SMALL)
    except OSError:
        return []
    return LINE_END.split(content.decode("utf-8-sig", "replace"))


def _shown(text: str) -> str:
    return printable(text.replace("\t", "    "))


def _clipped(text: str, cells: int) -> str:
    """``text``, shortened with an ellipsis to at most ``cells`` columns."""
    if _cells(text) <= cells:
        return text
    kept = text[: cells - 1]
    while _cells(kept) > cells - 1:
        kept = kept[:-1]
    return kept + "…"


def _cells(text: str) -> int:
    """Columns in a terminal: 2 for a wide letter, 0 for a combining accent."""
    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )
