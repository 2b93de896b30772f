"""Words for a key that does not belong where it stands, and for a value of the wrong type."""

import re
from collections.abc import Iterator

from reconciler.routing import BY_NAME, NOT_COPIED
from reconciler.specs import suggest
from reconciler.specs.codes import Code
from reconciler.specs.faults import Problem
from reconciler.specs.nodes import InvalidNode, Mapping, Node, Scalar, Sequence
from reconciler.specs.schema import Schema, did_spec, target

_TYPES = {
    "object": "a mapping (key: value)",
    "array": "a list ([…], or lines that begin with -)",
    "string": "a text",
    "integer": "a whole number such as 20",
    "number": "a number such as 20 or 0.3",
    "boolean": "true or false",
}
_FILES = {"target.yaml": target(), "a file of blocks": did_spec()}
_LISTS = ("numbers", "exclude", "protected")
_LEVELS = {"blocks": "the block", "overrides": "the override"}
_GLUED = re.compile(r"(?P<key>[a-z_]+):(?P<value>\S.*)")
_NUMBER = re.compile(r"[0-9+*#._-]{2,}")


def unknown(key: str, path: list[str], whole: Schema) -> tuple[Code, Problem]:
    """``key`` in the mapping at ``path`` of a file with the schema ``whole``, which has no such."""
    levels = list(_levels(path, whole))
    known = levels[-1][1]
    if path == ["lint", "ignore"]:
        return Code.LINT, _not_ignored(key, known)
    meant = suggest.key(key, known)
    if meant is not None:
        return Code.UNKNOWN_KEY, Problem(f"unknown key {key!r}", suggest.asking(meant))
    elsewhere = _elsewhere(key, levels)
    if elsewhere is not None:
        return Code.MISPLACED_KEY, elsewhere
    takes_fields = known.keys() == BY_NAME.keys() or "routing" in known
    if takes_fields and key in NOT_COPIED:
        return Code.NOT_SETTABLE, Problem(
            f"{key} can neither be set over the API nor copied",
            "set it for each number in VICIdial's own screens",
        )
    if takes_fields and suggest.is_copied_only(key):
        return Code.NOT_SETTABLE, Problem(
            f"{key} cannot be set over the API: it comes along from the source", "set it there"
        )
    names = ", ".join(known)
    return Code.UNKNOWN_KEY, Problem(f"unknown key {key!r}", f"remove it, or use one of {names}")


def mistyped(name: str, node: Node, schema: Schema) -> tuple[Code, Problem]:
    """``node``, given for ``name``, is not of the type that ``schema`` wants."""
    wanted = schema["type"]
    kind = wanted if isinstance(wanted, str) else wanted[0]
    word = _TYPES[kind]
    if isinstance(node, Scalar) and node.is_null:
        words = f"{name} has no value"
        return Code.NO_VALUE, Problem(words, f"write {word}, or leave the key out")
    described = _described(name, node)
    if described is not None:
        return Code.WRONG_TYPE, described
    hint = None
    glued = _GLUED.fullmatch(node.text) if isinstance(node, Scalar) else None
    if glued and kind == "object":
        hint = f"write a space after the colon: {glued['key']}: {glued['value']}"
    return Code.WRONG_TYPE, Problem(f"{name} must be {word}, not {_found(node)}", hint)


def _found(node: Node) -> str:
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar():
            return repr(node.text)
        case InvalidNode():  # pragma: no cover  (of every type: never mistyped)
            return "unreadable"


def _described(name: str, node: Node) -> Problem | None:
    """A number with something beside it in a list of numbers."""
    if name not in _LISTS or not isinstance(node, Mapping) or not node.entries:
        return None
    key, value = node.entries[0]
    if not _NUMBER.fullmatch(key.text):
        return None
    if name != "numbers":
        hint = f"write {key.text} alone; what it is can follow as a comment, after a space and #"
    elif isinstance(value, Scalar):
        hint = (
            f"write {key.text} alone; a description is a field of routing (did_description), of "
            "the block or of an override"
        )
    else:
        hint = f"write {key.text} alone; a routing of its own is written as an override"
    return Problem(f"nothing can stand beside a number in {name}", hint)


def _levels(path: list[str], whole: Schema) -> Iterator[tuple[str, Schema]]:
    """The mappings from the file down to ``path``: what each is called, and its known keys."""
    schema = whole
    yield "the top of the file", schema["properties"]
    for name in path:
        schema = schema["properties"][name]
        schema = schema.get("items", schema)
        yield _LEVELS.get(name, name), schema["properties"]


def _elsewhere(key: str, levels: list[tuple[str, Schema]]) -> Problem | None:
    """Where ``key`` is known: in a mapping of this one, in one around it, or in another file."""
    for depth in range(len(levels) - 1, -1, -1):
        where, known = levels[depth]
        if depth < len(levels) - 1:
            name = suggest.known_as(key, known)
            if name is not None:
                return _moved(key, name, f"belongs to {where}, outside {levels[depth + 1][0]}")
        for child, schema in known.items():
            name = suggest.known_as(key, schema.get("items", schema).get("properties", ()))
            if name is not None:
                return _moved(key, name, f"belongs under {child}")
    for file, other in _FILES.items():
        if key in other["properties"] and key not in levels[0][1]:
            return Problem(f"the key {key} belongs in {file}", "move it there")
    return None


def _moved(key: str, name: str, where: str) -> Problem:
    if key == name:
        return Problem(f"the key {key} {where}", "move it there")
    return Problem(f"{key!r} is called {name} here, and {where}", f"write it there as {name}")


def _not_ignored(key: str, known: Schema) -> Problem:
    if key in {code.number for code in Code}:
        return Problem(f"{key} is an error, and only warnings can be ignored", "remove it")
    meant = key.upper()
    if meant in known:
        return Problem(f"there is no warning {key!r}", suggest.asking(meant))
    return Problem(f"there is no warning {key!r}", "remove it; docs/faults.md lists all warnings")
