"""A VICIdial of our own, for demos and tests: the DID functions of its API, and faults on request.

It does what was recorded of version 2.14-202, build 250720-1841, byte for byte; the recordings are
replayed against it. Where no recording tells, the modules say under "inferred" what was concluded
and acted on. Nothing else of VICIdial is here. The command line serves it, tests run it in a
thread::

    with running() as simulator:
        httpx.post(simulator.endpoint, data={"function": "version"})

Layers: ``server`` → ``app`` → ``vicidial`` → ``functions``, ``compare`` → ``login``, ``table``,
``fixture``, ``faults`` → ``texts``.
"""

from reconciler.simulator.app import Simulator
from reconciler.simulator.fixture import (
    Fixture,
    FixtureError,
    default_fixture,
    load_fixture,
    parse_fixture,
)
from reconciler.simulator.server import ListenError, Running, running, serve
from reconciler.simulator.table import DataFileError, Table
from reconciler.simulator.vicidial import Vicidial

__all__ = [
    "DataFileError",
    "Fixture",
    "FixtureError",
    "ListenError",
    "Running",
    "Simulator",
    "Table",
    "Vicidial",
    "default_fixture",
    "load_fixture",
    "parse_fixture",
    "running",
    "serve",
]
