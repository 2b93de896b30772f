"""How a reply may be compressed: once with gzip, or not at all.

httpx undoes every layer that the header names, and a few hundred bytes in two layers of gzip become
gigabytes. One layer makes at most 64 MiB of what arrives at once, so the limits on a reply's size
hold.
"""

import httpx

ACCEPTED = "gzip"
"""For the header Accept-Encoding."""


def refused_encoding(response: httpx.Response) -> str | None:
    """The Content-Encoding of a reply that is not to be read; None where it may be."""
    written = response.headers.get("content-encoding", "")
    encoding = written.strip().lower()
    return None if encoding in ("", "identity", ACCEPTED) else written
