"""The members of a mapping under the names they were meant to have."""

from collections.abc import Collection, Iterator

from reconciler.specs import suggest
from reconciler.specs.nodes import Mapping, Node, Scalar

Members = dict[str, list[tuple[Scalar, Node]]]


def members(mapping: Mapping, known: Collection[str]) -> Iterator[tuple[str | None, Scalar, Node]]:
    """Name, key and value; a misspelt key under the name it was meant to be, if that is free."""
    given = {key.text for key, _ in mapping.entries}
    for key, value in mapping.entries:
        if key.text in known:
            yield key.text, key, value
        else:
            meant = suggest.key(key.text, known)
            yield (None if meant in given else meant), key, value


def by_name(node: Node | None, known: Collection[str]) -> Members:
    """All members of known names; of a key given twice, both. Empty for what is not a mapping."""
    found: Members = {}
    if isinstance(node, Mapping):
        for name, key, value in members(node, known):
            if name is not None:
                found.setdefault(name, []).append((key, value))
    return found


def values(found: Members, name: str) -> tuple[Node, ...]:
    """All values that were given for ``name``."""
    return tuple(value for _, value in found.get(name, ()))


def first(found: Members, name: str) -> Node | None:
    """The value of ``name``; of a key given twice, the first."""
    return next((value for _, value in found.get(name, ())), None)
