"""Structured logs on standard error: warnings only; with ``-v`` one line for each event.

Every line passes through :func:`reconciler.cli.console.tell`, which hides secrets, keeps lines
above a progress bar, and ignores a closed standard error.
"""

import logging
from typing import Any

import stamina
import structlog

from reconciler.cli.console import tell


class _LogStream:
    """The output of structlog, which calls the method named after the level."""

    def msg(self, line: str) -> None:
        tell(line)

    debug = info = warning = error = critical = msg


def configure(verbose: int, form: str) -> None:
    """``verbose`` 0: warnings, 1: what is done, 2: every call. ``form``: text or json."""
    # Our own events log retries, with the call they belong to.
    stamina.instrumentation.set_on_retry_hooks([])
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _LogStream(),
        cache_logger_on_first_use=False,
    )
