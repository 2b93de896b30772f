"""A git remote's refs: look, fetch, and push as compare-and-swap, without touching the clone's own.

No branch, tracking branch, index or file of the clone changes by a fetch; objects are added, which
git removes again in time.
"""

import re
from dataclasses import dataclass

from reconciler.errors import StateError
from reconciler.state.gitcommand import Git, Ran

_HINT = (
    "check that the remote can be reached and the rights are there: a workflow needs the "
    "permission contents: write and its token as GITHUB_TOKEN in the environment; a token for "
    "another host goes into GIT_TOKEN"
)
_QUESTIONS = 5
# How a server says that two pushes met there.
_RACE = re.compile(r"lock|incorrect old value|failed to update ref|already exists|expected")


@dataclass(frozen=True, slots=True)
class Pushed:
    """The ref is what was pushed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The ref was not what was expected; it was left alone."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server does not want it: a hook, a protected branch."""

    why: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No word on the ref: the push arrived or did not."""

    why: str


Outcome = Pushed | Moved | Refused | Unanswered


class Remote:
    """The remote ``name`` of a clone."""

    def __init__(self, git: Git, name: str = "origin") -> None:
        self.git = git
        self.name = name
        self._ready = False

    def tip(self, ref: str) -> str | None:
        """The commit that ``ref`` names there now; None when there is no such ref."""
        self._prepare()
        ran = self.git.run("ls-remote", self.name, ref)
        if ran.code != 0:
            raise StateError(f"cannot reach the remote {self.name}: {ran.why}", hint=_HINT)
        # A pattern matches the end of longer refs too.
        found = (line.split("\t") for line in ran.out.decode().splitlines())
        return next((commit for commit, name in found if name == ref), None)

    def bring(self, ref: str, known: list[str]) -> str | None:
        """The commit that ``ref`` names now, which is then here with its files; None without one.

        ``known`` are commits of the same history that are here already: what came since is brought
        with it. Without them a shallow clone gets that one commit.
        """
        for _ in range(_QUESTIONS):
            tip = self.tip(ref)
            if tip is None or self._is_here(tip):
                return tip
            ran = self._fetch(ref, known)
            if self._is_here(tip):
                return tip
            if ran.code != 0 and self.tip(ref) == tip:
                raise StateError(
                    f"cannot fetch {ref} from the remote {self.name}: {ran.why}", hint=_HINT
                )
            # It moved on between the question and the fetch.
        raise StateError(
            f"cannot fetch {ref} from the remote {self.name}: it moved {_QUESTIONS} times",
            hint="try again when fewer applies are under way",
        )

    def push(self, ref: str, commit: str | None, *, over: str | None) -> Outcome:
        """Make ``ref`` name ``commit`` (None: remove it) if it names ``over`` (None: is not)."""
        self._prepare()
        plain = ["--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no"]
        expected = f"--force-with-lease={ref}:{over or ''}"
        update = f"{commit or ''}:{ref}"
        ran = self.git.run("push", "--porcelain", *plain, expected, self.name, update)
        for line in ran.out.decode(errors="replace").splitlines():
            flag, _, rest = line.partition("\t")
            if not rest.partition("\t")[0].endswith(f":{ref}"):
                continue
            if flag != "!":
                return Pushed()
            summary = rest.partition("\t")[2]
            if not summary.startswith("[remote rejected]") or _RACE.search(summary):
                return Moved()
            return Refused(f"{summary.removeprefix('[remote rejected]').strip()} {ran.why}")
        return Unanswered(ran.why)

    def _is_here(self, commit: str) -> bool:
        return self.git.run("cat-file", "-e", f"{commit}^{{tree}}").code == 0

    def _fetch(self, ref: str, known: list[str]) -> Ran:
        shallow = self.git.must("rev-parse", "--is-shallow-repository").strip() == b"true"
        depth = ["--depth=1"] if shallow and not known else []
        tips = [f"--negotiation-tip={commit}" for commit in known]
        quiet = ["--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--refmap="]
        alone = ["--no-write-fetch-head", "--no-auto-maintenance"]
        return self.git.run("fetch", *quiet, *alone, *depth, *tips, self.name, ref)

    def _prepare(self) -> None:
        if self._ready:
            return
        ran = self.git.run("remote", "get-url", "--all", self.name)
        if ran.code != 0:
            raise StateError(
                f"{self.git.folder} has no git remote {self.name}: {ran.why}",
                hint="a state at git:BRANCH is kept on the remote of the repository that holds the "
                f"specs: run this in a clone of it, or git remote add {self.name} URL",
            )
        pushes = self.git.must("remote", "get-url", "--push", "--all", self.name)
        self.git.authorise((ran.out + pushes).decode().split("\n"))
        self._ready = True
