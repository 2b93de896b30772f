"""The files that the job that applies leaves for the job that may write comments.

::

    FOLDER/pulls.json          the reviewed pull requests with their newest commits
    FOLDER/plans/NUMBER.json   their plans
    FOLDER/report.json         the report of the apply
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.github.client import PullRequest
from reconciler.github.result import Report, read_report
from reconciler.github.reviewed import Missing, Planned
from reconciler.inputs import LARGEST_PLAN, parse_json, read_file
from reconciler.report.document import PlanDocument, read_plan, read_text

PULLS = "pulls.json"
PLANS = "plans"
REPORT = "report.json"


class OutcomeError(ReconcilerError):
    """A folder lacks the files of an apply, or they are invalid."""


@dataclass(frozen=True, slots=True)
class ReviewedPull:
    """A pull request that counts as reviewed for a target; ``plan`` may be missing."""

    number: int
    commit: str
    plan: PlanDocument | None


@dataclass(frozen=True, slots=True)
class TargetOutcome:
    """The files of one target's apply. ``report`` is None when it ended without one."""

    target: str
    pulls: tuple[ReviewedPull, ...]
    report: Report | None


def write_reviewed(
    folder: Path, target: str, found: Sequence[tuple[PullRequest, Planned | Missing]]
) -> tuple[Path, ...]:
    """Write the pull requests and their plans; returns the plans' files."""
    plans = folder / PLANS
    plans.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for pull, plan in found:
        if isinstance(plan, Planned):
            written.append(plans / f"{pull.number}.json")
            written[-1].write_text(plan.text, encoding="utf-8")
    content = {
        "target": target,
        "pulls": [{"number": pull.number, "commit": pull.head} for pull, _ in found],
    }
    (folder / PULLS).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return tuple(written)


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
                int(each["number"]), str(each["commit"]), _plan(folder, int(each["number"]))
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
