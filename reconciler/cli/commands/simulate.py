"""``simulate``: a VICIdial of our own."""

from argparse import Namespace

from reconciler.simulator import default_fixture, load_fixture, serve


def run(arguments: Namespace) -> int:
    """Serve until a signal ends it."""
    fixture = default_fixture() if arguments.fixture is None else load_fixture(arguments.fixture)
    return serve(
        host=arguments.host,
        port=arguments.port,
        fixture=fixture.in_strict_mode() if arguments.strict else fixture,
        data=arguments.data,
    )
