"""The files that the job that applies leaves for the job that may write comments.

::

    FOLDER/pulls.json          the merged pull requests with their newest commits
    FOLDER/plans/NUMBER.json   their plans that count
    FOLDER/since               the commit since when they count; empty where nothing was applied yet
    FOLDER/earlier/*.json      the reports of earlier applies since then
    FOLDER/report.json         the report of the apply
"""

import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.github.archive import ArchiveError, downloaded, file_in
from reconciler.github.client import PAGE, GitHub, PullRequest
from reconciler.github.http import NotThere
from reconciler.github.reviewed import Counting, Missing
from reconciler.inputs import LARGEST_PLAN, parse_json, read_file
from reconciler.report.document import PlanDocument, read_plan, read_text, to_json
from reconciler.report.result import Report, ReportFileError, read_report

PULLS = "pulls.json"
PLANS = "plans"
SINCE = "since"
EARLIER = "earlier"
MOST_REPORTS = 20
"""Reports of earlier applies that are fetched for a target."""
MOST_NAMED = 3 * PAGE
"""Artifacts of their name that are looked through."""
REPORT = "report.json"


def outcome_name(target: str) -> str:
    """The name of the artifact with these files."""
    return f"outcome-{target}"


class OutcomeError(ReconcilerError):
    """A folder lacks the files of an apply, or they are invalid."""


@dataclass(frozen=True, slots=True)
class ReviewedPull:
    """A merged pull request; ``plan`` is what of it counts as reviewed for a target.

    ``why`` is the reason where no plan of it counts. Without both it does not change the target.
    """

    number: int
    commit: str
    plan: PlanDocument | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class TargetOutcome:
    """The files of one target's apply. ``report`` is None when it ended without one."""

    target: str
    pulls: tuple[ReviewedPull, ...]
    report: Report | None


def write_reviewed(
    top: Path,
    target: str,
    found: Sequence[tuple[PullRequest, Counting | Missing]],
    since: str,
    reports: Sequence[str],
) -> None:
    """Write into ``top/target`` the pull requests, their plans, and since when they count.

    ``reports`` are those of earlier applies that did not finish.
    """
    folder = top / target
    (folder / EARLIER).mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(reports):
        (folder / EARLIER / f"{number}.json").write_text(text, encoding="utf-8")
    plans = folder / PLANS
    plans.mkdir(parents=True, exist_ok=True)
    pulls: list[dict[str, object]] = []
    for pull, plan in found:
        entry: dict[str, object] = {"number": pull.number, "commit": pull.head}
        if isinstance(plan, Missing):
            entry["why"] = plan.why
        elif (document := plan.of(target)) is not None:
            (plans / f"{pull.number}.json").write_text(to_json(document), encoding="utf-8")
        pulls.append(entry)
    content = {"target": target, "pulls": pulls}
    (folder / PULLS).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (folder / SINCE).write_text(since, encoding="utf-8")


def earlier_reports(github: GitHub, target: str, runs: Collection[int]) -> list[str]:
    """What some runs of the apply reported of a target; a report that cannot be read is left out.

    They prove which numbers a run began.
    """
    if not runs:
        return []
    found = []
    newest = islice(github.artifacts(outcome_name(target)), MOST_NAMED)
    named = (each for each in newest if each.run in runs)
    for artifact in islice(named, MOST_REPORTS):
        with suppress(ArchiveError, NotThere, ReportFileError):
            text = file_in(downloaded(github, artifact), REPORT)
            read_report(text, REPORT)
            found.append(text)
    return found


def folders_in(top: Path) -> tuple[Path, ...]:
    """The folders with files of an apply: ``top`` itself or those in it.

    The download of artifacts makes a folder for each, except when there is only one.
    """
    if (top / PULLS).is_file():
        return (top,)
    return tuple(sorted(path.parent for path in top.glob(f"*/{PULLS}")))


def read_outcomes(folders: Iterable[Path]) -> tuple[TargetOutcome, ...]:
    """Read the files. Raises :class:`OutcomeError`, PlanFileError or ReportFileError."""
    return tuple(_outcome(folder) for folder in folders)


def _outcome(folder: Path) -> TargetOutcome:
    try:
        content = parse_json(read_file(folder / PULLS, LARGEST_PLAN))
        target = str(content["target"])
        pulls = tuple(
            ReviewedPull(
                int(each["number"]),
                str(each["commit"]),
                _plan(folder, int(each["number"])),
                None if each.get("why") is None else str(each["why"]),
            )
            for each in content["pulls"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutcomeError(f"{folder} has no valid files of an apply: {error!r}") from None
    file = folder / REPORT
    report = read_report(read_text(file), str(file)) if file.exists() else None
    return TargetOutcome(target, pulls, report)


def _plan(folder: Path, number: int) -> PlanDocument | None:
    file = folder / PLANS / f"{number}.json"
    return read_plan(file) if file.exists() else None
