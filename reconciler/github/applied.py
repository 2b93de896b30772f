"""Since when merged pull requests count: read from the runs of the workflow that applies.

States, artifacts and tags can be changed by whoever may write to the repository. What a run of the
default branch's own file did cannot: its jobs say which targets it applied. A run can only be
deleted, and then its number is missing.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice

from reconciler.github.client import PAGE, GitHub, Job, WorkflowRun
from reconciler.github.trusted import APPLYING

STEP = "Apply what was reviewed"
"""The step whose success means that all that was planned for a target is confirmed."""
MOST_RUNS = 10 * PAGE
"""Runs that are looked through, of any branch."""
MOST_ASKED = 100
"""Runs whose jobs are asked for."""


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


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """The run that asks, its ``number`` among the runs of the workflow, and which attempt it is."""

    id: int
    number: int
    attempt: int = 1


def last_applied(
    github: GitHub,
    current: CurrentRun,
    targets: Collection[str],
    default_branch: str,
    *,
    was_tip: Callable[[str], bool],
    is_declared: Callable[[str, str], bool],
) -> dict[str, Since | Lost]:
    """For each target since when merged pull requests count.

    ``was_tip`` says whether a commit was ever the tip of the default branch: a tag may have the
    branch's name. ``is_declared`` says whether a target is declared at a commit: where it was not,
    nothing of it was applied before.
    """
    found: dict[str, Since | Lost] = {}
    later = [current.id] if current.attempt > 1 else []
    asked, due = 0, current.number - 1

    def rest(why: str) -> dict[str, Since | Lost]:
        return {each: found.get(each, Lost(why)) for each in targets}

    for run in islice(github.runs(APPLYING.file), MOST_RUNS):
        if len(found) == len(targets) or not due:
            break
        if run.number >= current.number:
            continue
        if run.number != due:
            break
        due -= 1
        if not APPLYING.made(run, default_branch) or not was_tip(run.commit):
            continue
        open_ones = [each for each in targets if each not in found]
        new = [each for each in open_ones if not is_declared(each, run.commit)]
        if len(new) < len(open_ones) and _may_have_applied(run):
            if asked == MOST_ASKED:
                return rest(f"over {MOST_ASKED} runs of {APPLYING.file} applied nothing of it")
            asked += 1
            jobs = list(github.jobs(run.id))
            new += [each for each in open_ones if any(_applied(job, each) for job in jobs)]
        found |= {each: Since(run.commit, tuple(later)) for each in new}
        later.append(run.id)
    if due:
        return rest(f"run {due} of {APPLYING.file} was deleted, or over {MOST_RUNS:,} came since")
    return {each: found.get(each, Since(None, tuple(later))) for each in targets}


def _may_have_applied(run: WorkflowRun) -> bool:
    """The daily run is not asked: there are many, and what it applied was merged before."""
    return run.event != "schedule"


def _applied(job: Job, target: str) -> bool:
    """Whether a job applied a target; in a reusable workflow the caller's job stands before it."""
    return job.name.rpartition(" / ")[2] == f"Apply {target}" and STEP in job.succeeded
