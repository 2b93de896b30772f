"""``targets``: the systems of this repository."""

import json

from reconciler import specs
from reconciler.cli import exits
from reconciler.cli.console import say
from reconciler.cli.context import specs_root
from reconciler.cli.parser import TargetsOptions
from reconciler.errors import UsageError


def run(arguments: TargetsOptions) -> int:
    """Their names, one a line or as JSON; their files are not read. ``--target`` must be one."""
    names = specs.targets(specs_root(arguments))
    if arguments.target is not None:
        if arguments.target not in names:
            raise UsageError(
                f"there is no target {arguments.target!r}", hint=f"targets: {', '.join(names)}"
            )
        names = (arguments.target,)
    say(json.dumps(list(names)) if arguments.json else "\n".join(names))
    return exits.DONE
