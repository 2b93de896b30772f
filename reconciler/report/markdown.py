"""A plan on GitHub: read on a phone, reviewed in a comment, never longer than it may be.

What does not fit goes in steps: first the flow, then rows of the table and lines that are too many,
at last everything but the counts. What was left out is said, and where it is.
"""

import re
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.diff.effects import place
from reconciler.diff.model import Adopt, Change, Create, Delete, Forget, Note, Park, Settle, Update
from reconciler.guard import Refusal
from reconciler.numbers import Span
from reconciler.plan.plan import Plan
from reconciler.report.document import plan_document
from reconciler.report.entries import BlockEntries, by_block
from reconciler.report.flow import flow
from reconciler.report.inert import LONGEST_LINE, cell, code, fenced, word
from reconciler.report.model import PlanDocument
from reconciler.report.summary import (
    GO_PROTECTED,
    SHOWN_EFFECTS,
    cost,
    counted,
    effect_counts,
    has_protected,
    is_over_limits,
    override,
    parted,
    ranked,
    refused_words,
    totals,
)
from reconciler.report.text import block_parts, by_risk
from reconciler.report.words import (
    NOT_COPIED_WORDS,
    is_risky,
    many,
    mark,
    moved_to,
    place_words,
    risk,
)

LONGEST_COMMENT = 60_000
LEAST_LIMIT = 10_000
"""A limit below this one is taken as this one: so much the counts alone may need."""
WIDTH = 92
SHOWN_DESTINATIONS = 3

_MARK = re.compile(r"( *)([-+!>~±?·]) ")


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of each part is shown."""

    nodes: int
    rows: int
    risky: int
    others: int


_ROOMS = (
    _Room(nodes=12, rows=60, risky=240, others=120),
    _Room(nodes=0, rows=60, risky=240, others=120),
    _Room(nodes=0, rows=30, risky=60, others=30),
    _Room(nodes=0, rows=0, risky=0, others=0),
)
"""From all there is to the counts alone."""


def plan_markdown(
    plan: Plan, refusals: tuple[Refusal, ...], *, limit: int = LONGEST_COMMENT
) -> str:
    """The plan as GitHub Markdown of at most ``limit`` characters."""
    return document_markdown(plan_document(plan, refusals), limit=limit)
