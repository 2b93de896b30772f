"""The text of a pull request's comment: what it changes, and after the merge the results.

Made from plans alone. The first line is what the notification on a phone shows. A comment that is
too long is shortened in steps, the same for every target, and says where the whole plan is.
"""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.diff.model import Change
from reconciler.diff.settings import ENDPOINT, NONE
from reconciler.numbers import Span, SpanMap, count
from reconciler.plan.review import OwnChanges
from reconciler.report.entries import by_block, changes_said
from reconciler.report.inert import LONGEST_LINE, code, folded, word
from reconciler.report.links import link
from reconciler.report.markdown import (
    ROOMS,
    CommentRoom,
    Prepared,
    changed_lines,
    fitted,
    headline,
    joined,
    last_line,
    plan_parts,
    prepared,
    small_print,
    spec_warnings,
)
from reconciler.report.model import PlanDocument, PlanProblem
from reconciler.report.result import ApplyResult, result_headline, result_lines
from reconciler.report.summary import is_over_limits
from reconciler.report.words import many

MARKER = "<!-- did-reconciler: the one comment of this pull request -->"
"""The last line of our comment, used to find it."""
LONGEST = 60_000
"""Characters. GitHub refuses more than 65,536."""
SHOWN_SPANS = 6
SHOWN_OVERLAPS = 10
MOST_HEADLINES = 100
MOST_SERVERS = 20
SHOWN_PROBLEMS = 30
LONGEST_PROBLEM = 600


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another open pull request whose plan changes the same numbers."""

    number: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class NotCompared:
    """Another open pull request whose plan could not be read; ``why`` is the reason."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Section:
    """The plan of one target; ``result`` only after the merge."""

    plan: PlanDocument
    overlaps: tuple[Overlap | NotCompared, ...] = ()
    result: ApplyResult | None = None


@dataclass(frozen=True, slots=True)
class PlanOrigin:
    """Where the plans come from: their commit, and the page of the run that made them."""

    commit: str | None = None
    run: str | None = None


def comment(sections: Sequence[Section], origin: PlanOrigin, *, limit: int = LONGEST) -> str:
    """The whole comment, at most ``limit`` characters, which may not be less than 20,000."""
    if not sections:
        return _ended(["**No changes: no specs of a target change**", _origin(origin, ""), MARKER])
    plans = [prepared(_of_this(section.plan)) for section in sections]
    body = fitted(limit - 1, lambda room: _body(sections, plans, origin, room))
    return _headlines_only(sections, plans, origin) if body is None else f"{body}\n"


def unplanned(problems: Sequence[PlanProblem], origin: PlanOrigin) -> str:
    """The comment when the newest commit has no plan, for these reasons."""
    faults = [each for each in problems if each.file is not None]
    what = f"{many(len(faults), 'fault')} in the specs" if faults else "see below"
    more = len(problems) - SHOWN_PROBLEMS
    lines = [_problem(each) for each in problems[:SHOWN_PROBLEMS]]
    if more > 0:
        lines.append(f"- and {more:,} more: see the log")
    return _ended(
        [f"**No plan: {what}**", "\n".join(lines), _origin(origin, "the run's log"), MARKER]
    )


def not_counted(why: str, log: str | None, again: str | None) -> str:
    """The comment of a merged pull request without a plan that counts, whose apply stopped."""
    way = "start the apply by hand, look at its plan, and give the digest as approve"
    links = [link("start the apply by hand", again)] if again else []
    links += [link("the run's log", log)] if log else []
    return _ended(
        [
            "**Merged and not applied: no plan of this pull request counts as reviewed**",
            f"The reason: {code(why, LONGEST_LINE)}",
            f"To apply it: {way}.",
            " · ".join(links),
            MARKER,
        ]
    )


def _problem(problem: PlanProblem) -> str:
    where = problem.file
    if where is not None and problem.line is not None:
        where = f"{where}:{problem.line}"
    at = "" if where is None else f"{code(where, LONGEST_LINE)}: "
    hint = "" if problem.hint is None else f"\n  What to do: {code(problem.hint, LONGEST_PROBLEM)}"
    return f"- {at}{code(problem.message, LONGEST_PROBLEM)}{hint}"


def _ended(parts: Iterable[str | None]) -> str:
    return f"{joined(parts)}\n"


def _body(
    sections: Sequence[Section], plans: Sequence[Prepared], origin: PlanOrigin, room: CommentRoom
) -> Iterator[str | None]:
    yield _servers(sections)
    if len(sections) > 1:
        yield _overview(sections, plans)
    for section, plan in zip(sections, plans, strict=True):
        if len(sections) > 1:
            yield "---"
            yield f"### {code(section.plan.target)}"
        yield from _section(section, plan, room)
    if room is not ROOMS[0] or not all(plan.is_whole_in(room) for plan in plans):
        yield _shortened(sections, origin)
    yield _origin(origin, "plan.json")
    yield MARKER


def _headlines_only(
    sections: Sequence[Section], plans: Sequence[Prepared], origin: PlanOrigin
) -> str:
    shown = sections[:MOST_HEADLINES]
    more = len(sections) - len(shown)
    parts = [
        _servers(sections),
        _overview(shown, plans),
        f"and {many(more, 'more target')}" if more else "",
        _shortened(sections, origin),
        _origin(origin, "plan.json"),
        MARKER,
    ]
    return _ended(parts)


def _servers(sections: Sequence[Section]) -> str | None:
    """Each server that calls and passwords are not sent to yet: the largest words of all."""
    lines = []
    for section in sections:
        own = section.plan.own
        for change in () if own is None or section.result is not None else own.settings:
            if change.name == ENDPOINT:
                old = f", no longer to {code(change.before)}" if change.before != NONE else ""
                lines.append(
                    f"# {word(section.plan.target)} sends its calls and its password to "
                    f"{code(change.after)}{old}"
                )
    more = len(lines) - MOST_SERVERS
    if more > 0:
        lines[MOST_SERVERS:] = [f"# and to {many(more, 'more new server')}"]
    return "\n\n".join(lines)


