"""Applies that are killed at a chosen moment, each in a process of its own.

``python -m tests.sweeps.dying`` reads a job a line on standard input and answers with how it ended.
Everything is imported once; each job is a fork of that, so a sweep of hundreds takes minutes. The
moments are the edges of what outlives a process: each flush to the disk, each request, each reply.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from reconciler.errors import StateError
from reconciler.state.git import GitBackend
from reconciler.state.gitcommand import StateGit
from reconciler.state.store import Store
from tests.apply.rig import HOLDER, Site, quiet
from tests.backends.conftest import NEVER_BEATS

MOMENTS = ("before a flush", "after a flush", "before a call", "after a call")
NEVER = 10**9


@dataclass(slots=True)
class BranchSite(Site):
    """A clone, whose state is on the branch ``did-state`` of its remote."""

    clone: Path = Path()

    @property
    def journal_path(self) -> Path:
        return self.clone / ".git" / "journal"

    def store(self) -> Store:
        return Store(self._backend(), self.journal_path, target="tampa", endpoint=self.endpoint)

    def unlock(self) -> None:
        with suppress(StateError):
            self._backend().unlock(HOLDER.id)

    def _backend(self) -> GitBackend:
        git = StateGit(self.clone, os.environ)
        return GitBackend("did-state", git, target="tampa", timing=NEVER_BEATS)


class Killer:
    """Kills this process at the ``nth`` moment of a kind; counts them all."""

    def __init__(self, moment: str, nth: int) -> None:
        self._moment = moment
        self._left = nth
        self.seen = dict.fromkeys(MOMENTS, 0)

    def at(self, moment: str) -> None:
        self.seen[moment] += 1
        if moment == self._moment:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def flushing(self) -> Callable[[int], None]:
        """``os.fsync`` with its two edges."""
        flush = os.fsync

        def fsync(handle: int) -> None:
            self.at("before a flush")
            flush(handle)
            self.at("after a flush")

        return fsync


class Deadly(httpx.AsyncHTTPTransport):
    """The network, with the edges of each request."""

    def __init__(self, killer: Killer) -> None:
        super().__init__(verify=False)
        self._killer = killer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._killer.at("before a call")
        response = await super().handle_async_request(request)
        await response.aread()
        self._killer.at("after a call")
        return response


def perform(job: dict[str, Any]) -> dict[str, int]:
    """Apply, unless killed on the way; how often each moment came."""
    killer = Killer(job["moment"], job["nth"])
    os.fsync = killer.flushing()  # type: ignore[assignment]
    site = Site(Path(job["folder"]), job["endpoint"])
    if job["clone"] is not None:
        site = BranchSite(site.folder, site.endpoint, clone=Path(job["clone"]))
    site.options.transport = Deadly(killer)
    site.apply()
    return killer.seen


def main() -> None:
    """Answer jobs until there are none."""
    quiet()
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                os.write(writing, json.dumps(perform(json.loads(line))).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            told = answer.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        sys.stdout.write(json.dumps({"killed": killed, "seen": told and json.loads(told)}) + "\n")
        sys.stdout.flush()


class Applies:
    """Starts the applies, from the side of a test."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def apply(self, site: Site, moment: str, nth: int) -> Any:
        """Apply and die at the ``nth`` moment; ``killed`` and the moments ``seen``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {
            "folder": str(site.folder),
            "endpoint": site.endpoint,
            "moment": moment,
            "nth": nth,
            "clone": str(site.clone) if isinstance(site, BranchSite) else None,
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def applies() -> Iterator[Applies]:
    """A process that forks one for each apply."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sweeps.dying"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Applies(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0


if __name__ == "__main__":
    main()
