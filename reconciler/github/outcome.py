"""The files that the job that applies leaves for the job that may write comments.

::

    FOLDER/pulls.json          the merged pull requests with their newest commits
    FOLDER/plans/NUMBER.json   their plans that count
    FOLDER/since               the commit since when they count; empty where nothing was applied yet
    FOLDER/earlier/*.json      the reports of earlier applies since then
    FOLDER/report.json         the report of the apply
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.github.archive import ArchiveError, downloaded, file_in
from reconciler.github.client import Artifact, GitHub, PullRequest
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
"""Runs whose reports are fetched."""
REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Merged:
    """What was merged for one target, with the plans that count.

    ``since`` is the commit with which it is compared: that of the last confirmed apply, or where
    there was none the one that the first of the plans was made for; empty without any. ``later``
    are the runs that may have begun something since then. ``lost`` is the reason why no plan
    counts at all.
    """

    since: str
    pulls: tuple[tuple[PullRequest, Counting | Missing], ...]
    later: tuple[int, ...] = ()
    lost: str | None = None


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
    """The files of one target's apply. ``report`` is None when it ended without one.

    ``lost`` is the reason why no plan counts at all.
    """

    target: str
    pulls: tuple[ReviewedPull, ...]
    report: Report | None
    lost: str | None = None


def write_reviewed(top: Path, target: str, merged: Merged, reports: Sequence[str]) -> None:
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
    for pull, plan in merged.pulls:
        entry: dict[str, object] = {"number": pull.number, "commit": pull.head}
        if isinstance(plan, Missing):
            entry["why"] = plan.why
        elif (document := plan.of(target)) is not None:
            (plans / f"{pull.number}.json").write_text(to_json(document), encoding="utf-8")
        pulls.append(entry)
    content = {"target": target, "pulls": pulls, "lost": merged.lost}
    (folder / PULLS).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (folder / SINCE).write_text(merged.since, encoding="utf-8")


class EarlierReports:
    """What earlier runs of the apply reported: it proves which numbers they began.

    Nothing is asked of GitHub twice. A report that cannot be read is left out.
    """

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._stored: dict[int, list[Artifact]] = {}

    def of(self, target: str, runs: Sequence[int]) -> list[str]:
        """The reports of a target by the newest of these ``runs``."""
        found = []
        for run in runs[:MOST_REPORTS]:
            if run not in self._stored:
                self._stored[run] = list(self._github.artifacts_of(run))
            for artifact in self._stored[run]:
                if artifact.name == outcome_name(target):
                    with suppress(ArchiveError, NotThere, ReportFileError):
                        text = file_in(downloaded(self._github, artifact), REPORT)
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
        lost = content.get("lost")
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
    return TargetOutcome(target, pulls, report, None if lost is None else str(lost))


def _plan(folder: Path, number: int) -> PlanDocument | None:
    file = folder / PLANS / f"{number}.json"
    return read_plan(file) if file.exists() else None