def _overview(sections: Sequence[Section], plans: Sequence[Prepared]) -> str:
    """A line for each of ``sections``; there may be more ``plans``."""
    pairs = zip(sections, plans, strict=False)
    return "\n".join(f"- **{_headline(section, plan.document)}**" for section, plan in pairs)


def _section(section: Section, plan: Prepared, room: CommentRoom) -> list[str | None]:
    title = f"**{_headline(section, plan.document)}**"
    if section.result is None:
        return [title, *_plan(section, plan, room)]
    return [
        title,
        result_lines(section.result, plan.document.changes, brief=not room.kinds),
        folded("The plan that was reviewed", joined(_plan(section, plan, room))),
    ]


def _plan(section: Section, plan: Prepared, room: CommentRoom) -> list[str | None]:
    """What the pull request changes; ``plan`` has only its own changes."""
    return [
        *plan_parts(
            plan,
            room,
            (
                _on_merge(plan.document),
                _overlaps(section.overlaps),
                _not_compared(section.overlaps),
            ),
        ),
        *_pending(section.plan, room.aside),
        spec_warnings(section.plan, room.aside),
        small_print(section.plan),
        last_line(section.plan),
    ]


def _of_this(plan: PlanDocument) -> PlanDocument:
    """The plan with only the pull request's own changes, where its base is known."""
    if plan.own is None:
        return plan
    return replace(plan, changes=plan.own.changes, settings=plan.own.settings)


def _headline(section: Section, own: PlanDocument) -> str:
    """``own`` is the plan with only the pull request's own changes."""
    plan = section.plan
    if section.result is not None:
        return result_headline(plan.target, section.result, own.changes)
    if plan.own is None:
        return headline(plan)
    words = headline(own) if not own.is_empty else _nothing_of_its_own(plan, plan.own)
    rest = [
        f"{number:,} {text}"
        for number, text in (
            (plan.own.pending.count, "pending anyway"),
            (plan.own.withdrawn.count, "no longer pending"),
        )
        if number
    ]
    return ", ".join([words, *rest])


def _nothing_of_its_own(plan: PlanDocument, own: OwnChanges) -> str:
    if not own.pending and not own.withdrawn:
        return headline(plan)
    stopped = "stopped by its limits, " if plan.refusals else ""
    return f"{word(plan.target)}: {stopped}no changes of its own"


def _on_merge(plan: PlanDocument) -> str | None:
    """What to do on GitHub when limits stop the apply."""
    if not is_over_limits(plan):
        return None
    return (
        "After the merge the apply stops there. To let exactly this plan through, start the "
        f"Apply workflow by hand with target {code(plan.target)} and override-limits "
        f"{code(plan.short_digest)}."
    )


def _overlaps(compared: Sequence[Overlap | NotCompared]) -> str | None:
    found = [each for each in compared if isinstance(each, Overlap)]
    if not found:
        return None
    lines = ["> [!WARNING]", "> Other open pull requests change the same numbers:"]
    for each in found[:SHOWN_OVERLAPS]:
        shown = ", ".join(code(str(span)) for span in each.spans[:SHOWN_SPANS])
        more = len(each.spans) - SHOWN_SPANS
        rest = f" and {many(more, 'more span')}" if more > 0 else ""
        numbers = many(count(each.spans), "number")
        lines.append(f"> - pull request {each.number}: {numbers}, {shown}{rest}")
    more = len(found) - SHOWN_OVERLAPS
    if more > 0:
        lines.append(f"> - and {many(more, 'more pull request')}")
    return "\n".join(lines)


def _not_compared(compared: Sequence[Overlap | NotCompared]) -> str | None:
    failed = [each for each in compared if isinstance(each, NotCompared)]
    if not failed:
        return None
    lines = ["> [!NOTE]", "> Not compared with these other open pull requests:"]
    lines += (
        f"> - pull request {each.number}: {code(each.why, LONGEST_LINE)}"
        for each in failed[:SHOWN_OVERLAPS]
    )
    more = len(failed) - SHOWN_OVERLAPS
    if more > 0:
        lines.append(f"> - and {many(more, 'more pull request')}")
    return "\n".join(lines)


def _pending(plan: PlanDocument, most: int) -> list[str | None]:
    """Changes pending anyway, and pending ones that this pull request withdraws."""
    if plan.own is None:
        return []
    return [
        _aside("Pending anyway, with the next apply", plan.own.pending, plan, most),
        _aside(
            "Pending without this pull request, and no longer with it",
            plan.own.withdrawn,
            plan,
            most,
        ),
    ]


def _aside(words: str, changes: SpanMap[Change], plan: PlanDocument, most: int) -> str | None:
    if not changes:
        return None
    summary = f"{words}: {many(changes.count, 'number')}"
    shown = changes_said(replace(plan, changes=changes))
    return folded(summary, changed_lines([by_block(shown, plan.blocks)], most))


def _shortened(sections: Sequence[Section], origin: PlanOrigin) -> str:
    again = code(f"reconciler plan --target {shlex.quote(sections[0].plan.target)} --format json")
    where = "plan.json" if origin.run is None else "the plan.json of its run"
    return f"Shortened: every change is in {where}, and {again} lists them."


def _origin(origin: PlanOrigin, what: str) -> str:
    words = [] if origin.commit is None else [f"commit {code(origin.commit[:12])}"]
    if origin.run is not None:
        words.append(link(what, origin.run))
    return " · ".join(words)
