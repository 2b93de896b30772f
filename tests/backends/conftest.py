"""Places that keep states, as several machines see them."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from reconciler.state.backend import Backend, Holder
from reconciler.state.file import FileBackend
from reconciler.state.git import GitBackend
from reconciler.state.gitcommand import StateGit
from reconciler.state.lease import Timing
from reconciler.state.objects import ObjectBackend, connect
from tests.backends import emulators

ANNA = Holder("run-1", "anna on desk", "09:00", "https://example.com/runs/1")
BEN = Holder("run-2", "ben on laptop", "09:01")

NEVER_BEATS = Timing(expiry=90.0, beat=3600.0, longest_call=30.0)
LIVELY = Timing(beat=0.02, poll=0.01)


class Clock:
    """A clock that moves when somebody waits, or when it is told to."""

    def __init__(self, start: float = 0.0) -> None:
        self.time = start
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    def timing(self, **more: float) -> Timing:
        given = {"expiry": 90.0, "beat": 3600.0, "longest_call": 30.0} | more
        return Timing(**given, now=self.now, wait=self.wait)


def git(folder: Path, *arguments: str) -> str:
    """Run git as a user would."""
    who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.com"]
    words = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


@dataclass
class Hosted:
    """A bare repository with a main branch, and clones of it."""

    folder: Path
    clones: int = 0

    @property
    def bare(self) -> Path:
        return self.folder / "host.git"

    @property
    def url(self) -> str:
        return self.bare.as_uri()

    def clone(self, *options: str) -> Path:
        self.clones += 1
        to = self.folder / f"clone-{self.clones}"
        git(self.folder, "clone", "--quiet", *options, self.url, str(to))
        return to

    def states(self, branch: str = "did-state") -> list[str]:
        """The commits' first lines, the newest first."""
        return git(self.bare, "log", "--format=%s", branch).splitlines()


@pytest.fixture
def hosted(tmp_path, monkeypatch) -> Hosted:
    for name, value in {"HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    for name in ("GIT_TOKEN", "GITHUB_TOKEN", "GITHUB_SERVER_URL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "hosted"
    folder.mkdir()
    there = Hosted(folder)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(there.bare))
    first = there.clone()
    (first / "README.md").write_text("Ours\n")
    git(first, "add", ".")
    git(first, "commit", "--quiet", "-m", "Begin")
    git(first, "push", "--quiet", "origin", "HEAD:main")
    return there


def on_branch(clone: Path, timing: Timing = NEVER_BEATS, target: str = "tampa") -> GitBackend:
    return GitBackend("did-state", StateGit(clone, os.environ), target=target, timing=timing)


Machine = Callable[[Timing], Backend]


@pytest.fixture
def file_place(tmp_path) -> Machine:
    return lambda timing: FileBackend(tmp_path / "state" / "tampa.json")


@pytest.fixture
def git_place(hosted) -> Machine:
    return lambda timing: on_branch(hosted.clone(), timing)


@pytest.fixture
def memory_place() -> Machine:
    store = MemoryStore()
    return lambda timing: ObjectBackend("s3://ours/tampa.json", store, "tampa.json", timing=timing)


@pytest.fixture(scope="session")
def s3_url():
    with emulators.s3() as url:
        yield url


@pytest.fixture(scope="session")
def azure_url():
    with emulators.azure() as url:
        yield url


def in_store(url: str) -> Machine:
    def machine(timing: Timing) -> Backend:
        store, key = connect(url, os.environ)
        return ObjectBackend(url, store, key, timing=timing)

    return machine


@pytest.fixture
def s3_place(s3_url, monkeypatch) -> Machine:
    given = {
        "AWS_ENDPOINT_URL": s3_url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "ours",
        "AWS_SECRET_ACCESS_KEY": "made-up-secret",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return in_store(f"s3://ours/{uuid.uuid4()}/tampa.json")


@pytest.fixture
def azure_place(azure_url, monkeypatch) -> Machine:
    monkeypatch.setenv("AZURE_STORAGE_USE_EMULATOR", "true")
    monkeypatch.setenv("AZURITE_BLOB_STORAGE_URL", azure_url)
    return in_store(f"az://ours/{uuid.uuid4()}/tampa.json")


FAULTY = """#!/bin/sh
# Git, but each line of $FAULTS spoils one command: "push lost", "push swallowed", "push hangs".
for word in "$@"; do
  case "$word" in push|fetch|ls-remote) command=$word; break;; esac
done
printf '%s\\n' "$*" >>"$FAULTS.seen"
fault=$(grep -m1 "^$command " "$FAULTS" 2>/dev/null)
[ -n "$fault" ] || exec GIT "$@"
awk -v fault="$fault" '$0 == fault && !done {done = 1; next} {print}' "$FAULTS" >"$FAULTS.left"
mv "$FAULTS.left" "$FAULTS"
case "$fault" in
  *" swallowed") GIT "$@" >/dev/null 2>&1;;
  *" hangs") sleep 60;;
  *" forbidden")
    echo "remote: Permission to ours/numbers.git denied to anna." >&2
    echo "fatal: unable to access 'https://x/': The requested URL returned error: 403" >&2
    exit 128;;
  *" and another saves") GIT "$@" >/dev/null 2>&1; sh "$FAULTS.other" >/dev/null 2>&1;;
esac
echo "fatal: the remote end hung up unexpectedly" >&2
exit 128
"""


@dataclass
class Network:
    """Spoils git commands, one for each line of ``faults``."""

    faults: Path

    def will(self, *faults: str) -> None:
        self.faults.write_text("".join(f"{fault}\n" for fault in faults))

    def then(self, script: str) -> None:
        """What somebody else does before the silence of "and another saves"."""
        Path(f"{self.faults}.other").write_text(script)

    @property
    def seen(self) -> str:
        return Path(f"{self.faults}.seen").read_text()


@pytest.fixture
def network(tmp_path, monkeypatch) -> Network:
    """From here on, git as the backend runs it may be made to fail."""
    real = shutil.which("git")
    assert real is not None
    tools = tmp_path / "tools"
    tools.mkdir()
    wrapper = tools / "git"
    wrapper.write_text(FAULTY.replace("GIT ", f"{real} "))
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAULTS", str(tmp_path / "faults"))
    return Network(tmp_path / "faults")
