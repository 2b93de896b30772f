"""How often Python looks for objects that refer to each other and to which nothing else refers."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 200_000
"""After this many new objects, some 20 MB. With Python's own 700 a plan spends a third of its time
on it, since it makes many objects that live as long as it does, and hardly any such rings."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look seldom in the block; restore Python's thresholds afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
