"""``validate``: report every fault of the specs; no network."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler import specs
from reconciler.cli import exits
from reconciler.cli.base_specs import base_specs
from reconciler.cli.console import deliver, faults, say
from reconciler.cli.context import specs_root
from reconciler.cli.formats import DATA_FORMATS
from reconciler.cli.leaving import selected
from reconciler.cli.options import BaseOptions
from reconciler.cli.parser import ValidateOptions
from reconciler.errors import Fault, Severity, SpecFaults
from reconciler.report.words import many
from reconciler.specs.model import TargetSpec
from reconciler.wire import Json


def run(arguments: ValidateOptions) -> int:
    """Read the specs and show their faults."""
    read, left, found = _read(arguments)
    if arguments.format != "text":
        deliver(DATA_FORMATS[arguments.format](_data(read, found)))
        return exits.ERROR if _errors(found) else exits.DONE
    if _errors(found):
        raise SpecFaults(found)
    faults(found)
    for spec in read:
        say(f"{spec.target.name}: {_counted(spec)}")
    for name in left:
        say(f"{name}: leaves the repository; nothing of it is changed on its server")
    return exits.DONE


def _read(
    arguments: ValidateOptions,
) -> tuple[tuple[TargetSpec, ...], tuple[str, ...], tuple[Fault, ...]]:
    """The specs, the names of removed targets, and all faults.

    Warnings are errors with ``--strict``.
    """
    try:
        with base_specs(arguments) as base:
            read, left = selected(arguments, base, _quietly)
        found = tuple(warning for spec in read for warning in spec.warnings)
    except SpecFaults as error:
        read, left, found = (), (), error.faults
    if arguments.strict:
        found = tuple(replace(fault, severity=Severity.ERROR) for fault in found)
    return read, left, found


def _quietly(arguments: BaseOptions) -> tuple[TargetSpec, ...]:
    """Read the specs without showing their warnings: they are shown later with all faults."""
    root = specs_root(arguments)
    found = specs.read(root, only=arguments.target)
    specs.confirm(root, only=arguments.target)
    return found


def _errors(found: Iterable[Fault]) -> int:
    return sum(fault.severity is Severity.ERROR for fault in found)


def _counted(spec: TargetSpec) -> str:
    warnings = many(len(spec.warnings), "warning") if spec.warnings else "no faults"
    return f"{many(spec.desired.count, 'number')} in {many(len(spec.blocks), 'block')}, {warnings}"


def _data(read: Iterable[TargetSpec], found: tuple[Fault, ...]) -> Json:
    return {
        "errors": _errors(found),
        "warnings": len(found) - _errors(found),
        "faults": [fault.as_json() for fault in found],
        "targets": [
            {
                "name": spec.target.name,
                "blocks": len(spec.blocks),
                "numbers": spec.desired.count,
            }
            for spec in read
        ],
    }
