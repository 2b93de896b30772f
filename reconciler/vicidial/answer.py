"""One answer of a web server and the lines in it, not interpreted yet.

VICIdial answers in lines ``LEVEL: text - a|b`` or ``LEVEL: text: |a|b``. Only complete lines count:
an answer may end anywhere, and half a number is another number. Text that is shown to a person
passes :func:`cleaned`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from reconciler import secrets
from reconciler.network.words import TransportError
from reconciler.vicidial.replies import Unclear

SHOWN = 300
"""At most so many characters of a server's text are shown."""
_LOOKED_AT = 64 * SHOWN
_NEAR_THE_END = 16 * SHOWN
"""Where a longer text is cut, this much before the cut may be part of a secret."""
USER = "(user)"
"""Replaces the API user's name in text that may be published."""
NUMBER = "(number)"
"""Replaces the number that a text is about."""

_NAMES = {"\0": "NUL", "\x1b": "ESCAPE", "\ufeff": "BYTE ORDER MARK"}
"""Common names of control characters, which have none in Unicode."""

_LINE = re.compile(
    r"(?P<level>SUCCESS|NOTICE|ERROR): (?P<reason>.+?)(?:(?: - |: )\|?(?P<rest>.*))?"
)
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype|html|head|body|title|h1|p|br|center)\b", re.IGNORECASE)

_NO_ANSWER = (None, 502, 503, 504)

# The server echoes the password after these words, and may be cut in the middle of it.
_LOGIN_ECHO = re.compile(r"(Login incorrect, please try again).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What arrived. ``status`` is None when nothing did; with ``failure``, ``text`` is incomplete.

    ``wait``: the seconds that the server asks to wait.
    """

    status: int | None
    text: str = ""
    failure: TransportError | None = None
    location: str | None = None
    wait: float = 0.0

    @property
    def lost(self) -> bool:
        """Whether VICIdial gave no answer: none arrived whole, or a gateway answered for it."""
        return self.status in _NO_ANSWER or self.failure is not None


@dataclass(frozen=True, slots=True)
class Line:
    """A complete line: ``NOTICE``, ``copy_did DID ALREADY EXISTS``, ``("6666", "7275553338")``."""

    level: str
    reason: str
    fields: tuple[str, ...]
    whole: str

    @property
    def says(self) -> tuple[str, str]:
        """What identifies the kind of a line."""
        return self.level, self.reason


def lines_of(answer: Answer) -> Iterator[Line]:
    """The lines in VICIdial's form that arrived with their line end, in order."""
    for raw in answer.text.split("\n")[:-1]:
        match = _LINE.fullmatch(raw.removesuffix("\r"))
        if match is not None:
            rest = match["rest"]
            fields = () if rest is None else tuple(rest.split("|"))
            yield Line(match["level"], match["reason"], fields, match[0])


def cleaned(text: str, user: str = "", numbers: Iterable[str] = ()) -> str:
    """A server's text, made safe to show and to publish.

    One line, without secrets and the name of ``user``; invisible characters are replaced by their
    names. Each of ``numbers`` is masked, so that texts about different numbers become equal.
    """
    looked_at = text[:_LOOKED_AT]
    hidden = secrets.hide(_LOGIN_ECHO.sub(r"\1", looked_at))
    if len(text) > len(looked_at):
        hidden = hidden[:-_NEAR_THE_END]
    for word, mask in ((user, USER), *((number, NUMBER) for number in numbers)):
        if word:
            hidden = _alone(word).sub(mask, hidden)
    plain = " ".join("".join(map(_visible, hidden)).split())
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


def said(line: Line, user: str, masks: Mapping[str, str] | None = None) -> str:
    """A line in the server's own words, made safe to publish: the user's name masked.

    ``masks``: further field → its replacement.
    """
    known = {user: USER, **(masks or {})}
    start = line.whole.removesuffix("|".join(line.fields))
    return cleaned(start + "|".join(known.get(each, each) for each in line.fields))


def unclear(answer: Answer, user: str = "", numbers: Iterable[str] = ()) -> Unclear:
    """Why the answer does not tell the outcome; the words as :func:`cleaned` returns them."""
    words = describe(answer, "the reply is not VICIdial's", user, numbers)
    return Unclear(words, answer.wait, answer.lost)


def describe(answer: Answer, why: str, user: str = "", numbers: Iterable[str] = ()) -> str:
    """What is wrong with an answer, in words; ``why`` when nothing else is."""
    found = _problem(answer, user)
    if found is None:
        text = cleaned(answer.text, user, numbers)
        return f"{why}: {text!r}" if text else "an empty reply"
    return f"{found}; it asks to wait {answer.wait:.0f} s" if answer.wait else found


def _problem(answer: Answer, user: str) -> str | None:
    if answer.status is None or answer.failure is not None:
        words = "no reply" if answer.failure is None else answer.failure.words
        return f"the reply was cut off: {words}" if answer.text else words
    if 300 <= answer.status < 400:
        return f"HTTP {answer.status}, a redirect to {cleaned(answer.location or 'nowhere', user)}"
    title = _TITLE.search(answer.text)
    page = f", a web page titled {cleaned(title[1], user)!r}" if title and title[1].strip() else ""
    if answer.status != 200:
        return f"HTTP {answer.status}{page}"
    if is_page(answer):
        return f"a web page{page.removeprefix(', a web page')} in place of VICIdial's reply"
    return None


def is_page(answer: Answer) -> bool:
    """Whether an HTML page arrived."""
    return _HTML.search(answer.text) is not None


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    if char in " \t\r\n\f\v":
        return " "
    name = _NAMES.get(char) or unicodedata.name(char, "")
    return f"<U+{ord(char):04X} {name}>" if name else f"<U+{ord(char):04X}>"


@lru_cache(maxsize=512)
def _alone(word: str) -> re.Pattern[str]:
    """Matches ``word`` as a whole word: ``6666`` is also part of ``7275556666``."""
    return re.compile(rf"(?<![0-9A-Za-z_]){re.escape(word)}(?![0-9A-Za-z_])")
