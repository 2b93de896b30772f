"""From the server's web pages to values: all numbers, all settings, in-groups, call menus.

Pure. The pages are made for people: descriptions stand in them unescaped, and a page that was cut
looks like a shorter list. So a list counts only when what follows it is there too, and an entry
only when it has its full form.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import replace

from reconciler.vicidial.answer import Answer, cleaned, describe, lines_of
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.stops import raise_if_stopped

_NUMBERS = re.compile(
    r"<select [^>]*name=first_id>(?P<options>.*?)<select [^>]*name=second_id>", re.DOTALL
)
# The number stands in an entry twice, which no description can undo.
_NUMBER = re.compile(r'<option (?:SELECTED )?value="(?P<pattern>[^"]+)">(?P=pattern) - ')

_SETTINGS = re.compile(r'<table class="diff">(?P<rows>.*?)</table>', re.DOTALL)
_ROW = re.compile(
    r'<tr>\s*<td class="diff\w*">(.*?)</td>\s*<td class="diff\w*">(.*?)</td>\s*</tr>', re.DOTALL
)
_COLUMN = re.compile(r"<span>(\w+)=&#039;(.*?)&#039; </span>", re.DOTALL)

_CHOICE = re.compile(r"choose_file\('([^']+)',")
_PAGE_END = re.compile(r"</table></div></body></html>\s*\Z", re.IGNORECASE)

_TAG = re.compile(r"<[^>]*>")

_REFUSALS = {
    "You are not allowed to view reports": "View Reports = 1",
    "You do not have permissions for campaign debugging": (
        "User Level 8 or more, Modify Campaigns = 1 and Modify DIDs = 1"
    ),
}


def numbers_of(answer: Answer, user: str) -> frozenset[str] | NotReadable:
    """Every pattern this user may see, as the server has it (which may be one we could not send).

    Entries of an empty pattern are left out.
    """
    raise_if_stopped(answer, user)
    listed = _NUMBERS.search(answer.text)
    if listed is None or answer.status != 200:
        return _refused(answer, user)
    return frozenset(match["pattern"] for match in _NUMBER.finditer(listed["options"]))


def settings_of(
    answer: Answer, first: str, second: str, user: str
) -> Mapping[str, Mapping[str, str]] | NotReadable:
    """Column → value of each of two numbers; one that does not exist is left out."""
    raise_if_stopped(answer, user)
    table = _SETTINGS.search(answer.text)
    if table is None or answer.status != 200:
        return _refused(answer, user)
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for row in _ROW.finditer(table["rows"]):
        for columns, cell in zip(found, row.groups(), strict=True):
            columns.update((name, html.unescape(value)) for name, value in _COLUMN.findall(cell))
    return {
        pattern: columns
        for pattern, columns in zip((first, second), found, strict=True)
        if columns.get("did_pattern", "").lower() == pattern.lower()
    }


def choices_of(answer: Answer, user: str) -> frozenset[str] | NotReadable:
    """The names in a list of in-groups or call menus."""
    raise_if_stopped(answer, user)
    if answer.status == 200 and _PAGE_END.search(answer.text):
        return frozenset(html.unescape(name) for name in _CHOICE.findall(answer.text))
    for line in lines_of(answer):
        return NotReadable(f"the server answered {cleaned(line.whole)!r}")
    return _refused(answer, user)


def _refused(answer: Answer, user: str) -> NotReadable:
    for words, setting in _REFUSALS.items():
        if answer.text.startswith(words):
            return NotReadable(f"{words}: user {user} needs {setting}")
    if answer.status == 200:  # a page is no surprise here: its text tells more than its title
        answer = replace(answer, text=_TAG.sub(" ", answer.text))
    words = describe(answer, "the page is not understood")
    passing = answer.status is None or answer.status >= 500 or answer.trouble is not None
    return NotReadable(words, passing)
