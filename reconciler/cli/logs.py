"""Structured logs on standard error: silent without ``-v``, a line an event with it.

Every line passes through :func:`reconciler.cli.console.tell`, which hides secrets, goes above a
progress bar, and lets an apply go on when nobody reads it any more.
"""

import logging
from typing import Any

import stamina
import structlog

from reconciler.cli.console import tell


class _LogStream:
    """What structlog writes to; it calls the method that is named for the level."""

    def msg(self, line: str) -> None:
        tell(line)

    debug = info = warning = error = critical = msg


def configure(verbose: int, form: str) -> None:
    """``verbose`` 0: warnings, 1: what is done, 2: every call. ``form``: text or json."""
    # Retries are told by our own events, with the call they belong to.
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
