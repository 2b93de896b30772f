"""``simulate``: a simulated VICIdial."""

from reconciler.cli.parser import SimulateOptions
from reconciler.simulator import default_fixture, load_fixture, serve


def run(arguments: SimulateOptions) -> int:
    """Serve until a signal ends it."""
    fixture = default_fixture() if arguments.fixture is None else load_fixture(arguments.fixture)
    return serve(
        host=arguments.host,
        port=arguments.port,
        fixture=fixture.in_strict_mode() if arguments.strict else fixture,
        data=arguments.data,
    )
