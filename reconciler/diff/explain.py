"""How two routings differ, field by field. Whether they differ is decided by ``==`` alone."""

from dataclasses import dataclass
from functools import lru_cache

from reconciler.routing import FIELDS, Routing


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; ``before`` is None where it is not known."""

    name: str
    before: str | None
    after: str


@lru_cache(maxsize=4096)
def explain(before: Routing, after: Routing) -> tuple[FieldChange, ...]:
    """The fields of ``after`` that ``before`` has otherwise or not at all, in the table's order.

    Called once for a pair of routings, however many numbers share them.
    """
    from deepdiff import DeepDiff  # noqa: PLC0415  (a quarter of a second, only where needed)

    # Without the threshold two routings with no field in common would be one change of the whole.
    tree = DeepDiff(dict(before), dict(after), view="tree", threshold_to_diff_deeper=0)
    found: dict[str, FieldChange] = {}
    for level in tree.get("values_changed", ()):
        name = str(level.path(output_format="list")[-1])
        found[name] = FieldChange(name, str(level.t1), str(level.t2))
    for level in tree.get("dictionary_item_added", ()):
        name = str(level.path(output_format="list")[-1])
        found[name] = FieldChange(name, None, str(level.t2))
    return tuple(found[field.name] for field in FIELDS if field.name in found)
