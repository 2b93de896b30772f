"""Where a target's API is, and whether a password may be sent there."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from reconciler.errors import UsageError
from reconciler.network.proxies import is_loopback

_EXAMPLE = "https://vici.example.com/vicidial/non_agent_api.php"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of ``non_agent_api.php``; ``place`` is its host and port, as people name it."""

    url: str
    place: str
    loopback: bool

    def page(self, name: str) -> str:
        """The address of an admin page, which lies beside the API."""
        return urljoin(self.url, name)


def secured_endpoint(url: str) -> Endpoint:
    """Read an endpoint; ``http://`` only to this machine. Raise :class:`UsageError` otherwise."""
    found = plaintext_endpoint(url)
    if not found.loopback and not found.url.lower().startswith("https:"):
        raise UsageError(
            f"the endpoint at {found.place} is http://: the password would travel unencrypted",
            hint="write https://, or allow_plaintext: true in target.yaml "
            "where the way to the server is private",
        )
    return found


def plaintext_endpoint(url: str) -> Endpoint:
    """Read an endpoint; ``http://`` to anywhere. Raise :class:`UsageError` for what is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError("the endpoint is no URL", hint=f"write one like {_EXAMPLE}") from None
    if "@" in parts.netloc:
        raise UsageError(
            "the endpoint holds a user name or password",
            hint="credentials come from VICIDIAL_USER and VICIDIAL_PASS alone",
        )
    if parts.scheme not in {"http", "https"} or not host or not url.isprintable() or " " in url:
        raise UsageError(
            f"the endpoint {url!r} is no http or https URL", hint=f"write one like {_EXAMPLE}"
        )
    if parts.query or parts.fragment:
        raise UsageError(
            f"the endpoint {url!r} ends in a query", hint="leave out everything from ? or # on"
        )
    shown = f"[{host}]" if ":" in host else host
    return Endpoint(url, shown if port is None else f"{shown}:{port}", is_loopback(host))
