"""What went wrong on the way to the server and back, in words, with what to look at."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from reconciler.vicidial.answer import Trouble, cleaned

FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)
"""All that a request may raise; a name that is no host name is a UnicodeError."""

CONNECT_SECONDS = 5.0

_NETWORK = "check the endpoint in target.yaml, and this machine's network or VPN"
_FIREWALL = "check the endpoint's host and port, the web server, and the firewalls between"

# The first kind that an exception, or anything it came from, is an instance of tells the most.
_KINDS: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    (
        (socket.gaierror, UnicodeError),
        "the name in {place} is not known (DNS)",
        _NETWORK,
    ),
    (
        (ssl.SSLCertVerificationError,),
        "the TLS certificate of {place} is not trusted: {detail}",
        "have it repaired, or name the file of your own authority in SSL_CERT_FILE",
    ),
    (
        (ssl.SSLError,),
        "TLS with {place} failed: {detail}",
        "check that the port of the endpoint speaks https",
    ),
    (
        (ConnectionRefusedError,),
        "{place} refuses connections",
        _FIREWALL,
    ),
    (
        (httpx.ConnectTimeout,),
        f"{{place}} did not take the connection within {CONNECT_SECONDS:g} s",
        _FIREWALL,
    ),
    (
        (httpx.TimeoutException, TimeoutError),
        "no whole reply within {seconds:g} s",
        "look at the server's load; the log of its web server tells what it did",
    ),
    (
        (httpx.ProxyError,),
        "the proxy of this machine refused the way",
        "set NO_PROXY for {place}, or ask who runs the proxy",
    ),
    (
        (httpx.ConnectError,),
        "no connection to {place}",
        _NETWORK,
    ),
)


def trouble_of(error: Exception, place: str, seconds: float) -> Trouble:
    """Say what ``error`` was: one of :data:`FAILURES`, met on the way to ``place``.

    ``seconds`` is how long an answer was waited for.
    """
    causes = tuple(_causes(error))
    for kinds, words, hint in _KINDS:
        for cause in causes:
            if isinstance(cause, kinds):
                said = words.format(place=place, seconds=seconds, detail=_detail(cause))
                return Trouble(said, hint.format(place=place))
    return Trouble(
        f"the connection to {place} broke ({type(error).__name__})",
        "check the server's web server and what stands between (proxy, load balancer)",
    )


def _detail(cause: BaseException) -> str:
    match cause:
        case ssl.SSLCertVerificationError():
            return cleaned(cause.verify_message)
        case ssl.SSLError():
            return cleaned(getattr(cause, "reason", None) or "no reason was given")
        case _:
            return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it came from; addresses tried side by side come as a group."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    below = error.__cause__ or error.__context__
    if below is not None:
        yield from _causes(below)
    yield error
