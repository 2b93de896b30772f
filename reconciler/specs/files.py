"""The files of a spec folder: found in order, read with care, never followed out of it.

The folder may come from a stranger's pull request, so nothing in it can make a run hang, fill the
memory or read what is not part of it.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.errors import Location
from reconciler.inputs import LARGEST_SPEC, NotRegular, TooLarge, read_file
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults

LARGEST_TARGET = 64 * 1024 * 1024
"""Bytes of all files of one target together."""
TARGET_FILE = "target.yaml"
DEEPEST_FOLDER = 32
MOST_FILES = 20_000
"""Files and folders of one target."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class TargetFiles:
    """One target's folder: its blocks, sorted, and its settings unless they are found faulty."""

    name: str
    folder: Path
    settings: Path | None
    blocks: tuple[Path, ...]


def shown(path: Path) -> str:
    """A path as it may be printed: what no terminal should get is escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def targets(root: Path, faults: Faults) -> tuple[str, ...]:
    """The names of the targets, sorted: the folders with a target.yaml.

    Tells what stands in ``root`` and would not be read. Raises OSError for what is not a folder.
    """
    top = _real(root)
    names: list[str] = []
    for path in _entries(root):
        if not _is_ours(path, top, faults):
            continue
        if not path.is_dir():
            faults.add_at(
                Location(shown(path)),
                Code.NOT_READ,
                "the file is in no target's folder, so it is not read",
                "move it into one",
            )
        elif os.path.lexists(path / TARGET_FILE) and not (path / TARGET_FILE).is_dir():
            names.append(path.name)
        elif any(_Walk(root, Faults()).files(path)):
            faults.add_at(
                Location(shown(path)),
                Code.NOT_READ,
                f"the folder has no {TARGET_FILE}, so nothing in it is read",
                "add one, or move its files",
            )
    _check_names(root, names, faults)
    return tuple(names)


def find(root: Path, name: str, faults: Faults) -> TargetFiles:
    """The files of the target ``name``, which is one of :func:`targets`."""
    folder = root / name
    settings = None
    blocks = []
    size = 0
    for path in _Walk(root, faults).files(folder):
        before, size = size, size + _size(path)
        if size > LARGEST_TARGET >= before:
            faults.add_at(
                Location(shown(path)),
                Code.UNREADABLE_FILE,
                f"with this file the target has over {LARGEST_TARGET // 1024**2} MiB",
                "make two targets, or write ranges instead of single numbers",
            )
        if size > LARGEST_TARGET:
            break
        if path == folder / TARGET_FILE:
            settings = path
        elif path.name == TARGET_FILE:
            faults.add_at(
                Location(shown(path)),
                Code.NOT_READ,
                "this file is not read",
                f"describe the target in {shown(folder / TARGET_FILE)}",
            )
        else:
            blocks.append(path)
    return TargetFiles(name, folder, settings, tuple(blocks))


def _size(path: Path) -> int:
    """Bytes of a file; 0 where that is not known, which reading it will tell."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def load(path: Path, faults: Faults) -> bytes | None:
    """What the file holds; None when it cannot be read, which is then among the faults."""
    at = Location(shown(path))
    hint = None
    try:
        return read_file(path, LARGEST_SPEC)
    except NotRegular as error:
        reason, hint = error.strerror, "remove it"
    except TooLarge as error:
        reason, hint = error.strerror, "split it"
    except OSError as error:
        reason = error.strerror
    faults.add_at(at, Code.UNREADABLE_FILE, f"cannot be read: {reason}", hint)
    return None


def _check_names(root: Path, names: list[str], faults: Faults) -> None:
    alike: dict[str, str] = {}
    for name in names:
        at = Location(shown(root / name))
        if not _NAME.fullmatch(name):
            faults.add_at(
                at,
                Code.TARGET_NAME,
                "invalid name of a target",
                "use letters, digits, - and _, at most 64 of them",
            )
        variable = name.upper().replace("-", "_")
        if variable in alike:
            faults.add_at(
                at,
                Code.TARGET_NAME,
                f"too similar to {alike[variable]}: the credentials of both would come from "
                f"VICIDIAL_PASS_{variable}",
                "rename one of them",
            )
        alike.setdefault(variable, name)


@dataclass(slots=True)
class _Walk:
    """Finds the YAML files of one folder, sorted; each real folder is read once.

    Links could otherwise lead to one folder by any number of ways.
    """

    root: Path
    faults: Faults
    seen: dict[Path, Path] = field(default_factory=dict)
    entries: int = 0

    def files(self, folder: Path, depth: int = 0) -> Iterator[Path]:
        """The files in ``folder`` and below it."""
        real = _real(folder)
        if depth > DEEPEST_FOLDER:
            self._refuse(folder, f"nested more than {DEEPEST_FOLDER} folders deep", "move it up")
            return
        top = _real(self.root)
        if real in self.seen or real == top:
            first = shown(self.seen.get(real, self.root))
            self._refuse(folder, f"a link to {first}, which is read already", "remove it")
            return
        self.seen[real] = folder
        try:
            entries = _entries(folder)
        except OSError as error:
            self._refuse(folder, f"cannot be read: {error.strerror}", None)
            return
        for path in entries:
            self.entries += 1
            if self.entries == MOST_FILES + 1:
                self._refuse(
                    path,
                    f"the target has over {MOST_FILES:,} files and folders; from here on they are "
                    "not read",
                    "put more blocks into each file",
                )
            if self.entries > MOST_FILES:
                return
            if not _is_ours(path, top, self.faults):
                continue
            if path.is_dir():
                yield from self.files(path, depth + 1)
            else:
                yield path

    def _refuse(self, path: Path, message: str, hint: str | None) -> None:
        self.faults.add_at(Location(shown(path)), Code.UNREADABLE_FILE, message, hint)


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _is_ours(path: Path, top: Path, faults: Faults) -> bool:
    """Whether this is a folder or a YAML file of ours; tells of what looks like one and is not."""
    suffix = path.suffix.lower()
    is_folder = path.is_dir()
    if not is_folder and suffix not in (".yaml", ".yml"):
        return False
    at = Location(shown(path))
    if path.is_symlink():
        try:
            leads_out = not Path(os.path.realpath(path, strict=True)).is_relative_to(top)
        except OSError as error:
            faults.add_at(
                at,
                Code.UNREADABLE_FILE,
                f"a link that leads nowhere ({error.strerror})",
                "remove it",
            )
            return False
        if leads_out:
            faults.add_at(
                at,
                Code.UNREADABLE_FILE,
                "a link that leads out of the specs",
                "put the file itself here instead",
            )
            return False
    if not is_folder and path.suffix != ".yaml":
        faults.add_at(
            at, Code.NOT_READ, "this file is not read: its name does not end in .yaml", "rename it"
        )
        return False
    return True


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
