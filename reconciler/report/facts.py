"""All that is to be said of one number, as a value: what is declared, known, and comes next."""

from dataclasses import dataclass, replace

from reconciler.destination import Callers, Destination, destination
from reconciler.diff.callers import with_callers
from reconciler.diff.compare import compare
from reconciler.diff.model import Change, ConflictNote, Note
from reconciler.errors import Location
from reconciler.numbers import Span, SpanMap
from reconciler.report.entries import NOBODY
from reconciler.routing import FIELDS, NOTHING, SYSTEM_PATTERNS, Routing
from reconciler.specs.model import Declared, TargetSpec
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    State,
)


@dataclass(frozen=True, slots=True)
class FieldFact:
    """A field that is declared or known; ``decided_at`` is None where nobody decides it."""

    name: str
    declared: str | None
    known: str | None
    decided_at: Location | None


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """One number of one target.

    ``now`` holds the places that its callers may reach now, as far as is known: none where nothing
    is, several where an apply began and did not finish. ``source_of`` names the blocks that copy
    from it. ``next`` is what the next plan does with it and says of it.
    """

    pattern: str
    target: str
    declared: Declared | None
    record: Record | None
    now: tuple[Destination, ...]
    fields: tuple[FieldFact, ...]
    next: tuple[tuple[Change | Note, Callers], ...]
    source_of: tuple[str, ...] = ()
    is_default_source: bool = False
    is_protected: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anything in the specs or the state is about this number."""
        told = (self.declared, self.record)
        roles = bool(self.source_of) or self.is_default_source or self.is_protected
        return roles or any(each is not None for each in told)

    @property
    def change(self) -> tuple[Change, Callers] | None:
        """What the next apply does with it; None where it does nothing."""
        for subject, callers in self.next:
            if isinstance(subject, Change):
                return subject, callers
        return None

    @property
    def is_conflict(self) -> bool:
        """Whether it is somebody else's, and stays so."""
        return any(isinstance(subject, ConflictNote) for subject, _ in self.next)


def number_facts(spec: TargetSpec, state: State, here: Span) -> NumberFacts:
    """What there is to say of the one number in ``here``."""
    pattern = here[0]
    declared, record = spec.desired.get(pattern), state.records.get(pattern)
    one = SpanMap([(here, True)])
    found = compare(
        replace(spec, desired=spec.desired.within(one)),
        replace(state, records=state.records.within(one)),
    )
    changes = with_callers(found.changes, found.callers).values
    sources = {
        each.block.name: None for _, each in spec.desired if each.source.lower() == pattern.lower()
    }
    certain = None if record is None else record.certain
    default = spec.target.source
    protected = spec.target.protected.get(pattern) is not None
    return NumberFacts(
        pattern,
        spec.target.name,
        declared,
        record,
        () if record is None else _now(record),
        _fields(declared, NOTHING if certain is None else certain.routing),
        (*changes, *((note, NOBODY) for _, note in found.notes)),
        source_of=tuple(sources),
        is_default_source=default is not None and default.lower() == pattern.lower(),
        is_protected=protected or pattern.lower() in SYSTEM_PATTERNS,
    )


def _now(record: Record) -> tuple[Destination, ...]:
    """Where its callers may be now."""
    match record.standing:
        case Confirmed(source, routing):
            return (destination(routing, source),)
        case BegunCreate(source=source, routing=routing):
            return (destination(routing, source),)
        case BegunUpdate(before, routing):
            after = destination(before.routing.overlaid(routing), before.source)
            return tuple(dict.fromkeys((destination(before.routing, before.source), after)))
        case BegunDelete(before):
            return (destination(before.routing, before.source),)
        case Conflict():  # pragma: no branch  (there is no other)
            return ()


def _fields(declared: Declared | None, known: Routing) -> tuple[FieldFact, ...]:
    """Every field that is declared or known, in the order of the table."""
    wanted = NOTHING if declared is None else declared.routing
    places = {} if declared is None else dict(declared.origin.fields)
    return tuple(
        FieldFact(name, wanted.get(name), known.get(name), places.get(name))
        for name in (field.name for field in FIELDS)
        if name in wanted or name in known
    )
