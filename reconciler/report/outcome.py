"""What an apply came to, for the terminal and for other tools.

What is not confirmed is told in the server's words with ours beside them, and what happens next.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import NotReviewed, ReconcilerError
from reconciler.numbers import Span, SpanMap, count
from reconciler.plan.outcome import (
    ConflictFound,
    Done,
    NotStarted,
    Outcome,
    Refused,
    Settled,
    Unfinished,
    Unknown,
    Vanished,
)
from reconciler.plan.plan import Plan
from reconciler.report.encode import json_text
from reconciler.report.layout import indented, printable, wrap
from reconciler.report.lines import span_lines
from reconciler.report.text import LEAST_WIDTH, USUAL_WIDTH
from reconciler.report.undo import undo_json
from reconciler.report.words import many
from reconciler.secrets import hide

__all__ = ["applied_headline", "applied_json", "applied_text", "stopped_json", "undo_json"]

FORMAT = 1
MOST_REASONS = 12
"""So many reasons of one kind are shown in the text."""
IN_DOUBT = "in doubt: a call of ours may have made it, and nothing proves that it did"
INTERRUPTED = "the run ended before its turn"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an outcome is said: its name, its mark, and what it means for the number."""

    name: str
    mark: str
    meaning: str


_KINDS: dict[type[Outcome], _Kind] = {
    Done: _Kind("confirmed", "+", ""),
    Refused: _Kind("refused", "!", "the server refused: they are as they were"),
    Unfinished: _Kind("unfinished", "!", "created, but their fields could not be set"),
    ConflictFound: _Kind(
        "conflict",
        "!",
        "exist on the server and are not ours: `adopt: true` on the block takes them over, "
        "or remove them from the YAML",
    ),
    Vanished: _Kind("vanished", "!", "expected on the server and not there"),
    Unknown: _Kind("unknown", "?", "no clear answer: the next run settles them"),
    NotStarted: _Kind(
        "not_started",
        "·",
        "nothing was sent for them: apply again when the error below is fixed",
    ),
}


@dataclass(frozen=True, slots=True)
class _Group:
    """Numbers of one outcome in the same words."""

    kind: _Kind
    words: str | None
    spans: tuple[Span, ...]


def applied_text(
    plan: Plan, settled: Iterable[Settled], seconds: float, *, width: int | None = None
) -> str:
    """What became of each planned number: confirmed ones as a count, all others as spans."""
    wide = USUAL_WIDTH if width is None else max(width, LEAST_WIDTH)
    groups = _groups(plan, settled)
    lines = [f"{plan.target.name}: {_headline(plan, groups, seconds)}"]
    for kind in _KINDS.values():
        mine = [group for group in groups if group.kind is kind]
        if kind.meaning and mine:
            lines += ["", *indented(wrap(f"{kind.mark} {kind.meaning}", wide - 2, hang=2), 2)]
            shown, more = mine[:MOST_REASONS], mine[MOST_REASONS:]
            lines += indented([line for group in shown for line in _lines(group, wide - 4)], 4)
            if more:
                numbers = many(sum(count(group.spans) for group in more), "number")
                lines.append(
                    f"    … and {numbers} for {len(more):,} other reasons: "
                    "--report FILE names them all"
                )
    return "\n".join(printable(line) for line in lines)


def applied_headline(plan: Plan, settled: Iterable[Settled], seconds: float) -> str:
    """``applied in 1.2 s: 110 of 110 confirmed``, and what the others came to."""
    return _headline(plan, _groups(plan, settled), seconds)


def applied_json(
    plan: Plan,
    settled: Iterable[Settled],
    seconds: float,
    *,
    stopped: ReconcilerError | None = None,
) -> str:
    """The same for other tools: an entry for all numbers of one outcome in the same words.

    ``stopped`` is what ended the run before it was done.
    """
    groups = _groups(plan, settled)
    counts = _counts(groups)
    content: dict[str, Any] = {
        "version": FORMAT,
        "target": plan.target.name,
        "digest": plan.digest,
        "serial": plan.state.serial,
        "seconds": round(seconds, 1),
        "numbers": {
            "planned": plan.changes.count,
            **{kind.name: counts[kind.name] for kind in _KINDS.values()},
        },
        "outcomes": [
            {
                "outcome": group.kind.name,
                **({} if group.words is None else {"words": group.words}),
                "numbers": [span.text for span in group.spans],
            }
            for group in groups
        ],
        **({} if stopped is None else {"stopped": _stopped(stopped)}),
    }
    return json_text(content)


