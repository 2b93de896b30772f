"""YAML text → :mod:`reconciler.specs.nodes`, every scalar as written, every place remembered.

PyYAML's parser says what stands where; its constructors, which would make a number of ``0123``, are
not used. What is refused here is what makes YAML surprising or dangerous: tags, aliases that blow
up or bite their own tail, keys given twice. Merge keys (``<<``) are read, since anchors are:
a key of the mapping itself wins, and every field keeps the place where it was written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from reconciler.errors import Location
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults
from reconciler.specs.nodes import Mapping, Node, Scalar, Sequence, Unreadable

DEEPEST = 32
MOST_NODES = 500_000
MOST_ALIASED = 100_000
LONGEST_SCALAR = 500

Parser = type[yaml.SafeLoader] | type[yaml.CSafeLoader]
PURE: Parser = yaml.SafeLoader
FASTEST: Parser = getattr(yaml, "CSafeLoader", PURE)

# What YAML refuses, and line ends that no editor shows as such, by which lines would be miscounted.
_UNREADABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_LINE_END = re.compile("\r\n|\r|\n")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Stop(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, at: Location, code: Code, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.code = code
        self.message = message


def parse(data: bytes, file: str, faults: Faults, *, parser: Parser = FASTEST) -> Node | None:
    """Read one document; None when there is none to work with, which is then among the faults."""
    try:
        root = _compose(_decode(data, file), file, faults, parser)
    except _Stop as stop:
        faults.add_at(stop.at, stop.code, stop.message)
        return None
    if root is None or (isinstance(root, Scalar) and root.is_null):
        faults.add_at(
            Location(file), Code.EMPTY_FILE, "is empty: begin with version: 1, or remove the file"
        )
        return None
    return root


def _decode(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Stop(Location(file), Code.ENCODING, "is UTF-16: save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        byte = error.object[error.start]
        raise _Stop(
            _place(file, before),
            Code.ENCODING,
            f"is no UTF-8 (byte 0x{byte:02X}): save the file as UTF-8",
        ) from error
    bad = _UNREADABLE.search(text)
    if bad:
        raise _Stop(
            _place(file, text[: bad.start()]),
            Code.ENCODING,
            f"holds the control character U+{ord(bad[0]):04X}: remove it",
        )
    return text


def _place(file: str, before: str) -> Location:
    lines = _LINE_END.split(before)
    return Location(file, len(lines), len(lines[-1]) + 1)


def _compose(text: str, file: str, faults: Faults, parser: Parser) -> Node | None:
    builder = _Builder(file, faults)
    loader = parser(text)
    try:
        while (event := loader.get_event()) is not None:
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text, file) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # An escape such as "\U00110000", for which the pure parser has no words and no place.
        raise _Stop(builder.last, Code.SYNTAX, f"is no YAML from here on: {error}") from error
    finally:
        loader.dispose()
    return builder.root


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> _Stop:
    mark = error.problem_mark or error.context_mark
    assert mark is not None  # noqa: S101  (neither parser gives up without a place)
    at = Location(file, mark.line + 1, mark.column + 1)
    problem = str(error.problem)
    begun = ""
    if error.context and error.context_mark and error.context_mark.line + 1 != at.line:
        begun = f", {error.context} that begins in line {error.context_mark.line + 1}"
    advice = ""
    if text[mark.index : mark.index + 1] == "\t":
        advice = ": indent with spaces, never with tabs"
    elif "mapping values are not allowed" in problem:
        advice = ": quote a text that holds a colon and a space, or mend the indentation"
    return _Stop(at, Code.SYNTAX, f"is no YAML: {problem}{begun}{advice}")


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is not complete yet; of a mapping, keys and values in turn."""

    at: Location
    mapping: bool
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    size: int = 1


