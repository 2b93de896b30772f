"""The shape of a file, checked against its JSON Schema and told in plain words.

The keywords of jsonschema are given here for nodes instead of plain values. That way every error
knows its place, keys given twice are all looked into, and scalars are judged as they are written:
``8300`` may be a text, ``"4"`` a number. Keywords that judge the inside of a text (``pattern``,
lengths) are left to :mod:`reconciler.specs.values`, which has better words for them.

A key that is misspelt is pointed out once and then read as what it was meant to be, so that
neither does something seem missing nor is what it holds left unchecked.
"""

from collections import abc
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, TypeChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import create

from reconciler.routing import BY_NAME
from reconciler.specs import shape, suggest
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults
from reconciler.specs.keys import members
from reconciler.specs.misplaced import mistyped, unknown
from reconciler.specs.nodes import InvalidNode, Mapping, Node, Run, Scalar, Sequence
from reconciler.specs.schema import Schema
from reconciler.specs.values import field_fault

Given = abc.Mapping[str, Any]
Errors = Iterator[ValidationError]


def check(root: Node, schema: Schema, faults: Faults) -> None:
    """Add to ``faults`` where the shape of the file is not that of its schema."""
    for error in _Checker(schema).iter_errors(root):
        _tell(error, schema, faults)


def _is(kind: type[Node]) -> Callable[[TypeChecker, object], bool]:
    return lambda _, node: isinstance(node, kind | InvalidNode)


def _is_written(wanted: Callable[[str], object]) -> Callable[[TypeChecker, object], bool]:
    return lambda _, node: (
        isinstance(node, InvalidNode) or (isinstance(node, Scalar) and bool(wanted(node.text)))
    )


_TYPES = TypeChecker().redefine_many(
    {
        "object": _is(Mapping),
        "array": _is(Sequence),
        **{kind: _is_written(wanted) for kind, wanted in shape.WRITTEN.items()},
    }
)


def _type(
    validator: Draft202012Validator, types: str | list[str], node: object, _: object
) -> Errors:
    allowed = [types] if isinstance(types, str) else types
    if not any(validator.is_type(node, each) for each in allowed):
        yield ValidationError("type")


def _properties(
    validator: Draft202012Validator, properties: Given, node: object, _: object
) -> Errors:
    if isinstance(node, Mapping):
        for name, _key, value in members(node, properties):
            if name is not None:
                yield from validator.descend(value, properties[name], path=name)


def _additional(_: Draft202012Validator, _allowed: object, node: object, schema: Given) -> Errors:
    if isinstance(node, Mapping):
        for name, key, _value in members(node, schema["properties"]):
            if name != key.text:
                yield ValidationError("unknown", instance=key)


def _required(_: Draft202012Validator, names: list[str], node: object, schema: Given) -> Errors:
    if isinstance(node, Mapping):
        there = {name for name, _key, _value in members(node, schema["properties"])}
        for name in names:
            if name not in there:
                yield ValidationError(name)


def _items(validator: Draft202012Validator, schema: Given, node: object, _: object) -> Errors:
    if isinstance(node, Sequence):
        scalars = "string" in schema["type"]
        for index, item in enumerate(node.parts if scalars else node.items):
            # Lists of numbers may be very long.
            if not (scalars and isinstance(item, Scalar | Run)):
                yield from validator.descend(item, schema, path=index)


def _one_of(_: Draft202012Validator, choices: list[str], node: object, _schema: object) -> Errors:
    if isinstance(node, Scalar) and node.text not in choices:
        yield ValidationError("enum")


def _const(_: Draft202012Validator, value: object, node: object, _schema: object) -> Errors:
    if not isinstance(node, InvalidNode) and not (
        isinstance(node, Scalar) and node.text == str(value)
    ):
        yield ValidationError("const")


def _bound(holds: Callable[[Decimal, Decimal], bool]) -> Callable[..., Errors]:
    def check_bound(_: Draft202012Validator, bound: float, node: object, _schema: object) -> Errors:
        number = isinstance(node, Scalar) and shape.DECIMAL.fullmatch(node.text)
        if number and not holds(Decimal(number[0]), Decimal(str(bound))):
            yield ValidationError("bound")

    return check_bound


_Checker = create(
    meta_schema=Draft202012Validator.META_SCHEMA,
    validators={
        "type": _type,
        "properties": _properties,
        "additionalProperties": _additional,
        "required": _required,
        "items": _items,
        "enum": _one_of,
        "const": _const,
        **{name: _bound(holds) for name, holds in shape.BOUNDS.items()},
    },
    type_checker=_TYPES,
)


def _tell(error: ValidationError, whole: Schema, faults: Faults) -> None:
    node: Any = error.instance
    path = [part for part in error.path if isinstance(part, str)]
    name = path[-1] if path else "the file"
    schema: Any = error.schema
    match error.validator:
        case "required":
            about = schema["properties"][error.message]["description"]
            faults.add_at(node.at, Code.MISSING_KEY, f"the key {error.message} is missing: {about}")
        case "additionalProperties":
            code, wrong = unknown(node.text, path, whole)
            faults.add(node, code, wrong.message, wrong.hint)
        case "type":
            code, wrong = mistyped(name, node, schema)
            faults.add(node, code, wrong.message, wrong.hint)
        case "enum" if schema.get("title") in BY_NAME:
            found = field_fault(BY_NAME[name], node.text)
            assert found is not None  # noqa: S101  (it is none of the choices)
            faults.add(node, Code.FIELD_VALUE, f"{name} {found.message}", found.hint)
        case "enum":
            words = f"{name} must be one of {', '.join(schema['enum'])}, not {node.text!r}"
            meant = suggest.asking(suggest.choice(node.text, schema["enum"]))
            faults.add(node, Code.CHOICE, words, meant)
        case "const":
            words = f"{name} must be {schema['const']}, the only one so far"
            faults.add(node, Code.CHOICE, words)
        case bound:
            words = f"{_BOUNDS[str(bound)]} {error.validator_value}"
            faults.add(node, Code.OUT_OF_BOUNDS, f"{name} must be {words}, not {node.text}")


_BOUNDS = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}
