"""Write a folder as of another commit to another place, without touching the work tree.

Uses git's plumbing commands: they do not depend on the user's settings and run no filters of the
repository.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reconciler.errors import UsageError
from reconciler.git import Git, GitResult, failure
from reconciler.inputs import MIB
from reconciler.specs.files import MOST_FILES, shown

LARGEST_TREE = 256 * MIB
_LINK = "120000"
_AT_ONCE = 100
"""Folders that git is asked for at once."""
_WHOLE = "fetch all of the repository and run `git fsck`"


def commit_of(folder: Path, ref: str, option: str = "--base") -> str:
    """The commit that ``ref``, given with ``option``, names in the repository of ``folder``."""
    if ref.startswith("-"):
        raise UsageError(f"{option} {ref} is not a commit", hint="give a branch, a tag or a commit")
    found = Git(folder, os.environ).run("rev-parse", "--verify", f"{ref}^{{commit}}")
    if found.code != 0:
        raise _error(
            found,
            f"{option} {ref} is not a commit of this repository",
            hint="fetch it first; a shallow clone may lack it",
        )
    return found.out.decode().strip()


def write_tree(folder: Path, commit: str, name: str, into: Path, *, links: bool = True) -> None:
    """Write ``folder/name`` as of ``commit`` to ``into/name``; nothing where it did not exist.

    ``links``: whether there may be any. Without them only YAML files are written, since no other
    can be read.
    """
    git = Git(folder, os.environ)
    listed = _listed(git, commit, name)
    entries = [each for each in listed if links or each.is_link or each.is_yaml]
    _check_size(entries, name)
    for each in entries:
        if each.is_link and not links:
            raise UsageError(
                f"{shown(Path(each.path))} is a link", hint="put the file itself there instead"
            )
    wanted = "".join(f"{each.blob}\n" for each in entries).encode()
    read = git.run("cat-file", "--batch", stdin=wanted)
    contents = list(_contents(read.out))
    if len(contents) < len(entries):
        raise _error(read, f"git cannot read {name} at {commit}", hint=_WHOLE)
    root = into.resolve()
    for entry, content in zip(entries, contents, strict=True):
        file = into / entry.path
        # A tree made by hand may have a link and a folder of one name: nothing is written there.
        if not file.parent.resolve().is_relative_to(root) or os.path.lexists(file):
            raise UsageError(
                f"{name} at {commit} is damaged: {shown(Path(entry.path))} is there twice",
                hint=_WHOLE,
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        if entry.is_link:
            file.symlink_to(content.decode(errors="surrogateescape"))
        else:
            file.write_bytes(content)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file or folder of a tree; ``size`` is in bytes, 0 where it is lost."""

    path: str
    blob: str
    size: int
    is_link: bool
    is_folder: bool

    @property
    def is_yaml(self) -> bool:
        """Whether its name says so."""
        return PurePosixPath(self.path).suffix.lower() in (".yaml", ".yml")


def _listed(git: Git, commit: str, name: str) -> list[_Entry]:
    """The files and links in the folder ``name``, without submodules.

    Level by level: a few small trees, one in the other, can hold more files than any memory.
    """
    found: list[_Entry] = []
    paths = [name]
    while paths:
        some, paths = paths[:_AT_ONCE], paths[_AT_ONCE:]
        ran = git.run("--literal-pathspecs", "ls-tree", "-l", "-z", commit, "--", *some)
        if ran.code != 0:
            raise _error(ran, f"git cannot list {name} at {commit}", hint=_WHOLE)
        for entry in _entries(ran.out):
            if entry.is_folder:
                paths.append(f"{entry.path}/")
            else:
                found.append(entry)
        if len(found) + len(paths) > MOST_FILES:
            raise UsageError(
                f"{name} has over {MOST_FILES:,} files and folders",
                hint="put more blocks into each file",
            )
    return found


def _entries(listed: bytes) -> Iterator[_Entry]:
    """The files, links and folders of a listing."""
    for line in listed.decode(errors="surrogateescape").split("\0")[:-1]:
        about, _, path = line.partition("\t")
        mode, kind, blob, size = about.split()
        if kind != "commit" and ".." not in PurePosixPath(path).parts:
            length = int(size) if size.isdecimal() else 0
            yield _Entry(path, blob, length, mode == _LINK, kind == "tree")


def _check_size(entries: Sequence[_Entry], name: str) -> None:
    if sum(each.size for each in entries) > LARGEST_TREE:
        raise UsageError(
            f"{name} has over {LARGEST_TREE // MIB} MiB of files",
            hint="write ranges instead of single numbers",
        )


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


def _error(ran: GitResult, what: str, *, hint: str) -> UsageError:
    found = failure(ran, what, hint=hint)
    return UsageError(found.message, hint=found.hint)
