"""How to reach a server from here, for an HTTP client that is made for it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

import httpx

from reconciler.errors import UsageError
from reconciler.network.certificates import tls_context, trusted_by
from reconciler.network.proxies import Proxy, proxy_for
from reconciler.network.words import ConnectionInfo


@dataclass(frozen=True, slots=True)
class Route:
    """What an httpx client is made with, beside ``trust_env=False``: the environment was read."""

    info: ConnectionInfo
    verify: ssl.SSLContext
    proxy: httpx.Proxy | None


def route_to(url: str, env: Mapping[str, str]) -> Route:
    """The proxy and the trusted certificates that the environment names for ``url``.

    Raise :class:`UsageError` naming the variable that cannot be used.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    place = shown if parts.port is None else f"{shown}:{parts.port}"
    proxy = proxy_for(url, env)
    if proxy is not None and proxy.is_socks and find_spec("socksio") is None:
        raise UsageError(
            f"{proxy} is a SOCKS proxy, for which the Python package socksio is not installed",
            hint=f"install socksio, or set NO_PROXY={host} to connect without a proxy",
        )
    if parts.scheme == "https" or (proxy is not None and proxy.url.startswith("https:")):
        context, trusted = tls_context(env), trusted_by(env)
    else:
        # An empty one: loading certificates is slow, and plain http needs none.
        context, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), None
    info = ConnectionInfo(host, place, proxy, trusted)
    return Route(info, context, None if proxy is None else _through(proxy, context))


def _through(proxy: Proxy, context: ssl.SSLContext) -> httpx.Proxy:
    own = context if proxy.url.startswith("https:") else None
    return httpx.Proxy(proxy.url, ssl_context=own)
