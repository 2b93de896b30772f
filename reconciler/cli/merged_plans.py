"""``github reviewed``: what was merged since the last confirmed apply, and which plans count.

Since when is what the trusted workflow's own runs say. A state could be set back, and old plans
would count again. Where no run says it although something was applied, no plan counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.cli.history import History
from reconciler.github.client import PullRequest
from reconciler.github.reviewed import Counting, Missing, Plans, merged_pulls

MOST_MERGED = 200
"""Merged pull requests of which the plans are fetched; GitHub limits the requests of an hour."""

_TOO_MANY = Missing(f"over {MOST_MERGED} pull requests were merged since the last apply")


@dataclass(frozen=True, slots=True)
class Merged:
    """What was merged for one target, with the plans that count.

    ``since`` is the commit with which it is compared: that of the last confirmed apply, or where
    there was none the one that the first of the plans was made for; empty without any. ``lost``:
    something was applied, and no run says since when plans count.
    """

    since: str
    pulls: tuple[tuple[PullRequest, Counting | Missing], ...]
    lost: bool = False


def merged_plans(
    plans: Plans,
    history: History,
    targets: tuple[str, ...],
    until: str,
    was_applied: Callable[[str], bool],
) -> dict[str, Merged]:
    """For each target what came to the commit ``until``.

    ``was_applied`` tells whether a state is stored of a target.
    """
    applied = {target: _last_applied(plans, history, target, until) for target in targets}
    lost = {target for target, start in applied.items() if start is None and was_applied(target)}
    since = {target: start for target, start in applied.items() if target not in lost}
    brought = {
        start: _merged(plans, history, start, until) for start in dict.fromkeys(since.values())
    }
    pulls = {pull.number: pull for found in brought.values() for pull in found}
    late = sorted(pulls)[-MOST_MERGED:]
    counting = {number: plans.of(pulls[number], targets) for number in late}
    return dict.fromkeys(lost, Merged("", (), lost=True)) | {
        target: Merged(
            start or _first_base(history, counting),
            tuple((pull, counting.get(pull.number, _TOO_MANY)) for pull in brought[start]),
        )
        for target, start in since.items()
    }


def _last_applied(plans: Plans, history: History, target: str, until: str) -> str | None:
    applied = plans.last_applied(target, lambda commit: history.is_first_parent(commit, until))
    return next(applied, None)


def _merged(plans: Plans, history: History, since: str | None, until: str) -> list[PullRequest]:
    commits = history.commits(since, until)
    if not commits:
        return []
    return merged_pulls(plans.github, plans.default_branch, commits, min(commits.values()))


def _first_base(history: History, counting: Mapping[int, Counting | Missing]) -> str:
    first = ""
    for plan in counting.values():
        if isinstance(plan, Counting):
            base = plan.pull.base_commit
            if not first or history.is_ancestor(base, first):
                first = base
    return first
