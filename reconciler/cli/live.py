"""A target's server and the reader of it, opened for a command that looks and changes nothing."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from reconciler.cli.identity import identify
from reconciler.cli.options import Options
from reconciler.credentials import from_environment
from reconciler.live.open import open_reader
from reconciler.live.reading import LiveReader
from reconciler.specs.model import Target
from reconciler.vicidial.client import Reader, open_server


@asynccontextmanager
async def opened(target: Target, arguments: Options) -> AsyncIterator[tuple[Reader, LiveReader]]:
    """The API's reader, and the one that ``live`` in target.yaml names."""
    async with open_server(
        target.endpoint,
        from_environment(target.name, target.endpoint, os.environ),
        source=identify(os.environ).source,
        concurrency=target.concurrency,
    ) as server:
        folder = Path(os.path.relpath(arguments.specs.resolve().parent))
        yield server.reader, open_reader(target, folder, server.reader)
