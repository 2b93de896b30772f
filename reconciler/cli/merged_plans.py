"""``github reviewed``: what was merged since the last confirmed apply, and which plans count.

Since when is what the trusted workflow's own runs say. A state could be set back, and old plans
would count again. Where no run proves it, no plan counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from reconciler.cli.history import History
from reconciler.github.applied import SHORT, Lost, Since, last_applied
from reconciler.github.client import PullRequest
from reconciler.github.outcome import Merged
from reconciler.github.reviewed import Counting, Missing, Plans, merged_pulls

MOST_TIPS = 1000
"""Pushes to the default branch that are looked through."""
MOST_MERGED = 200
"""Merged pull requests of which the plans are fetched; GitHub limits the requests of an hour."""

_TOO_MANY = Missing(f"over {MOST_MERGED} pull requests were merged since the last apply")


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
        brought: dict[str | None, list[PullRequest]] = {}
        for pull in found:  # several may have come with one merge
            brought.setdefault(pull.merged, []).append(pull)
        order = [commit for commit in reversed(commits) if commit in brought]
        folders = self.history.folders([*([] if since is None else [since]), *order], self.specs)
        before = None if since is None else folders[since]
        changed: list[PullRequest] = []
        for commit in order:
            if folders[commit] != before:
                changed += brought[commit]
            before = folders[commit]
        return sorted(changed, key=lambda pull: pull.number)


class Tips:
    """The commits that were once the tip of the default branch, whose tip is ``until`` now.

    A merge by rebase brings commits that were never the tip, and that nobody saw by themselves:
    their workflows may be anybody's. So GitHub is asked what the branch was pushed to.
    """

    def __init__(self, plans: Plans, history: History, until: str) -> None:
        self._told = islice(plans.github.tips(plans.default_branch), MOST_TIPS)
        self._history = history
        self._until = until
        self._kept: frozenset[str] | None = None
        self._seen: dict[str, str] = {}

    def full(self, commit: str) -> str | None:
        """The full name of a commit, of which at least 12 digits are given; None: never a tip."""
        if self._kept is None:
            self._kept = self._history.first_parents(self._until)
        while commit[:SHORT] not in self._seen:
            told = next(self._told, None)
            if told is None:
                return None
            if told in self._kept:
                self._seen.setdefault(told[:SHORT], told)
        found = self._seen[commit[:SHORT]]
        return found if found.startswith(commit) else None


def merged_plans(
    plans: Plans, where: Repository, targets: Sequence[str], until: str, run: int
) -> dict[str, Merged]:
    """For each target what came to the commit ``until``; ``run`` is the number of this run."""
    applied = last_applied(
        plans.github,
        run,
        targets,
        plans.default_branch,
        tip=Tips(plans, where.history, until).full,
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
