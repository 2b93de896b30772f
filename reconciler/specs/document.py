"""YAML text → :mod:`reconciler.specs.nodes`, every scalar as written, every place remembered."""

import yaml

from reconciler.errors import Location
from reconciler.specs import runs as runs_of
from reconciler.specs import syntax
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults
from reconciler.specs.nodes import Node, Scalar
from reconciler.specs.tree import Builder, NoRun, YamlFault

MOST_DIRECTIVES = 100

Parser = type[yaml.SafeLoader] | type[yaml.CSafeLoader]
PURE: Parser = yaml.SafeLoader
FASTEST: Parser = getattr(yaml, "CSafeLoader", PURE)


def parse(data: bytes, file: str, faults: Faults, *, parser: Parser = FASTEST) -> Node | None:
    """Read one document; None when there is none to work with, which is then among the faults."""
    try:
        text = _decode(data, file)
        if syntax.has_odd_lines(text):
            lines = syntax.LINE_END.split(text)
            _check_directives(lines, file)
            conflicts = list(syntax.conflicts(lines))
            for line, wrong in conflicts:
                faults.add_at(Location(file, line), Code.MERGE_CONFLICT, wrong.message, wrong.hint)
            if conflicts:
                return None
        root = _with_runs(text, file, parser) or _compose(text, Builder(text, file, faults), parser)
    except YamlFault as stop:
        faults.add_at(*stop.fault)
        return None
    if root is None or (isinstance(root, Scalar) and root.is_null):
        faults.add_at(
            Location(file),
            Code.EMPTY_FILE,
            "the file is empty",
            "begin it with version: 1, or remove it",
        )
        return None
    return root


def _decode(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise YamlFault(Location(file), Code.ENCODING, "the file is UTF-16", "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        raise YamlFault(
            _place(file, before),
            Code.ENCODING,
            f"the file is not UTF-8 (byte 0x{error.object[error.start]:02X})",
            "save it as UTF-8",
        ) from error
    bad = syntax.unreadable(text) if data.translate(None, syntax.PLAIN) else None
    if bad is not None:
        index, wrong = bad
        raise YamlFault(_place(file, text[:index]), Code.ENCODING, wrong.message, wrong.hint)
    return text


def _check_directives(lines: list[str], file: str) -> None:
    """The parser compares each directive with all before it, so that many would take hours."""
    directives = [at for at, line in enumerate(lines, 1) if line.startswith("%")]
    if len(directives) > MOST_DIRECTIVES:
        raise YamlFault(
            Location(file, directives[MOST_DIRECTIVES]),
            Code.TOO_LARGE,
            f"over {MOST_DIRECTIVES} lines that begin with %",
            "remove them: specs need no YAML directives",
        )


def _place(file: str, before: str) -> Location:
    lines = syntax.LINE_END.split(before)
    return Location(file, len(lines), len(lines[-1]) + 1)


def _with_runs(text: str, file: str, parser: Parser) -> Node | None:
    """What a sound file with long lists of numbers holds; None for any other file."""
    short, runs = runs_of.without_runs(text)
    if not runs:
        return None
    faults = Faults()
    try:
        root = _compose(short, Builder(text, file, faults, runs), parser)
    except (NoRun, YamlFault):
        return None
    return None if faults.all() else root


def _compose(text: str, builder: Builder, parser: Parser) -> Node | None:
    loader = parser(text)
    try:
        while (event := loader.get_event()) is not None:
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        at, code, wrong = builder.blame(error)
        raise YamlFault(at, code, wrong.message, wrong.hint) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # An escape such as "\U00110000", for which the pure parser has no words and no place.
        raise YamlFault(builder.last, Code.SYNTAX, f"invalid YAML from here on: {error}") from error
    finally:
        loader.dispose()
    return builder.finish()
