"""The reviewed plans: those of the pull requests merged since the last confirmed apply.

The plan of a pull request is an artifact of the run for its newest commit; the comment shows it.
The pull request's own code makes it, so it can claim anything; but an apply does only what both
main's specs and a reviewed plan say.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.github.archive import ArchiveError, file_in
from reconciler.github.client import LARGEST_ARCHIVE, Artifact, GitHub, PullRequest
from reconciler.github.comment import NotCompared, Overlap
from reconciler.github.http import GitHubError, NotThere
from reconciler.plan.review import shared_numbers
from reconciler.report.document import PlanDocument, PlanFileError, from_json

ARTIFACT = "plan-"
"""The artifact's name, before the target's."""
FILE = "plan.json"
WORKFLOW = "plan.yml"
MOST_COMMITS = 500
"""When there are more, only the newest are looked up."""
MOST_OTHERS = 30


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the text it was read from."""

    document: PlanDocument
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no plan; ``why`` is the reason. ``invalid``: there is one that cannot be used."""

    why: str
    invalid: bool = False


def merged_pulls(github: GitHub, since: str | None, until: str) -> list[PullRequest]:
    """Pull requests whose commits came to ``until`` after ``since``, by number.

    Where ``since`` is not known (nothing was applied yet, or main was rewritten) those of the last
    commits.
    """
    commits = None if since is None else github.commits_between(since, until)
    if commits is None:
        commits = github.last_commits(until)
    brought = set(commits)
    found: dict[int, PullRequest] = {}
    for commit in commits[-MOST_COMMITS:]:
        for pull in github.pulls_of(commit):
            # A pull request may hold a commit of main and not be merged, or not into main.
            if pull.merged in brought:
                found[pull.number] = pull
    return [found[number] for number in sorted(found)]


def plan_of(
    github: GitHub, pull: PullRequest, target: str, *, workflow: str = WORKFLOW
) -> Planned | Missing:
    """The newest plan of a pull request's newest commit for ``target``."""
    try:
        runs = github.runs(workflow, pull.head)
    except NotThere:
        return Missing(f"this repository has no workflow {workflow}")
    for run in runs:
        found = artifact_of(github.artifacts(run.id), f"{ARTIFACT}{target}")
        if found is not None:
            return _unpacked(github, found, target)
    return Missing("no finished run left a plan of it" if runs else "no finished run planned it")


def artifact_of(artifacts: Iterable[Artifact], name: str) -> Artifact | None:
    """The newest of that name: a run has one for each attempt."""
    named = [each for each in artifacts if each.name == name]
    return max(named, key=lambda each: each.id, default=None)


def planned(github: GitHub, artifact: Artifact, target: str) -> Planned:
    """The plan in an artifact. Raises ArchiveError or PlanFileError when it is invalid."""
    if artifact.size > LARGEST_ARCHIVE:
        raise ArchiveError(f"the artifact is larger than {LARGEST_ARCHIVE:,} bytes")
    archive = github.archive(artifact)
    kind, _, digest = (artifact.digest or "").partition(":")
    if kind == "sha256" and hashlib.sha256(archive).hexdigest() != digest:
        raise ArchiveError("the artifact does not match its digest")
    text = file_in(archive, FILE)
    document = from_json(text, FILE)
    if document.target != target:
        raise PlanFileError(f"the plan is of target {document.target!r}, not of {target!r}")
    return Planned(document, text)


def overlaps(
    github: GitHub, pull: PullRequest, document: PlanDocument, others: Sequence[PullRequest]
) -> tuple[Overlap | NotCompared, ...]:
    """Which other open pull requests' plans change the same numbers, or cannot be compared."""
    found: list[Overlap | NotCompared] = []
    for other in others[:MOST_OTHERS]:
        if other.number == pull.number:
            continue
        try:
            plan = plan_of(github, other, document.target)
        except GitHubError as error:
            plan = Missing(error.message, invalid=True)
        if isinstance(plan, Missing):
            if plan.invalid:
                found.append(NotCompared(other.number, plan.why))
        else:
            spans = shared_numbers(document.own_changes, plan.document.own_changes)
            if spans:
                found.append(Overlap(other.number, spans))
    return tuple(found)


def _unpacked(github: GitHub, artifact: Artifact, target: str) -> Planned | Missing:
    if artifact.expired:
        return Missing("its plan has expired")
    try:
        return planned(github, artifact, target)
    except (ArchiveError, PlanFileError) as error:
        return Missing(f"its plan cannot be used: {error.message}", invalid=True)
    except NotThere:
        return Missing("its plan is gone")
