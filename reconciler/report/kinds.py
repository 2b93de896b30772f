"""Kinds of change in a comment: from where to where, how many, and the numbers where they are few.

A line for each, which a phone shows without scrolling. Numbers of several blocks to which the same
happens are one kind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.destination import (
    UNKNOWN,
    Callers,
    DefaultDid,
    Destination,
    Place,
    Unresolved,
)
from reconciler.diff.explain import explain
from reconciler.diff.model import (
    FOUND,
    Adopt,
    ConflictNote,
    Create,
    Delete,
    Forget,
    Kept,
    Moved,
    Park,
    Released,
    Settle,
    Update,
    is_unsettled,
)
from reconciler.numbers import Spans
from reconciler.report.entries import BlockEntries, Entry
from reconciler.report.inert import code, folded
from reconciler.report.model import BlockPlace
from reconciler.report.words import many, note_words, tells, told_fields
from reconciler.routing import Routing

FEW_SPANS = 4
"""So many spans stand open; more of them are folded."""
OPEN_KINDS = 40
"""So many kinds stand open; more of them are folded."""
SHOWN_BLOCKS = 2
SHOWN_FIELDS = 3

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Numbers to which the same happens, whatever their blocks.

    ``alike`` holds an entry of each block, ``spans`` all numbers of these.
    """

    alike: tuple[tuple[BlockEntries, Entry], ...]
    spans: Spans
    numbers: int

    @property
    def first(self) -> Entry:
        """The change that is shown for all of them."""
        return self.alike[0][1]

    @property
    def rank(self) -> tuple[bool, int]:
        """Sorts what is risky first, and the rare before the common."""
        return self.first.risk is None, self.numbers


def kinds_of(blocks: Iterable[BlockEntries]) -> tuple[Kind, ...]:
    """Changes and conflicts of these blocks, the risky and the rare first."""
    gathered: dict[Key, list[tuple[BlockEntries, Entry]]] = {}
    for block in blocks:
        for entry in block.entries:
            key = _key(entry)
            if key is not None:
                gathered.setdefault(key, []).append((block, entry))
    found = (
        Kind(
            tuple(alike),
            Spans(part for _, entry in alike for part in entry.spans.parts),
            sum(entry.numbers for _, entry in alike),
        )
        for alike in gathered.values()
    )
    return tuple(sorted(found, key=lambda kind: kind.rank))


def kinds_list(kinds: Sequence[Kind], most: int, spans: int) -> str | None:
    """At most ``most`` kinds with about ``spans`` spans each, and how many are left out."""
    shown = [_kind(kind, spans) for kind in kinds[:most]]
    parts = shown[:OPEN_KINDS]
    if len(shown) > OPEN_KINDS:
        summary = many(len(shown) - OPEN_KINDS, "more kind") + " of change"
        parts.append(folded(summary, "\n\n".join(shown[OPEN_KINDS:])))
    rest = kinds[most:]
    if rest and shown:
        numbers = many(sum(kind.numbers for kind in rest), "number")
        parts.append(f"… and {many(len(rest), 'more kind')} of change ({numbers})")
    return "\n\n".join(parts) or None


def _key(entry: Entry) -> Key | None:
    """What is equal for entries that a reader takes for the same; None for what is only a note."""
    match entry.subject:
        case Create(source=source, earlier=earlier):
            return Create, source, earlier, entry.callers
        case Adopt(earlier=earlier):
            return Adopt, earlier == FOUND, entry.callers
        case Update(before=before, after=after):
            return (Update, entry.callers) if tells(entry.callers) else (Update, before, after)
        case Park(before=before, after=after):
            return (Park, entry.callers) if tells(entry.callers) else (Park, before, after)
        case Delete():
            return Delete, entry.callers
        case Settle() | Forget() | ConflictNote():
            return (type(entry.subject),)
        case Kept() | Moved() | Released():  # pragma: no branch  (there is no other)
            return None


