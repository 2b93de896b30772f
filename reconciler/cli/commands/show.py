"""``show NUMBER``: what this number does and why."""

from reconciler.cli import exits
from reconciler.cli.console import say
from reconciler.cli.context import open_store, read_specs
from reconciler.cli.numbers import given_pattern
from reconciler.cli.parser import ShowOptions
from reconciler.cli.show_plan import text_width
from reconciler.report.number import number_text


def run(arguments: ShowOptions) -> int:
    """Say it for each target asked for; the specs decide, the state tells what is so."""
    pattern = given_pattern(arguments.number)
    found = read_specs(arguments)
    texts = [
        number_text(
            spec,
            open_store(spec.target, arguments.specs).read().state,
            pattern,
            width=text_width(),
        )
        for spec in found
    ]
    say("\n\n".join(texts))
    return exits.DONE
