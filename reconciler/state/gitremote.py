"""A git remote's refs: look, fetch, and push as compare-and-swap, without touching the clone's own.

No branch, tracking branch, index or file of the clone changes by a fetch; objects are added, which
git removes later.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.errors import StateError
from reconciler.git import GitResult
from reconciler.state.gitcommand import StateGit, state_error

_HINT = (
    "check that the remote can be reached and that you have access: a workflow needs the "
    "permission contents: write and its token as GITHUB_TOKEN in the environment; a token for "
    "another host goes into GIT_TOKEN"
)
_FORBIDDEN = re.compile(
    r"hook declined|protected branch|rule violations|denied|not permitted|not allowed|forbidden"
    r"|error: 40[13]|Authentication failed|could not read Username",
    re.IGNORECASE,
)
_FULL = re.compile(r"No space left on device|Disk quota exceeded|Read-only file system")
_QUESTIONS = 5
_BRANCHES = "refs/heads/"
# How git says that the ref was not what was expected, and how a server says that two pushes met.
# All else that refuses a push refuses it the next time too.
_STALE = re.compile(
    r"^\[rejected\] \((stale info|fetch first|non-fast-forward|remote ref updated since checkout)\)"
)
_MET = re.compile(
    r"is at [0-9a-f]+ but expected [0-9a-f]+|incorrect old value|reference already exists"
    r"|Unable to create '[^']*\.lock': File exists"
)


@dataclass(frozen=True, slots=True)
class Pushed:
    """The ref is what was pushed."""


@dataclass(frozen=True, slots=True)
class RefMoved:
    """The ref was not what was expected, and was not changed."""


@dataclass(frozen=True, slots=True)
class PushRefused:
    """It cannot be pushed, now or later: a hook, a protected branch, no right to, a full disk."""

    why: str

    def hint(self, rights: str) -> str | None:
        """``rights`` where that is what is missing; git's own words say what else it is."""
        return rights if _FORBIDDEN.search(self.why) else None


@dataclass(frozen=True, slots=True)
class PushUnanswered:
    """No answer: the push may have arrived or not."""

    why: str


PushResult = Pushed | RefMoved | PushRefused | PushUnanswered


class Remote:
    """The remote ``name`` of a clone."""

    def __init__(self, git: StateGit, name: str = "origin") -> None:
        self.git = git
        self.name = name
        self._ready = False

    def tip(self, ref: str) -> str | None:
        """The commit that ``ref`` names there now; None when there is no such ref.

        Raise :class:`StateError` where git cannot have it: a branch ``a`` excludes ``a/b``.
        """
        self._prepare()
        ran = self.git.run("ls-remote", self.name, ref, *_above(ref), f"{ref}/*")
        if ran.code != 0:
            raise state_error(ran, f"cannot read the remote {self.name}", hint=_HINT)
        # A pattern matches the end of longer refs too.
        lines = [line.split("\t") for line in ran.out.decode().splitlines()]
        found = {name: commit for commit, name in lines}
        if ref not in found:
            _check_room(ref, found, self.name)
        return found.get(ref)

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
                raise state_error(
                    ran, f"cannot fetch {ref} from the remote {self.name}", hint=_HINT
                )
            # It moved on between the question and the fetch.
        raise StateError(
            f"cannot fetch {ref} from the remote {self.name}: it moved {_QUESTIONS} times",
            hint="try again when fewer applies are running",
        )

    def push(self, ref: str, commit: str | None, *, over: str | None) -> PushResult:
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
            outcome = _rejected(rest.partition("\t")[2], ran.reason)
            if isinstance(outcome, PushRefused) and self._moved(ref, over):
                return RefMoved()
            return outcome
        return _not_pushed(ran)

    def _moved(self, ref: str, over: str | None) -> bool:
        """Whether the ref is no longer ``over``, whatever the server's message."""
        try:
            return self.tip(ref) != over
        except StateError:
            return False

    def _is_here(self, commit: str) -> bool:
        return self.git.run("cat-file", "-e", f"{commit}^{{tree}}").code == 0

    def _fetch(self, ref: str, known: list[str]) -> GitResult:
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
            raise state_error(
                ran,
                f"cannot find the git remote {self.name} of {self.git.folder}",
                hint="a state at git:BRANCH is kept on the remote of the repository that holds the "
                f"specs: run this in a clone of it, or run git remote add {self.name} URL",
            )
        pushes = self.git.must("remote", "get-url", "--push", "--all", self.name)
        self.git.authorise((ran.out + pushes).decode().split("\n"))
        self._ready = True


def _above(ref: str) -> list[str]:
    """The branches that ``ref`` would be a folder's file of: ``a`` and ``a/b`` of ``a/b/c``."""
    parts = ref.removeprefix(_BRANCHES).split("/")
    return [_BRANCHES + "/".join(parts[:count]) for count in range(1, len(parts))]


def _check_room(ref: str, found: Iterable[str], remote: str) -> None:
    """Raise StateError when a branch that is ``found`` leaves no room for ``ref``."""
    above = _above(ref)
    ours = ref.removeprefix(_BRANCHES)
    for other in found:
        if other not in above and not other.startswith(f"{ref}/"):
            continue
        theirs = other.removeprefix(_BRANCHES)
        one = f"write git:{theirs} as state in target.yaml, where each target has a file of its own"
        raise StateError(
            f"git:{ours} cannot be a branch: the remote {remote} has the branch {theirs}, and git "
            "cannot keep both",
            hint=f"{one}; or choose another branch"
            if other in above
            else "choose another branch as state in target.yaml",
        )


def _rejected(summary: str, why: str) -> PushResult:
    """What git's line about a ref that was not pushed means; ``why`` is its other output."""
    if _STALE.match(summary) or _MET.search(f"{summary} {why}"):
        return RefMoved()
    if summary.startswith("[remote failure]"):
        return PushUnanswered(f"{summary} {why}")
    return PushRefused(f"{summary.removeprefix('[remote rejected]').strip()} {why}")


def _not_pushed(ran: GitResult) -> PushResult:
    """What it means when git printed no line about the ref."""
    if ran.code is not None and (_FORBIDDEN.search(ran.reason) or _FULL.search(ran.reason)):
        return PushRefused(ran.reason)
    return PushUnanswered(ran.reason)
