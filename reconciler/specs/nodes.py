"""A YAML document as a small tree: what was written, and where.

Nothing is interpreted: ``+15551234567``, ``0123`` and ``yes`` are the texts that stand in the file.
Nodes are compared by identity, since the same text in two places is two things to point at; an
alias is the very node that its anchor names.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.errors import Location

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text; ``plain`` when it stands without quotes."""

    at: Location
    text: str
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Whether YAML takes this for no value at all."""
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list."""

    at: Location
    items: "tuple[Node, ...]" = ()


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys and values in their order; a key that is given twice is there twice."""

    at: Location
    entries: "tuple[tuple[Scalar, Node], ...]" = ()


@dataclass(frozen=True, slots=True, eq=False)
class InvalidNode:
    """Something already pointed out, of which nothing more is to be said."""

    at: Location


Node = Scalar | Sequence | Mapping | InvalidNode


def items(nodes: "tuple[Node, ...]") -> Iterator[Node]:
    """The items of those nodes that are lists."""
    for node in nodes:
        if isinstance(node, Sequence):
            yield from node.items
