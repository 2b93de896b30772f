"""The tree of one document, made of a YAML parser's events.

PyYAML's parser says what stands where; its constructors, which would make a number of ``0123``, are
not used. What is refused here is what makes YAML surprising or dangerous: tags, aliases that blow
up or bite their own tail, keys given twice. Merge keys (``<<``) are read, since anchors are:
a key of the mapping itself wins, and every field keeps the place where it was written.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import yaml

from reconciler.errors import Location
from reconciler.specs import scalars, syntax
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults, Problem
from reconciler.specs.nodes import InvalidNode, Mapping, Node, Run, Scalar, Sequence
from reconciler.specs.runs import FoundRun
from reconciler.specs.scalars import Around
from reconciler.specs.syntax import ScalarPlace

DEEPEST = 32
MOST_NODES = 500_000
MOST_ALIASED = 100_000
LONGEST_SCALAR = 500

_SURROGATE = re.compile("[\ud800-\udfff]")


class YamlFault(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, at: Location, code: Code, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.fault = at, code, message, hint


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is not complete yet; of a mapping, keys and values in turn."""

    at: Location
    mapping: bool
    flow: bool
    anchor: str | None
    children: list[Node | Run] = field(default_factory=list)
    size: int = 1


class NoRun(Exception):
    """What was taken for a run of numbers is something else to YAML."""