def _kind(kind: Kind, spans: int) -> str:
    numbers = many(kind.numbers, "number")
    head = f"**{_title(kind.first)}** · {numbers} of {_blocks(kind)}{_besides(kind)}"
    if not spans:
        return head
    place = _place([block.place for block, _ in kind.alike])
    shown = [code(str(span)) for span in kind.spans[:spans]]
    rest = kind.spans[spans:]
    if rest:
        shown.append(f"and {many(len(rest), 'more span')} ({many(rest.numbers, 'number')})")
    listed = ", ".join(shown) + place
    if len(kind.spans) <= FEW_SPANS:
        return f"{head}\\\n{listed}"
    return f"{head}\n{folded('which', listed)}"


def _title(entry: Entry) -> str:
    match entry.subject:
        case Create():
            new = "may exist already" if is_unsettled(entry.subject) else "new"
            return f"{new} → {_where(entry.callers.after)}"
        case Adopt(earlier=earlier):
            verb = "adopted" if earlier == FOUND else "created or adopted"
            return f"{verb} → {_where(entry.callers.after)}"
        case Update(before=before, after=after):
            return _move(entry.callers) or _fields(before, after)
        case Park(before=before, after=after):
            return f"parked: {_move(entry.callers) or _fields(before, after)}"
        case Delete():
            return f"deleted: {_where(entry.callers.before)} → {_where(entry.callers.after)}"
        case Settle():
            return "asked whether they exist"
        case Forget():
            return "forgotten, not ours"
        case ConflictNote(doubt=doubt):
            not_ours = ", and nothing proves that they are ours" if doubt else " and are not ours"
            return f"in conflict: they exist{not_ours}"
        case Kept() | Moved() | Released():  # pragma: no cover  (these are not gathered)
            return note_words(entry.subject)


def _move(callers: Callers) -> str | None:
    """From where to where; None where the changed fields say more."""
    if not tells(callers):
        return None
    match callers.before, callers.after:
        case Place(kind=one), Place(kind=other) as after if one == other:
            return f"{_where(callers.before)} → {code(after.named)}"
        case before, after:  # pragma: no branch  (there is no other)
            return f"{_where(before)} → {_where(after)}"


def _where(where: Destination | None) -> str:
    match where:
        case Place(kind=kind):
            return f"{kind} {code(where.named)}"
        case DefaultDid():
            return f"DID {code('default')}"
        case Unresolved():
            return code(str(where))
        case None:  # pragma: no branch  (there is no other)
            return code(UNKNOWN)


def _fields(before: Routing, after: Routing) -> str:
    changes = explain(before, after)
    shown = [
        f"{each.name} {code(UNKNOWN if each.before is None else each.before)} → {code(each.after)}"
        for each in changes[:SHOWN_FIELDS]
    ]
    more = len(changes) - SHOWN_FIELDS
    return ", ".join([*shown, *([f"and {many(more, 'more field')}"] if more > 0 else [])])


def _blocks(kind: Kind) -> str:
    names = list(dict.fromkeys(block.name for block, _ in kind.alike))
    shown = ", ".join(code(name) for name in names[:SHOWN_BLOCKS])
    more = len(names) - SHOWN_BLOCKS
    return f"{shown} and {many(more, 'more block')}" if more > 0 else shown


def _besides(kind: Kind) -> str:
    """The source of new numbers; what an update changes beside where callers go."""
    match kind.first.subject:
        case Create(source=source):
            return f", copied from {code(source)}"
        case Update() | Park() if tells(kind.first.callers):
            names = {
                name
                for _, entry in kind.alike
                if isinstance(entry.subject, Update | Park)
                for name in entry.subject.after.without(told_fields(entry.callers))
            }
            return f", with {', '.join(map(code, sorted(names)))}" if names else ""
        case _:
            return ""


def _place(places: Sequence[BlockPlace | None]) -> str:
    """Where they are declared, when that is one place."""
    one, *others = dict.fromkeys(places)
    return "" if one is None or others else f" · {code(f'{one.file}:{one.line}')}"
