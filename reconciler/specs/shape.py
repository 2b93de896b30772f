"""Whether a file has the shape of its JSON Schema, without a word on what is wrong.

Almost every file has it, so jsonschema, which takes longer to import than most specs to read, is
asked only to explain what is refused here (:mod:`reconciler.specs.structure`). Both accept the
same: a test holds them together.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from decimal import Decimal
from typing import Any

from reconciler.specs.faults import Faults
from reconciler.specs.nodes import Mapping, Node, Run, Scalar, Sequence
from reconciler.specs.schema import Schema

WHOLE = re.compile(r"0|[1-9][0-9]{0,11}")
DECIMAL = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?")

WRITTEN: MappingOf[str, Callable[[str], object]] = {
    "string": lambda _: True,
    "integer": WHOLE.fullmatch,
    "number": DECIMAL.fullmatch,
    "boolean": lambda text: text.lower() in {"true", "false"},
}
"""How a scalar of a type is written; anything may be a text."""
BOUNDS: MappingOf[str, Callable[[Decimal, Decimal], bool]] = {
    "minimum": Decimal.__ge__,
    "maximum": Decimal.__le__,
    "exclusiveMinimum": Decimal.__gt__,
}


def check(root: Node, schema: Schema, faults: Faults) -> None:
    """Add to ``faults`` where the shape of the file is not that of its schema."""
    if not fits(root, schema):
        from reconciler.specs import structure  # noqa: PLC0415  (slow to import)

        structure.check(root, schema, faults)


def fits(node: Node | Run, schema: MappingOf[str, Any]) -> bool:
    """Whether ``node`` has the shape that ``schema`` describes."""
    match node:
        case Scalar(text=text):
            return _scalar_fits(text, schema)
        case Mapping(entries=entries):
            known = schema.get("properties", {})
            given = {key.text for key, _ in entries}
            return (
                schema.get("type") == "object"
                and given.issuperset(schema.get("required", ()))
                and all(key.text in known and fits(each, known[key.text]) for key, each in entries)
            )
        case Sequence(parts=parts):
            items = schema.get("items", {})
            scalars = "string" in items.get("type", ())
            return schema.get("type") == "array" and all(
                (scalars and isinstance(each, Scalar | Run)) or fits(each, items) for each in parts
            )
        case _:  # a run where no numbers belong, or what was pointed out already
            return False


def _scalar_fits(text: str, schema: MappingOf[str, Any]) -> bool:
    kinds = schema.get("type", "string")
    if not any(
        kind in WRITTEN and WRITTEN[kind](text)
        for kind in ([kinds] if isinstance(kinds, str) else kinds)
    ):
        return False
    if "enum" in schema and text not in schema["enum"]:
        return False
    if "const" in schema and text != str(schema["const"]):
        return False
    number = DECIMAL.fullmatch(text)
    return number is None or all(
        holds(Decimal(text), Decimal(str(schema[name])))
        for name, holds in BOUNDS.items()
        if name in schema
    )
