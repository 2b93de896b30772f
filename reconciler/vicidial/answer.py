"""One answer of a web server, before anyone knows what it means, and the lines in it.

VICIdial answers in lines ``LEVEL: text - a|b`` or ``LEVEL: text: |a|b``. Only whole lines are
believed: an answer may end anywhere, and half a number is another number. Whatever of an answer is
shown to a person passes :func:`cleaned`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler import secrets
from reconciler.vicidial.replies import Unclear

SHOWN = 300
"""At most so many characters of a server's words are shown."""

_LINE = re.compile(
    r"(?P<level>SUCCESS|NOTICE|ERROR): (?P<reason>.+?)(?:(?: - |: )\|?(?P<rest>.*))?"
)
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype|html|head|body|title|h1|p|br|center)\b", re.IGNORECASE)

# The server echoes the password after these words, and may be cut in the middle of it.
_LOGIN_ECHO = re.compile(r"(Login incorrect, please try again).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no whole answer: ``words`` what happened, ``hint`` what to look at."""

    words: str
    hint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What arrived. ``status`` is None when nothing did; with ``trouble``, ``text`` is cut."""

    status: int | None
    text: str = ""
    trouble: Trouble | None = None
    location: str | None = None


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


def cleaned(text: str) -> str:
    """A server's words, fit to be shown: no secrets, one line, nothing that steers a terminal."""
    hidden = secrets.hide(_LOGIN_ECHO.sub(r"\1", text))
    plain = " ".join("".join(char if char.isprintable() else " " for char in hidden).split())
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


def unclear(answer: Answer, why: str = "the reply is not VICIdial's") -> Unclear:
    """Why nothing can be said about what was asked; ``why`` when the answer itself seems whole."""
    return Unclear(describe(answer, why))


def describe(answer: Answer, why: str) -> str:
    """What is odd about an answer, in words; ``why`` when nothing else is."""
    found = _oddity(answer)
    if found is None:
        return f"{why}: {cleaned(answer.text)!r}" if answer.text.strip() else "an empty reply"
    return found


def _oddity(answer: Answer) -> str | None:
    if answer.status is None or answer.trouble is not None:
        words = "no reply" if answer.trouble is None else answer.trouble.words
        return f"the reply is cut: {words}" if answer.text else words
    if 300 <= answer.status < 400:
        return f"HTTP {answer.status}, a redirect to {cleaned(answer.location or 'nowhere')}"
    title = _TITLE.search(answer.text)
    page = f", a web page titled {cleaned(title[1])!r}" if title and title[1].strip() else ""
    if answer.status != 200:
        return f"HTTP {answer.status}{page}"
    if _HTML.search(answer.text):
        return f"a web page{page.removeprefix(', a web page')} in place of VICIdial's reply"
    return None
