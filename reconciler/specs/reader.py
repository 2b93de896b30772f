"""The whole way from a folder of YAML to what each number should be.

Called by every command that needs to know what is wanted; the rest of the package is behind it.
"""

from collections.abc import Iterable
from pathlib import Path

from reconciler.characters import Characters
from reconciler.errors import Fault, Severity, SpecFaults, UsageError
from reconciler.specs import blocks, document, files, resolve, structure, suggest, target
from reconciler.specs.blocks import Draft
from reconciler.specs.codes import Code
from reconciler.specs.faults import Faults, in_order
from reconciler.specs.letters import check_ascii
from reconciler.specs.model import Target, TargetSpec
from reconciler.specs.nodes import Node
from reconciler.specs.schema import Schema
from reconciler.specs.target import Settings


def read(root: Path, *, only: str | None = None) -> tuple[TargetSpec, ...]:
    """Read all targets below ``root``, or ``only`` one, sorted by name.

    Raises :class:`~reconciler.errors.SpecFaults` with the faults of all files, warnings included,
    when one of them is an error; warnings alone go with their target. Raises
    :class:`~reconciler.errors.UsageError` when there is nothing to read.
    """
    around = Faults()
    names = _names(root, around)
    found = around.all()
    if only is not None:
        names = _only(names, only, root)
        found = tuple(each for each in found if each.where.file == files.shown(root / only))
    specs: list[TargetSpec] = []
    for name in names:
        faults = Faults()
        spec = _target(files.find(root, name, faults), faults)
        found += faults.all()
        if spec is not None:
            specs.append(spec)
    found += _shared_states(spec.target for spec in specs)
    if any(fault.severity is Severity.ERROR for fault in found):
        raise SpecFaults(in_order(found))
    if not specs:
        raise _nothing(root)
    return tuple(specs)


def targets(root: Path) -> tuple[str, ...]:
    """The names of the targets below ``root``, sorted; their files are not read.

    Raises :class:`~reconciler.errors.UsageError` when there are none.
    """
    names = _names(root, Faults())
    if not names:
        raise _nothing(root)
    return names


def _names(root: Path, faults: Faults) -> tuple[str, ...]:
    try:
        return files.targets(root, faults)
    except OSError as error:
        raise UsageError(
            f"the folder {files.shown(root)} cannot be read: {error.strerror}",
            hint="run this where did_specs is, or say where with --specs",
        ) from error


def _only(names: tuple[str, ...], name: str, root: Path) -> tuple[str, ...]:
    if not names:
        raise _nothing(root)
    if name not in names:
        meant = suggest.asking(suggest.choice(name, names))
        raise UsageError(
            f"there is no target {name!r} in {files.shown(root)}",
            hint=meant or f"the targets are {', '.join(names)}",
        )
    return (name,)


def _nothing(root: Path) -> UsageError:
    return UsageError(
        f"there are no targets in {files.shown(root)}",
        hint=f"describe one in {files.shown(root / 'NAME' / files.TARGET_FILE)}",
    )


def _target(own: files.TargetFiles, faults: Faults) -> TargetSpec | None:
    """The target, or None where something is wrong; warnings that it ignores are dropped."""
    settings = Settings()
    root = None if own.settings is None else _parse(own.settings, target.SCHEMA, faults)
    if root is not None:
        settings = target.read(root, own.name, own.folder, faults)
    roots = [] if root is None else [root]
    drafts: list[Draft] = []
    for path in own.blocks:
        root = _parse(path, blocks.SCHEMA, faults)
        if root is not None:
            roots.append(root)
            drafts.extend(blocks.read(root, faults))
    if settings.characters is Characters.ASCII:
        for root in roots:
            check_ascii(root, faults)
    resolve.check(drafts, settings, faults)
    faults.ignore(settings.ignored)
    warnings = faults.all()
    if settings.target is None or any(each.severity is Severity.ERROR for each in warnings):
        return None
    listed, desired = resolve.desired(drafts, settings)
    return TargetSpec(settings.target, listed, desired, warnings)


def _parse(path: Path, shape: Schema, faults: Faults) -> Node | None:
    data = files.load(path, faults)
    root = None if data is None else document.parse(data, files.shown(path), faults)
    if root is not None:
        structure.check(root, shape, faults)
    return root


def _shared_states(found: Iterable[Target]) -> tuple[Fault, ...]:
    faults = Faults()
    first: dict[str, Target] = {}
    for each in found:
        other = first.setdefault(each.state, each)
        if other is not each:
            faults.add_at(
                each.where,
                Code.SHARED_STATE,
                f"the same state as {other.where}",
                "give each target a state of its own: write {target} in it",
            )
    return faults.all()
