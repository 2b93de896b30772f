"""The number that a text for people stands for, where that is beyond doubt.

VICIdial compares an incoming number character by character, so ``(727) 555-0101`` must be written
``7275550101``. An answer is only given where no other number can be meant: a wrong advice is
followed, validates, and leaves a number on which nobody is reached.
"""

import re
import unicodedata

from reconciler.specs.dialling import country_code, trunk_prefix

DIGITS = re.compile(r"\+?[0-9]+")
DASHES = "-‐‑‒–—―−－"
_QUOTES = "'\"`´‘’‚“”„«»"
_COUNTRY = re.compile(r"[A-Za-z][A-Za-z .]*")
_SCHEME = re.compile(r"(?:tel|sips?|callto)\s*:\s*(?://)?([^@;]*)(?:[@;].*)?", re.IGNORECASE)
_EXTENSION = re.compile(r"(.*[0-9])\s*(?:x|ext\.?|extension)\s*[0-9]{1,6}", re.IGNORECASE)
_WHOLE = re.compile(r"(\+?[0-9]{7,15})\.0+")
_THOUSANDS = re.compile(  # 100,200,300 may be three extensions, 7,275,553,300 nothing else
    r"[0-9]([, ])[0-9]{3}(?:\1[0-9]{3}){2,}|[0-9]{1,3}([.'])[0-9]{3}(?:\2[0-9]{3}){2,}"
    r"|[0-9]{1,3}_[0-9]{3}(?:_[0-9]{3})*"
)
_GAP = r"(?: ?[-._/] ?| {1,2})?"
_NORTH_AMERICA = re.compile(
    rf"(\+?1)?{_GAP}(?:\(([2-9][0-9]{{2}})\)|([2-9][0-9]{{2}})){_GAP}([0-9]{{3}}){_GAP}([0-9]{{4}})"
)
_TOLL_FREE = re.compile(
    rf"(\+?1)?{_GAP}\(?(8(?:00|33|44|55|66|77|88))\)?{_GAP}([A-Za-z0-9][A-Za-z0-9-]{{6,9}})"
)
_GROUPED = re.compile(r"(?:\+|\(?0)[0-9 .()/_-]*[0-9]")
_OPTIONAL_ZERO = re.compile(r"(\+|00)([1-9][0-9]{0,2})[ .-]*\(0\)[ .-]*(?=[0-9])")
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_AREA_ALONE = re.compile(r"\+?[^()+]*|\+[^()]*\([1-9][0-9]{1,4}\)[^()]*|\(0[0-9]{1,4}\)[^()]*")
SHORTEST_GROUPED = 8
LONGEST_NUMBER = 15
"""Digits of the longest telephone number, country code included (E.164)."""


def plain(text: str) -> str | None:
    """The digits (a ``+`` before them) that ``text`` stands for; None when that is not certain."""
    tidy = _without_marks(text)
    scheme = _SCHEME.fullmatch(tidy)
    if scheme:
        tidy = scheme[1]
    if DIGITS.fullmatch(tidy):
        return tidy if len(tidy) > 1 else None
    whole = _WHOLE.fullmatch(tidy)
    if whole:
        return whole[1]
    if _THOUSANDS.fullmatch(tidy):
        return re.sub("[^0-9]", "", tidy)
    extended = _EXTENSION.fullmatch(tidy)
    number = extended[1] if extended else tidy
    if extended and DIGITS.fullmatch(number):
        return number if len(number) >= 10 else None
    return _north_american(number) or _toll_free(number) or _grouped(number)


def _without_marks(text: str) -> str:
    """Less what is never part of a number: quotes, invisible characters, a country's name."""
    shown = "".join(
        "-" if char in DASHES else _digit(char)
        for char in unicodedata.normalize("NFKC", text)
        if unicodedata.category(char) != "Cf"
    )
    bare = shown.strip().removeprefix("=").strip(_QUOTES + " ").rstrip(",; ").rstrip(_QUOTES)
    before, _, rest = bare.partition("(")
    country, closed, after = rest.partition(")")
    if closed and "(" not in after and _COUNTRY.fullmatch(country):
        return before.rstrip() + after.lstrip()
    return bare


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _north_american(text: str) -> str | None:
    match = _NORTH_AMERICA.fullmatch(text)
    return None if match is None else "".join(part for part in match.groups() if part)


def _toll_free(text: str) -> str | None:
    """Letters on the keys of a telephone, which only toll-free numbers are known by."""
    match = _TOLL_FREE.fullmatch(text)
    if match is None:
        return None
    line = match[3].replace("-", "").upper()
    if len(line) != 7 or sum(map(str.isalpha, line)) < 3:
        return None
    return f"{match[1] or ''}{match[2]}{line.translate(_KEYPAD)}"


def _grouped(text: str) -> str | None:
    """Groups of digits after ``+`` or ``0``, and nothing that could separate two numbers."""
    text = re.sub(r"^\(\+([0-9]{1,3})\)", r"+\1 ", text)
    optional = _OPTIONAL_ZERO.match(text)
    if optional:
        sign, code = optional.groups()
        if country_code(f"{code}0") != code or trunk_prefix(code) != "0":
            return None  # there the zero is dialled from abroad too, or there is none
        text = f"{sign}{code} {text[optional.end() :]}"
    if not _GROUPED.fullmatch(text) or not _AREA_ALONE.fullmatch(text):
        return None
    groups = re.findall("[0-9]+", text)
    total = sum(map(len, groups))
    if not SHORTEST_GROUPED <= total <= LONGEST_NUMBER or _several(text, groups):
        return None
    return ("+" if text.startswith("+") else "") + "".join(groups)


def _several(text: str, groups: list[str]) -> bool:
    """Whether the groups may be two numbers, or a number and the end of a range."""
    if not text.startswith(("+", "00")) and any(
        len(group) == len(groups[0]) and group[0] == "0" for group in groups[1:]
    ):
        return True
    marks = re.findall("[-/]", text)
    return (len(marks) == 1 and len(groups[-1]) < 5) or (len(marks) > 1 and "/" in marks)
