"""SIGTERM ends a command as Ctrl-C does: by an exception, so that leases are given back."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM)


class Terminated(BaseException):
    """SIGTERM came. No Exception, as KeyboardInterrupt is none."""


@contextmanager
def terminable() -> Iterator[None]:
    """Raise :class:`Terminated` within when SIGTERM comes; signals are as before afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets only the main thread decide what signals do
        return
    with signals_kept():
        signal.signal(signal.SIGTERM, _terminate)
        yield


@contextmanager
def signals_kept() -> Iterator[None]:
    """Put back afterwards what SIGINT and SIGTERM do; an event loop leaves them at their worst."""
    before = [(number, signal.getsignal(number)) for number in ENDING]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
