"""After an apply that did not finish: one open issue for its target, which says what is left.

The next apply that finishes closes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.github.client import BOT, GitHub, Issue
from reconciler.github.http import GitHubError, NotThere
from reconciler.github.outcome import TargetOutcome
from reconciler.github.posting import Commented
from reconciler.github.telling import no_plan_counts
from reconciler.numbers import SpanMap
from reconciler.report.comment import LONGEST
from reconciler.report.result import (
    ApplyResult,
    Report,
    Stopped,
    is_finished,
    result_headline,
    result_lines,
)


def marker(target: str) -> str:
    """The last line of the issue of a target, used to find it."""
    return f"<!-- did-reconciler: the apply of {target} -->"


def tell_unfinished(
    github: GitHub,
    outcomes: Sequence[TargetOutcome],
    result: ApplyResult,
    *,
    not_started: bool = False,
    author: str = BOT,
) -> list[Commented]:
    """Open, update or close the issue of each target; a failed one does not stop the others.

    ``not_started``: there is no outcome, since what comes before the applies failed. That has an
    issue of its own until an apply starts.
    """
    try:
        issues = [each for each in github.open_issues(author) if each.author == author]
    except GitHubError as error:
        return [Commented(f"the issues cannot be read: {error.message}", error)]
    wanted = [_of(outcome, result) for outcome in outcomes]
    if not_started or outcomes:
        wanted.append(_unstarted(result) if not_started else _START)
    told = [_tell(github, each, issues) for each in wanted]
    return [each for each in told if each is not None]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An issue as it is to be; without a ``body`` there is to be none."""

    about: str
    title: str
    mark: str
    body: str | None = None


def _of(outcome: TargetOutcome, result: ApplyResult) -> _Wanted:
    target = outcome.target
    found = _Wanted(target, f"The apply of {target} did not finish", marker(target))
    if is_finished(outcome.report):
        return found
    mine = replace(result, report=outcome.report)
    headline = result_headline(target, mine, None)
    lost = no_plan_counts(outcome)
    body = _body(headline, result_lines(mine, None, brief=False), lost, found.mark)
    if len(body) > LONGEST:
        body = _body(headline, result_lines(mine, None, brief=True), lost, found.mark)
    return replace(found, body=body)


def _unstarted(result: ApplyResult) -> _Wanted:
    mine = replace(result, report=Report("", 0.0, SpanMap(), _FAILED))
    headline = "Nothing was applied: the run failed before it"
    body = _body(headline, result_lines(mine, None, brief=True), _START.mark)
    return replace(_START, body=body)


_START = _Wanted("the apply", "An apply did not start", "<!-- did-reconciler: no apply started -->")
_FAILED = Stopped("the job Targets failed: nothing was sent", "see its log")


def _body(headline: str, *parts: str) -> str:
    return "\n\n".join([f"**{headline}**", *(part for part in parts if part)]) + "\n"


def _tell(github: GitHub, wanted: _Wanted, issues: Sequence[Issue]) -> Commented | None:
    found = next((each for each in issues if each.body.rstrip().endswith(wanted.mark)), None)
    try:
        if wanted.body is not None:
            return _opened(github, wanted, wanted.body, found)
        return None if found is None else _closed(github, found)
    except NotThere:
        return Commented(f"{wanted.about}: no issue, since the repository has none")
    except GitHubError as error:
        return Commented(f"{wanted.about}: the issue failed: {error.message}", error)


def _opened(github: GitHub, wanted: _Wanted, body: str, found: Issue | None) -> Commented:
    if found is None:
        number = github.create_issue(wanted.title, body).number
    else:
        number = found.number
        github.update_issue(number, body=body)
    return Commented(f"{wanted.about}: issue {number} says what is left")


def _closed(github: GitHub, found: Issue) -> Commented:
    github.update_issue(found.number, state="closed", state_reason="completed")
    return Commented(f"issue {found.number} is closed: what it was about is done")
