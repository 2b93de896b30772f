"""The whole way from a folder of YAML to what each number should be.

Called by every command that needs to know what is wanted; the rest of the package is behind it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from reconciler.characters import Characters
from reconciler.errors import Severity, SpecFaults, UsageError
from reconciler.specs import blocks, document, files, resolve, shape, suggest, target, together
from reconciler.specs.blocks import ParsedBlock
from reconciler.specs.faults import Faults, in_order
from reconciler.specs.letters import check_ascii
from reconciler.specs.model import TargetSpec
from reconciler.specs.nodes import Node
from reconciler.specs.schema import Schema
from reconciler.specs.target import Settings
from reconciler.specs.together import OtherTarget


def read(root: Path, *, only: str | None = None) -> tuple[TargetSpec, ...]:
    """Read all targets below ``root``, or ``only`` one, sorted by name.

    Raises :class:`~reconciler.errors.SpecFaults` with the faults of all files, warnings included,
    when one of them is an error; warnings alone go with their target. Raises
    :class:`~reconciler.errors.UsageError` when there is nothing to read.
    """
    around = Faults()
    names = every = _names(root, around)
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
    others = [_beside(spec) for spec in specs]
    others += [each for name in every if name not in names for each in _unread(root, name)]
    specs = [_together(spec, others) for spec in specs]
    found += tuple(fault for spec in specs for fault in spec.warnings)
    if any(fault.severity is Severity.ERROR for fault in found):
        raise SpecFaults(in_order(found))
    if not specs:
        raise _nothing(root)
    return tuple(specs)


def confirm(root: Path, *, only: str | None = None) -> None:
    """Hold the files that :func:`read` found sound against the JSON Schemas themselves.

    Raises :class:`~reconciler.errors.SpecFaults` where a schema refuses what the reader accepted,
    which is a bug of one of them.
    """
    from reconciler.specs import structure  # noqa: PLC0415  (slow to import)

    faults = Faults()
    for name in targets(root) if only is None else (only,):
        own = files.find(root, name, Faults())
        settings = () if own.settings is None else (own.settings,)
        for paths, schema in ((settings, target.SCHEMA), (own.blocks, blocks.SCHEMA)):
            for path in paths:
                _parse(path, schema, structure.check, faults)
    if faults.all():
        raise SpecFaults(faults.all())


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
    root = _settings(own, faults)
    if root is not None:
        settings = target.read(root, own.name, own.folder, faults)
    roots = [] if root is None else [root]
    parsed_blocks: list[ParsedBlock] = []
    for path in own.blocks:
        root = _parse(path, blocks.SCHEMA, shape.check, faults)
        if root is not None:
            roots.append(root)
            parsed_blocks.extend(blocks.read(root, faults))
    if settings.characters is Characters.ASCII:
        for root in roots:
            check_ascii(root, faults)
    resolve.check(parsed_blocks, settings, faults)
    faults.ignore(settings.ignored)
    warnings = faults.all()
    if settings.target is None or any(each.severity is Severity.ERROR for each in warnings):
        return None
    listed, desired = resolve.desired(parsed_blocks, settings)
    return TargetSpec(settings.target, listed, desired, warnings)


def _settings(own: files.TargetFiles, faults: Faults) -> Node | None:
    """What target.yaml holds."""
    if own.settings is None:
        return None
    return _parse(own.settings, target.SCHEMA, shape.check, faults)


Check = Callable[[Node, Schema, Faults], None]


def _parse(path: Path, schema: Schema, check: Check, faults: Faults) -> Node | None:
    data = files.load(path, faults)
    root = None if data is None else document.parse(data, files.shown(path), faults)
    if root is not None:
        check(root, schema, faults)
    return root


def _beside(spec: TargetSpec) -> OtherTarget:
    return OtherTarget(spec.target, lambda: spec)


def _unread(root: Path, name: str) -> Iterator[OtherTarget]:
    """A target that was not asked for: of its files only target.yaml is read, until more is needed.

    Nothing where that file has faults: which server it means is not known then.
    """
    own = files.find(root, name, Faults())
    parsed = _settings(own, Faults())
    settings = Settings() if parsed is None else target.read(parsed, name, own.folder, Faults())
    if settings.target is not None:
        yield OtherTarget(settings.target, lambda: _target(own, Faults()))


def _together(spec: TargetSpec, others: Iterable[OtherTarget]) -> TargetSpec:
    """``spec`` with what is wrong between it and ``others`` among its warnings, errors too."""
    faults = Faults()
    name = spec.target.name
    together.check(spec, (each for each in others if each.target.name != name), faults)
    faults.ignore(spec.target.ignored)
    return replace(spec, warnings=in_order((*spec.warnings, *faults.all())))
