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
    return "".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    held = ""
    for index, line in enumerate(text.splitlines(keepends=True)):
        bare = line.rstrip("\n")
        inner = bare.lstrip(" ")
        mark = inner[:1]
        if not inner or inner == bare:
            held = ""
        if mark in _COLOURS and inner[1:2] in ("", " "):
            held = _COLOURS[mark]
        colour = _BOLD if index == 0 and not held else held
        yield f"{colour}{bare}{_RESET}\n" if colour and bare else line
