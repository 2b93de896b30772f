"""``github reviewed``: what was merged since the last confirmed apply, and which plans count.

Since when is what the trusted workflow's own runs say. A state could be set back, and old plans
would count again. Where no run proves it, no plan counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.cli.history import History
from reconciler.github.applied import CurrentRun, Lost, Since, last_applied
from reconciler.github.client import PullRequest
from reconciler.github.reviewed import Counting, Missing, Plans, merged_pulls

MOST_MERGED = 200
"""Merged pull requests of which the plans are fetched; GitHub limits the requests of an hour."""

_TOO_MANY = Missing(f"over {MOST_MERGED} pull requests were merged since the last apply")


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


@dataclass(frozen=True, slots=True)
class Repository:
    """Where it is looked for: the commits, and the folder ``specs`` in them."""

    history: History
    specs: str

    def is_declared(self, target: str, commit: str) -> bool:
        """Whether a target had a folder at a commit."""
        return target in self.history.subtrees(commit, self.specs)

    def merged(self, plans: Plans, since: str | None, until: str) -> list[PullRequest]:
        """The pull requests merged between two commits that changed the specs, by number."""
        commits = self.history.commits(since, until)
        if not commits:
            return []
        found = merged_pulls(plans.github, plans.default_branch, commits, min(commits.values()))
        brought = {pull.merged: pull for pull in found}
        order = [commit for commit in reversed(commits) if commit in brought]
        folders = self.history.folders([*([] if since is None else [since]), *order], self.specs)
        before = None if since is None else folders[since]
        changed = []
        for commit in order:
            if folders[commit] != before:
                changed.append(brought[commit])
            before = folders[commit]
        return sorted(changed, key=lambda pull: pull.number)


def merged_plans(
    plans: Plans, where: Repository, targets: Sequence[str], until: str, current: CurrentRun
) -> dict[str, Merged]:
    """For each target what came to the commit ``until``."""
    applied = last_applied(
        plans.github,
        current,
        targets,
        plans.default_branch,
        was_tip=lambda commit: where.history.is_first_parent(commit, until),
        is_declared=where.is_declared,
    )
    since = {name: each for name, each in applied.items() if isinstance(each, Since)}
    brought = {
        start: where.merged(plans, start, until)
        for start in dict.fromkeys(each.commit for each in since.values())
    }
    pulls = {pull.number: pull for found in brought.values() for pull in found}
    late = sorted(pulls)[-MOST_MERGED:]
    counting = {number: plans.of(pulls[number], targets) for number in late}
    first = _first_base(where.history, counting)
    return {
        name: Merged("", (), lost=each.why)
        if isinstance(each, Lost)
        else Merged(
            each.commit or first,
            tuple((pull, counting.get(pull.number, _TOO_MANY)) for pull in brought[each.commit]),
            each.later,
        )
        for name, each in applied.items()
    }


def _first_base(history: History, counting: Mapping[int, Counting | Missing]) -> str:
    first = ""
    for plan in counting.values():
        if isinstance(plan, Counting):
            base = plan.pull.base_commit
            if not first or history.is_ancestor(base, first):
                first = base
    return first
