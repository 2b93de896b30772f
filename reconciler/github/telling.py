"""After an apply: what came of each pull request goes into its comment, all into the summary."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.github.client import BOT, GitHub
from reconciler.github.comment import Origin, Section, comment
from reconciler.github.http import GitHubError
from reconciler.github.outcome import Outcome
from reconciler.github.posting import post
from reconciler.github.result import Result, result_headline, result_lines
from reconciler.report.words import many


@dataclass(frozen=True, slots=True)
class Told:
    """What was done about one pull request's comment."""

    words: str
    failed: bool


def sections_of(outcomes: Sequence[Outcome], number: int, result: Result) -> list[Section]:
    """What is told of a pull request: each target that it had a plan of, and what came of it."""
    return [
        Section(each.plan, result=replace(result, report=outcome.report))
        for outcome in outcomes
        for each in outcome.pulls
        if each.number == number and each.plan is not None
    ]


def tell_results(
    github: GitHub, outcomes: Sequence[Outcome], result: Result, *, author: str = BOT
) -> list[Told]:
    """Update the comment of each pull request; one that fails does not keep the others from it."""
    commits = {each.number: each.commit for outcome in outcomes for each in outcome.pulls}
    told: list[Told] = []
    for number in sorted(commits):
        sections = sections_of(outcomes, number, result)
        if sections:
            told.append(_tell(github, number, sections, Origin(commits[number]), author))
    return told


def summary(outcomes: Sequence[Outcome], result: Result) -> str:
    """What all applies of this run came to, as Markdown."""
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
    github: GitHub, number: int, sections: Sequence[Section], origin: Origin, author: str
) -> Told:
    try:
        posted = post(
            github, number, lambda limit: comment(sections, origin, limit=limit), author=author
        )
    except GitHubError as error:
        return Told(f"pull request {number}: not told, {error.message}", failed=True)
    return Told(f"pull request {number}: {posted.url}", failed=False)