class _Builder:
    """Makes nodes of events, without recursion, and counts what they would be written out."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.root: Node | None = None
        self.last = Location(file)
        self._file = file
        self._faults = faults
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._count = 0
        self._aliased = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._mark(event)
                node = self._scalar(event.value, plain=not event.style)
                if event.anchor is not None:
                    self._anchors[event.anchor] = (node, 1)
                self._add(node, 1)
            case yaml.AliasEvent():
                self._mark(event)
                self._alias(str(event.anchor))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._mark(event)
                if len(self._stack) >= DEEPEST:
                    raise _Stop(self.last, Code.TOO_LARGE, f"is nested more than {DEEPEST} deep")
                if event.anchor is not None:
                    self._anchors[event.anchor] = None
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                self._stack.append(_Frame(self.last, is_mapping, event.anchor))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._close(self._stack.pop())
            case yaml.DocumentStartEvent():
                self._mark(event)
                if self.root is not None:
                    raise _Stop(
                        self.last,
                        Code.SECOND_DOCUMENT,
                        "is a second document: remove the line ---, or use two files",
                    )
            case _:  # ends of documents, begin and end of the stream
                pass

    def _mark(self, event: yaml.Event) -> None:
        mark = event.start_mark
        assert mark is not None  # noqa: S101  (every event has its place)
        self.last = Location(self._file, mark.line + 1, mark.column + 1)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._faults.add_at(
                self.last, Code.TAG, f"remove the tag {tag!r}: values are read as they are written"
            )

    def _scalar(self, text: str, *, plain: bool) -> Scalar | Unreadable:
        if len(text) > LONGEST_SCALAR:
            self._faults.add_at(
                self.last,
                Code.TOO_LARGE,
                f"has {len(text):,} characters: nothing here is that long",
            )
            return Unreadable(self.last)
        if _SURROGATE.search(text):
            self._faults.add_at(
                self.last, Code.ENCODING, "holds half a character (a surrogate): remove it"
            )
            return Unreadable(self.last)
        return Scalar(self.last, text, plain)

    def _alias(self, name: str) -> None:
        if name not in self._anchors:
            self._faults.add_at(
                self.last, Code.ALIAS, f"no anchor &{name} stands before the alias *{name}"
            )
            self._add(Unreadable(self.last), 1)
            return
        anchored = self._anchors[name]
        if anchored is None:
            self._faults.add_at(
                self.last, Code.ALIAS, f"the alias *{name} stands inside its own anchor"
            )
            self._add(Unreadable(self.last), 1)
            return
        node, size = anchored
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            raise _Stop(
                self.last,
                Code.TOO_LARGE,
                f"is over {MOST_ALIASED:,} values by aliases alone: write out less by them",
            )
        self._add(node, size)

    def _add(self, node: Node, size: int) -> None:
        """Hang a node into what is being built; ``size`` counts it with all it holds."""
        self._count += 1
        if self._count > MOST_NODES:
            raise _Stop(self.last, Code.TOO_LARGE, f"is over {MOST_NODES:,} values: split the file")
        if self._stack:
            self._stack[-1].children.append(node)
            self._stack[-1].size += size
        else:
            self.root = node

    def _close(self, frame: _Frame) -> None:
        children = frame.children
        node: Node
        if frame.mapping:
            node = self._mapping(frame.at, zip(children[::2], children[1::2], strict=True))
        else:
            node = Sequence(frame.at, tuple(children))
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, frame.size)
        self._add(node, frame.size)

    def _mapping(self, at: Location, pairs: Iterable[tuple[Node, Node]]) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        merged: list[tuple[Scalar, Node]] = []
        first: dict[str, Scalar] = {}
        for key, value in pairs:
            if not isinstance(key, Scalar):
                if not isinstance(key, Unreadable):
                    self._faults.add(key, Code.KEY_TYPE, "a key must be a plain text")
                continue
            if key.text in first:
                self._faults.add(
                    key,
                    Code.DUPLICATE_KEY,
                    f"{key.text!r} is given twice: first at {first[key.text].at}; keep one",
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
            elif not isinstance(part, Unreadable):
                self._faults.add(part, Code.ALIAS, "<< takes a mapping: write <<: *name of one")
