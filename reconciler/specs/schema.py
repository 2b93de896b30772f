"""The JSON Schemas of the YAML files, made from the one table of fields.

Editors read them from ``schemas/``, where ``python -m reconciler.specs.publish`` puts them; the
reader checks the shape of every file against the same ones, so that they cannot say two things.
Scalars are read as written, while editors see YAML's types: numbers are allowed wherever a text is.
"""

from typing import Any, get_args

from reconciler.characters import FOREIGN_LETTERS, Characters
from reconciler.errors import Severity
from reconciler.numbers import KEPT, LONGEST_PATTERN, SHORTEST_PATTERN
from reconciler.routing import FIELDS, Field
from reconciler.specs.codes import Code
from reconciler.specs.model import Form, Limits, ReaderName
from reconciler.specs.schemes import SCHEMES

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LONGEST_NAME = 200
MOST_CONCURRENT = 8
"""Ten refused log-ins lock an account, and each call under way may be one."""

# Bytes count: a letter of another script has two or three, so a number may be one letter.
_ONE = (
    f"(?:[{KEPT}]{{{SHORTEST_PATTERN},{LONGEST_PATTERN}}}"
    f"|[{KEPT}]*[{FOREIGN_LETTERS}][{KEPT}{FOREIGN_LETTERS}]*)"
)
_TEXT = ["string", "number"]


def _pattern(about: str) -> Schema:
    return {
        "description": about,
        "type": _TEXT,
        "pattern": f"^{_ONE}$",
        "examples": ["7275551114", "+17275551212"],
    }


def _numbers(about: str, *, shortest: int) -> Schema:
    return {
        "description": about,
        "type": "array",
        "minItems": shortest,
        "items": {
            "description": "A number, or a range FIRST-LAST of at most 1,000,000 numbers "
            "whose ends have the same prefix and the same count of digits.",
            "type": _TEXT,
            "pattern": rf"^\s*{_ONE}(\s*[-–]\s*{_ONE})?\s*$",
            "examples": ["7275553300-7275553399", "7275553500", "+17275551212"],
        },
        "examples": [["7275553300-7275553399", "7275553500"]],
    }


def _field(field: Field) -> Schema:
    schema: Schema = {"title": field.name, "description": field.about}
    if field.choices:
        schema |= {"type": "string", "enum": list(field.choices)}
    else:
        schema |= {"type": _TEXT, "pattern": _field_pattern(field)}
        schema |= {"maxLength": field.longest}
        if field.letters(Characters.ANY) is Characters.ASCII:
            schema |= {"minLength": field.shortest}
    return schema | {"examples": list(field.examples)}


def _field_pattern(field: Field) -> str:
    if field.number:
        return "^(0|[1-9][0-9]*)$"
    plain = f"[{field.kept}]{{{field.shortest},{field.longest}}}"
    if field.letters(Characters.ANY) is Characters.ASCII:
        return f"^{plain}$"
    return f"^({plain}|[{field.kept}]*[{FOREIGN_LETTERS}][{field.kept}{FOREIGN_LETTERS}]*)$"


def _routing(about: str) -> Schema:
    return {
        "description": about,
        "type": "object",
        "properties": {field.name: _field(field) for field in FIELDS},
        "additionalProperties": False,
        "examples": [{"did_route": "IN_GROUP", "group": "SALESLINE"}],
    }


def _removal(about: str) -> Schema:
    parked = {"properties": {"action": {"const": "park"}}, "required": ["action"]}
    return {
        "description": about,
        "type": "object",
        "properties": {
            "action": {
                "description": "keep: it stays as it is. park: it is sent to the routing given "
                "here. delete: it is deleted, and its call history orphaned.",
                "type": "string",
                "enum": ["keep", "park", "delete"],
                "default": "keep",
            },
            "routing": _routing("Where a parked number is sent; for the action park only."),
        },
        "required": ["action"],
        "additionalProperties": False,
        "if": parked,
        "then": {"required": ["routing"]},
        "else": {"properties": {"routing": False}},
        "examples": [{"action": "keep"}],
    }


def _version() -> Schema:
    return {"description": "The version of this format: 1.", "const": 1, "default": 1}


