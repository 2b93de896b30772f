"""A YAML document as a small tree: what was written, and where.

Nothing is interpreted: ``+15551234567``, ``0123`` and ``yes`` are the texts that stand in the file.
Nodes are compared by identity, since the same text in two places is two things to point at; an
alias is the very node that its anchor names. Nothing changes a node; they are not frozen, since
making a frozen object takes three times as long and a file has many of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reconciler.errors import Location
from reconciler.numbers import Spans

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True, eq=False)
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
class Run:
    """Items of a list that are plain numbers or ranges, one in each line from ``at`` on."""

    at: Location
    spans: Spans
    plain: bool = True

    def place(self, index: int) -> Location:
        """Where the item at ``index`` (from 0) stands."""
        return Location(self.at.file, self.at.line + index, self.at.column)

    def scalars(self) -> Iterator[Scalar]:
        """The items as they are written."""
        for index, text in enumerate(self.spans.texts()):
            yield Scalar(self.place(index), text, self.plain)


@dataclass(frozen=True, eq=False)
class Sequence:
    """A list. Of its ``parts`` a :class:`Run` stands for many items."""

    at: Location
    parts: "tuple[Node | Run, ...]" = ()

    @cached_property
    def items(self) -> "tuple[Node, ...]":
        """The items, made of runs when they are asked for; each is made once."""
        return tuple(
            item
            for part in self.parts
            for item in (part.scalars() if isinstance(part, Run) else (part,))
        )


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values in their order; a key that is given twice is there twice."""

    at: Location
    entries: "tuple[tuple[Scalar, Node], ...]" = ()


@dataclass(slots=True, eq=False)
class InvalidNode:
    """Something already pointed out, of which nothing more is to be said."""

    at: Location


Node = Scalar | Sequence | Mapping | InvalidNode


def parts(nodes: "tuple[Node, ...]") -> "Iterator[Node | Run]":
    """The parts of those nodes that are lists."""
    for node in nodes:
        if isinstance(node, Sequence):
            yield from node.parts


def items(nodes: "tuple[Node, ...]") -> Iterator[Node]:
    """The items of those nodes that are lists."""
    for node in nodes:
        if isinstance(node, Sequence):
            yield from node.items
