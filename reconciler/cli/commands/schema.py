"""``schema``: the JSON Schemas of specs and plans."""

from reconciler.cli import exits
from reconciler.cli.console import deliver
from reconciler.cli.options import SchemaName
from reconciler.cli.parser import SchemaOptions


def run(arguments: SchemaOptions) -> int:
    """Print one; works in any folder."""
    deliver(_text(arguments.name))
    return exits.DONE


def _text(name: SchemaName) -> str:
    match name:
        case "did-spec" | "target":
            from reconciler.specs.publish import texts  # noqa: PLC0415  (only where it is asked)

            return texts()[f"{name}.schema.json"]
        case "plan":  # pragma: no branch  (there is no other)
            from reconciler.report.schema import text  # noqa: PLC0415

            return text()
