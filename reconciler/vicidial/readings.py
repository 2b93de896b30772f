"""What is read from the server, as values."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Version:
    """The server's version: ``2.14-202``, ``250720-1841``, and the day of that build."""

    number: str
    build: str
    day: date


@dataclass(frozen=True, slots=True)
class NotReadable:
    """This account may not read it, or the page was not recognised; ``words`` say why.

    ``passing``: no page of VICIdial arrived, so a retry may help, after ``wait`` seconds if the
    server asks for that.
    """

    words: str
    passing: bool = field(default=False, compare=False)
    wait: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The user has the right that was asked about."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Every number that the user may see, and the ``size`` of the page that lists them, in bytes.

    The page of two numbers' columns lists all of them too.
    """

    numbers: frozenset[str]
    size: int
