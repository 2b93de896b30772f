"""``show NUMBER``: what this number does and why."""

from reconciler.cli import exits
from reconciler.cli.console import deliver, say
from reconciler.cli.context import open_store, read_specs
from reconciler.cli.formats import DATA_FORMATS
from reconciler.cli.numbers import given_pattern
from reconciler.cli.parser import ShowOptions
from reconciler.cli.show_plan import text_width
from reconciler.report.lookup import is_known, number_data
from reconciler.report.number import number_text
from reconciler.wire import Json


def run(arguments: ShowOptions) -> int:
    """Show it for each selected target; exit code 1 when no target knows the number."""
    pattern = given_pattern(arguments.number)
    texts: list[str] = []
    found: list[Json] = []
    for spec in read_specs(arguments):
        state = open_store(spec.target, arguments.specs).read().state
        texts.append(number_text(spec, state, pattern, width=text_width()))
        found.append(number_data(spec, state, pattern))
    if arguments.format == "text":
        say("\n\n".join(texts))
    else:
        deliver(DATA_FORMATS[arguments.format](found))
    return exits.DONE if any(map(is_known, found)) else exits.ERROR
