"""``plan --base``: the specs as they are at another commit, or in another folder."""

import io
import subprocess
import tarfile
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler import specs
from reconciler.cli.console import tell
from reconciler.diff.compare import compare
from reconciler.errors import SpecFaults, UsageError
from reconciler.numbers import SpanMap
from reconciler.plan.plan import Plan
from reconciler.plan.review import Own, own_changes
from reconciler.specs.files import TARGET_FILE
from reconciler.specs.model import TargetSpec

GIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Base:
    """The specs a pull request starts from. ``root`` is None where there are none."""

    root: Path | None

    def own(self, plan: Plan) -> Own:
        """What of ``plan`` the pull request brings, and what is pending on its base anyway."""
        found = self._read(plan.target.name)
        before = None if found is None else compare(found, plan.state)
        return own_changes(
            plan.changes,
            SpanMap() if before is None else before.changes,
            plan.difference.settings,
            () if before is None else before.settings,
        )

    def _read(self, target: str) -> TargetSpec | None:
        if self.root is None or not (self.root / target / TARGET_FILE).is_file():
            return None
        try:
            (found,) = specs.read(self.root, only=target)
        except SpecFaults as error:
            tell(
                f"the base's specs cannot be used ({error.message}): what is pending there cannot "
                "be told from what this changes"
            )
            return None
        return found


@contextmanager
def base_specs(arguments: Namespace) -> Iterator[Base | None]:
    """The base that ``--base`` or ``--base-specs`` names; None where neither is given."""
    if arguments.base_specs is not None:
        yield Base(arguments.base_specs)
    elif arguments.base is not None:
        with tempfile.TemporaryDirectory(prefix="did-base-") as folder:
            yield Base(_checked_out(arguments.base, arguments.specs, Path(folder)))
    else:
        yield None


def _checked_out(ref: str, root: Path, folder: Path) -> Path | None:
    """The specs folder at ``ref``, unpacked into ``folder`` without touching the work tree."""
    work = root.resolve().parent
    if ref.startswith("-"):
        raise UsageError(f"--base {ref} is no commit")
    commit = _git(work, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if commit is None:
        raise UsageError(
            f"--base {ref} names no commit here",
            hint="fetch it first (a shallow clone may not hold it)",
        )
    archive = _git(work, "archive", "--format=tar", commit.decode().strip(), "--", root.name)
    if archive is None:
        return None
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder / root.name


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints; None when it fails."""
    try:
        done = subprocess.run(  # noqa: S603  (no shell, and no argument that is an option)
            ["git", "-C", str(folder), *arguments],  # noqa: S607  (the git that is installed)
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"--base needs git: {error}") from None
    return done.stdout if done.returncode == 0 else None
