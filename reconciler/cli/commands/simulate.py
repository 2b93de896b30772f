"""``simulate``: a VICIdial of our own."""

from reconciler.cli.parser import SimulateOptions
from reconciler.simulator import serve


def run(arguments: SimulateOptions) -> int:
    """Serve until a signal ends it."""
    return serve(
        host=arguments.host,
        port=arguments.port,
        fixture=arguments.fixture,
        data=arguments.data,
    )
