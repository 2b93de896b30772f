"""Long lists of plain numbers, read in one go instead of item by item.

A hundred thousand lines such as ``- 7275551212`` are what makes a file large, and YAML has nothing
to say of them. Here all of a *run* of such lines but the first and the last is left out of the text
that the YAML parser gets, and its numbers are made columns at once.

Whether these lines are a list is for the parser to say: they may as well stand in a text of several
lines. A run counts only if the parser finds its first number at the very place, as an item of a
list; then the lines after it, indented like it, can only be its next items. Where it finds anything
else, or a mistake anywhere, the file is read without runs.
"""

import re
from dataclasses import dataclass

from reconciler.numbers import NumberError, Spans

SHORTEST_RUN = 16
"""Lines of the shortest run: fewer are not worth it."""

_NUMBER = r"\+?[0-9]{2,49}"
_REST = r"(?:[ ]+\#[^\r\n]*|[ ]*)\r?\n"
_RUN = re.compile(
    rf"""
    ^(?P<indent>[ ]*)-[ ](?P<quote>["']?)(?P<number>{_NUMBER}(?:-{_NUMBER})?)(?P=quote){_REST}
    (?:(?P=indent)-[ ](?P=quote){_NUMBER}(?:-{_NUMBER})?(?P=quote){_REST}){{{SHORTEST_RUN - 1},}}+
    """,
    re.MULTILINE | re.VERBOSE,
)
_ITEM = re.compile(rf"^ *- [\"']?({_NUMBER}(?:-{_NUMBER})?)", re.MULTILINE)
_RETURN = re.compile("\r(?!\n)")


@dataclass(frozen=True, slots=True)
class FoundRun:
    """Lines of numbers as they stand in the text; ``line`` and ``column`` count from 0.

    The last line of the run is not among them: what it holds may go on in the line below it.
    """

    line: int
    column: int
    first: str
    spans: Spans
    quoted: bool

    @property
    def left_out(self) -> int:
        """How many lines of it the parser does not get: all but the first."""
        return len(self.spans) - 1


def without_runs(text: str) -> tuple[str, list[FoundRun]]:
    """The text for the parser, and the runs of which it gets the first and the last line."""
    found: list[FoundRun] = []
    kept: list[str] = []
    line = done = 0
    for match in () if "\r" in text and _RETURN.search(text) else _RUN.finditer(text):
        begin, end = match.span()
        spans = _read(match[0])
        line += text.count("\n", done, begin)
        if spans is not None:
            after_first = text.index("\n", begin) + 1
            last = text.rindex("\n", begin, end - 1) + 1
            kept += text[done:after_first], text[last:end]
            column = len(match["indent"]) + 2
            found.append(FoundRun(line, column, match["number"], spans, bool(match["quote"])))
        else:
            kept.append(text[done:end])
        line += text.count("\n", begin, end)
        done = end
    return "".join((*kept, text[done:])), found


def _read(lines: str) -> Spans | None:
    """The numbers of these lines but the last; None where one of them is no number or range."""
    texts = _ITEM.findall(lines)[:-1]
    try:
        spans = Spans.parsed(texts)
    except NumberError:
        return None
    return spans if list(spans.texts()) == texts else None
