"""Links in a comment: only plain URLs."""

import re

_PLAIN = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")


def link(words: str, url: str) -> str:
    """``words`` (not escaped here) as a link; only the words where ``url`` is not plain."""
    return f"[{words}]({url})" if _PLAIN.fullmatch(url) else words
