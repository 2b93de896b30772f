"""The words of this package: the way to a server, and what went wrong on it."""

from dataclasses import dataclass

from reconciler.network.proxies import Proxy


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no whole answer: ``words`` what happened, ``hint`` what is surely to be done."""

    words: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is reached.

    ``host`` and ``place`` (with its port) are the server's, ``proxy`` stands before it if there is
    one, ``trusted`` tells which variable names the trusted certificates.
    """

    host: str
    place: str
    proxy: Proxy | None = None
    trusted: str | None = None

    def named(self, host: str) -> str:
        """How people name ``host``, which is the server's or that of a proxy."""
        return self.place if host == self.host else host
