"""``plan --base``: the specs as they are at another commit, or in another folder."""

import io
import subprocess
import tarfile
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler import specs
from reconciler.cli.console import tell
from reconciler.errors import SpecFaults, UsageError
from reconciler.specs.model import TargetSpec

GIT_SECONDS = 60


@contextmanager
def base_folder(arguments: Namespace) -> Iterator[Path | None]:
    """The folder that holds the base's specs; None where the base has none."""
    if arguments.base_specs is not None:
        yield arguments.base_specs
        return
    with tempfile.TemporaryDirectory(prefix="did-base-") as folder:
        yield _checked_out(arguments.base, arguments.specs, Path(folder))


def read_base(root: Path | None, target: str) -> TargetSpec | None:
    """What the base declares for ``target``; None where it declares nothing, or nothing usable."""
    if root is None or target not in specs.targets(root):
        return None
    try:
        (found,) = specs.read(root, only=target)
    except SpecFaults as error:
        tell(
            f"the base's specs have faults ({error.message}): what was pending there cannot be "
            "told from what this changes"
        )
        return None
    return found


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
