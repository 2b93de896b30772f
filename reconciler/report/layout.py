"""Columns and wrapping for the terminal. Lengths are characters."""

from collections.abc import Iterable, Sequence

LEFT_OUT = "… and "
"""How a line begins that only counts what is left out."""
LEAST_LEFT = 28
WIDEST_LEFT = 36
"""The left column is as wide as its widest entry; what is wider yet pushes the right one down."""


def printable(text: str) -> str:
    """``text`` with everything escaped that moves a cursor, hides or turns letters around."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def cut(text: str, longest: int) -> str:
    """``text`` printable and no longer than ``longest``, what is left out shown by an ellipsis."""
    shown = printable(text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def wrap(text: str, width: int, *, hang: int = 0) -> list[str]:
    """Break at spaces, the lines after the first indented by ``hang``; words stay whole."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line.strip(" ") and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = " " * hang + word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return lines


def wrap_items(items: Iterable[str], width: int, *, joint: str) -> list[str]:
    """Fill lines with ``items``, which are not broken, ``joint`` between them."""
    lines: list[str] = []
    line = ""
    for item in items:
        longer = f"{line}{joint}{item}" if line else item
        if line and len(longer) > width:
            lines.append(line + joint.rstrip(" "))
            line = item
        else:
            line = longer
    if line:
        lines.append(line)
    return lines


def beside(left: Sequence[str], right: Sequence[str], width: int) -> list[str]:
    """Two columns, the left one ``width`` wide; below each other where the left one is wider."""
    if any(len(line) > width for line in left):
        return [*left, *(f"  {line}" for line in right)]
    rows = max(len(left), len(right))
    lefts = [*left, *[""] * (rows - len(left))]
    rights = [*right, *[""] * (rows - len(right))]
    return [f"{one:{width}}   {two}".rstrip(" ") for one, two in zip(lefts, rights, strict=True)]


def indented(lines: Iterable[str], by: int) -> list[str]:
    """Every line moved to the right."""
    return [" " * by + line if line else line for line in lines]
