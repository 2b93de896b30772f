"""What was reviewed: the plans of the pull requests merged since the last confirmed apply.

A pull request's plan is what its run left behind for the commit at its tip, which is what the
comment was rendered of. It comes from the pull request's own code, so it can claim anything; that
does no harm, since an apply does what main's specs and a reviewed plan both say.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.github.archive import ArchiveError, file_in
from reconciler.github.client import LARGEST_ARCHIVE, Artifact, GitHub, Pull
from reconciler.github.comment import Overlap
from reconciler.github.http import NotThere
from reconciler.plan.review import shared_numbers
from reconciler.report.document import PlanDocument, PlanFileError, from_json

ARTIFACT = "plan-"
"""The artifact's name, before the target's."""
FILE = "plan.json"
WORKFLOW = "plan.yml"
MOST_COMMITS = 500
"""Newer ones alone are asked about when there are more."""
MOST_OTHERS = 30


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the text it was read from."""

    document: PlanDocument
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no plan to be had, because ``why``."""

    why: str


def merged_pulls(github: GitHub, since: str | None, until: str) -> list[Pull]:
    """Pull requests whose commits came to ``until`` after ``since``, by number.

    Where ``since`` is not known (nothing was applied yet, or main was rewritten) those of the last
    commits.
    """
    commits = None if since is None else github.commits_between(since, until)
    if commits is None:
        commits = github.last_commits(until)
    brought = set(commits)
    found: dict[int, Pull] = {}
    for commit in commits[-MOST_COMMITS:]:
        for pull in github.pulls_of(commit):
            # A pull request may hold a commit of main and not be merged, or not into main.
            if pull.merged in brought:
                found[pull.number] = pull
    return [found[number] for number in sorted(found)]


def plan_of(
    github: GitHub, pull: Pull, target: str, *, workflow: str = WORKFLOW
) -> Planned | Missing:
    """The newest plan of a pull request's tip for ``target``."""
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
    """The newest of that name: a run that was started again has one for each time."""
    named = [each for each in artifacts if each.name == name]
    return max(named, key=lambda each: each.id, default=None)


def planned(github: GitHub, artifact: Artifact, target: str) -> Planned:
    """The plan in an artifact. Raises ArchiveError or PlanFileError when there is none."""
    if artifact.size > LARGEST_ARCHIVE:
        raise ArchiveError(f"the artifact is larger than {LARGEST_ARCHIVE:,} bytes")
    archive = github.archive(artifact)
    kind, _, digest = (artifact.digest or "").partition(":")
    if kind == "sha256" and hashlib.sha256(archive).hexdigest() != digest:
        raise ArchiveError("the artifact is not what its run stored")
    text = file_in(archive, FILE)
    document = from_json(text, FILE)
    if document.target != target:
        raise PlanFileError(f"the plan is of target {document.target!r}, not of {target!r}")
    return Planned(document, text)


def overlaps(
    github: GitHub, pull: Pull, document: PlanDocument, others: Sequence[Pull]
) -> tuple[Overlap, ...]:
    """Which other open pull requests' plans change the same numbers."""
    found: list[Overlap] = []
    for other in others[:MOST_OTHERS]:
        if other.number == pull.number:
            continue
        plan = plan_of(github, other, document.target)
        if isinstance(plan, Planned):
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
        return Missing(f"its plan cannot be used: {error.message}")
    except NotThere:
        return Missing("its plan is gone")
