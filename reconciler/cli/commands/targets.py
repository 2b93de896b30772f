"""``targets``: the systems of this repository."""

import json

from reconciler import specs
from reconciler.cli import exits
from reconciler.cli.base_specs import base_specs, target_names
from reconciler.cli.console import say, tell
from reconciler.cli.context import specs_root
from reconciler.cli.parser import TargetsOptions
from reconciler.errors import UsageError


def run(arguments: TargetsOptions) -> int:
    """Print their names, one a line or as JSON, without reading their files.

    With a base, also the targets that only the base has. ``--json`` prints ``[]`` without targets.
    """
    here = target_names(arguments.specs)
    with base_specs(arguments) as base:
        left = () if base is None else base.left(here)
    names = tuple(sorted((*here, *left)))
    if not names:
        if not arguments.json:
            names = specs.targets(specs_root(arguments))  # raises, and says what to do
        tell(f"there are no targets in {arguments.specs}")
    elif arguments.target is not None:
        if arguments.target not in names:
            raise UsageError(
                f"there is no target {arguments.target!r}", hint=f"targets: {', '.join(names)}"
            )
        names = (arguments.target,)
    say(json.dumps(list(names)) if arguments.json else "\n".join(names))
    return exits.DONE
