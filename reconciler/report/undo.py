"""The way back: what would make an apply undone, as plain data that needs no spec.

::

    {"version": 1, "target": …, "endpoint": …, "undoes": DIGEST, "steps": [
      {"action": "delete", "numbers": […]}
          created by the apply
      {"action": "update", "routing": {FIELD: VALUE}, "unknown": [FIELD], "numbers": […]}
          changed by it: these fields had these values, the unknown ones had values nobody knows
      {"action": "create", "source": PATTERN or null, "routing": {…}, "numbers": […]}
          deleted by it: what was known of it; its call history does not come back
    ]}

Only what was confirmed is in it: what was refused is as it was, and what is unknown is settled by
the next run first.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.diff.model import Adopt, Change, Create, Delete, Forget, Park, Settle, Update
from reconciler.numbers import Span, SpanMap, align
from reconciler.plan.outcome import Done, Settled, Unfinished
from reconciler.plan.plan import Plan
from reconciler.report.encode import gathered, json_text
from reconciler.routing import NOTHING, Routing
from reconciler.state.model import BegunDelete, Confirmed, Record

FORMAT = 1

Step = tuple[str, str | None, Routing, tuple[str, ...]]
"""Action, source, routing, fields of which nothing is known."""


def undo_json(plan: Plan, settled: Iterable[Settled]) -> str:
    """The reverse of what ``settled`` says was done of ``plan``."""
    steps = SpanMap(_steps(plan, settled))
    return json_text(
        {
            "version": FORMAT,
            "target": plan.target.name,
            "endpoint": plan.target.endpoint,
            "undoes": plan.digest,
            "steps": [{**_plain(step), "numbers": numbers} for step, numbers in gathered(steps)],
        }
    )


def _steps(plan: Plan, settled: Iterable[Settled]) -> Iterator[tuple[Span, Step]]:
    done: SpanMap[tuple[Confirmed | None]] = SpanMap(
        (each.span, (each.outcome.left,))
        for each in settled
        if isinstance(each.outcome, Done | Unfinished)
    )
    found = [
        (span, change, left[0])
        for span, change, left in align(plan.changes, done)
        if change is not None and left is not None
    ]
    planned = SpanMap((span, (change, left)) for span, change, left in found)
    for span, both, record in align(planned, plan.state.records):
        if both is not None:
            step = _step(*both, record)
            if step is not None:
                yield span, step


def _step(change: Change, left: Confirmed | None, record: Record | None) -> Step | None:
    match change:
        case Create():
            return "delete", None, NOTHING, ()
        case Adopt() if left is not None and left.source is not None:
            return "delete", None, NOTHING, ()
        case Adopt(routing=routing):
            return _update(NOTHING, routing)
        case Update() | Park():
            return None if left is None else _update(change.before, change.after)
        case Delete():
            before = _deleted(record)
            return None if before is None else ("create", before.source, before.routing, ())
        case Settle() | Forget():  # pragma: no branch  (there is no other)
            return None


def _update(before: Routing, after: Routing) -> Step | None:
    """The fields back as they were; None when none was changed."""
    return ("update", None, before, tuple(after.without(before))) if after else None


def _deleted(record: Record | None) -> Confirmed | None:
    """What was known of a number that was deleted; None when it may never have existed."""
    match record:
        case Record(standing=Confirmed() as known):
            return known
        case Record(standing=BegunDelete(before)):
            return before
        case _:
            return None


def _plain(step: Step) -> dict[str, Any]:
    action, source, routing, unknown = step
    match action:
        case "delete":
            return {"action": action}
        case "update":
            return {"action": action, "routing": dict(routing), "unknown": list(unknown)}
        case _:
            return {"action": action, "source": source, "routing": dict(routing)}
