"""What the server tells of itself and of what it holds, as values."""

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
    """This account may not read it, or the page was not understood; ``words`` say why.

    ``passing``: no page of the server's came, so that asking again may help, ``wait`` seconds later
    where the server asks for it.
    """

    words: str
    passing: bool = field(default=False, compare=False)
    wait: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The user has the right that was asked about."""
