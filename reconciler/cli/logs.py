"""Structured logs on standard error: silent without ``-v``, a line an event with it.

Every line passes through :func:`reconciler.secrets.hide` after it is rendered.
"""

import logging
import sys
from typing import Any

import stamina
import structlog

from reconciler.secrets import hide


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
            lambda _logger, _method, line: hide(str(line)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up at each event: while a progress bar is drawn, standard error goes through it.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
