"""Failed requests in words that name the server or proxy that was really dialled."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from reconciler.network.handshake import no_tls, untrusted
from reconciler.network.proxies import Proxy
from reconciler.network.words import ConnectionInfo, TransportError

FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)
"""All that a request may raise; an invalid host name is a UnicodeError."""

CONNECT_SECONDS = 5.0

_NETWORK = "check the address, and this machine's network or VPN"
_FIREWALL = "check the host and port, the web server, and the firewalls between"
_NOT_HTTP = "illegal "
"""How h11 begins its words for a first line that is not HTTP's."""


def transport_error(
    error: Exception, info: ConnectionInfo, seconds: float, *, tls_with: str | None = None
) -> TransportError:
    """``error``, one of :data:`FAILURES`, in words.

    ``seconds`` is how long an answer was waited for, ``tls_with`` the host of the last TLS
    handshake that was begun (None: the server's).
    """
    for cause in _causes(error):
        found = _by_cause(cause, info, info.host if tls_with is None else tls_with)
        if found is not None:
            return found
    if tls_with is not None and isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return TransportError(f"{info.named(tls_with)} did not finish the TLS handshake")
    return _by_kind(error, info, seconds)


def _by_cause(cause: BaseException, info: ConnectionInfo, host: str) -> TransportError | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return untrusted(cause, host, info)
    if isinstance(cause, ssl.SSLError):
        return no_tls(cause, host, info)
    if isinstance(cause, socket.gaierror | UnicodeError):
        return _unknown_name(cause, info)
    if isinstance(cause, ConnectionRefusedError):
        hint = _FIREWALL if info.proxy is None else _to_dial(info)
        return TransportError(f"{_dialled(info)} refused the connection", hint)
    if isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return TransportError(f"there is no route to {_dialled(info)}", _to_dial(info))
    return None


def _by_kind(error: Exception, info: ConnectionInfo, seconds: float) -> TransportError:
    match error:
        case httpx.ConnectTimeout():
            words = f"{_dialled(info)} did not accept the connection within {CONNECT_SECONDS:g} s"
            return TransportError(words, _FIREWALL if info.proxy is None else _to_dial(info))
        case httpx.TimeoutException() | TimeoutError():
            return TransportError(
                f"no complete reply within {seconds:g} s",
                "see the log of the server's web server for what happened to the request",
            )
        case httpx.ProxyError() if info.proxy is not None:
            return refused_by_proxy(str(error), info.proxy, info)
        case httpx.ConnectError():
            return TransportError(f"no connection to {_dialled(info)}", _to_dial(info))
        case httpx.RemoteProtocolError() if str(error).startswith(_NOT_HTTP):
            return TransportError(
                f"{info.place} answers, but not in HTTP",
                "check the port; write https:// if it speaks https",
            )
        case _:
            through = "" if info.proxy is None else f" through {info.proxy}"
            return TransportError(
                f"the connection to {info.place}{through} was lost ({type(error).__name__})"
            )


def refused_by_proxy(said: str, proxy: Proxy, info: ConnectionInfo) -> TransportError:
    """The proxy answered ``said``, a status and its reason, in place of the server."""
    direct = f"set NO_PROXY={info.host} to connect without a proxy"
    status = said.partition(" ")[0]
    if status == "407" and proxy.has_login:
        words = f"{proxy} refused the user name and password of {proxy.variable} (HTTP 407)"
        return TransportError(words, f"correct {proxy.variable}, or {direct}")
    if status == "407":
        hint = f"write {proxy.variable} as http://USER:PASSWORD@{proxy.place}, or {direct}"
        return TransportError(f"{proxy} wants a user name and a password (HTTP 407)", hint)
    if status in {"502", "503", "504"}:
        words = f"{proxy} did not reach {info.place}: HTTP {said}"
        return TransportError(words, f"if {info.place} is right, {direct}")
    return TransportError(f"{proxy} refused the connection to {info.place}: HTTP {said}", direct)


def speaks_https(info: ConnectionInfo) -> TransportError:
    """The address begins with ``http://``, and the port speaks TLS."""
    words = f"{info.place} speaks https, and the address is http://"
    return TransportError(words, "write it with https://")


def _unknown_name(cause: Exception, info: ConnectionInfo) -> TransportError:
    name = info.host if info.proxy is None else f"{info.proxy}"
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN:
        words = f"the host name of {name} could not be looked up: no DNS server answered"
        return TransportError(words, "check this machine's network and its DNS servers")
    if info.proxy is None:
        return TransportError(f"the host name {name} is not known (DNS)", _NETWORK)
    return TransportError(f"the host name of {name} is not known (DNS)", _to_dial(info))


def _dialled(info: ConnectionInfo) -> str:
    return info.place if info.proxy is None else str(info.proxy)


def _to_dial(info: ConnectionInfo) -> str:
    if info.proxy is None:
        return _NETWORK
    return f"correct {info.proxy.variable}, or set NO_PROXY={info.host} to connect without a proxy"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes; addresses that were tried in parallel come as a group."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    below = error.__cause__ or error.__context__
    if below is not None:
        yield from _causes(below)
    yield error
