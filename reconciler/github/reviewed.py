"""Which plans count as reviewed: found by the names of artifacts, proven by the runs behind them.

A plan counts when a run of :data:`~reconciler.github.trusted.PLANNING` made it, when it says inside
that it is of this pull request and commit, and when it was there before somebody who may write to
the repository approved the commit, or else before it was merged.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice

from reconciler.github.archive import ArchiveError, downloaded, file_in
from reconciler.github.client import (
    PAGE,
    Artifact,
    GitHub,
    PullRequest,
    WorkflowRun,
)
from reconciler.github.http import GitHubError, NotThere
from reconciler.github.planned import (
    PULL,
    PlannedError,
    PlannedPull,
    artifact_name,
    plan_in,
    read_pull,
)
from reconciler.github.trusted import PLANNING
from reconciler.plan.review import shared_numbers
from reconciler.report.comment import NotCompared, Overlap
from reconciler.report.document import PlanDocument, PlanFileError

MOST_PULLS = 1000
"""Closed pull requests that are looked through for the merged ones."""
MOST_OTHERS = 30
"""Other open pull requests that one is compared with."""
MOST_PREFETCHED = 5 * PAGE
"""Artifacts and runs that are listed at first; what is older is asked for one by one."""
MOST_NAMED = 10 * PAGE
MOST_ASKED = 20
"""Runs that are asked for one by one, for one name."""
MOST_ATTEMPTS = 50
"""Attempts of a run, as many as GitHub allows."""
ATTEMPTS_BY_NAME = 3
"""Attempts whose artifacts are asked for by name, where they are not among the newest of all."""


@dataclass(frozen=True, slots=True)
class Counting:
    """The plans of a pull request that count; ``plans`` is empty where it changes no specs."""

    pull: PlannedPull
    plans: tuple[PlanDocument, ...]

    def of(self, target: str) -> PlanDocument | None:
        """The plan of one target."""
        return next((each for each in self.plans if each.target == target), None)


@dataclass(frozen=True, slots=True)
class Missing:
    """No plan counts; ``why`` is the reason. ``invalid``: there is one that cannot be used."""

    why: str
    invalid: bool = False


@dataclass
class Plans:
    """What of the repository's artifacts is proven; nothing is asked of GitHub twice."""

    github: GitHub
    default_branch: str
    _listed: list[Artifact] | None = None
    _whole: bool = False
    _planning: dict[int, WorkflowRun] | None = None
    _runs: dict[int, WorkflowRun | None] = field(default_factory=dict)
    _writers: dict[str, bool] = field(default_factory=dict)

    def of(self, pull: PullRequest, targets: Collection[str] | None = None) -> Counting | Missing:
        """The plans that count for a pull request: all, or those of ``targets``."""
        names = [
            artifact_name(pull.number, pull.head, 1 + attempt) for attempt in range(MOST_ATTEMPTS)
        ]
        end, what = self._end(pull)
        found, seen = self._made_before(end, self._of_late(names))
        if not seen and not self._whole:
            # What is older than the newest artifacts of all is asked for by its name.
            named = chain.from_iterable(map(self.github.artifacts, names[:ATTEMPTS_BY_NAME]))
            found, seen = self._made_before(end, named)
        if seen:
            return self._unpacked(seen[0], pull, targets)
        if found:
            return Missing(f"it was planned only after {what}")
        return Missing("its newest commit was not planned by a run of this repository's plan.yml")

    def _made_before(
        self, end: str | None, artifacts: Iterable[Artifact]
    ) -> tuple[list[Artifact], list[Artifact]]:
        """The proven ones, the newest first; then those of them made before ``end``."""
        newest = sorted(artifacts, key=lambda each: each.id, reverse=True)
        found = list(self._proven_ones(newest))
        return found, [each for each in found if end is None or each.created_at <= end]

    def _end(self, pull: PullRequest) -> tuple[str | None, str]:
        """Until when a plan must have been there: the last approval of the head, or the merge."""
        if pull.is_open:
            return None, ""
        approved = self.last_approval(pull)
        return (approved, "its last approval") if approved else (pull.merged_at, "its merge")

    def last_approval(self, pull: PullRequest) -> str | None:
        """When somebody who may merge last approved the newest commit; None without one.

        After the merge nothing counts any more. A review that was dismissed may have been one: that
        must not let in what came after it.
        """
        approved = [
            each.submitted_at
            for each in self.github.reviews(pull.number)
            if each.state in ("APPROVED", "DISMISSED")
            and each.commit == pull.head
            and (pull.merged_at is None or each.submitted_at <= pull.merged_at)
            and self._writes(each.author)
        ]
        return max(approved, default=None)

    def _writes(self, user: str) -> bool:
        if user not in self._writers:
            self._writers[user] = self.github.permission(user).writes
        return self._writers[user]

    def _unpacked(
        self, artifact: Artifact, pull: PullRequest, targets: Collection[str] | None
    ) -> Counting | Missing:
        if artifact.expired:
            return Missing("its plan has expired")
        try:
            archive = downloaded(self.github, artifact)
            planned = read_pull(file_in(archive, PULL))
            wrong = self._not_of(planned, pull)
            if wrong is not None:
                return Missing(wrong, invalid=True)
            wanted = [each for each in planned.targets if targets is None or each in targets]
            plans = [plan_in(lambda name: file_in(archive, name), planned, each) for each in wanted]
        except (ArchiveError, PlannedError, PlanFileError) as error:
            return Missing(f"its plan cannot be used: {error.message}", invalid=True)
        except NotThere:
            return Missing("its plan is gone")
        return Counting(planned, tuple(plans))

    def _not_of(self, planned: PlannedPull, pull: PullRequest) -> str | None:
        if planned.problems:
            return "its specs had faults when it was planned"
        if (planned.number, planned.head) != (pull.number, pull.head):
            return "its plan is of another pull request"
        if planned.base != self.default_branch or pull.base != self.default_branch:
            return f"it was planned for {planned.base}, not for {self.default_branch}"
        return None

    # --- what is proven

    def _of_late(self, names: Collection[str]) -> list[Artifact]:
        """Those of some names among the newest artifacts of the repository."""
        if self._listed is None:
            self._listed = list(islice(self.github.artifacts(), MOST_PREFETCHED))
            self._whole = len(self._listed) < MOST_PREFETCHED
        return [each for each in self._listed if each.name in names]

    def _proven_ones(self, artifacts: Iterable[Artifact]) -> Iterator[Artifact]:
        """Those that runs of :data:`PLANNING` left; of other runs only a few are asked for.

        Anybody may leave artifacts of any name, so their number must not hide the ones that count.
        """
        if self._planning is None:
            self._planning = {run.id: run for run in self._newest_runs()}
        asked: set[int] = set()
        for each in islice(artifacts, MOST_NAMED):
            if each.run is None:
                continue
            run = self._planning.get(each.run)
            if run is None and (each.run in asked or len(asked) < MOST_ASKED):
                asked.add(each.run)
                run = self._run(each.run)
            if run is not None and PLANNING.made(run, self.default_branch):
                yield each

    def _newest_runs(self) -> Iterator[WorkflowRun]:
        with suppress(NotThere):
            for event in PLANNING.events:
                yield from islice(self.github.runs(PLANNING.file, event), MOST_PREFETCHED)

    def _run(self, number: int) -> WorkflowRun | None:
        if number not in self._runs:
            self._runs[number] = None
            with suppress(NotThere):
                self._runs[number] = self.github.run(number)
        return self._runs[number]


