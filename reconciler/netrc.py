"""Accounts in the netrc format: ``machine HOST[:PORT] login USER password PASSWORD``.

Each password belongs to one host, and is found for no other. So what the format knows beside that,
an account for all hosts and macros, is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_MACHINE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/@]+)(?::(?P<port>[0-9]{1,5}))?")
_WORDS = ("login", "password")


class NetrcError(ValueError):
    """The text is not in the format; its message names a line and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The account for a host. Without ``port`` it is for the usual port of the URL's scheme."""

    host: str
    port: int | None
    login: str
    password: str = field(repr=False)

    def meant_for(self, url: str) -> bool:
        """Whether the account belongs to the server of ``url``."""
        parts = urlsplit(url)
        usual = _PORTS[parts.scheme]
        wanted = usual if self.port is None else self.port
        return (self.host, wanted) == (_host(parts.hostname or ""), parts.port or usual)


def read_netrc(text: str) -> tuple[Machine, ...]:
    """The accounts in ``text``, in its order. Raises :class:`NetrcError`."""
    words = _words(text)
    found: dict[tuple[str, int | None], Machine] = {}
    for line, word in words:
        if word != "machine":
            raise NetrcError(f"line {line}: an entry begins with machine")
        machine = _machine(line, words)
        name = machine.host, machine.port
        if name in found:
            raise NetrcError(f"line {line}: this machine has an account already")
        found[name] = machine
    return tuple(found.values())


def place(url: str) -> str:
    """The server of ``url`` as a machine's name: ``HOST``, or ``HOST:PORT``."""
    parts = urlsplit(url)
    host = _host(parts.hostname or "")
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in (None, _PORTS[parts.scheme]) else f"{shown}:{parts.port}"


def _machine(line: int, words: Iterator[tuple[int, str]]) -> Machine:
    line, name = _next(words, line, "a host after machine")
    parts = _MACHINE.fullmatch(name)
    if parts is None or int(parts["port"] or 1) not in range(1, 65536):
        raise NetrcError(f"line {line}: after machine comes a host, or HOST:PORT")
    values: dict[str, str] = {}
    while len(values) < len(_WORDS):
        missing = " and ".join(each for each in _WORDS if each not in values)
        line, word = _next(words, line, missing)
        if word not in _WORDS or word in values:
            raise NetrcError(f"line {line}: {missing} missing")
        line, values[word] = _next(words, line, f"a value after {word}")
    port = None if parts["port"] is None else int(parts["port"])
    return Machine(_host(parts["host"].strip("[]")), port, values["login"], values["password"])


def _next(words: Iterator[tuple[int, str]], line: int, missing: str) -> tuple[int, str]:
    found = next(words, None)
    if found is None:
        raise NetrcError(f"line {line}: {missing} missing")
    return found


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Each word with its line; from a word that begins with # on, a line is a comment."""
    for number, line in enumerate(text.splitlines(), start=1):
        for word in line.split():
            if word.startswith("#"):
                break
            yield number, word


def _host(name: str) -> str:
    return name.lower().rstrip(".")
