"""How two routings differ, field by field."""

from dataclasses import dataclass

from reconciler.routing import FIELDS, Routing


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; ``before`` is None where it is not known."""

    name: str
    before: str | None
    after: str


def explain(before: Routing, after: Routing) -> tuple[FieldChange, ...]:
    """The fields of ``after`` that ``before`` has otherwise or not at all, in the table's order."""
    changed = after.lacking(before)
    return tuple(
        FieldChange(field.name, before.get(field.name), changed[field.name])
        for field in FIELDS
        if field.name in changed
    )
