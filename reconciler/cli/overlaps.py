"""Other plans that change the same numbers, such as those of two pull requests."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.numbers import count
from reconciler.plan.review import shared_numbers
from reconciler.report.document import PlanDocument

SHOWN = 5
"""Spans named in each line; the rest is counted."""


def shared_words(
    document: PlanDocument, others: Sequence[tuple[Path, PlanDocument]]
) -> Iterator[str]:
    """A line for each of ``others`` that changes numbers of ``document`` too."""
    for path, other in others:
        if other.target != document.target:
            continue
        shared = shared_numbers(document.own_changes, other.own_changes)
        if shared:
            named = ", ".join(str(span) for span in shared[:SHOWN])
            more = f" and {len(shared) - SHOWN} more spans" if len(shared) > SHOWN else ""
            yield f"! {path} changes {count(shared):,} of these numbers too: {named}{more}"
