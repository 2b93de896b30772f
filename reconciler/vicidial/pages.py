"""From the server's web pages to values: all numbers, all settings, in-groups, call menus.

Pure. The pages are made for people: descriptions are not escaped, and an incomplete page looks like
a shorter list. So a list counts only if it is there twice, or if what follows it is there too, and
an entry only in its complete form. Each expression here is linear: no part that may be long can
hold the beginning of another match.

A refusal by an admin page does not concern the API, whose log-in was proven before: the page has an
IP list of its own, a report that has to be allowed, and a log-in by HTTP Basic, which a proxy may
remove. So every refusal is a value here.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import replace

from reconciler.vicidial.answer import Answer, cleaned, describe, lines_of, said
from reconciler.vicidial.readings import Listed, NotReadable
from reconciler.vicidial.stops import raise_if_stopped

_FIRST = re.compile(r"<select [^<>]*name=first_id>")
_SECOND = re.compile(r"<select [^<>]*name=second_id>")
# An entry has the number twice, which hardly any description imitates.
_NUMBER = re.compile(r'<option (?:SELECTED )?value="(?P<pattern>[^"]{1,99})">(?P=pattern) - ')

_TABLE = '<table class="diff">'
_CELL = '<td class="diff'
_COLUMN = re.compile(r"<span>(\w+)=&#039;([^<]*)&#039; </span>")

_CHOICE = re.compile(r"choose_file\('([^']+)',")
_PAGE_END = re.compile(r"</table></div></body></html>\s*\Z", re.IGNORECASE)

_TAG = re.compile(r"<[^<>]*>")

_MODIFY_USER = "(Admin → Users → Modify User)"
_REFUSALS = {
    "You are not allowed to view reports": (f"user {{user}} needs View Reports = 1 {_MODIFY_USER}"),
    "You are not allowed to view this report": (
        "the user group of user {user} needs ALL REPORTS or this report among its Allowed Reports "
        "(Admin → User Groups)"
    ),
    "You do not have permissions for campaign debugging": (
        f"user {{user}} needs User Level 8 or more and Modify Campaigns = 1 {_MODIFY_USER}"
    ),
    "Your IP Address is not allowed": (
        "this machine's address has to be on the IP list for admin pages (admin_ip_list) of the "
        "user group of user {user}"
    ),
    "Too many login attempts": "user {user} is locked out for 15 minutes",
}
"""What the page says → what to set. Recorded on a running server."""

_REFUSAL = re.compile(rf"^(?:ERROR: )?({'|'.join(_REFUSALS)})", re.MULTILINE)
_BAD_LOGIN = re.compile(r"^(?:ERROR: )?Login incorrect[^|]*(?:\|(?P<user>[^|]*))?", re.MULTILINE)
_SETTINGS_PAGE = "settings_compare.php"


def numbers_of(answer: Answer, user: str) -> frozenset[str] | NotReadable:
    """Every pattern this user may see, as stored on the server (even ones that we could not send).

    Entries of an empty pattern are left out. The page has two menus of the same numbers; a
    description that holds a part of a menu makes them differ, and then the list is not readable.
    """
    text = answer.text
    first = _FIRST.search(text)
    second = None if first is None else _SECOND.search(text, first.end())
    if first is None or second is None or answer.status != 200:
        return _refused(answer, user)
    numbers, again = (
        frozenset(match["pattern"] for match in _NUMBER.finditer(text, start, end))
        for start, end in ((first.end(), second.start()), (second.end(), len(text)))
    )
    if numbers == again:
        return numbers
    if not text[-100:].rstrip().endswith("</HTML>"):
        return _refused(answer, user)  # it was cut
    return NotReadable(_menus_differ(numbers ^ again))


def listed_of(answer: Answer, user: str) -> Listed | NotReadable:
    """The same with the size of the page."""
    found = numbers_of(answer, user)
    if isinstance(found, NotReadable):
        return found
    return Listed(found, len(answer.text.encode()))


def settings_of(
    answer: Answer, first: str, second: str, user: str
) -> Mapping[str, Mapping[str, str]] | NotReadable:
    """Column → value of each of two numbers; one that does not exist is left out."""
    # The last one: descriptions above it are not escaped, values in it are.
    _, begun, rows = answer.text.rpartition(_TABLE)
    rows, complete, _ = rows.partition("</table>")
    if not begun or not complete or answer.status != 200:
        return _refused(answer, user)
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for row in rows.split("<tr>"):
        cells = row.split(_CELL)[1:]
        if len(cells) == len(found):
            for columns, cell in zip(found, cells, strict=True):
                pairs = _COLUMN.findall(cell)
                columns.update((name, html.unescape(value)) for name, value in pairs)
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
        return NotReadable(f"the server answered {said(line, user)!r}")
    return _refused(answer, user)


def _menus_differ(numbers: frozenset[str]) -> str:
    some = ", ".join(cleaned(each) for each in sorted(numbers)[:3])
    more = "" if len(numbers) <= 3 else f" and {len(numbers) - 3:,} more"
    return (
        f"the two menus of the page differ ({some}{more}): a description that holds HTML such as "
        "<select or <option does that; correct it in the admin screen"
    )


def _refused(answer: Answer, user: str) -> NotReadable:
    text = answer.text
    refusal = _REFUSAL.search(text)
    if refusal is not None:
        return NotReadable(
            f"the server says {refusal[1]!r}: {_REFUSALS[refusal[1]]}".format(user=user)
        )
    login = _BAD_LOGIN.search(text)
    if login is not None:
        return NotReadable(_bad_login(login["user"], user))
    if answer.status == 401:
        words = describe(answer, "", user)
        return NotReadable(f"{words}: the web server requires its own log-in for this page")
    if answer.status == 200:  # an HTML page is expected here: show its text, not its title
        answer = replace(answer, text=_TAG.sub(" ", text))
    words = describe(answer, "the page is not recognised", user)
    passing = answer.status is None or answer.status >= 500 or answer.failure is not None
    return NotReadable(words, passing or answer.status == 429, answer.wait)


def _bad_login(named: str | None, user: str) -> str:
    """``named`` is the user that the page got; empty where the header was removed on the way."""
    if named == "":
        return (
            f"{_SETTINGS_PAGE} got no user name: a proxy or the web server removes the "
            "Authorization header; let it pass"
        )
    return (
        f"{_SETTINGS_PAGE} refused the log-in of user {user}, which the API accepts "
        "(not repeated, since refused log-ins are counted)"
    )