def _whole(about: str, default: int, least: int = 0) -> Schema:
    return {"description": about, "type": "integer", "minimum": least, "default": default}


def _ratio(about: str, default: float) -> Schema:
    return {"description": about, "type": "number", "minimum": 0, "maximum": 1, "default": default}


def _override() -> Schema:
    return {
        "description": "Numbers of this block that are routed otherwise.",
        "type": "object",
        "properties": {
            "numbers": _numbers("Which of the block's numbers.", shortest=1),
            "routing": _routing("The fields that differ from the block's."),
        },
        "required": ["numbers", "routing"],
        "additionalProperties": False,
    }


def _block() -> Schema:
    return {
        "title": "Block",
        "description": "Numbers declared together.",
        "type": "object",
        "properties": {
            "name": {
                "description": "What the block is called in plans; once in a target.",
                "type": _TEXT,
                "minLength": 1,
                "maxLength": LONGEST_NAME,
                "examples": ["tampa-sales"],
            },
            "source": _pattern(
                "The existing DID that new numbers are copied from; without it, the target's "
                "defaults.source. Existing numbers do not change with it."
            ),
            "numbers": _numbers("The numbers of the block; each in one block only.", shortest=1),
            "exclude": _numbers("Numbers within the ranges above that are not meant.", shortest=0),
            "routing": _routing(
                "The fields that are managed. What is not written here comes along from the source "
                "and is left alone afterwards."
            ),
            "overrides": {
                "description": "Some of the block's numbers with other routing.",
                "type": "array",
                "items": _override(),
            },
            "adopt": {
                "description": "Take over numbers of this block that exist on the server already.",
                "type": "boolean",
                "default": False,
            },
            "removal": _removal(
                "What happens to a number that leaves this block; without it, as the target says."
            ),
        },
        "required": ["name", "numbers"],
        "additionalProperties": False,
        "examples": [
            {
                "name": "tampa-sales",
                "numbers": ["7275553300-7275553399"],
                "routing": {"did_route": "IN_GROUP", "group": "SALESLINE"},
            }
        ],
    }


def did_spec() -> Schema:
    """The schema of a file of blocks."""
    return {
        "$schema": DIALECT,
        "title": "Blocks of numbers",
        "description": "Numbers (DIDs) of one VICIdial system: did_specs/<target>/**/*.yaml",
        "type": "object",
        "properties": {
            "version": _version(),
            "blocks": {
                "description": "The blocks of this file.",
                "type": "array",
                "items": _block(),
            },
        },
        "required": ["version", "blocks"],
        "additionalProperties": False,
    }


def _limits() -> Schema:
    own = Limits()
    return {
        "description": "How much one apply may do before somebody must say that it is meant.",
        "type": "object",
        "properties": {
            "max_create": _whole("Numbers created.", own.max_create),
            "max_update": _whole("Numbers whose routing changes.", own.max_update),
            "max_remove": _whole("Numbers parked or deleted.", own.max_remove),
            "max_update_ratio": _ratio(
                "The share of known numbers whose routing changes, from 20 known numbers on.",
                own.max_update_ratio,
            ),
            "max_destination_loss": _ratio(
                "The share of its numbers that one destination loses, from 20 known numbers on.",
                own.max_destination_loss,
            ),
        },
        "additionalProperties": False,
    }


def _apply() -> Schema:
    return {
        "description": "How an apply talks to the server.",
        "type": "object",
        "properties": {
            "concurrency": _whole("Calls at a time.", 4, 1) | {"maximum": MOST_CONCURRENT},
            "requests_per_second": {
                "description": "At most so many calls a second, where the server wants sparing.",
                "type": "number",
                "exclusiveMinimum": 0,
                "examples": [20],
            },
            "unreviewed": {
                "description": "Whether changes that no pull request has shown are applied.",
                "type": "string",
                "enum": ["refuse", "allow"],
                "default": "refuse",
            },
        },
        "additionalProperties": False,
    }


