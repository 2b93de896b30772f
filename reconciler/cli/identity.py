"""Who runs this, for the lease, the state's history and VICIdial's API log."""

import getpass
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reconciler.plan.plan import Plan
from reconciler.state.backend import Holder

MOST_NAMED = 20
"""Pull requests named in a message; an apply usually has one or two."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One run of an apply. ``source`` is logged with each of its calls in VICIdial's API log."""

    run: str
    holder: Holder
    commit: str | None
    reviewed: tuple[Path, ...] = ()
    """The files of reviewed plans; a workflow names each after its pull request."""

    @property
    def source(self) -> str:
        """2 to 20 letters and digits: ``did``, the commit where known, the run."""
        return f"did{(self.commit or '')[:7]}{self.run}"

    def message(self, plan: Plan) -> str:
        """The commit message of the states that an apply saves to a git branch."""
        counts = plan.counts
        created = counts.create + counts.adopt
        title = f"Apply {plan.target.name}: +{created} ~{counts.update} -{counts.remove}"
        return self.note(title, f"plan {plan.digest}", *map(_reviewed, self.reviewed[:MOST_NAMED]))

    def note(self, title: str, *details: str) -> str:
        """A message for the state's history: title, details, run, who, commit."""
        lines = [title, "", *details, f"run {self.run} by {self.holder.who}"]
        if self.commit is not None:
            lines.append(f"commit {self.commit}")
        if self.holder.run is not None:
            lines.append(self.holder.run)
        return "\n".join(lines)


def identify(env: Mapping[str, str], reviewed: Sequence[Path] = ()) -> Identity:
    """Identify this run, with its page where it runs in GitHub Actions."""
    run = secrets.token_hex(4)
    url = None
    if env.get("GITHUB_ACTIONS") == "true":
        url = (
            f"{env.get('GITHUB_SERVER_URL', '')}/{env.get('GITHUB_REPOSITORY', '')}"
            f"/actions/runs/{env.get('GITHUB_RUN_ID', '')}"
        )
    who = f"{_user()} on {socket.gethostname()}, process {os.getpid()}"
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    holder = Holder(run, who, since, url)
    return Identity(run, holder, env.get("GITHUB_SHA"), tuple(reviewed))


def _reviewed(path: Path) -> str:
    return f"pull request #{path.stem}" if path.stem.isdecimal() else f"reviewed {path.name}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
