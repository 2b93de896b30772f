"""How a server is reached, and why it could not be."""

from dataclasses import dataclass

from reconciler.network.proxies import Proxy


@dataclass(frozen=True, slots=True)
class TransportError:
    """Why no complete answer came: ``words`` what happened, ``hint`` what to do, where certain."""

    words: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
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
