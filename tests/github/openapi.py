"""GitHub's own description of its API, to hold requests and the stand-in's answers to."""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from jsonschema import Draft4Validator

FILE = (
    Path(__file__).parents[2] / "tools/node_modules/@octokit/openapi/generated/api.github.com.json"
)


@cache
def description():
    assert FILE.exists(), f"{FILE} is missing: make tools/node_modules/.stamp"
    return json.loads(FILE.read_text())


@cache
def _templates():
    """A pattern for each path, the ones with the fewest variables first."""
    paths = sorted(description()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\{[^/]*?\\}", "[^/]+", re.escape(path))), path) for path in paths]


def template(path):
    return next((path_ for pattern, path_ in _templates() if pattern.fullmatch(path)), None)


def faults(method, path, query, body):
    """What of a request GitHub does not describe; empty when all is well."""
    at = template(path)
    operation = description()["paths"].get(at, {}).get(method.lower())
    if operation is None:
        return [f"{method} {path} is not described"]
    known = {each["name"]: each for each in map(_resolved, operation["parameters"])}
    found = [f"{path}: no parameter {name}" for name in query if name not in known]
    for name, value in query.items():
        schema = known.get(name, {}).get("schema", {})
        given = int(value) if schema.get("type") == "integer" else value
        found += [f"{path}: {name}: {error.message}" for error in _errors(schema, given)]
    if body is None:
        return found
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    found += [f"{path}: {error.message}" for error in _errors(schema, body)]
    return found + [f"{path}: {each}" for each in unknown(schema, body)]


def answer_faults(method, path, status, body):
    """Fields of an answer that GitHub does not describe, or describes as of another type."""
    operation = description()["paths"][template(path)][method.lower()]
    answer = _resolved(operation["responses"][str(status)])
    schema = answer["content"]["application/json"]["schema"]
    return [f"{method} {path}: {each}" for each in unknown(schema, body)]


def unknown(schema, value, at="$"):
    """Keys of ``value``, at any depth, that ``schema`` does not have; and leaves of other types."""
    branches = list(_branches(schema))
    if isinstance(value, dict):
        properties = {}
        for branch in branches:
            properties |= branch.get("properties", {})
        found = []
        for key, part in value.items():
            if key not in properties:
                found.append(f"{at}.{key} is not described")
            else:
                found += unknown(properties[key], part, f"{at}.{key}")
        return found
    if isinstance(value, list):
        items = next((branch["items"] for branch in branches if "items" in branch), {})
        return [each for part in value for each in unknown(items, part, f"{at}[]")]
    kinds = {branch.get("type") for branch in branches}
    if value is None:
        fits = any(branch.get("nullable") for branch in branches)
    else:
        fits = {str: "string", int: "integer", bool: "boolean"}[type(value)] in kinds
    return [] if fits else [f"{at} may not be {value!r}"]


def _branches(schema):
    schema = _resolved(schema)
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
    if not parts:
        yield schema
    for part in parts:
        yield from _branches(part)


def _errors(schema, value):
    whole = {**_resolved(schema), "components": description()["components"]}
    return Draft4Validator(whole).iter_errors(value)


def _resolved(part):
    while "$ref" in part:
        target = description()
        for key in part["$ref"].removeprefix("#/").split("/"):
            target = target[unquote(key)]
        part = target
    return part
