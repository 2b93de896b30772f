"""A folder as it is at another commit, written elsewhere: the work tree is not touched.

Done with git's plumbing, which answers alike whatever the user's settings, and takes no filter or
attribute of the repository for a command.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from reconciler.errors import UsageError

GIT_SECONDS = 60
_LINK = "120000"


def commit_of(folder: Path, ref: str) -> str:
    """The commit that ``ref`` names in the repository around ``folder``."""
    if ref.startswith("-"):
        raise UsageError(f"--base {ref} is no commit", hint="give a branch, a tag or a commit")
    found = _git(folder, "rev-parse", "--verify", f"{ref}^{{commit}}")
    if found.returncode != 0:
        raise UsageError(
            f"--base {ref} names no commit here: {_why(found)}",
            hint="fetch it first; a shallow clone may not hold it",
        )
    return found.stdout.decode().strip()


def write_tree(folder: Path, commit: str, name: str, into: Path) -> None:
    """Write ``folder/name`` as of ``commit`` to ``into/name``; nothing where it was not there."""
    listed = _git(folder, "ls-tree", "-r", "-z", commit, "--", name)
    if listed.returncode != 0:
        raise UsageError(f"git cannot list {name} at {commit}: {_why(listed)}")
    entries = list(_entries(listed.stdout))
    wanted = "".join(f"{blob}\n" for _, blob, _ in entries).encode()
    read = _git(folder, "cat-file", "--batch", given=wanted)
    contents = list(_contents(read.stdout))
    if len(contents) < len(entries):
        raise UsageError(
            f"git cannot read {name} at {commit}: {_why(read)}",
            hint="fetch the whole of it, and look at `git fsck`",
        )
    for (mode, _, path), content in zip(entries, contents, strict=True):
        file = into / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK:
            file.symlink_to(content.decode(errors="surrogateescape"))
        else:
            file.write_bytes(content)


def _entries(listed: bytes) -> Iterator[tuple[str, str, str]]:
    """Mode, blob and path of each file; a submodule is none."""
    for line in listed.decode(errors="surrogateescape").split("\0")[:-1]:
        about, _, path = line.partition("\t")
        mode, kind, blob = about.split(" ")
        if kind == "blob" and ".." not in PurePosixPath(path).parts:
            yield mode, blob, path


def _contents(batch: bytes) -> Iterator[bytes]:
    """What ``cat-file --batch`` printed, blob by blob; a missing one is left out."""
    at = 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        header, at = batch[at:end].split(b" "), end + 1
        if len(header) == 3:
            size = int(header[2])
            yield batch[at : at + size]
            at += size + 1


def _git(
    folder: Path, *arguments: str, given: bytes | None = None
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(  # noqa: S603  (no shell, and no argument that is an option)
            ["git", "-C", str(folder), *arguments],  # noqa: S607  (the git that is installed)
            input=given,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"--base needs git: {error}") from None


def _why(done: "subprocess.CompletedProcess[bytes]") -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "git did not say why"