def _numbering() -> Schema:
    return {
        "description": "How the carrier sends the numbers; what cannot be one is then a warning.",
        "type": "object",
        "properties": {
            "country": {
                "description": "The country of the target's numbers, by the two letters of "
                "ISO 3166.",
                "type": "string",
                "pattern": "^[A-Z]{2}$",
                "examples": ["US", "GB"],
            },
            "form": {
                "description": "national: 7275551212. e164: +17275551212. digits: 17275551212. "
                "any: all of these.",
                "type": "string",
                "enum": list(get_args(Form)),
                "default": "any",
            },
        },
        "required": ["country"],
        "additionalProperties": False,
        "examples": [{"country": "US", "form": "national"}],
    }


def _live() -> Schema:
    is_file = {"properties": {"reader": {"const": "file"}}, "required": ["reader"]}
    return {
        "description": "How the server is read, by the commands that look at it.",
        "type": "object",
        "properties": {
            "reader": {
                "description": "http: the admin page settings_compare.php, with the account of "
                "the API. file: an export of the table as CSV.",
                "type": "string",
                "enum": list(get_args(ReaderName)),
                "default": "http",
            },
            "file": {
                "description": "The export, for the reader file; a relative path is relative to "
                "the folder that holds did_specs.",
                "type": "string",
                "minLength": 1,
                "examples": ["exports/vicidial_inbound_dids.csv"],
            },
        },
        "required": ["reader"],
        "additionalProperties": False,
        "if": is_file,
        "then": {"required": ["file"]},
        "else": {"properties": {"file": False}},
        "examples": [{"reader": "http"}],
    }


def _lint() -> Schema:
    return {
        "description": "How warnings are treated.",
        "type": "object",
        "properties": {
            "ignore": {
                "description": "Warnings that are not shown for this target, each with the reason.",
                "type": "object",
                "properties": {
                    code.number: {
                        "description": f"{code.title}: why that is meant here.",
                        "type": "string",
                        "minLength": 1,
                    }
                    for code in Code
                    if code.severity is Severity.WARNING
                },
                "additionalProperties": False,
                "examples": [{"W302": "numbers that are not in use yet"}],
            }
        },
        "additionalProperties": False,
    }


def target() -> Schema:
    """The schema of a target.yaml."""
    return {
        "$schema": DIALECT,
        "title": "Target",
        "description": "One VICIdial system: did_specs/<target>/target.yaml",
        "type": "object",
        "properties": {
            "version": _version(),
            "endpoint": {
                "description": "The URL of the system's non_agent_api.php; without user and "
                "password, which come from the environment only.",
                "type": "string",
                "pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^@?#\s]+/non_agent_api\.php$",
                "examples": ["https://vici.example.com/vicidial/non_agent_api.php"],
            },
            "state": {
                "description": "Where the known numbers are kept. A relative file: is relative to "
                "the folder that holds did_specs; {target} stands for the target's name.",
                "type": "string",
                "pattern": f"^({'|'.join(SCHEMES)}):.+$",
                "examples": [scheme.example for scheme in SCHEMES.values()],
            },
            "defaults": {
                "description": "What blocks need not say.",
                "type": "object",
                "properties": {"source": _pattern("The source of blocks that name none.")},
                "additionalProperties": False,
                "examples": [{"source": "7275551114"}],
            },
            "protected": _numbers("Numbers that no apply ever changes.", shortest=0),
            "numbers": _numbering(),
            "removal": _removal("What happens to a number that leaves the YAML."),
            "limits": _limits(),
            "apply": _apply(),
            "live": _live(),
            "lint": _lint(),
            "characters": {
                "description": "Which letters the server keeps in numbers and texts: any, where "
                "its system setting for non-Latin text (use_non_latin) is on.",
                "type": "string",
                "enum": [each.value for each in Characters],
                "default": Characters.ASCII.value,
            },
            "allow_plaintext": {
                "description": "Allow http:// to another machine: the password crosses the network "
                "readable.",
                "type": "boolean",
                "default": False,
            },
            "mirror": {
                "description": "A branch that gets a copy of a state kept in an object store, for "
                "plans without credentials.",
                "type": "string",
                "pattern": "^git:.+$",
                "examples": ["git:did-state"],
            },
        },
        "required": ["version", "endpoint", "state"],
        "additionalProperties": False,
    }


FILES = {"did-spec.schema.json": did_spec, "target.schema.json": target}
"""The files of ``schemas/`` and what makes them."""
