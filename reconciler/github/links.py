"""Links in a comment: to addresses that came from GitHub itself, and only to plain ones."""

import re

_PLAIN = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")


def link(words: str, url: str) -> str:
    """``words``, which must be ours, as a link; without one where ``url`` is not plain."""
    return f"[{words}]({url})" if _PLAIN.fullmatch(url) else words
