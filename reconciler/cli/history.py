"""What git knows of a repository's commits: fetched pull requests, merges, what came since."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.git import GitResult, failure
from reconciler.state.gitcommand import StateGit

MOST_COMMITS = 5000
"""Commits since the last apply of which the pull requests are looked for."""
REMOTE = "origin"
_FETCHED = "refs/did-reconciler/"
_SECONDS = 300.0
"""What a fetch may take."""
_CONFLICTS = 1
"""The exit code of a merge with conflicts."""
_FETCH_ALL = "check out the repository with its history: fetch-depth: 0"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A pull request's commits: the tip of its own branch, and of the one it is for."""

    head: str
    base: str


class History:
    """The repository around ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._git = StateGit(folder, {**os.environ, "TZ": "UTC"}, seconds=_SECONDS)

    def fetch_pull(self, number: int, base: str) -> Fetched:
        """Fetch a pull request and the branch ``base``; nothing is checked out."""
        self._authorise()
        names = {f"refs/pull/{number}/head": "head", f"refs/heads/{base}": "base"}
        pairs = [f"+{ref}:{_FETCHED}{name}" for ref, name in names.items()]
        self._say("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", REMOTE, *pairs)
        head, tip = (self.commit(f"{_FETCHED}{name}") for name in names.values())
        return Fetched(head, tip)

    def commit(self, ref: str) -> str:
        """The full name of a commit."""
        return self._say("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")

    def merged_tree(self, base: str, head: str) -> str | None:
        """The tree of two commits merged; None where they conflict."""
        ran = self._git.run("merge-tree", "--write-tree", "--no-messages", base, head)
        if ran.code == _CONFLICTS:
            return None
        if ran.code != 0:
            found = failure(ran, f"git cannot merge {head[:12]} into {base[:12]}", hint=_FETCH_ALL)
            raise UsageError(found.message, hint=found.hint)
        return ran.out.decode().split("\n", 1)[0].strip()

    def subtrees(self, tree: str, folder: str) -> dict[str, str]:
        """The objects in ``folder`` of a tree or commit, by name; equal ones are equal inside."""
        found = {}
        for line in self._say("ls-tree", "-z", tree, "--", f"{folder}/").split("\0")[:-1]:
            about, _, path = line.partition("\t")
            found[path.removeprefix(f"{folder}/")] = about.split(" ")[2]
        return found

    def folders(self, commits: Sequence[str], folder: str) -> dict[str, str]:
        """The object of ``folder`` at each commit; equal ones are equal inside."""
        wanted = "".join(f"{commit}:{folder}\n" for commit in commits).encode()
        ran = self._git.run("cat-file", "--batch-check=%(objectname)", stdin=wanted)
        return dict(zip(commits, self._said(ran, "cat-file").splitlines(), strict=True))

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether ``of`` holds ``commit``; no for one that is not known here."""
        return self._git.run("merge-base", "--is-ancestor", commit, of).code == 0

    def first_parents(self, of: str) -> frozenset[str]:
        """The commits of a branch by its first parents, of which ``of`` is the tip.

        Raises UsageError in a clone without all of them.
        """
        if self._say("rev-parse", "--is-shallow-repository") == "true":
            raise UsageError("this clone lacks older commits of the branch", hint=_FETCH_ALL)
        return frozenset(self._say("rev-list", "--first-parent", "--end-of-options", of).split())

    def commits(self, since: str | None, until: str) -> dict[str, str]:
        """What came to ``until`` after ``since``, itself or by a merge, each with its time.

        The newest :data:`MOST_COMMITS` of them. Times are as GitHub writes them.
        """
        wanted = until if since is None else f"{since}..{until}"
        listed = self._say(
            "log",
            "--first-parent",
            f"--max-count={MOST_COMMITS}",
            "--date=format-local:%Y-%m-%dT%H:%M:%SZ",
            "--format=%H %cd",
            "--end-of-options",
            wanted,
        )
        return dict(line.split(" ") for line in listed.splitlines())

    def _authorise(self) -> None:
        """Send the environment's token to the remote, where one is meant for it."""
        self._git.authorise([self._say("remote", "get-url", REMOTE)])

    def _say(self, *arguments: str) -> str:
        return self._said(self._git.run(*arguments), arguments[0])

    def _said(self, ran: GitResult, command: str) -> str:
        if ran.code != 0:
            found = failure(ran, f"git {command} failed", hint=_FETCH_ALL)
            raise UsageError(found.message, hint=found.hint)
        return ran.out.decode(errors="surrogateescape").strip()
