"""``plan --base``: the specs as they are at another commit, or in another folder."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler import specs
from reconciler.cli.console import tell
from reconciler.cli.gittree import commit_of, write_tree
from reconciler.cli.options import BaseOptions
from reconciler.diff.compare import compare
from reconciler.diff.settings import target_changes
from reconciler.errors import SpecFaults, UsageError
from reconciler.numbers import SpanMap
from reconciler.plan.plan import Plan
from reconciler.plan.review import OwnChanges, own_changes
from reconciler.specs.files import TARGET_FILE
from reconciler.specs.model import TargetSpec


@dataclass(frozen=True, slots=True)
class Base:
    """The specs of a pull request's base, in the folder ``root``; ``name`` is for messages."""

    root: Path
    name: str

    def own(self, plan: Plan) -> OwnChanges:
        """Split ``plan`` into changes of the pull request and changes pending on its base."""
        found = self.read(plan.target.name)
        settings = target_changes(None if found is None else found.target, plan.target)
        if found is None:
            return own_changes(plan.changes, SpanMap(), settings, SpanMap())
        before = compare(found, plan.state)
        return own_changes(plan.changes, before.changes, settings, found.desired)

    def left(self, here: tuple[str, ...]) -> tuple[str, ...]:
        """The targets of the base that are not in ``here``, sorted."""
        return tuple(name for name in target_names(self.root) if name not in here)

    def read(self, target: str) -> TargetSpec | None:
        """The target's specs in the base; None where they do not exist or have faults."""
        if not (self.root / target / TARGET_FILE).is_file():
            return None
        try:
            (found,) = specs.read(self.root, only=target)
        except SpecFaults as error:
            tell(
                f"the specs of {self.name} have faults ({error.message}): changes pending there "
                "are shown as changes of this one"
            )
            return None
        return found


def target_names(root: Path) -> tuple[str, ...]:
    """The targets in ``root``; empty where the folder has none or does not exist."""
    if not root.is_dir():
        return ()
    try:
        return specs.targets(root)
    except UsageError:
        return ()


@contextmanager
def base_specs(arguments: BaseOptions) -> Iterator[Base | None]:
    """The base that ``--base`` or ``--base-specs`` names; None where neither is given."""
    if arguments.base_specs is not None:
        if not arguments.base_specs.is_dir():
            raise UsageError(f"--base-specs {arguments.base_specs} is not a folder")
        yield Base(arguments.base_specs, str(arguments.base_specs))
    elif arguments.base is not None:
        root = arguments.specs.resolve()
        with specs_at(root, commit_of(root.parent, arguments.base), arguments.base) as base:
            yield base
    else:
        yield None


@contextmanager
def specs_at(root: Path, commit: str, name: str, *, links: bool = True) -> Iterator[Base]:
    """The folder ``root`` as it is at another commit; ``name`` is that commit's in messages.

    ``links``: whether there may be any in it.
    """
    with tempfile.TemporaryDirectory(prefix="did-base-") as folder:
        write_tree(root.parent, commit, root.name, Path(folder), links=links)
        yield Base(Path(folder) / root.name, name)
