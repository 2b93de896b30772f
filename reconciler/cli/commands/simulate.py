"""``simulate``: a VICIdial of our own."""

from argparse import Namespace

from reconciler.simulator import serve


def run(arguments: Namespace) -> int:
    """Serve until a signal ends it."""
    return serve(
        host=arguments.host,
        port=arguments.port,
        fixture=arguments.fixture,
        data=arguments.data,
    )
