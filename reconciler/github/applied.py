"""Since when merged pull requests count: read from the runs of the workflow that applies.

States, artifacts and tags can be changed by whoever may write to the repository. What a run of the
default branch's own file did cannot: its jobs say which targets it applied. A run can only be
deleted, and then its number is missing.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from reconciler.github.client import PAGE, GitHub, Job, WorkflowRun
from reconciler.github.trusted import APPLYING

FOUND = "Find what there is to apply, and fetch the plans that were reviewed"
"""The step whose success means that a run was one of the branch, and not of a tag of its name."""
STEP = "Apply what was reviewed"
"""The step whose success means that all that was planned for a target is confirmed."""
MOST_RUNS = 10 * PAGE
"""Runs that are looked through, of any branch."""
MOST_ASKED = 200
"""Runs whose jobs are asked for."""
SHORT = 12
"""Digits of a commit in the name of a job."""
_APPLY = re.compile(rf"Apply (?P<target>\S+) at (?P<commit>[0-9a-f]{{{SHORT}}})")
_UNFILTERED = ("push", "schedule")
"""Events of runs that look at all targets."""


@dataclass(frozen=True, slots=True)
class Since:
    """What was merged after ``commit`` counts; None: nothing was ever applied.

    ``later`` are the runs since then, which may have begun something, the newest first.
    """

    commit: str | None
    later: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """It cannot be proven since when anything counts; ``why`` is the reason."""

    why: str


LOST = Lost(
    f"a run of {APPLYING.file} was deleted since the last apply, or over {MOST_ASKED} others came"
)


def last_applied(
    github: GitHub,
    current: int,
    targets: Collection[str],
    default_branch: str,
    *,
    tip: Callable[[str], str | None],
    is_declared: Callable[[str, str], bool],
) -> dict[str, Since | Lost]:
    """For each target since when merged pull requests count.

    ``current`` is the number of the run that asks. ``tip`` gives the full name of a commit, which
    may be shortened, if the default branch was ever there: a tag may have the branch's name.
    ``is_declared`` says whether a target is declared at a commit: where it was not, nothing of it
    was applied before.
    """
    found: dict[str, Since | Lost] = {}
    later: list[int] = []
    asked = 0
    for run in _runs_before(github, current):
        if len(found) == len(targets):
            break
        if run is None or asked == MOST_ASKED:
            return {each: found.get(each, LOST) for each in targets}
        if not _may_say(run, default_branch) or tip(run.commit) is None:
            continue
        asked += 1
        jobs = _Jobs(github.jobs(run.id))
        if not jobs.looked:
            continue
        for target in targets:
            said = None if target in found else _said(jobs, run, target, tip, is_declared)
            if said is not None:
                found[target] = Since(said, tuple(later))
        later.append(run.id)
    return {each: found.get(each, Since(None, tuple(later))) for each in targets}


def _runs_before(github: GitHub, number: int) -> Iterator[WorkflowRun | None]:
    """All runs before ``number``, the newest first; None where one is missing, and then no more."""
    due = number - 1
    for run in islice(github.runs(APPLYING.file), MOST_RUNS):
        if run.number > due:  # newer, or listed twice since the list has moved on
            continue
        if run.number != due:
            break
        due -= 1
        yield run
    if due:
        yield None


def _may_say(run: WorkflowRun, default_branch: str) -> bool:
    return run.conclusion != "skipped" and APPLYING.made(run, default_branch)


def _said(
    jobs: "_Jobs",
    run: WorkflowRun,
    target: str,
    tip: Callable[[str], str | None],
    is_declared: Callable[[str, str], bool],
) -> str | None:
    """The commit as of which a run proves that a target was as declared; None: it proves nothing.

    Where a run that was through had no job for it, there was nothing to apply.
    """
    if target in jobs.applied:
        return tip(jobs.applied[target])
    was_through = run.event in _UNFILTERED and run.conclusion == "success"
    if was_through and target not in jobs.begun:
        return run.commit
    return None if is_declared(target, run.commit) else run.commit


class _Jobs:
    """What the jobs of a run did. In a reusable workflow the caller's job stands before a name.

    ``applied``: the commit by target; ``begun``: the targets that had a job.
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        self.looked = False
        self.begun: set[str] = set()
        self.applied: dict[str, str] = {}
        for job in jobs:
            self.looked |= FOUND in job.succeeded
            named = _APPLY.fullmatch(job.name.rpartition(" / ")[2])
            if named is not None:
                self.begun.add(named["target"])
                if STEP in job.succeeded:
                    self.applied[named["target"]] = named["commit"]
