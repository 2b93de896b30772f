"""``check``: prove what the account may do on the server, changing nothing."""

import asyncio
from collections.abc import Iterable

from reconciler.cli import exits
from reconciler.cli.console import deliver, say
from reconciler.cli.context import read_specs
from reconciler.cli.formats import DATA_FORMATS
from reconciler.cli.live import opened
from reconciler.cli.parser import CheckOptions
from reconciler.live.checking import Checked, check
from reconciler.report.check import check_data, check_text, is_enough
from reconciler.specs.model import Target


def run(arguments: CheckOptions) -> int:
    """Check each selected target; exit code 1 when an account does not suffice for an apply."""
    targets = [spec.target for spec in read_specs(arguments)]
    return _told(asyncio.run(_checked(targets, arguments)), arguments)


def _told(found: list[tuple[Target, Checked]], arguments: CheckOptions) -> int:
    if arguments.format == "text":
        say("\n\n".join(check_text(target, checked) for target, checked in found))
    else:
        deliver(DATA_FORMATS[arguments.format]([check_data(*each) for each in found]))
    return exits.DONE if all(is_enough(checked) for _, checked in found) else exits.ERROR


async def _checked(
    targets: Iterable[Target], arguments: CheckOptions
) -> list[tuple[Target, Checked]]:
    """One after the other."""
    return [(target, await _check(target, arguments)) for target in targets]


async def _check(target: Target, arguments: CheckOptions) -> Checked:
    async with opened(target, arguments) as (reader, live):
        return await check(reader, live, target.source, target.characters)
