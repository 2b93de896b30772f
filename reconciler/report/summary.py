"""The sums of a plan in words: numbers, calls, destinations, limits. For terminal and comment."""

import shlex
from collections import Counter
from collections.abc import Iterable

from reconciler.diff.model import ConflictNote, Effect, Kept, Moved, Note, Released
from reconciler.guard import OverLimit, Protected
from reconciler.numbers import Span
from reconciler.report.model import PlanDocument
from reconciler.report.words import duration, many

GO_PROTECTED = (
    "No option lets a change of protected numbers through: leave them out of the YAML, "
    "or out of `protected` in target.yaml."
)

Notes = list[tuple[Span, Note]]


def totals(document: PlanDocument) -> str:
    """How many numbers what happens to."""
    counts = document.counts
    rerouted = document.rerouted
    updates = f"{counts.update:,} to update" + (f" ({rerouted:,} rerouted)" if rerouted else "")
    some = (
        (counts.adopt, "to create or adopt"),
        (counts.park, "to park"),
        (counts.settling, "to settle"),
        (counts.forget, "to forget"),
        (document.kept, "kept though no longer declared"),
        (document.conflicts, "in conflict"),
    )
    always = (f"{counts.create:,} to create", updates, f"{counts.delete:,} to delete")
    return ", ".join([*always, *(f"{number:,} {words}" for number, words in some if number)])


def warning_count(document: PlanDocument) -> str:
    """How many warnings the specs have, by their codes."""
    found = Counter(each.code for each in document.warnings)
    codes = ", ".join(
        code if number == 1 else f"{number:,} × {code}" for code, number in sorted(found.items())
    )
    return f"{many(len(document.warnings), 'warning')} in the specs ({codes})"


def cost(document: PlanDocument) -> str:
    """Calls by function, and the time they take."""
    calls = document.cost.calls
    if not calls.total:
        return "no calls"
    updates = calls.updates + calls.deletes + calls.probes
    special = ((calls.deletes, "deleting"), (calls.probes, "only asking"))
    within = ", ".join(f"{number:,} {words}" for number, words in special if number)
    named = [f"{calls.copies:,} copy_did"] if calls.copies else []
    if updates:
        named.append(f"{updates:,} update_did" + (f" ({within})" if within else ""))
    plural = "call" if calls.total == 1 else "calls"
    return (
        f"{', '.join(named)} {plural}: {duration(document.cost.seconds)} "
        f"at {document.cost.concurrency} at a time"
    )


def ranked(effects: tuple[Effect, ...]) -> list[Effect]:
    """The destinations of which the fewest numbers come or go first: what is rare is seen."""
    return sorted(effects, key=_moved)


def effects_words(effects: tuple[Effect, ...], most: int | None) -> list[str]:
    """At most ``most`` destinations (None: all) with their numbers, and how many more there are."""
    items = [effect_words(effect) for effect in ranked(effects)[:most]]
    if items:
        items[0] += " numbers"
    if len(effects) > len(items):
        items.append(f"and {many(len(effects) - len(items), 'more destination')}")
    return items


def effect_words(effect: Effect) -> str:
    """``in-group SALESLINE: 212 → 311``; who leaves is said where arrivals hide it."""
    return f"{effect.destination}: {effect_counts(effect)}"


def effect_counts(effect: Effect) -> str:
    """``212 → 311``, without the destination's name."""
    words = f"{effect.before:,} → {effect.after:,}"
    hidden = effect.lost and effect.after > effect.before - effect.lost
    return f"{words} ({effect.lost:,} leave)" if hidden else words


def _moved(effect: Effect) -> int:
    return max(abs(effect.after - effect.before), effect.lost)


def refused_words(document: PlanDocument, most: int | None) -> list[str]:
    """At most ``most`` reasons (None: all) why an apply refuses the plan, one text a reason."""
    shown = [refusal.message for refusal in document.refusals[:most]]
    more = len(document.refusals) - len(shown)
    return [*shown, f"and {many(more, 'more reason')}"] if more else shown


def has_protected(document: PlanDocument) -> bool:
    """Whether a reason is among them that no option overrides."""
    return any(isinstance(refusal, Protected) for refusal in document.refusals)


def is_over_limits(document: PlanDocument) -> bool:
    """Whether an apply refuses the plan only for limits, which may be overridden."""
    return bool(document.refusals) and all(
        isinstance(refusal, OverLimit) for refusal in document.refusals
    )


def override(document: PlanDocument) -> str:
    """The command that applies exactly this plan in spite of its limits."""
    target = shlex.quote(document.target)
    return f"reconciler apply --target {target} --override-limits {document.short_digest}"


def parted(notes: Iterable[tuple[Span, Note]]) -> tuple[Notes, Notes]:
    """Notes that somebody should do something about, and the others."""
    conflicts: Notes = []
    quiet: Notes = []
    for span, note in notes:
        (conflicts if isinstance(note, ConflictNote) else quiet).append((span, note))
    return conflicts, quiet


def noteworthy(notes: Iterable[tuple[Span, Note]], most: int | None) -> tuple[Notes, Notes]:
    """Notes to be shown one by one, and those to be counted only: more than ``most`` quiet ones."""
    conflicts, quiet = parted(notes)
    if most is not None and len(quiet) > most:
        return conflicts, quiet
    return conflicts + quiet, []


def counted(notes: Iterable[tuple[Span, Note]]) -> list[str]:
    """How many numbers each kind of note is about."""
    found: Counter[type[Note]] = Counter()
    for span, note in notes:
        found[type(note)] += len(span)
    words: dict[type[Note], str] = {
        ConflictNote: "in conflict with numbers that are not ours",
        Kept: "no longer declared, left as they are",
        Moved: "moved between blocks",
        Released: "keep fields that are no longer declared",
    }
    return [f"{found[kind]:,} {text}" for kind, text in words.items() if found[kind]]
