"""After an apply: which open pull requests have plans that are no longer true."""

from contextlib import suppress
from itertools import islice

from reconciler.github.archive import ArchiveError, downloaded, file_in
from reconciler.github.client import GitHub
from reconciler.github.http import GitHubError, NotThere
from reconciler.github.outcome import REPORT, outcome_name
from reconciler.github.reviewed import MOST_OTHERS, Counting, Plans
from reconciler.github.trusted import APPLYING
from reconciler.numbers import SpanMap
from reconciler.report.result import ReportFileError, read_report

MOST_TARGETS = 500


def stale_pulls(plans: Plans, run: int) -> list[int]:
    """The open pull requests that change a number with which the run did something.

    Only the newest :data:`~reconciler.github.reviewed.MOST_OTHERS` are looked at.
    """
    github = plans.github
    made = github.run(run)
    if not APPLYING.made(made, plans.default_branch):
        return []
    touched = _touched(github, run)
    found = []
    into_main = (pull for pull in github.open_pulls() if pull.base == plans.default_branch)
    for pull in islice(into_main, MOST_OTHERS) if touched else ():
        with suppress(GitHubError):
            planned = plans.of(pull, touched)
            if isinstance(planned, Counting) and any(
                each.changes.within(touched[each.target]) for each in planned.plans
            ):
                found.append(pull.number)
    return sorted(found)


def _touched(github: GitHub, run: int) -> dict[str, SpanMap[bool]]:
    """By target, the numbers for which the run sent something."""
    found = {}
    for artifact in islice(github.artifacts_of(run), MOST_TARGETS):
        if not artifact.name.startswith(outcome_name("")):
            continue
        with suppress(ArchiveError, NotThere, ReportFileError):
            report = read_report(file_in(downloaded(github, artifact), REPORT), REPORT)
            if report.touched:
                found[report.target] = report.touched
    return found
