"""Colours for what the marks say already: a line is coloured by the first mark in it.

Whether to colour at all is the command line's to decide.
"""

from collections.abc import Iterator

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_DIM = "\x1b[2m"
_COLOURS = {
    "!": "\x1b[1;31m",
    "-": "\x1b[31m",
    ">": "\x1b[35m",
    "±": "\x1b[36m",
    "~": "\x1b[33m",
    "+": "\x1b[32m",
    "?": "\x1b[36m",
    "·": _DIM,
    "…": _DIM,
}


def coloured(text: str) -> str:
    """``text`` with ANSI colours; without them it is ``text`` again."""
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    held = ""
    for index, line in enumerate(text.split("\n")):
        inner = line.lstrip(" ")
        if not inner or inner == line:
            held = ""
        if inner[:1] in _COLOURS and inner[1:2] == " ":
            held = _COLOURS[inner[:1]]
        colour = _BOLD if index == 0 and not held else held
        yield f"{colour}{line}{_RESET}" if colour and line else line
