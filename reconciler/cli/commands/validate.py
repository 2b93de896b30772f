"""``validate``: specs only, every fault, no network."""

from reconciler.cli import exits
from reconciler.cli.console import say
from reconciler.cli.context import read_specs
from reconciler.cli.options import Options


def run(arguments: Options) -> int:
    """Read the specs; faults are raised, warnings were shown."""
    for spec in read_specs(arguments):
        numbers, blocks = spec.desired.count, len(spec.blocks)
        say(
            f"{spec.target.name}: {numbers:,} number{'s' if numbers != 1 else ''} in "
            f"{blocks:,} block{'s' if blocks != 1 else ''}, no faults"
        )
    return exits.DONE
