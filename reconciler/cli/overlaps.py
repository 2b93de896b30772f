"""Other plans that change the same numbers, such as those of two pull requests."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.numbers import count
from reconciler.plan.review import shared_numbers
from reconciler.report.document import PlanDocument, PlanFileError, from_json

SHOWN = 5
"""Spans named in each line; the rest is counted."""


def read_plan(path: Path) -> PlanDocument:
    """Read a ``plan.json``. Raises PlanFileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PlanFileError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise PlanFileError(f"cannot read {path}: it is not UTF-8") from None
    return from_json(text, str(path))


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
