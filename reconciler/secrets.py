r"""The one place through which everything shown, logged or raised passes.

Credentials are registered when they are read from the environment; :func:`hide` then replaces them
in any text, in every form in which they can come back: as they are, stripped as VICIdial echoes
them, URL-encoded, as HTTP Basic, escaped for JSON, HTML or Python.

A short or all-digit secret is replaced only where it stands by itself, since ``1234`` is also the
end of the number ``7275551234``: not where a letter or digit touches it. An escape such as ``%7C``
or ``\n`` before it is no letter, so ``%7C6666%7C1234%7CBAD`` hides it too. The price is paid on
the safe side: an extension that happens to be ``1234`` is hidden as well. Any other secret is
replaced wherever it occurs.
"""

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

from reconciler.errors import UsageError

HIDDEN = "***"
USER = "VICIDIAL_USER"
PASSWORD = "VICIDIAL_PASS"  # noqa: S105  (the name of a variable)

_DROPPED = re.compile(r"[^-_0-9A-Za-z]")
_HEX = re.compile(r"%[0-9A-F]{2}")
_LONG_ENOUGH = 8

# What may stand before a short secret although it ends in a letter or digit.
_BEFORE = (
    r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=%25[0-9A-Fa-f]{2})|(?<=\\[abfnrtv0])"
    r"|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))"
)
_AFTER = r"(?![0-9A-Za-z])"


class Hider:
    """Replaces the secrets it was told of."""

    def __init__(self) -> None:
        self._patterns: dict[str, str] = {}
        self._compiled: re.Pattern[str] | None = None

    def register(self, secret: str, *, user: str | None = None) -> None:
        """Hide ``secret`` from now on; with ``user``, also what HTTP Basic makes of the two."""
        self._patterns.update((form, _pattern(form)) for form in _forms(secret) if form)
        if user is not None:
            self._patterns.update((form, re.escape(form) + "=*") for form in _basic(user, secret))
        # Longest first: a form that begins with another is replaced whole.
        ordered = sorted(self._patterns, key=len, reverse=True)
        self._compiled = re.compile("|".join(self._patterns[form] for form in ordered) or r"(?!)")

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


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account of the VICIdial server. The user's name is no secret."""

    user: str
    password: str = field(repr=False)


def from_environment(target: str, env: Mapping[str, str]) -> Credentials:
    """The account for ``target``; its password is registered with :func:`hide`.

    ``VICIDIAL_USER`` and ``VICIDIAL_PASS``, each better with ``_<TARGET>``, each also with
    ``_FILE`` at the end for a file that holds it. Empty variables count as missing, since that is
    what a secret that was never set looks like on a build server.

    Raise :class:`UsageError` naming the variables, never a value.
    """
    suffix = re.sub(r"[^A-Z0-9]", "_", target.upper())
    if f"_{suffix}".endswith("_FILE"):
        raise UsageError(
            f"a target named {target} cannot have credentials: "
            f"{PASSWORD}_{suffix} would mean two things",
            hint="give the target another name",
        )
    user, password = (_value(name, suffix, env) for name in (USER, PASSWORD))
    if password is not None:
        register(password, user=user)
    missing = [name for name, value in ((USER, user), (PASSWORD, password)) if value is None]
    if user is None or password is None:
        raise UsageError(
            f"no credentials for target {target}: {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set",
            hint=f"set {' and '.join(missing)} in the environment; with _{suffix} at the end for "
            "this target alone, with _FILE at the end for a file that holds it",
        )
    return Credentials(user, password)


def _value(name: str, suffix: str, env: Mapping[str, str]) -> str | None:
    for variable in (f"{name}_{suffix}", name):
        value, path = env.get(variable), env.get(f"{variable}_FILE")
        if value and path:
            raise UsageError(
                f"both {variable} and {variable}_FILE are set", hint="remove one of them"
            )
        if value:
            return _sound(variable, value)
        if path:
            return _sound(f"{variable}_FILE", _read(f"{variable}_FILE", path))
    return None


def _read(variable: str, path: str) -> str:
    try:
        text = Path(path).read_bytes().decode()
    except (OSError, ValueError) as error:
        # Neither the error's text nor its chain: a decoding error carries what was read.
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = UsageError(f"{variable} names {path}, which cannot be read: {why}")
    else:
        return text.removesuffix("\n").removesuffix("\r")
    raise problem


def _sound(variable: str, value: str) -> str:
    if not value:
        raise UsageError(f"the file that {variable} names is empty")
    if _DROPPED.search(value):
        raise UsageError(
            f"{variable} holds characters that VICIdial drops before it looks at them: "
            "it keeps letters, digits, - and _ only",
            hint="give the account a user name and password of these characters alone "
            "(no spaces or line ends around them)",
        )
    return value


def _pattern(form: str) -> str:
    # URL-encoding has two spellings: %2F and %2f.
    escaped = _HEX.sub(lambda match: f"(?i:{match[0]})", re.escape(form))
    if len(form) >= _LONG_ENOUGH and not form.isdigit():
        return escaped
    before = _BEFORE if form[0].isalnum() else ""
    after = _AFTER if form[-1].isalnum() else ""
    return f"{before}{escaped}{after}"


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield _DROPPED.sub("", secret)
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
    yield html.escape(secret).replace("&#x27;", "&#039;")
    yield repr(secret)[1:-1]


def _basic(user: str, secret: str) -> Iterator[str]:
    """The padding is left off: it may be missing or URL-encoded."""
    pair = f"{user}:{secret}".encode()
    yield base64.b64encode(pair).decode().rstrip("=")
    yield base64.urlsafe_b64encode(pair).decode().rstrip("=")