def stopped_json(target: str, error: ReconcilerError) -> str:
    """The report of an apply that stopped before it had anything to do."""
    return json_text(
        {
            "version": FORMAT,
            "target": target,
            "seconds": 0.0,
            "outcomes": [],
            "stopped": _stopped(error),
        }
    )


def _stopped(error: ReconcilerError) -> dict[str, str | bool | None]:
    error = error.public()
    hint = None if error.hint is None else hide(error.hint)
    unreviewed = {"unreviewed": True} if isinstance(error, NotReviewed) else {}
    return {"message": hide(error.message), "hint": hint, **unreviewed}


def headline_words(planned: int, counts: Mapping[str, int], seconds: float) -> str:
    """``applied in 1.2 s: 110 of 110 confirmed``; ``counts`` are numbers by name of outcome."""
    others = [
        f"{counts[kind.name]:,} {kind.name.replace('_', ' ')}"
        for kind in _KINDS.values()
        if kind.meaning and counts.get(kind.name)
    ]
    confirmed = f"{counts.get('confirmed', 0):,} of {planned:,} confirmed"
    return f"applied in {seconds:.1f} s: {', '.join([confirmed, *others])}"


def meanings() -> dict[str, str]:
    """What each outcome means for its numbers, by name; empty where nothing is left to say."""
    return {kind.name: kind.meaning for kind in _KINDS.values()}


def _headline(plan: Plan, groups: Sequence[_Group], seconds: float) -> str:
    return headline_words(plan.changes.count, _counts(groups), seconds)


def _counts(groups: Iterable[_Group]) -> Counter[str]:
    found: Counter[str] = Counter()
    for group in groups:
        found[group.kind.name] += count(group.spans)
    return found


def _lines(group: _Group, width: int) -> list[str]:
    spans = span_lines(group.spans, width)
    if group.words is None:
        return spans
    return [*spans, *indented(wrap(group.words, width - 2), 2)]


def _groups(plan: Plan, settled: Iterable[Settled]) -> list[_Group]:
    """By kind and words, neighbours joined; what nobody spoke of was not started."""
    outcomes = SpanMap((each.span, each.outcome) for each in settled)
    silent = plan.changes.without(outcomes).mapped(_interrupted)
    said = outcomes.overlaid(silent).mapped(lambda each: (type(each), _words(each)))
    found: dict[tuple[type[Outcome], str | None], list[Span]] = {}
    for span, (kind, words) in said:
        found.setdefault((kind, _masked(words, span)), []).append(span)
    order = list(_KINDS)
    return [
        _Group(_KINDS[kind], words, tuple(found[kind, words]))
        for kind, words in sorted(found, key=lambda key: (order.index(key[0]), key[1] or ""))
    ]


def _masked(words: str | None, span: Span) -> str | None:
    """Words that quote the very number they are about: the same of many, but for the number."""
    if words is None or len(span) > 1:
        return words
    own = rf"(?<![0-9A-Za-z]){re.escape(span[0])}(?![0-9A-Za-z])"
    return re.sub(own, "(number)", words, flags=re.IGNORECASE)


def _interrupted(_: object) -> Outcome:
    return NotStarted(INTERRUPTED)


def _words(outcome: Outcome) -> str | None:
    """What was said about it, by the server or by us."""
    match outcome:
        case Done() | ConflictFound(None):
            return None
        case ConflictFound():
            return IN_DOUBT
        case Refused(words) | Unknown(words) | Vanished(words) | Unfinished(words=words):
            return words
        case NotStarted(why):  # pragma: no branch  (there is no other)
            return why
