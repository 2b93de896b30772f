"""``validate``: specs only, every fault, no network."""

from reconciler.cli import exits
from reconciler.cli.base import base_specs
from reconciler.cli.console import say
from reconciler.cli.leaving import selected
from reconciler.cli.options import BaseOptions


def run(arguments: BaseOptions) -> int:
    """Read the specs; faults are raised, warnings were shown."""
    with base_specs(arguments) as base:
        found, left = selected(arguments, base)
    for spec in found:
        numbers, blocks = spec.desired.count, len(spec.blocks)
        say(
            f"{spec.target.name}: {numbers:,} number{'s' if numbers != 1 else ''} in "
            f"{blocks:,} block{'s' if blocks != 1 else ''}, no faults"
        )
    for name in left:
        say(f"{name}: leaves the repository; nothing of it is changed on its server")
    return exits.DONE
