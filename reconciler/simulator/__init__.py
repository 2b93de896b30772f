"""A simulated VICIdial for demos and tests: the DID functions of its API, and faults on request.

It answers as recorded from version 2.14-202, build 250720-1841, byte for byte: tests replay the
recordings against it. Modules list under "inferred" what no recording shows. The command line
serves it, tests run it in a thread::

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
