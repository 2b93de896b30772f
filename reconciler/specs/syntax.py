"""What is wrong with text that is not YAML, told by what was most probably written.

A YAML parser notices a mistake where it can no longer go on, which is often lines after the place
where it was made. Here the place of the mistake is found, and named in words of the file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from reconciler.charnames import describe, is_invisible
from reconciler.errors import Location
from reconciler.specs.codes import Code
from reconciler.specs.faults import Problem
from reconciler.specs.scalars import star

LINE_END = re.compile("\r\n|\r|\n")

# What YAML refuses, and line ends that no editor shows as such, by which lines would be miscounted.
PLAIN = bytes((9, 10, 13, *range(0x20, 0x7F)))
"""What almost every file is made of, all of it readable."""
_UNREADABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_MARKERS = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?|={7}")
_ODD = ("%", "<<<<<<<", ">>>>>>>", "|||||||", "=======")
_NO_SPACE = re.compile(r"""(?P<key>[A-Za-z_]+):(?P<value>[^\s:/].*)""")
_BEGINS_KEY = re.compile(r"\s*(- +)*(?P<rest>\S.*)")
_COMMENT_IN_FLOW = re.compile(r"[\[{, ]#")
_IN_FLOW = re.compile(r"""(?<=[\s\[{,:])(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|\#.*)|[\[\]{}]""")
_MARKED = re.compile(r"'\+?[0-9][0-9 ().-]*(?:$|[],])")
_APOSTROPHE = Problem(
    "the apostrophe before this number opens a quote that ends elsewhere, or nowhere",
    "remove it, and those before other numbers: a spreadsheet writes them to mark a text",
)
_CLOSES = {"[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class ScalarPlace:
    """Where a scalar stands; lines and columns count from 0."""

    line: int
    column: int
    last_line: int
    quoted: bool


def unreadable(text: str) -> tuple[int, Problem] | None:
    """The first character that no YAML may hold, by its index."""
    found = _UNREADABLE.search(text)
    if found is None:
        return None
    return found.start(), Problem(f"the file contains {describe(found[0])}", "remove it")


def has_odd_lines(text: str) -> bool:
    """Whether a line may be a directive or be left over from a merge conflict."""
    return text.startswith(_ODD) or any(end + odd in text for odd in _ODD for end in "\r\n")


def conflicts(lines: Sequence[str]) -> Iterator[tuple[int, Problem]]:
    """The merge conflicts that were left in a file, by the line where each begins, from 1."""
    begun: list[int] = []
    marked = [at for at, line in enumerate(lines, 1) if _MARKERS.fullmatch(line)]
    for index, at in enumerate(marked):
        begun.append(at)
        last = index == len(marked) - 1
        if last or lines[at - 1].startswith(">") or lines[marked[index + 1] - 1].startswith("<"):
            yield begun[0], _conflict(begun)
            begun = []


def _conflict(lines: list[int]) -> Problem:
    words = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]} to {lines[-1]}"
    return Problem(
        f"an unresolved merge conflict in {words}",
        "keep the lines that are right, of one side or of both, and remove the lines that begin "
        "with <<<<<<<, =======, >>>>>>> or |||||||",
    )


class Blame:
    """Finds the mistake for an error of the parser, in the text it was reading."""

    def __init__(self, lines: Sequence[str], file: str, last: ScalarPlace | None) -> None:
        """``last`` is the scalar that was read last before the error."""
        self._lines = lines
        self._file = file
        self._last = last

    def find(self, error: yaml.MarkedYAMLError) -> tuple[Location, Code, Problem]:
        """Where the mistake is, and what it is."""
        mark = error.problem_mark or error.context_mark
        assert mark is not None  # noqa: S101  (neither parser gives up without a place)
        begun = error.context_mark or mark
        context, problem = str(error.context or ""), str(error.problem)
        hidden = self._hidden(begun.line, mark.line)
        if hidden is not None:
            return hidden
        if context == "while scanning an alias":
            return self._at(begun.line, begun.column), Code.ALIAS, star(self._token(begun))
        found = self._scanned(context, problem, begun, mark)
        found = found or self._parsed(context, problem, begun, mark)
        if found is not None:
            return found[0], Code.SYNTAX, found[1]
        since = ""
        if context and begun.line != mark.line:
            since = f", {context} that begins in line {begun.line + 1}"
        at = self._at(mark.line, mark.column)
        return at, Code.SYNTAX, Problem(f"invalid YAML: {problem}{since}")

    def _scanned(
        self, context: str, problem: str, begun: yaml.Mark, mark: yaml.Mark
    ) -> tuple[Location, Problem] | None:
        """A mistake within a word."""
        here, there = self._at(mark.line, mark.column), self._at(begun.line, begun.column)
        char = self._char(mark)
        if char == "\t":
            return here, Problem("invalid YAML: a tab", "indent with spaces, never with tabs")
        if "cannot start any token" in problem:
            return here, _unquoted(char)
        if context == "while scanning a block scalar":
            return there, _unquoted(self._char(begun))
        if context == "while scanning a quoted scalar" and self._is_apostrophe(begun):
            return there, _APOSTROPHE
        if context == "while scanning a quoted scalar" and "end of stream" in problem:
            return there, Problem("the quote that begins here is never closed", "close it")
        if problem == "found unexpected ':'":
            return here, Problem("a space is missing after this colon")
        if context == "while scanning a simple key":
            return there, self._no_colon(begun.line)
        return None

    def _parsed(
        self, context: str, problem: str, begun: yaml.Mark, mark: yaml.Mark
    ) -> tuple[Location, Problem] | None:
        """A mistake in how the words belong together."""
        if context in ("while parsing a flow mapping", "while parsing a flow sequence"):
            return self._flow(begun, mark)
        if "mapping values are not allowed" in problem and self._last is not None:
            return self._unexpected_colon(self._last)
        if context.startswith("while parsing a block"):
            return self._block(self._at(mark.line, mark.column), self._char(mark))
        return None

    def _hidden(self, first: int, last: int) -> tuple[Location, Code, Problem] | None:
        """An invisible character in these lines, which explains what cannot be seen."""
        read = first if self._last is None else min(first, self._last.line)
        for line in range(read, min(last + 1, len(self._lines))):
            for column, char in enumerate(self._lines[line].partition(" #")[0]):
                if char != "\t" and is_invisible(char):
                    wrong = Problem(f"the line contains {describe(char)}", "remove it")
                    return self._at(line, column), Code.INVISIBLE, wrong
        return None

    def _flow(self, begun: yaml.Mark, mark: yaml.Mark) -> tuple[Location, Problem]:
        bracket = self._lines[begun.line][begun.column]
        close = _CLOSES[bracket]
        if not self._is_closed(begun):
            words = f"the {bracket} that begins here is not closed"
            if _COMMENT_IN_FLOW.search(self._lines[begun.line], begun.column):
                hint = f"close it with {close}; a # begins a comment, so quote a value with one"
            else:
                hint = f"close it with {close}"
            return self._at(begun.line, begun.column), Problem(words, hint)
        last = self._last
        if last is not None and last.line < last.last_line:
            at = self._at(last.line, len(self._lines[last.line].rstrip()))
            return at, Problem("a comma is missing at the end of this line")
        if last is not None and self._is_apostrophe(last):
            return self._at(last.line, last.column), _APOSTROPHE
        at = self._at(mark.line, mark.column)
        return at, Problem(f"a comma or {close} is missing before this place")

    def _unexpected_colon(self, last: ScalarPlace) -> tuple[Location, Problem]:
        """A colon where none can be: ``last`` is what stands before it."""
        start = self._at(last.line, last.column)
        if last.last_line == last.line:
            value = self._lines[last.line][last.column :].partition(" #")[0].rstrip()
            hint = "quote the value" if '"' in value or "\\" in value else f'write "{value}"'
            return start, Problem("a value that contains a colon and a space must be quoted", hint)
        glued = _NO_SPACE.fullmatch(self._lines[last.line][last.column :].rstrip())
        if glued:
            return start, _spaceless(glued)
        if not self._lines[last.line][: last.column].strip(" -"):
            return start, Problem("this line is neither KEY: VALUE nor a list item")
        line = self._lines[last.last_line]
        column = len(line) - len(line.lstrip(" "))
        return self._at(last.last_line, column), Problem(
            f"this line is indented more than line {last.line + 1}, so YAML joins the two",
            "begin keys that belong together in the same column",
        )

    def _no_colon(self, line: int) -> Problem:
        begins = _BEGINS_KEY.fullmatch(self._lines[line])
        glued = _NO_SPACE.fullmatch(begins["rest"].rstrip()) if begins else None
        if glued:
            return _spaceless(glued)
        return Problem("this line is neither KEY: VALUE nor a list item")

    def _block(self, here: Location, char: str) -> tuple[Location, Problem] | None:
        last = self._last
        if char in ("]", "}"):
            return here, Problem(f"nothing was opened that this {char} closes", "remove it")
        if last is not None and last.quoted and last.last_line == here.line - 1:
            start = self._at(last.line, last.column)
            if last.line < last.last_line and self._is_apostrophe(last):
                return start, _APOSTROPHE
            if last.line < last.last_line:
                return start, Problem(
                    f"the quoted text that begins here ends in line {here.line} only",
                    f"close the quote in line {start.line}",
                )
            if self._lines[last.line][: here.column - 1].rstrip(" ")[-1:] in ("'", '"'):
                return here, Problem("text follows the closing quote", "quote the whole value")
        if not self._lines[here.line - 1][: here.column - 1].strip(" "):
            return here, Problem(
                "this line is not indented like the others of its list or mapping",
                "begin the items of a list, and the keys of a mapping, in the same column",
            )
        return None

    def _is_closed(self, begun: yaml.Mark) -> bool:
        """Whether every bracket from ``begun`` on is closed somewhere."""
        depth = 0
        rest = "\n".join(self._lines[begun.line :])
        for found in _IN_FLOW.finditer(rest, begun.column):
            depth += (found[0] in "[{") - (found[0] in "]}")
            if depth == 0:
                return True
        return False

    def _is_apostrophe(self, begun: yaml.Mark | ScalarPlace) -> bool:
        """Whether a spreadsheet's mark of a text stands before a number."""
        return _MARKED.match(self._lines[begun.line], begun.column) is not None

    def _char(self, mark: yaml.Mark) -> str:
        line = self._lines[mark.line] if mark.line < len(self._lines) else ""
        return line[mark.column : mark.column + 1]

    def _token(self, mark: yaml.Mark) -> str:
        return re.split(r"[\s,\]}]", self._lines[mark.line][mark.column :], maxsplit=1)[0]

    def _at(self, line: int, column: int) -> Location:
        return Location(self._file, line + 1, column + 1)


def _unquoted(char: str) -> Problem:
    return Problem(f"an unquoted value cannot begin with {describe(char)}", "quote the value")


def without_space(text: str) -> tuple[str, Problem] | None:
    """The key and what is wrong, where ``text`` is a key and a value without a space between."""
    glued = _NO_SPACE.fullmatch(text)
    return None if glued is None else (glued["key"], _spaceless(glued))


def _spaceless(glued: re.Match[str]) -> Problem:
    return Problem(
        f"a space is missing after the colon in {glued[0]!r}",
        f"write {glued['key']}: {glued['value']}",
    )
