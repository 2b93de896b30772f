"""After an apply that did not finish: one open issue for its target, which says what is left.

The next apply that finishes closes it.
"""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.github.client import BOT, GitHub, Issue
from reconciler.github.comment import LONGEST
from reconciler.github.http import GitHubError, NotThere
from reconciler.github.outcome import TargetOutcome
from reconciler.github.posting import Commented
from reconciler.github.result import ApplyResult, is_finished, result_headline, result_lines


def marker(target: str) -> str:
    """The last line of the issue of a target, used to find it."""
    return f"<!-- did-reconciler: the apply of {target} -->"


def tell_unfinished(
    github: GitHub, outcomes: Sequence[TargetOutcome], result: ApplyResult, *, author: str = BOT
) -> list[Commented]:
    """Open, update or close the issue of each target; a failed one does not stop the others."""
    try:
        issues = [each for each in github.open_issues(author) if each.author == author]
    except GitHubError as error:
        return [Commented(f"the issues cannot be read: {error.message}", error)]
    told = [_tell(github, outcome, result, issues) for outcome in outcomes]
    return [each for each in told if each is not None]


def _tell(
    github: GitHub, outcome: TargetOutcome, result: ApplyResult, issues: Sequence[Issue]
) -> Commented | None:
    mark = marker(outcome.target)
    found = next((each for each in issues if each.body.rstrip().endswith(mark)), None)
    try:
        if is_finished(outcome.report):
            return None if found is None else _closed(github, found)
        return _opened(github, outcome, result, found)
    except NotThere:
        return Commented(f"{outcome.target}: no issue, since the repository has none")
    except GitHubError as error:
        return Commented(f"{outcome.target}: the issue failed: {error.message}", error)


def _opened(
    github: GitHub, outcome: TargetOutcome, result: ApplyResult, found: Issue | None
) -> Commented:
    mine = replace(result, report=outcome.report)
    title = f"The apply of {outcome.target} did not finish"
    body = _body(outcome.target, mine, brief=False)
    if len(body) > LONGEST:
        body = _body(outcome.target, mine, brief=True)
    if found is None:
        number = github.create_issue(title, body).number
    else:
        number = found.number
        github.update_issue(number, body=body)
    return Commented(f"{outcome.target}: issue {number} says what is left")


def _body(target: str, result: ApplyResult, *, brief: bool) -> str:
    parts = (
        f"**{result_headline(target, result, None)}**",
        result_lines(result, None, brief=brief),
        marker(target),
    )
    return "\n\n".join(parts) + "\n"


def _closed(github: GitHub, found: Issue) -> Commented:
    github.update_issue(found.number, state="closed", state_reason="completed")
    return Commented(f"issue {found.number} is closed: what it was about is done")