class Builder:
    """Makes nodes of events, without recursion, and counts what they would be written out."""

    def __init__(self, text: str, file: str, faults: Faults, runs: Iterable[FoundRun] = ()) -> None:
        """``text`` is that of the file; the events know nothing of the lines ``runs`` leave out."""
        self.root: Node | None = None
        self.last = Location(file)
        self._scalar: yaml.ScalarEvent | None = None
        self._held: tuple[Code, Problem] | None = None
        self._text = text
        self._file = file
        self._faults = faults
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._runs = deque(runs)
        self._left_out = 0
        """How many lines above the next event the parser did not get."""
        self._count = 0
        self._aliased = 0

    @cached_property
    def _lines(self) -> list[str]:
        """The lines of the file, of which only what is odd needs to know."""
        return syntax.LINE_END.split(self._text)

    def take(self, event: yaml.Event) -> None:
        """Add what the next event tells of."""
        if self._held is not None:
            self._tell_held(*self._held)
        match event:
            case yaml.ScalarEvent():
                self._mark(event)
                self._take_scalar(event)
            case yaml.AliasEvent():
                self._mark(event)
                self._alias(str(event.anchor))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._mark(event)
                if len(self._stack) >= DEEPEST:
                    raise YamlFault(
                        self.last, Code.TOO_LARGE, f"nested more than {DEEPEST} levels deep"
                    )
                if event.anchor is not None:
                    self._anchors[event.anchor] = None
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                flow = bool(event.flow_style)
                self._stack.append(_Frame(self.last, is_mapping, flow, event.anchor))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._close(self._stack.pop())
            case yaml.DocumentStartEvent():
                self._mark(event)
                if self.root is not None:
                    raise YamlFault(
                        self.last,
                        Code.SECOND_DOCUMENT,
                        "a second document begins here",
                        "remove the line ---, or use two files",
                    )
            case _:  # ends of documents, begin and end of the stream
                pass

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        if self._runs and self._begins_run(event):
            self._take_run()
            return
        node = self._read(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1)
        self._add(node, 1)

    def blame(self, error: yaml.MarkedYAMLError) -> tuple[Location, Code, Problem]:
        """Where the mistake is for which the parser has given up, and what it is."""
        scalar = None if self._scalar is None else _place(self._scalar)
        return syntax.Blame(self._lines, self._file, scalar).find(error)

    def _mark(self, event: yaml.Event) -> None:
        mark = event.start_mark
        assert mark is not None  # noqa: S101  (every event has its place)
        line = mark.line + self._left_out
        if self._runs and line > self._runs[0].line:
            raise NoRun
        self.last = Location(self._file, line + 1, mark.column + 1)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._faults.add_at(
                self.last,
                Code.TAG,
                f"the tag {tag!r} is not allowed: values are read as they are written",
                "remove it",
            )

    def _begins_run(self, event: yaml.ScalarEvent) -> bool:
        """Whether it is the first number of the next run, as an item of a list."""
        run, at = self._runs[0], self.last
        return (
            (at.line, at.column) == (run.line + 1, run.column + 1)
            and event.value == run.first
            and bool(self._stack)
            and not (self._stack[-1].mapping or self._stack[-1].flow)
        )

    def _take_run(self) -> None:
        run = self._runs.popleft()
        self._left_out += run.left_out
        self._count_in(len(run.spans))
        self._stack[-1].children.append(Run(self.last, run.spans, not run.quoted))
        self._stack[-1].size += len(run.spans)

    def finish(self) -> Node | None:
        """The root, when all events were taken."""
        if self._runs:
            raise NoRun
        return self.root

    def _tell_held(self, code: Code, wrong: Problem) -> None:
        """Point out a text over several lines, now that YAML is known to go on after it.

        Where it does not, the text is the consequence of another mistake.
        """
        self._faults.add_at(self.last, code, wrong.message, wrong.hint)
        self._held = None

    def _read(self, event: yaml.ScalarEvent) -> Scalar | InvalidNode:
        """A scalar, or what is pointed out about it."""
        start, end, text = event.start_mark, event.end_mark, event.value
        assert start is not None and end is not None  # noqa: S101, PT018  (every event has both)
        self._scalar = event
        first, last = start.line + self._left_out, end.line + self._left_out
        usual = text.isascii() and text.isprintable() and len(text) <= LONGEST_SCALAR
        if usual and text and first == last:
            return Scalar(self.last, text, not event.style)
        if len(text) > LONGEST_SCALAR:
            wrong = Problem(
                f"a text of {len(text):,} characters: at most {LONGEST_SCALAR} are read"
            )
            return self._unreadable(Code.TOO_LARGE, wrong)
        if _SURROGATE.search(text):
            wrong = Problem("the text contains half a character (a surrogate)", "remove it")
            return self._unreadable(Code.ENCODING, wrong)
        hidden = scalars.hidden(text)
        if not event.style and first != last:
            lines = first + 1, last + 1
            wrong = scalars.folded(text, lines, self._lines[first + 1], self._around())
            self._held = (Code.SEVERAL_LINES, wrong) if hidden is None else (Code.INVISIBLE, hidden)
            return InvalidNode(self.last)
        if not text and not event.style:
            comment = scalars.commented(self._rest_of_line(first, start.column))
            if comment is not None:
                return self._unreadable(Code.NO_VALUE, comment)
        node = Scalar(self.last, scalars.cleaned(text), not event.style)
        if hidden is not None:
            self._faults.add(node, Code.INVISIBLE, hidden.message, hidden.hint)
        return node

    def _rest_of_line(self, line: int, column: int) -> str:
        """What follows in the same line; nothing at the end of the file."""
        return "" if line >= len(self._lines) else self._lines[line][column:]

    def _around(self) -> Around:
        if not self._stack:
            return Around.ALONE
        if self._stack[-1].flow:
            return Around.BRACKETS
        return Around.ALONE if self._stack[-1].mapping else Around.LIST

    def _unreadable(self, code: Code, wrong: Problem) -> InvalidNode:
        self._faults.add_at(self.last, code, wrong.message, wrong.hint)
        return InvalidNode(self.last)

    def _alias(self, name: str) -> None:
        if name not in self._anchors:
            self._add(self._unreadable(Code.ALIAS, scalars.unknown_alias(name)), 1)
            return
        anchored = self._anchors[name]
        if anchored is None:
            wrong = Problem(f"the alias *{name} is used inside its own anchor")
            self._add(self._unreadable(Code.ALIAS, wrong), 1)
            return
        node, size = anchored
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            raise YamlFault(
                self.last,
                Code.TOO_LARGE,
                f"over {MOST_ALIASED:,} values by aliases alone",
                "use fewer aliases",
            )
        self._add(node, size)

    def _count_in(self, values: int) -> None:
        self._count += values
        if self._count > MOST_NODES:
            raise YamlFault(
                self.last, Code.TOO_LARGE, f"the file has over {MOST_NODES:,} values", "split it"
            )

    def _add(self, node: Node, size: int) -> None:
        """Hang a node into what is being built; ``size`` counts it with all it holds."""
        self._count_in(1)
        if self._stack:
            self._stack[-1].children.append(node)
            self._stack[-1].size += size
        else:
            self.root = node

    def _close(self, frame: _Frame) -> None:
        children = frame.children
        node: Node
        if frame.mapping:
            nodes = [each for each in children if not isinstance(each, Run)]  # all of them
            pairs = zip(nodes[::2], nodes[1::2], strict=True)
            node = self._mapping(frame.at, self._spaced(pairs) if frame.flow else pairs)
        else:
            node = Sequence(frame.at, tuple(children))
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, frame.size)
        self._add(node, frame.size)

    def _spaced(self, pairs: Iterable[tuple[Node, Node]]) -> Iterator[tuple[Node, Node]]:
        """The pairs of a mapping in braces, where ``a:b`` is a key without a value."""
        for key, value in pairs:
            empty = isinstance(value, Scalar) and value.is_null and not value.text
            glued = syntax.without_space(key.text) if isinstance(key, Scalar) and empty else None
            if glued is None or not isinstance(key, Scalar):
                yield key, value
                continue
            name, wrong = glued
            self._faults.add_at(key.at, Code.SYNTAX, wrong.message, wrong.hint)
            yield Scalar(key.at, name), InvalidNode(key.at)

    def _mapping(self, at: Location, pairs: Iterable[tuple[Node, Node]]) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        merged: list[tuple[Scalar, Node]] = []
        first: dict[str, Scalar] = {}
        for key, value in pairs:
            if not isinstance(key, Scalar):
                if not isinstance(key, InvalidNode):
                    self._faults.add(key, Code.KEY_TYPE, "a key must be a text")
                continue
            if key.text in first:
                self._faults.add(
                    key,
                    Code.DUPLICATE_KEY,
                    f"{key.text!r} is given twice: first at {first[key.text].at}",
                    "keep one",
                )
            else:
                first[key.text] = key
            if key.text == "<<" and key.plain:
                merged.extend(self._merged(value))
            else:
                entries.append((key, value))
        for key, value in merged:
            if key.text not in first:
                first[key.text] = key
                entries.append((key, value))
        return Mapping(at, tuple(entries))

    def _merged(self, value: Node) -> Iterable[tuple[Scalar, Node]]:
        for part in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(part, Mapping):
                yield from part.entries
            elif not isinstance(part, InvalidNode):
                self._faults.add(part, Code.ALIAS, "<< takes a mapping", "write <<: *NAME")


def _place(scalar: yaml.ScalarEvent) -> ScalarPlace:
    start, end = scalar.start_mark, scalar.end_mark
    assert start is not None and end is not None  # noqa: S101, PT018  (every event has both)
    return ScalarPlace(start.line, start.column, end.line, bool(scalar.style))
