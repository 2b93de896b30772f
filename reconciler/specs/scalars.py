"""One scalar as it stands in the text: what YAML makes of it that nobody would expect."""

import re
from enum import Enum

from reconciler.charnames import describe, is_invisible
from reconciler.specs.faults import Problem

_CODE_AS_COMMENT = re.compile(r"\s*(?P<code>#[0-9*#+]+)(\s|$)")
_ORDINARY = frozenset("\n\t\r")
_SHOWN = 60


def star(token: str) -> Problem:
    """``token`` begins with a star, which YAML takes for an alias."""
    return Problem(
        f"an unquoted value cannot begin with *: YAML reads {token} as an alias",
        f'quote it: "{token}"',
    )


def unknown_alias(name: str) -> Problem:
    """``*name`` without an anchor before it, which is most often a number or code."""
    if not name.isalpha():
        return star(f"*{name}")
    return Problem(
        f"no anchor &{name} stands before the alias *{name}",
        f'if it is text, quote it: "*{name}"',
    )


def commented(rest: str) -> Problem | None:
    """A value that is empty because ``rest``, which follows in its line, begins with ``#``."""
    found = _CODE_AS_COMMENT.match(rest)
    if found is None:
        return None
    return Problem(
        f"the value is empty: YAML reads {found['code']} as a comment",
        f'quote it: "{found["code"]}"',
    )


class Around(Enum):
    """Where a scalar stands: in brackets, in a list, or alone; and how it is written there."""

    BRACKETS = "end each item with a comma"
    LIST = "begin each item with a -, or write it in one line"
    ALONE = "write it in one line"


def folded(text: str, lines: tuple[int, int], second: str, around: Around) -> Problem:
    """A plain text over several lines, the first and last of which are ``lines``."""
    shown = repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
    if second.lstrip().startswith("- "):
        hint = f"begin the - of line {lines[0] + 1} in the same column as the - above it"
    else:
        hint = around.value
    return Problem(f"YAML joins lines {lines[0]} to {lines[1]} into one text: {shown}", hint)


def hidden(text: str) -> Problem | None:
    """An invisible character in ``text``."""
    if text.isascii() and text.isprintable():
        return None
    index = next((at for at, char in enumerate(text) if _is_hidden(char)), None)
    if index is None:
        return None
    before, after = text[max(index - 20, 0) : index], text[index + 1 : index + 21]
    where = f"after {before!r}" if before.isprintable() and before else f"before {cleaned(after)!r}"
    inside = before.strip() and after.strip() and text[index].isspace()
    return Problem(
        f"the text contains {describe(text[index])} {where}",
        "write a plain space, or nothing" if inside else "remove it",
    )


def cleaned(text: str) -> str:
    """``text`` without its invisible characters; plain spaces in place of other spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_plain, text)).strip(" ")


def _plain(char: str) -> str:
    if not _is_hidden(char):
        return char
    return " " if char.isspace() else ""


def _is_hidden(char: str) -> bool:
    return char not in _ORDINARY and is_invisible(char)
