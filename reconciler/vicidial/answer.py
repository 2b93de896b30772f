"""One answer of a web server, before anyone knows what it means, and the lines in it.

VICIdial answers in lines ``LEVEL: text - a|b`` or ``LEVEL: text: |a|b``. Only whole lines are
believed: an answer may end anywhere, and half a number is another number. Whatever of an answer is
shown to a person passes :func:`cleaned`.
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
"""At most so many characters of a server's words are shown."""
USER = "(user)"
"""Stands for the API user's name in words that may be published."""
NUMBER = "(number)"
"""Stands for the number that the words are about."""

_NAMES = {"\0": "NUL", "\x1b": "ESCAPE", "\ufeff": "BYTE ORDER MARK"}
"""Names that people know; Unicode has none for control characters."""

_LINE = re.compile(
    r"(?P<level>SUCCESS|NOTICE|ERROR): (?P<reason>.+?)(?:(?: - |: )\|?(?P<rest>.*))?"
)
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype|html|head|body|title|h1|p|br|center)\b", re.IGNORECASE)

# The server echoes the password after these words, and may be cut in the middle of it.
_LOGIN_ECHO = re.compile(r"(Login incorrect, please try again).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What arrived. ``status`` is None when nothing did; with ``failure``, ``text`` is cut.

    ``wait``: the seconds for which the server asks to be left alone.
    """

    status: int | None
    text: str = ""
    failure: TransportError | None = None
    location: str | None = None
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One whole line: ``NOTICE``, ``copy_did DID ALREADY EXISTS``, ``("6666", "7275553338")``."""

    level: str
    reason: str
    fields: tuple[str, ...]
    whole: str

    @property
    def says(self) -> tuple[str, str]:
        """What a line is recognised by."""
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
    """A server's words, fit to be shown and to be published.

    One line, without secrets, without the name of ``user``, with invisible characters by their
    names. Each of ``numbers`` is masked: what is said of many alike reads alike.
    """
    hidden = secrets.hide(_LOGIN_ECHO.sub(r"\1", text))
    for word, mask in ((user, USER), *((number, NUMBER) for number in numbers)):
        if word:
            hidden = _alone(word).sub(mask, hidden)
    plain = " ".join("".join(map(_visible, hidden)).split())
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


def said(line: Line, user: str, masks: Mapping[str, str] | None = None) -> str:
    """A line in the server's own words, fit to be published: its fields masked, the user's first.

    ``masks``: field → what stands for it.
    """
    known = {user: USER, **(masks or {})}
    start = line.whole.removesuffix("|".join(line.fields))
    return cleaned(start + "|".join(known.get(each, each) for each in line.fields))


def unclear(answer: Answer, user: str = "", numbers: Iterable[str] = ()) -> Unclear:
    """Why nothing can be said about what was asked; the words as :func:`cleaned` leaves them."""
    return Unclear(describe(answer, "the reply is not VICIdial's", user, numbers), answer.wait)


def describe(answer: Answer, why: str, user: str = "", numbers: Iterable[str] = ()) -> str:
    """What is odd about an answer, in words; ``why`` when nothing else is."""
    found = _oddity(answer, user)
    if found is None:
        text = cleaned(answer.text, user, numbers)
        return f"{why}: {text!r}" if text else "an empty reply"
    return f"{found}; it asks to wait {answer.wait:.0f} s" if answer.wait else found


def _oddity(answer: Answer, user: str) -> str | None:
    if answer.status is None or answer.failure is not None:
        words = "no reply" if answer.failure is None else answer.failure.words
        return f"the reply is cut: {words}" if answer.text else words
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
    """Whether a web page arrived, made for people."""
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
    """``word`` where it is not a part of another: ``6666`` is also in ``7275556666``."""
    return re.compile(rf"(?<![0-9A-Za-z_]){re.escape(word)}(?![0-9A-Za-z_])")
