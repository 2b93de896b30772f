"""Foreign text in Markdown: nothing of it is ever anything but letters to be read.

A description, a block's name, a path or a server's words may hold mentions, links, HTML, bars,
fences or characters that turn text around. It is shown in code, the one place where GitHub
interprets nothing, cut to a length, and with everything that is not printable escaped.
"""

import re
from collections.abc import Iterable

from reconciler.report.layout import cut

LONGEST = 120
"""Characters of a foreign text that are shown."""
LONGEST_LINE = 240

_TICKS = re.compile("`+")
_SAFE_WORDS = re.compile("[A-Za-z]+(-[A-Za-z]+)*")
_COMMIT = re.compile("[0-9A-Fa-f-]*")
_UNSURE_IN_MERMAID = re.compile("[^A-Za-z0-9 +*._,:–→-]")


def code(text: str, longest: int = LONGEST) -> str:
    """A code span that holds ``text`` whatever it is; not for tables."""
    return _span(cut(text, longest))


def cell(text: str, longest: int = LONGEST) -> str:
    r"""A code span for a cell of a table, where a bar ends the cell unless it is escaped.

    Beside other backslashes that is not certain: there a bar is shown as ``\x7c``.
    """
    shown = cut(text, longest)
    if "\\" in shown:
        return _span(shown.replace("|", r"\x7c"))
    return _span(shown).replace("|", r"\|")


def word(text: str) -> str:
    """``text`` as it is where it is plain words, so that a notification reads well; else code."""
    plain = len(text) <= LONGEST and _SAFE_WORDS.fullmatch(text) and not _COMMIT.fullmatch(text)
    return text if plain else code(text)


def fenced(lines: Iterable[str], language: str) -> str:
    """Lines of code, in a fence that nothing in them closes."""
    shown = [cut(line, LONGEST_LINE) for line in lines]
    ticks = "`" * max(3, 1 + max(map(_longest_run, shown), default=0))
    return "\n".join([f"{ticks}{language}", *shown, ticks])


def folded(summary: str, content: str | None) -> str:
    """``content`` behind a line that opens it; ``summary`` must not hold foreign text."""
    if content is None:
        return summary
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def label(text: str) -> str:
    """``text`` in a Mermaid label, with only the characters that mean nothing there."""
    return _UNSURE_IN_MERMAID.sub("?", cut(text, 40))


def _span(shown: str) -> str:
    if not shown:
        return "(empty)"
    ticks = "`" * (_longest_run(shown) + 1)
    room = " " if shown[0] in " `" or shown[-1] in " `" else ""
    return f"{ticks}{room}{shown}{room}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
