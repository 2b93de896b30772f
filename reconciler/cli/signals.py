"""SIGTERM ends a command like Ctrl-C: by an exception, so that leases are released."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM)


class Terminated(BaseException):
    """SIGTERM was received. Not an Exception, like KeyboardInterrupt."""


@contextmanager
def terminable() -> Iterator[None]:
    """Raise :class:`Terminated` in the block on SIGTERM; restore the handlers afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets only the main thread decide what signals do
        return
    with signals_kept():
        signal.signal(signal.SIGTERM, _terminate)
        yield


@contextmanager
def signals_kept() -> Iterator[None]:
    """Restore the handlers of SIGINT and SIGTERM afterwards; an event loop does not."""
    before = [(number, signal.getsignal(number)) for number in ENDING]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def woken_by_signals() -> Iterator[int]:
    """A file that can be read from as soon as a signal has arrived: a wait for it ends as well.

    Python calls handlers between its own steps alone: of a signal that arrives just before a wait
    begins it would know only afterwards.
    """
    here, there = os.pipe()
    os.set_blocking(there, False)
    before = signal.set_wakeup_fd(there)
    try:
        yield here
    finally:
        signal.set_wakeup_fd(before)
        os.close(here)
        os.close(there)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
