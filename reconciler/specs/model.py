"""What the YAML says once it is known to be sound: targets, blocks, what each number should be."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from reconciler.characters import Characters
from reconciler.errors import Fault, Location
from reconciler.numbers import SpanMap
from reconciler.removal import KeepPolicy, Removal
from reconciler.routing import Routing
from reconciler.specs.listed import ListedSpan
from reconciler.specs.schemes import branch_of


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one apply may do. Ratios are of known numbers and count from 20 of them."""

    max_create: int = 2000
    max_update: int = 500
    max_remove: int = 50
    max_update_ratio: float = 0.3
    max_destination_loss: float = 0.5


Form = Literal["national", "e164", "digits", "any"]


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the carrier sends numbers: of which country (ISO 3166), with which country code."""

    country: str
    code: str
    form: Form = "any"


ReaderName = Literal["http", "file"]


@dataclass(frozen=True, slots=True)
class Live:
    """How the server is read. ``file`` is the exported table for the reader of that name."""

    reader: ReaderName = "http"
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One VICIdial system, as ``target.yaml`` describes it.

    ``state`` is the URL with ``{target}`` filled in, ``state_written`` as it stands in the file
    (None: the same); ``requests_per_second`` is None where no
    limit was written. ``protected`` numbers are never changed by an apply. Warnings whose codes are
    ``ignored`` are not shown.
    """

    name: str
    endpoint: str
    state: str
    folder: Path
    where: Location
    source: str | None = None
    protected: SpanMap[bool] = field(default_factory=SpanMap)
    removal: Removal = KeepPolicy()  # noqa: RUF009  (immutable)
    limits: Limits = Limits()
    concurrency: int = 4
    requests_per_second: float | None = None
    unreviewed: Literal["refuse", "allow"] = "refuse"
    allow_plaintext: bool = False
    mirror: str | None = None
    numbering: Numbering | None = None
    ignored: frozenset[str] = frozenset()
    characters: Characters = Characters.ASCII
    state_written: str | None = None
    live: Live = Live()

    @property
    def branch(self) -> str | None:
        """The branch with the state or its mirror, which is read without credentials; or None."""
        return branch_of(self.mirror or self.state)

    def state_of(self, name: str) -> str:
        """Where the state would be kept if the target's folder were called ``name``."""
        return (self.state_written or self.state).replace("{target}", name)


class Places(Protocol):
    """The numbers of a list, each with its place."""

    def __iter__(self) -> Iterator[ListedSpan]:
        """All of them, in the order of the list."""

    def place(self, pattern: str) -> Location:
        """Where ``pattern`` is listed."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who decides what of a number: the list it is in, and the place of each routing field."""

    numbers: Places
    source: Location
    fields: tuple[tuple[str, Location], ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers declared together. ``removal`` is None where the block leaves it to its target."""

    name: str
    where: Location
    adopt: bool = False
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What the YAML wants of a number: its block, its source, the fields that are managed."""

    block: Block
    source: str
    routing: Routing
    origin: Origin

    def __hash__(self) -> int:
        return hash((self.block.name, self.source, self.routing))  # the rest seldom decides


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """All that is declared for one target. Warnings stop nothing."""

    target: Target
    blocks: tuple[Block, ...]
    desired: SpanMap[Declared]
    warnings: tuple[Fault, ...] = ()
