"""A plan as plain data: all that is shown of it, and all that a later apply compares it with."""

from dataclasses import dataclass, field
from functools import cached_property

from reconciler.destination import Callers
from reconciler.diff.callers import with_callers
from reconciler.diff.model import (
    Change,
    ConflictNote,
    Delete,
    Effect,
    Kept,
    Note,
    Park,
    SettingChange,
    Settle,
    Update,
    only_settles,
)
from reconciler.errors import Fault
from reconciler.guard import Refusal
from reconciler.numbers import Span, SpanMap
from reconciler.plan.calls import CallCount
from reconciler.plan.plan import Counts, count_changes
from reconciler.plan.review import OwnChanges

SHORT = 12
"""Characters of a digest that people are shown and type."""


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """Where a block is declared; ``line`` counts from 1."""

    name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The requests an apply sends when all goes well, and how long they take, in seconds."""

    calls: CallCount
    concurrency: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer should know of a plan beside its numbers; ``hint`` is what to do about it."""

    message: str
    hint: str


@dataclass(frozen=True)
class PlanDocument:
    """A plan, whether it was just made or read from a file. Nothing in it is of time.

    ``notes`` are sorted: by kind, then by number. ``callers`` tells of the numbers in ``changes``
    where their callers end up; it may say nothing of some. ``own`` is there where the plan of a
    pull request was compared with that of its base. ``warnings`` are those of the specs.
    ``leaving``: the target is in the base only, and so nothing of it changes.
    """

    target: str
    endpoint: str
    lineage: str
    serial: int
    digest: str
    declared: int
    known: int
    cost: Cost
    refusals: tuple[Refusal, ...]
    settings: tuple[SettingChange, ...]
    blocks: tuple[BlockPlace, ...]
    changes: SpanMap[Change]
    notes: tuple[tuple[Span, Note], ...]
    effects: tuple[Effect, ...]
    callers: SpanMap[Callers] = field(default_factory=SpanMap)
    own: OwnChanges | None = None
    warnings: tuple[Fault, ...] = ()
    remarks: tuple[Remark, ...] = ()
    leaving: bool = False

    @property
    def short_digest(self) -> str:
        """As people are shown it, and type it."""
        return self.digest[:SHORT]

    @property
    def own_changes(self) -> SpanMap[Change]:
        """The changes of the pull request; all of them where no base was compared."""
        return self.changes if self.own is None else self.own.changes

    @property
    def own_settings(self) -> tuple[SettingChange, ...]:
        """The changed settings of the pull request; all of them where no base was compared."""
        return self.settings if self.own is None else self.own.settings

    @cached_property
    def counts(self) -> Counts:
        """How many numbers each kind of change touches."""
        return count_changes(self.changes)

    @cached_property
    def told(self) -> SpanMap[tuple[Change, Callers]]:
        """The changes, each with where the callers of its numbers end up."""
        return with_callers(self.changes, self.callers)

    @cached_property
    def rerouted(self) -> int:
        """Numbers that are updated so that their callers go somewhere else, or may do so."""
        return sum(
            numbers
            for (change, callers), numbers in self.told.counts().items()
            if isinstance(change, Update) and not only_settles(change) and callers.move
        )

    @property
    def kept(self) -> int:
        """Numbers that are no longer declared and stay as they are."""
        return sum(len(span) for span, note in self.notes if isinstance(note, Kept))

    @property
    def conflicts(self) -> int:
        """Numbers of somebody else that stand where one is declared."""
        return sum(len(span) for span, note in self.notes if isinstance(note, ConflictNote))

    @property
    def undeclared(self) -> int:
        """Known numbers that are no longer declared, whatever becomes of them."""
        leaving = self.changes.where(lambda change: isinstance(change, Park | Delete | Settle))
        return leaving.count + self.kept

    @property
    def is_first(self) -> bool:
        """Whether nothing was ever applied to the target."""
        return self.serial == 0 and self.known == 0

    @property
    def is_empty(self) -> bool:
        """Whether an apply has nothing to do; there may be conflicts, which none settles."""
        return not self.changes and not self.settings


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """A reason why there is no plan; ``file`` and ``line`` say where a fault of the specs is."""

    message: str
    hint: str | None = None
    file: str | None = None
    line: int | None = None
