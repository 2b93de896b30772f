"""After an apply: write results into the comments of pull requests, and a summary."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.github.client import BOT, GitHub
from reconciler.github.comment import PlanOrigin, Section, comment
from reconciler.github.http import GitHubError
from reconciler.github.outcome import TargetOutcome
from reconciler.github.posting import Commented, post
from reconciler.github.result import ApplyResult, result_headline, result_lines
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
        if sections:
            told.append(_tell(github, number, sections, PlanOrigin(commits[number]), author))
    return told


def summary(outcomes: Sequence[TargetOutcome], result: ApplyResult) -> str:
    """The results of all applies of this run, as Markdown."""
    parts: list[str] = []
    for outcome in outcomes:
        mine = replace(result, report=outcome.report, log=None)
        parts.append(f"**{result_headline(outcome.target, mine, None)}**")
        parts.append(result_lines(mine, None, brief=False))
        if outcome.pulls:
            numbers = ", ".join(str(each.number) for each in outcome.pulls)
            parts.append(
                f"Held to the plans of {many(len(outcome.pulls), 'pull request')}: {numbers}"
            )
    return "\n\n".join(part for part in parts if part) + "\n"


def _tell(
    github: GitHub, number: int, sections: Sequence[Section], origin: PlanOrigin, author: str
) -> Commented:
    try:
        posted = post(
            github, number, lambda limit: comment(sections, origin, limit=limit), author=author
        )
    except GitHubError as error:
        return Commented(f"pull request {number}: commenting failed: {error.message}", error)
    return Commented(f"pull request {number}: {posted.url}")
