"""``show NUMBER``: what this number does and why."""

from argparse import Namespace

from reconciler.cli import exits
from reconciler.cli.console import say
from reconciler.cli.context import open_store, read_specs
from reconciler.cli.numbers import given_pattern
from reconciler.cli.show_plan import text_width
from reconciler.numbers import span_of
from reconciler.report.facts import number_facts
from reconciler.report.number import number_text


def run(arguments: Namespace) -> int:
    """Say it for each target asked for; one that no target knows is an error."""
    pattern = given_pattern(arguments.number)
    known = False
    texts = []
    for spec in read_specs(arguments):
        state = open_store(spec.target, arguments.specs).read().state
        texts.append(number_text(spec, state, pattern, width=text_width()))
        known = known or number_facts(spec, state, span_of(pattern)).is_known
    say("\n\n".join(texts))
    return exits.DONE if known else exits.ERROR
