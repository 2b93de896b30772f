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
no              conflict                    forget; one in doubt is kept
==============  ==========================  =====================================================
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reconciler import removal
from reconciler.destination import (
    NOT_KNOWN,
    Callers,
    DefaultDid,
    Destination,
    destination,
)
from reconciler.diff.effects import Effects
from reconciler.diff.model import (
    FOUND,
    FRESH,
    NEWER,
    UNSETTLED,
    Adopt,
    Change,
    ConflictNote,
    Create,
    Delete,
    Difference,
    Forget,
    Fresh,
    Kept,
    Moved,
    Note,
    Park,
    Released,
    Settle,
    Unsettled,
    Update,
    only_settles,
)
from reconciler.diff.settings import setting_changes
from reconciler.errors import Fault, SpecFaults
from reconciler.numbers import Span, SpanMap, span_of
from reconciler.routing import NOTHING, SYSTEM_PATTERNS, Routing
from reconciler.specs.codes import Code
from reconciler.specs.model import Declared, TargetSpec
from reconciler.state.model import (
    Begun,
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    Record,
    State,
)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one span comes to, and where its callers end up before and after.

    ``surely`` is where they surely ended up before an earlier apply began a call, which decides
    what counts as lost; meanwhile it is not known what that call did.
    """

    change: Change | None = None
    notes: tuple[Note, ...] = ()
    before: Destination | None = None
    after: Destination | None = None
    surely: Destination | None = None


def compare(spec: TargetSpec, state: State) -> Difference:
    """What would have to change for the server to be as ``spec`` wants it.

    Raises SpecFaults when a number would be removed that is still somebody's source.
    """
    parts = tuple(_verdicts(spec, state.records))
    verdicts = SpanMap.united(parts)
    found: SpanMap[Change] = verdicts.picked(lambda verdict: verdict.change)
    _refuse_removal_of_sources(found, spec)
    effects = Effects(state.records)
    for verdict, numbers in (each for part in parts for each in part.counts().items()):
        settling = verdict.change is None or only_settles(verdict.change)
        before = verdict.surely or verdict.before
        effects.add(numbers, before, verdict.after, settling=settling)
    return Difference(
        changes=found,
        callers=verdicts.picked(_callers),
        notes=tuple(_notes(verdicts)),
        settings=setting_changes(spec.target, state),
        effects=effects.all(),
        declared=spec.desired.count,
        known=state.records.where(lambda record: not isinstance(record.standing, Conflict)).count,
    )


def _verdicts(spec: TargetSpec, records: SpanMap[Record]) -> Iterator[SpanMap[_Verdict]]:
    """What all numbers come to: those declared, those known that none may touch, the others."""
    both = spec.desired.beside(records)
    yield both.picked(lambda each: None if each[0] is None else _declared(each[0], each[1]))
    undeclared = both.picked(lambda each: each[1] if each[0] is None else None)
    system = SpanMap((span_of(pattern), True) for pattern in SYSTEM_PATTERNS)
    untouchable = spec.target.protected.overlaid(system)
    yield undeclared.within(untouchable).mapped(_protected)
    policy = spec.target.removal
    yield undeclared.without(untouchable).mapped(lambda record: _undeclared(record, policy))


def _callers(verdict: _Verdict) -> Callers | None:
    """Where callers of numbers that change end up; None where there are none."""
    if verdict.change is None or (verdict.before is None and verdict.after is None):
        return None
    return Callers(verdict.before, verdict.after)


def _declared(declared: Declared, record: Record | None) -> _Verdict:
    return _missing(declared) if record is None else _both(declared, record)


def _missing(declared: Declared, earlier: Fresh | Unsettled = FRESH) -> _Verdict:
    block, source, routing = declared.block, declared.source, declared.routing
    if block.adopt:
        return _taken_over(declared, Adopt(block.name, source, routing, block.removal, earlier))
    change = Create(block.name, source, routing, block.removal, earlier)
    return _Verdict(change, after=destination(routing, source))


def _taken_over(declared: Declared, change: Adopt) -> _Verdict:
    """What is not declared may be the source's or the number's own, so it is not known."""
    return _Verdict(change, before=NOT_KNOWN, after=destination(declared.routing, None))


def _both(declared: Declared, record: Record) -> _Verdict:
    block, source, routing = declared.block, declared.source, declared.routing
    standing = record.standing
    match standing:
        case BegunCreate():
            newer = (standing.source, standing.routing) != (source, routing)
            return _missing(declared, Unsettled(newer))
        case BegunDelete(before):
            return replace(_missing(declared, NEWER), surely=_place(before))
        case Conflict(doubt):
            if not block.adopt:
                return _Verdict(notes=(ConflictNote(block.name, doubt is not None),))
            return _taken_over(declared, Adopt(block.name, source, routing, block.removal, FOUND))
        case Confirmed():
            return _existing(declared, record.block, standing, begun=None)
        case BegunUpdate():  # pragma: no branch  (there is no other)
            return _existing(declared, record.block, standing.certain, begun=standing)


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
            earlier=FRESH if begun is None else _since(begun, after),
        )
        if after
        else None
    )
    return _Verdict(
        change,
        tuple(notes),
        before=_place(known),
        after=destination(known.routing.overlaid(declared.routing), known.source),
        surely=None if begun is None else _surely(begun),
    )


def _since(begun: BegunCreate | BegunUpdate, sent: Routing) -> Unsettled:
    """What ``sent`` is after an earlier apply was let through to send ``begun``.

    Nothing newer: the same values, or those from before, with which nothing changes for callers.
    """
    repeated = not sent.lacking(begun.routing)
    reverted = isinstance(begun, BegunUpdate) and not sent.lacking(begun.before.routing)
    return UNSETTLED if repeated or reverted else NEWER


def _protected(record: Record) -> _Verdict:
    known = record.certain
    return _kept(record, "protected", None if known is None else _place(known))


def _undeclared(record: Record, general: removal.Removal) -> _Verdict:
    standing = record.standing
    if standing == Conflict():
        return _Verdict(Forget(record.block))
    if isinstance(standing, Conflict):
        return _kept(record, "an earlier apply may have made it", None)
    known = record.certain
    here = NOT_KNOWN if known is None else _place(known)
    routing = NOTHING if known is None else known.routing
    policy = general if record.removal is None else record.removal
    match policy:
        case removal.KeepPolicy() if known is None:
            return _Verdict(Settle(record.block, record.removal))
        case removal.KeepPolicy():
            return _kept(record, "removal.action is keep", here)
        case removal.ParkPolicy(after):
            lacking = after.lacking(routing)
            if not lacking:
                return _kept(record, "parked", here)
            earlier = _before_parking(standing, lacking)
            parking = Park(record.block, record.removal, routing.only(lacking), lacking, earlier)
            source = None if known is None else known.source
            there = destination(routing.overlaid(after), source)
            return _Verdict(parking, (), here, there, _surely(standing))
        case removal.DeletePolicy():  # pragma: no branch  (there is no other)
            earlier = _before_deletion(standing)
            deletion = Delete(record.block, record.removal, routing, earlier)
            return _Verdict(deletion, (), here, DefaultDid(), _surely(standing))


def _before_parking(standing: Confirmed | Begun, sent: Routing) -> Fresh | Unsettled:
    match standing:
        case Confirmed():
            return FRESH
        case BegunCreate() | BegunUpdate():
            return _since(standing, sent)
        case BegunDelete():  # pragma: no branch  (there is no other)
            return NEWER


def _before_deletion(standing: Confirmed | Begun) -> Fresh | Unsettled:
    match standing:
        case Confirmed():
            return FRESH
        case BegunCreate() | BegunUpdate():
            return NEWER
        case BegunDelete():  # pragma: no branch  (there is no other)
            return UNSETTLED


def _surely(standing: Confirmed | Begun) -> Destination | None:
    """Where callers surely ended up before the call that was begun; None where that is unknown."""
    match standing:
        case BegunUpdate(before) | BegunDelete(before):
            return _place(before)
        case Confirmed() | BegunCreate():  # pragma: no branch  (there is no other)
            return None


def _place(known: Confirmed) -> Destination:
    """Where the callers of a known number end up."""
    return destination(known.routing, known.source)


def _kept(record: Record, why: str, here: Destination | None) -> _Verdict:
    return _Verdict(notes=(Kept(record.block, why),), before=here, after=here)


def _notes(verdicts: SpanMap[_Verdict]) -> Iterator[tuple[Span, Note]]:
    """The notes, each kind for itself; of one kind a verdict has one at most."""
    for kind in dict.fromkeys(type(note) for each in verdicts.values for note in each.notes):
        yield from verdicts.picked(
            lambda verdict, kind=kind: next(  # type: ignore[misc]
                (note for note in verdict.notes if isinstance(note, kind)), None
            )
        )


def _refuse_removal_of_sources(changes: SpanMap[Change], spec: TargetSpec) -> None:
    leaving = changes.where(lambda change: isinstance(change, Park | Delete))
    if not leaving:
        return
    faults: dict[str, Fault] = {}
    for declared in spec.desired.values:
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