def merged_pulls(
    github: GitHub, base: str, commits: Collection[str], since: str | None
) -> list[PullRequest]:
    """The pull requests that brought any of ``commits`` to the branch ``base``, by number.

    ``since`` is the time before which none of them can have been merged.
    """
    found: dict[int, PullRequest] = {}
    for pull in islice(github.closed_pulls(base), MOST_PULLS):
        if since is not None and pull.updated_at < since:
            break
        if pull.merged in commits and pull.base == base:
            found[pull.number] = pull
    return [found[number] for number in sorted(found)]


def overlaps(
    plans: Plans, own: Sequence[PlanDocument], number: int
) -> dict[str, tuple[Overlap | NotCompared, ...]]:
    """By target: the other open pull requests whose plans change the same numbers.

    Those that cannot be compared are among them. Only the newest :data:`MOST_OTHERS` are asked.
    """
    found: dict[str, list[Overlap | NotCompared]] = {each.target: [] for each in own}
    others = [
        pull
        for pull in plans.github.open_pulls()
        if pull.number != number and pull.base == plans.default_branch
    ]
    for other in others[:MOST_OTHERS]:
        try:
            theirs = plans.of(other, found)
        except GitHubError as error:
            theirs = Missing(error.message, invalid=True)
        for mine in own:
            said = _compared(other.number, mine, theirs)
            if said is not None:
                found[mine.target].append(said)
    return {target: tuple(said) for target, said in found.items()}


def _compared(
    number: int, mine: PlanDocument, theirs: Counting | Missing
) -> Overlap | NotCompared | None:
    if isinstance(theirs, Missing):
        return NotCompared(number, theirs.why) if theirs.invalid else None
    other = theirs.of(mine.target)
    spans = () if other is None else shared_numbers(mine.own_changes, other.own_changes)
    return Overlap(number, spans) if spans else None
