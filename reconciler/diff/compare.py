"""The comparison: one sweep over what is wanted and what is known, span by span.

==============  ==========================  =====================================================
declared        known as                    comes to
==============  ==========================  =====================================================
yes             nothing                     create (adopt, where the block does)
yes             confirmed                   update of the fields that differ, or nothing
yes             begun create, begun delete  create (adopt) that may find it there: it is ours
yes             begun update                update; the begun fields count as unknown
yes             conflict                    adopt, where the block does; else a note
no              confirmed, begun update     its removal policy: kept, parked or deleted
no              begun create, begun delete  its removal policy; a kept one is settled first
no              conflict                    forget
==============  ==========================  =====================================================
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler import removal
from reconciler.diff.effects import Effects, place
from reconciler.diff.model import (
    Adopt,
    Change,
    Conflicted,
    Create,
    Delete,
    Difference,
    Forget,
    Kept,
    Moved,
    Note,
    Park,
    Released,
    Settle,
    Update,
    is_settling,
)
from reconciler.diff.settings import setting_changes
from reconciler.errors import Fault, SpecFaults
from reconciler.numbers import Span, SpanMap, align, span_of
from reconciler.routing import NOTHING, SYSTEM_PATTERNS, Destination
from reconciler.specs.codes import Code
from reconciler.specs.model import Declared, Target, TargetSpec
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    Standing,
    State,
)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one span comes to, and where its callers end up before and after."""

    change: Change | None = None
    notes: tuple[Note, ...] = ()
    before: Destination | None = None
    after: Destination | None = None


def compare(spec: TargetSpec, state: State) -> Difference:
    """What would have to change for the server to be as ``spec`` wants it.

    Raises SpecFaults when a number would be removed that is still somebody's source.
    """
    changes: list[tuple[Span, Change]] = []
    notes: list[tuple[Span, Note]] = []
    effects = Effects()
    for span, verdict in _verdicts(spec, state.records):
        settling = verdict.change is not None and is_settling(verdict.change)
        effects.add(span, verdict.before, verdict.after, settling=settling)
        if verdict.change is not None:
            changes.append((span, verdict.change))
        notes += ((span, note) for note in verdict.notes)
    found = SpanMap(changes)
    _refuse_removal_of_sources(found, spec)
    return Difference(
        changes=found,
        notes=_merged(notes),
        settings=setting_changes(spec.target, state),
        effects=effects.all(),
        declared=spec.desired.count,
        known=state.records.where(lambda record: not isinstance(record.standing, Conflict)).count,
    )


def _verdicts(spec: TargetSpec, records: SpanMap[Record]) -> Iterator[tuple[Span, _Verdict]]:
    for span, declared, record in align(spec.desired, records):
        if declared is not None:
            yield span, _missing(declared) if record is None else _both(declared, record)
    undeclared = records.without(spec.desired)
    system = SpanMap((span_of(pattern), True) for pattern in SYSTEM_PATTERNS)
    untouchable = spec.target.protected.overlaid(system)
    for span, record in undeclared.within(untouchable):
        yield span, _protected(record)
    for span, record in undeclared.without(untouchable):
        yield span, _undeclared(record, spec.target)


def _missing(declared: Declared) -> _Verdict:
    block, source, routing = declared.block, declared.source, declared.routing
    change = (
        Adopt(block.name, source, routing, block.removal)
        if block.adopt
        else Create(block.name, source, routing, block.removal)
    )
    return _Verdict(change, after=place(declared.routing, source))


def _both(declared: Declared, record: Record) -> _Verdict:
    block, source, routing = declared.block, declared.source, declared.routing
    standing = record.standing
    match standing:
        case BegunCreate() | BegunDelete():
            change = (
                Adopt(block.name, source, routing, block.removal, begun=True)
                if block.adopt
                else Create(block.name, source, routing, block.removal, begun=True)
            )
            return _Verdict(change, after=place(declared.routing, source))
        case Conflict():
            if not block.adopt:
                return _Verdict(notes=(Conflicted(block.name),))
            adopt = Adopt(block.name, source, routing, block.removal, exists=True)
            return _Verdict(adopt, after=place(declared.routing, source))
        case Confirmed():
            return _existing(declared, record.block, standing, begun=None)
        case BegunUpdate():  # pragma: no branch  (there is no other)
            return _existing(declared, record.block, standing.sure, begun=standing)


