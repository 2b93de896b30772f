"""After an apply: write results into the comments of pull requests, and a summary."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from reconciler.github.client import BOT, GitHub
from reconciler.github.http import GitHubError
from reconciler.github.outcome import TargetOutcome
from reconciler.github.posting import Commented, post
from reconciler.report.comment import PlanOrigin, Section, comment, not_counted
from reconciler.report.inert import LONGEST_LINE, code
from reconciler.report.result import ApplyResult, result_headline, result_lines
from reconciler.report.words import many


def sections_of(
    outcomes: Sequence[TargetOutcome], number: int, result: ApplyResult
) -> list[Section]:
    """The sections for a pull request: each target that it has a plan of, with the result."""
    return [
        Section(each.plan, result=replace(result, report=outcome.report))
        for outcome in outcomes
        for each in outcome.pulls
        if each.number == number and each.plan is not None
    ]


def tell_results(
    github: GitHub, outcomes: Sequence[TargetOutcome], result: ApplyResult, *, author: str = BOT
) -> list[Commented]:
    """Update the comment of each pull request; a failed one does not stop the others."""
    commits = {each.number: each.commit for outcome in outcomes for each in outcome.pulls}
    told: list[Commented] = []
    for number in sorted(commits):
        sections = sections_of(outcomes, number, result)
        why = _not_counted(outcomes, number)
        if sections:
            origin = PlanOrigin(commits[number])
            told.append(_tell(github, number, partial(_results, sections, origin), author))
        elif why is not None:
            body = not_counted(why, result.log, result.again)
            told.append(_tell(github, number, partial(_the_same, body), author))
    return told


def _not_counted(outcomes: Sequence[TargetOutcome], number: int) -> str | None:
    """Why no plan of a pull request counts, where an apply stopped for want of one."""
    found = (
        each.why
        for outcome in outcomes
        if outcome.report is not None
        if outcome.report.stopped is not None and outcome.report.stopped.unreviewed
        for each in outcome.pulls
        if each.number == number and each.why is not None
    )
    return next(found, None)


def _results(sections: Sequence[Section], origin: PlanOrigin, limit: int) -> str:
    return comment(sections, origin, limit=limit)


def _the_same(body: str, _limit: int) -> str:
    return body


def no_plan_counts(outcome: TargetOutcome) -> str:
    """Why no plan at all counts, and what to do; empty where that is not so."""
    if outcome.lost is None:
        return ""
    why = code(outcome.lost, LONGEST_LINE)
    return f"No plan counts, since it is not proven since when: {why}. Approve a digest once."


def summary(outcomes: Sequence[TargetOutcome], result: ApplyResult) -> str:
    """The results of all applies of this run, as Markdown."""
    parts: list[str] = []
    if not outcomes:
        parts += ["**No results: no apply left any**", result_lines(result, None, brief=False)]
    for outcome in outcomes:
        mine = replace(result, report=outcome.report, log=None)
        parts.append(f"**{result_headline(outcome.target, mine, None)}**")
        parts.append(result_lines(mine, None, brief=False))
        parts.append(no_plan_counts(outcome))
        counted = [each for each in outcome.pulls if each.plan is not None]
        if counted:
            numbers = ", ".join(str(each.number) for each in counted)
            parts.append(f"Held to the plans of {many(len(counted), 'pull request')}: {numbers}")
        parts += [
            f"No plan of pull request {each.number} counts: {code(each.why, LONGEST_LINE)}"
            for each in outcome.pulls
            if each.why is not None
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _tell(github: GitHub, number: int, render: Callable[[int], str], author: str) -> Commented:
    try:
        posted = post(github, number, render, author=author)
    except GitHubError as error:
        return Commented(f"pull request {number}: commenting failed: {error.message}", error)
    return Commented(f"pull request {number}: {posted.url}")
