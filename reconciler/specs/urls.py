"""The endpoint of a target: what is wrong with it, in words that never repeat a password."""

import posixpath
import re
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from reconciler.network.proxies import is_loopback
from reconciler.specs.faults import Problem

NOT_IN_URLS = re.compile(r"[^!-~]")
_LOOPBACK_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")


def endpoint_fault(url: str) -> Problem | None:
    """Why ``url`` cannot be the endpoint of a target."""
    if NOT_IN_URLS.search(url):
        return Problem(
            "contains characters that a URL cannot have", "write it in plain ASCII without spaces"
        )
    parts = split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return Problem("is not a URL", "write https://HOST/vicidial/non_agent_api.php")
    if "@" in parts.netloc:
        return Problem(
            "contains a user or password",
            "remove them: they come from VICIDIAL_USER and VICIDIAL_PASS",
        )
    if "?" in url or "#" in url:
        return Problem("ends in a query or fragment", "end it after non_agent_api.php")
    if not parts.path.endswith("/non_agent_api.php"):
        return Problem("does not end in /non_agent_api.php, where the API is")
    return None


def plaintext_fault(url: str) -> Problem | None:
    """Why a password may not be sent to this sound ``url``: it would cross the network readable."""
    parts = urlsplit(url)
    if parts.scheme != "http" or is_loopback(parts.hostname or ""):
        return None
    return Problem(
        "is http://, so the password would cross the network readable",
        "write https://, or allow_plaintext: true where the network can be trusted",
    )


def encrypted_endpoint_fault(url: str) -> Problem | None:
    """Why ``url`` cannot be the endpoint of a target that does not allow plain text."""
    return endpoint_fault(url) or plaintext_fault(url)


def server(endpoint: str) -> str:
    """Which server and API the sound ``endpoint`` leads to, the same for every way of writing it.

    http and https at their usual ports are two doors of one server. Ports of this machine stay
    apart, since a tunnel to another server may begin at each.
    """
    parts = urlsplit(endpoint)
    host = (parts.hostname or "").rstrip(".")
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    path = posixpath.normpath(re.sub("/+", "/", unquote(parts.path)))
    return f"{_same_host(host)}{port}{path}"


def split(url: str) -> SplitResult | None:
    """The parts of ``url``, its port checked; None where it cannot be split."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here, since it is checked only when it is
    except ValueError:
        return None
    return parts


def _same_host(host: str) -> str:
    if host in _LOOPBACK_NAMES or host.endswith(".localhost"):
        return "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    plain = mapped or address
    return "localhost" if plain.is_loopback or plain.is_unspecified else str(plain)