def _existing(
    declared: Declared, before: str, known: Confirmed, begun: BegunUpdate | None
) -> _Verdict:
    block = declared.block
    after = declared.routing.lacking(known.routing)
    notes: list[Note] = []
    if before != block.name:
        notes.append(Moved(before, block.name))
    released = known.routing.without(declared.routing)
    if released:
        notes.append(Released(block.name, released))
    change = (
        Update(
            block.name,
            block.removal,
            before=known.routing.only(after),
            after=after,
            begun=begun is not None,
        )
        if after
        else None
    )
    was = known.routing if begun is None else begun.before.routing
    return _Verdict(
        change,
        tuple(notes),
        before=place(was, known.source),
        after=place(known.routing.overlaid(declared.routing), known.source),
    )


def _protected(record: Record) -> _Verdict:
    known = _sure(record.standing)
    here = None if known is None else place(known.routing, known.source)
    return _kept(record, "protected", here)


def _undeclared(record: Record, target: Target) -> _Verdict:
    if isinstance(record.standing, Conflict):
        return _Verdict(Forget(record.block))
    known = _sure(record.standing)
    here = None if known is None else place(known.routing, known.source)
    routing = NOTHING if known is None else known.routing
    begun = not isinstance(record.standing, Confirmed)
    policy = target.removal if record.removal is None else record.removal
    match policy:
        case removal.Keep() if known is None:
            return _Verdict(Settle(record.block, record.removal))
        case removal.Keep():
            return _kept(record, "removal.action is keep", here)
        case removal.Park(after):
            lacking = after.lacking(routing)
            if not lacking:
                return _kept(record, "parked", here)
            change = Park(record.block, record.removal, routing.only(lacking), lacking, begun)
            return _Verdict(change, before=here, after=place(after, None))
        case removal.Delete():  # pragma: no branch  (there is no other)
            return _Verdict(Delete(record.block, record.removal, routing, begun), before=here)


def _sure(standing: Standing) -> Confirmed | None:
    """What is known of a number whatever became of the calls begun; None: it may not exist."""
    match standing:
        case Confirmed():
            return standing
        case BegunUpdate():
            return standing.sure
        case BegunCreate() | BegunDelete() | Conflict():  # pragma: no branch  (there is no other)
            return None


def _kept(record: Record, why: str, here: Destination | None) -> _Verdict:
    return _Verdict(notes=(Kept(record.block, why),), before=here, after=here)


def _merged(notes: list[tuple[Span, Note]]) -> tuple[tuple[Span, Note], ...]:
    """Neighbouring spans of one note become one, each kind of note for itself."""
    kinds: dict[type, list[tuple[Span, Note]]] = {}
    for span, note in notes:
        kinds.setdefault(type(note), []).append((span, note))
    return tuple(entry for entries in kinds.values() for entry in SpanMap(entries))


def _refuse_removal_of_sources(changes: SpanMap[Change], spec: TargetSpec) -> None:
    leaving = changes.where(lambda change: isinstance(change, Park | Delete))
    if not leaving:
        return
    faults: dict[str, Fault] = {}
    for _, declared in spec.desired:
        if declared.source in faults or leaving.get(declared.source) is None:
            continue
        faults[declared.source] = Fault(
            declared.origin.source,
            Code.SOURCE_REMOVED.number,
            f"source {declared.source} is no longer declared and would be removed while block "
            f"{declared.block.name} still copies from it",
            "declare it, protect it, or give the block another source",
        )
    if faults:
        raise SpecFaults(tuple(faults.values()))
