r"""The one place through which everything shown, logged or raised passes.

Passwords are registered when they are read from the environment; :func:`hide` then replaces them
in any text, in every form in which they can come back: in upper or lower case, stripped as VICIdial
echoes them, URL-encoded, escaped for JSON, HTML or Python, as hexadecimal digits, in base64, as
HTTP Basic.

A short or all-digit secret is replaced only where it stands by itself, since ``1234`` is also the
end of the number ``7275551234``: not where a letter or digit touches it. An escape such as ``%7C``
or ``\n`` before it is not a letter, so ``%7C6666%7C1234%7CBAD`` hides it too. The price is paid on
the safe side: an extension that happens to be ``1234`` is hidden as well. Any other secret is
replaced wherever it occurs.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

HIDDEN = "***"

_DROPPED = re.compile(r"[^-_0-9A-Za-z]")
_LONG_ENOUGH = 8
_ENCODED = "%&\\+"
"""Characters with which an encoded character begins."""

# What may stand before a short secret although it ends in a letter or digit.
_BEFORE = (
    r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=%25[0-9A-Fa-f]{2})|(?<=\\[abfnrtv0])"
    r"|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))"
)
_AFTER = r"(?![0-9A-Za-z])"


class Hider:
    """Replaces the secrets it was told of."""

    def __init__(self) -> None:
        self._patterns: set[tuple[str, str]] = set()
        self._compiled: re.Pattern[str] | None = None

    def register(self, secret: str, *, user: str | None = None) -> None:
        """Hide ``secret`` from now on; with ``user``, also what HTTP Basic makes of the two."""
        if secret:
            self._patterns.update(_patterns(secret, user))
            # Longest first: a secret that begins with another is replaced whole.
            ordered = sorted((pattern for _, pattern in self._patterns), key=len, reverse=True)
            begins = _one_of(chain.from_iterable(chars for chars, _ in self._patterns))
            # Looking at one character first makes it several times faster.
            self._compiled = re.compile(f"(?={begins})(?:{'|'.join(ordered)})")

    def hide(self, text: str) -> str:
        """``text`` with every registered secret replaced by ``***``."""
        return text if self._compiled is None else self._compiled.sub(HIDDEN, text)


_HIDER = Hider()


def register(secret: str, *, user: str | None = None) -> None:
    """Hide ``secret`` in this process from now on; with ``user``, also their HTTP Basic."""
    _HIDER.register(secret, user=user)


def hide(text: str) -> str:
    """``text`` without any secret that was registered in this process."""
    return _HIDER.hide(text)


def _patterns(secret: str, user: str | None) -> Iterator[tuple[str, str]]:
    """Each expression, after the characters with which what it matches may begin."""
    for text in {secret, _DROPPED.sub("", secret)} - {""}:
        yield _cases(text[0]) + _ENCODED, _spelled(text)
        digits = text.encode().hex()
        yield _cases(digits[0]), _whole(digits, "0-9A-Fa-f", of=text)
        for encoded in _base64(text.encode()):
            yield encoded[0], _whole(encoded, "0-9A-Za-z+/_-", of=text) + "=*"
    if user is not None:
        for encoded in _base64(f"{user}:{secret}".encode()):
            yield encoded[0], re.escape(encoded) + "=*"


def _is_short(text: str) -> bool:
    return len(text) < _LONG_ENOUGH or text.isdigit()


def _spelled(text: str) -> str:
    """Matches ``text`` with each of its characters in any of its forms."""
    last = len(text) - 1
    units = []
    for place, char in enumerate(text):
        bound = _is_short(text) and char.isalnum()
        before = _BEFORE if bound and place == 0 else ""
        after = _AFTER if bound and place == last else ""
        units.append(f"(?:{_encoded(char)}|{before}{_one_of(_cases(char))}{after})")
    return "".join(units)


def _cases(char: str) -> str:
    """``char`` in both cases."""
    return "".join({each for each in (char, char.lower(), char.upper()) if len(each) == 1})


def _one_of(chars: Iterable[str]) -> str:
    return "[" + "".join(re.escape(char) for char in sorted(set(chars))) + "]"


def _encoded(char: str) -> str:
    """Matches ``char``, in either case, where it is not written as itself; the longest first."""
    forms: set[str] = set()
    for each in {char, char.lower(), char.upper()}:
        forms.add("".join(f"%(?:25)*{_hex(byte, 2)}" for byte in each.encode()))
        forms |= {re.escape(_inside(each)) for _inside in _ESCAPES if _inside(each) != each}
        for code in map(ord, each):
            forms |= {f"&#0*{code};", f"&#[xX]0*{_hex(code, 1)};"}
            forms |= {
                rf"\\{kind}{_hex(code, width)}" for kind, width in _WIDTHS if code < 16**width
            }
    if char in "'\"\\/":
        forms.add(rf"\\{re.escape(char)}")
    if char == " ":
        forms.add(r"\+")
    return "|".join(sorted(forms, key=len, reverse=True))


_WIDTHS = (("x", 2), ("u", 4), ("U", 8))
_ESCAPES: tuple[Callable[[str], str], ...] = (
    html.escape,
    lambda char: json.dumps(char)[1:-1],
    lambda char: repr(char)[1:-1],
)


def _hex(code: int, width: int) -> str:
    return f"(?i:{code:0{width}x})"


def _whole(encoded: str, alphabet: str, *, of: str) -> str:
    """Matches ``encoded`` anywhere; that of a short secret only where it stands by itself."""
    found = f"(?i:{encoded})" if alphabet.startswith("0-9A-F") else re.escape(encoded)
    return f"(?<![{alphabet}]){found}(?![{alphabet}])" if _is_short(of) else found


def _base64(data: bytes) -> set[str]:
    """Both alphabets, without the padding, which may be missing or URL-encoded.

    Of long data also what it becomes between other bytes: the characters that these have no part
    in.
    """
    found = set()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        found.add(encode(data).decode().rstrip("="))
        for shift in range(3 if len(data) >= _LONG_ENOUGH else 0):
            inside = slice(-(-shift * 8 // 6), (shift + len(data)) * 8 // 6)
            found.add(encode(bytes(shift) + data).decode()[inside])
    return found
