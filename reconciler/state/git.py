"""``git:BRANCH``: a state on a branch of the specs' repository; its log is the history.

Each save is one commit, made of plumbing alone (no checkout, no index, no local branch) and pushed
by compare-and-swap. The branch may have other targets' states too: when one of them moved it, the
commit is built again on top, unless our own file was changed. A branch that does not exist is
an empty state; the first save creates it without a parent.

A push that was never answered may have arrived. Every commit names its save with an id of its own,
so the branch's history shows later whether it was saved, even with other commits on top.
"""

import random
import uuid
from dataclasses import dataclass
from pathlib import PurePosixPath

from reconciler.errors import Fenced, StateError
from reconciler.state import lease
from reconciler.state.backend import Holder, Stored
from reconciler.state.gitcommand import StateGit
from reconciler.state.gitremote import Pushed, PushRefused, PushUnanswered, RefMoved, Remote
from reconciler.state.lease import USUAL, HeldLease, Notice, Timing, silence

_OF_SPECS = "target.yaml"
_ROUNDS = 20
"""How often a save is built again: others move the branch once each, so ten targets need ten."""
_ANSWERS = 2
"""How often a push without an answer is tried."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A push over ``over`` with an unknown outcome; ``token`` names its content."""

    commit: str
    token: str
    over: str | None


class GitBackend:
    """``{target}.json`` on ``branch`` of the clone's remote. A token is the content's git id."""

    save_every = 5.0

    def __init__(
        self,
        branch: str,
        git: StateGit,
        *,
        target: str,
        timing: Timing = USUAL,
        notice: Notice = silence,
    ) -> None:
        self.url = f"git:{branch}"
        self._ref = f"refs/heads/{branch}"
        self._path = f"{target}.json"
        self._git = git
        self._remote = Remote(git)
        self._cell = RefCell(git, self._remote, f"refs/did-reconciler/lease/{target}")
        self._timing = timing
        self._notice = notice
        self._lease: HeldLease | None = None
        self._tip: str | None = None
        self._tried: list[Tried] = []

    def load(self) -> Stored | None:
        """The file as it is on the remote's branch now."""
        self._look()
        token = self._token(self._files())
        return None if token is None else Stored(self._git.blob(token, self.url), token)

    def save(self, content: bytes, *, over: str | None, message: str) -> str:
        """Commit and push; ``message`` is the commit's. See :class:`Backend`."""
        if self._lease is not None:
            self._lease.confirm()
        if self._token(self._files()) != over:
            self._look()  # loaded elsewhere, or by somebody else in between
        token = self._git.must("hash-object", "-w", "--stdin", stdin=content).decode().strip()
        words = f"{message.rstrip()}\n\nSave-Id: {uuid.uuid4().hex}\n"
        unanswered = 0
        for turn in range(_ROUNDS):
            files = self._files()
            if self._is_saved(files, token, over):
                return self._done(token)
            commit = self._commit(files, token, words)
            outcome = self._remote.push(self._ref, commit, over=self._tip)
            match outcome:
                case Pushed():
                    self._tip = commit
                    return self._done(token)
                case RefMoved():
                    self._timing.wait(random.uniform(0, 0.1 * turn))  # noqa: S311
                case PushRefused(why):
                    raise StateError(
                        f"{self.url} was not saved; the remote refused it: {why}",
                        hint=outcome.hint(
                            "let whoever applies push to this branch: no protection rule or hook "
                            "on it, and contents: write in a workflow"
                        ),
                    )
                case PushUnanswered(why):  # pragma: no branch  (there is no other)
                    self._tried.append(Tried(commit, token, over))
                    unanswered += 1
                    self._after_silence(why, unanswered)
            self._look()
        raise StateError(
            f"{self.url} was not saved: others moved the branch {_ROUNDS} times in the meantime",
            hint="run apply again: it continues from the saved state",
        )

    def lease(self, holder: Holder) -> HeldLease:
        """Take the lease, a ref of its own beside the branches, or watch it expire."""
        self._lease = lease.take(self._cell, holder, self._timing, self._notice)
        return self._lease

    def unlock(self, lease_id: str) -> Holder | None:
        """Remove the lease's ref if it is the one with this id."""
        return lease.unlock(self._cell, lease_id)

    def _look(self) -> None:
        """Fetch the commit that the remote's branch names now."""
        known = [self._tip, *(each.commit for each in self._tried)]
        tip = self._remote.bring(self._ref, [commit for commit in known if commit])
        if tip is not None and tip != self._tip:
            self._refuse_specs(tip)
        self._tip = tip

    def _refuse_specs(self, tip: str) -> None:
        """Raise StateError for a branch that people work on: saves would change it for them."""
        names = self._git.must("ls-tree", "-r", "-z", "--name-only", tip)
        for name in names.decode(errors="surrogateescape").split("\0"):
            if PurePosixPath(name).name == _OF_SPECS:
                raise StateError(
                    f"{self.url} is a branch with specs ({name})",
                    hint="name a branch that only the states are on: state: git:did-state",
                )

    def _files(self) -> dict[str, str]:
        """The branch's files: name → its line of ``ls-tree``."""
        if self._tip is None:
            return {}
        lines = self._git.must("ls-tree", "-z", self._tip).decode(errors="surrogateescape")
        return {line.partition("\t")[2]: line for line in lines.split("\0") if line}

    def _token(self, files: dict[str, str]) -> str | None:
        line = files.get(self._path)
        return None if line is None else line.partition("\t")[0].split(" ")[2]

    def _is_saved(self, files: dict[str, str], token: str, over: str | None) -> bool:
        """Whether ``token`` arrived already; raise Fenced when what is there is not ``over``."""
        stored = self._token(files)
        arrived = [
            each.token
            for each in self._tried
            if each.over == over and each.token == stored and self._holds(each.commit)
        ]
        if token in arrived:
            return True
        if arrived or stored == over:
            return False
        raise Fenced(
            f"{self.url} was changed by somebody else while this run held it",
            hint="nothing was written over it; run plan again",
        )

    def _holds(self, commit: str) -> bool:
        tip = self._tip or ""
        return self._git.run("merge-base", "--is-ancestor", commit, tip).code == 0

    def _commit(self, files: dict[str, str], token: str, message: str) -> str:
        lines = {**files, self._path: f"100644 blob {token}\t{self._path}"}
        listed = "".join(f"{line}\0" for line in lines.values()).encode(errors="surrogateescape")
        # Missing: in a partial clone the other targets' files need not be here.
        tree = self._git.must("mktree", "-z", "--missing", stdin=listed).decode().strip()
        parents = [] if self._tip is None else ["-p", self._tip]
        made = self._git.must("commit-tree", tree, *parents, stdin=message.encode())
        return made.decode().strip()

    def _after_silence(self, why: str, times: int) -> None:
        """A push got no answer: once more, if the remote can still be asked."""
        try:
            tip = self._remote.tip(self._ref)
        except StateError:
            raise StateError(
                f"{self.url}: the connection was lost during a save, which may or may not have "
                f"arrived: {why}",
                hint="run apply again when the remote can be reached: it checks, and continues",
            ) from None
        if times == _ANSWERS and tip == self._tip:
            raise StateError(
                f"{self.url} was not saved: {why}",
                hint="the branch has its last saved content; run apply again when the remote takes "
                "pushes",
            )

    def _done(self, token: str) -> str:
        self._tried.clear()
        return token


