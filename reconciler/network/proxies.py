"""Which proxy the environment names for a URL, read as curl and most other programs read it.

httpx reads the same variables and stops on entries of NO_PROXY that are in wide use (``::1``,
``fd00::/8``), and its errors do not say which variable they are about.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from reconciler import secrets
from reconciler.errors import UsageError

_SCHEMES = ("http", "https", "socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and the variable that names it; ``place`` is its host and port."""

    variable: str
    place: str
    url: str = field(repr=False)

    def __str__(self) -> str:
        return f"the proxy {self.place} ({self.variable})"

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS and not HTTP."""
        return self.url.startswith("socks")

    @property
    def has_login(self) -> bool:
        """Whether the variable holds a user name."""
        return "@" in urlsplit(self.url).netloc


def proxy_for(url: str, env: Mapping[str, str]) -> Proxy | None:
    """The proxy on the way to ``url``; None for a direct connection.

    There is never one for this machine itself. Raise :class:`UsageError` naming the variable, and
    never its value, when that is not the address of a proxy.
    """
    parts = urlsplit(url)
    host = _host(parts.hostname or "")
    if is_loopback(host) or _excepted(host, parts, env):
        return None
    for names in ((f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY"), _ALL):
        variable = next((name for name in names if name in env), None)
        if variable is not None and env[variable].strip():
            return _proxy(variable, env[variable].strip(), host)
    return None


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: ``localhost`` or an address of the loopback interface."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


_ALL = ("all_proxy", "ALL_PROXY")


def _proxy(variable: str, value: str, host: str) -> Proxy:
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        parts, name, port = urlsplit(""), None, None
    if not name or parts.scheme not in _SCHEMES:
        # Not the value: it may hold a password.
        raise UsageError(
            f"{variable} does not hold the address of a proxy",
            hint=f"write it as http://HOST:PORT, or set NO_PROXY={host} to connect without a proxy",
        )
    if parts.password:
        secrets.register(unquote(parts.password), user=unquote(parts.username or ""))
        secrets.register(parts.password)
    shown = f"[{name}]" if ":" in name else name
    return Proxy(variable, shown if port is None else f"{shown}:{port}", url)


# --- NO_PROXY


def _excepted(host: str, parts: SplitResult, env: Mapping[str, str]) -> bool:
    """Whether an entry of NO_PROXY matches this host."""
    port = parts.port or _PORTS.get(parts.scheme)
    listed = env.get("no_proxy", env.get("NO_PROXY", ""))
    return any(
        entry == "*" or _matches(name, host)
        for entry, name, wanted in _entries(listed)
        if wanted in (None, str(port))
    )


def _entries(listed: str) -> Iterator[tuple[str, str, str | None]]:
    """Each entry, with its name and its port (None: any)."""
    for raw in listed.replace(",", " ").split():
        entry = raw.lower().rpartition("://")[2]
        if entry.startswith("["):
            name, _, rest = entry[1:].partition("]")
            yield entry, name, rest.removeprefix(":") or None
        elif entry.count(":") == 1:
            name, _, port = entry.partition(":")
            yield entry, name, port
        else:
            yield entry, entry, None


def _matches(name: str, host: str) -> bool:
    address = _address(host)
    if address is not None:
        try:
            return address in ipaddress.ip_network(name, strict=False)
        except ValueError:
            return False
    domain = _host(name.removeprefix("*").removeprefix("."))
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _host(name: str) -> str:
    return name.lower().removesuffix(".")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
