"""``targets``: the systems of this repository."""

import json
from argparse import Namespace

from reconciler import specs
from reconciler.cli import exits
from reconciler.cli.console import say


def run(arguments: Namespace) -> int:
    """Their names, one a line or as JSON; their files are not read."""
    names = specs.targets(arguments.specs)
    say(json.dumps(list(names)) if arguments.json else "\n".join(names))
    return exits.DONE