class RefCell:
    """A ref of the remote that names a commit of an empty tree; its message is the content."""

    def __init__(self, git: StateGit, remote: Remote, ref: str) -> None:
        self.where = ref
        self._git = git
        self._remote = remote
        self._ref = ref

    def read(self) -> Stored | None:
        """The message of the ref's commit, which is fetched once."""
        tip = self._remote.bring(self._ref, [])
        if tip is None:
            return None
        return Stored(self._git.must("cat-file", "commit", tip).partition(b"\n\n")[2].strip(), tip)

    def swap(self, content: bytes, *, over: str | None) -> str:
        """See :class:`reconciler.state.lease.Cell`."""
        tree = self._git.must("mktree").decode().strip()
        commit = self._git.must("commit-tree", tree, stdin=content).decode().strip()
        self._push(commit, over)
        return commit

    def clear(self, *, over: str) -> None:
        """Remove the ref."""
        self._push(None, over)

    def _push(self, commit: str | None, over: str | None) -> None:
        outcome = self._remote.push(self._ref, commit, over=over)
        match outcome:
            case Pushed():
                return
            case RefMoved():
                raise Fenced(f"{self._ref} was changed by somebody else")
            case PushRefused(why):
                raise StateError(
                    f"cannot take the lease {self._ref}; the remote refused it: {why}",
                    hint=outcome.hint(
                        "let whoever applies push refs below refs/did-reconciler/, with contents: "
                        "write in a workflow"
                    ),
                )
            case PushUnanswered(why):  # pragma: no branch  (there is no other)
                raise StateError(
                    f"cannot take the lease {self._ref}: {why}",
                    hint="run apply again when the remote can be reached",
                )
