"""The admin page that shows DIDs: ``settings_compare.php``, behind HTTP Basic.

The entries and ``column='value'`` pairs are as recorded, cell by cell; the HTML around them is not.
Measured: a user below level 8, or whose group may not open the report, is refused like one with a
wrong password; without "modify DIDs" the page lists nothing. Only visible DIDs are listed or shown;
ids ignore case. Inferred: a locked account gets status 200.
"""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from reconciler.simulator.fixture import Fixture, User, UserGroup
from reconciler.simulator.login import Locked, WrongLogin
from reconciler.simulator.replies import Reply
from reconciler.simulator.table import COLUMNS, Table
from reconciler.simulator.texts import PATTERN, Params, kept, local_time

BY_DEFAULT = "text/html; charset=UTF-8"
"""The content type where the server leaves it to PHP."""

_ID = PATTERN + r"\-"
_CHALLENGE = (("www-authenticate", 'Basic realm="CONTACT-CENTER-ADMIN"'),)
_REPORT = "Settings Compare"
_TITLE = f"{_REPORT} Utility"
LOWEST_LEVEL = 8
"""A user below it is refused like one with a wrong password."""


def settings_compare(
    login: User | WrongLogin | Locked, params: Params, fixture: Fixture, table: Table
) -> Reply:
    """The page, or the refusal."""
    match login:
        case WrongLogin():
            return Reply(login.text, 401, BY_DEFAULT, _CHALLENGE)
        case Locked():
            return Reply(login.text)
        case User():  # pragma: no branch  (there is no other)
            return _shown(login, fixture.group_of(login), params, table)


def _shown(user: User, group: UserGroup, params: Params, table: Table) -> Reply:
    if not user.view_reports:
        return Reply(f"You are not allowed to view reports: |{user.name}|GOOD|\n")
    if not user.modify_campaigns:
        return Reply(f"You do not have permissions for campaign debugging: |{user.name}|\n")
    if "ALL REPORTS" not in group.reports and _REPORT not in group.reports:
        words = f"You are not allowed to view this report: |{user.name}|{_REPORT}|\n"
        return Reply(words, 401, BY_DEFAULT, _CHALLENGE)
    shown = params if user.modify_dids else {}
    return Reply(_page(group, shown, table), content_type=BY_DEFAULT)


def _page(group: UserGroup, params: Params, table: Table) -> str:
    first = kept(params.get("first_id", ""), _ID)
    second = kept(params.get("second_id", ""), _ID)
    parts = [f"<HTML><HEAD><TITLE>{_TITLE}</TITLE></HEAD><BODY>\n"]
    if params.get("stage") == "DIDS":
        parts.append("<FORM METHOD=GET>\n<input type=hidden name=stage value=DIDS>\n")
        parts.append(_choice(group, table, "first", first))
        parts.append(_choice(group, table, "second", second))
        parts.append("</FORM>\n")
        if first and second:
            parts.append(_comparison(_pairs(group, table, first), _pairs(group, table, second)))
    return "".join([*parts, "</BODY></HTML>\n"])


def _choice(group: UserGroup, table: Table, which: str, chosen: str) -> str:
    """A list of every visible DID; descriptions are not escaped, as on the real page."""
    options = []
    found = False
    for row in table.labels():
        if group.sees(row["user_group"]):
            pattern = str(row["did_pattern"])
            is_chosen = bool(chosen) and pattern == chosen
            found = found or is_chosen
            options.append(
                f'<option {"SELECTED " if is_chosen else ""}value="{pattern}">'
                f"{pattern} - {row['did_description']}</option>"
            )
    if not found:
        options.append(f"<option SELECTED value=''>Select {which} DIDS entry</option>")
    return f"<select size=1 name={which}_id>{''.join(options)}</select><br>\n"


def _pairs(group: UserGroup, table: Table, pattern: str) -> list[str | None]:
    """``column='value'`` of each column, then an empty line; None where the DID is not shown."""
    row = table.find(pattern)
    if row is None or not group.sees(row["user_group"]):
        return [None] * (len(COLUMNS) + 1) + [""]
    shown = {**row, "modify_stamp": local_time(table.stamp(int(row["did_id"])))}
    return [*(f"{name}='{value}' " for name, value in shown.items()), ""]


def _comparison(left: list[str | None], right: list[str | None]) -> str:
    """One row for each run of equal lines and each run of unequal ones."""
    rows = []
    together = list(zip(left, right, strict=True))
    for alike, run in groupby(together, key=lambda sides: sides[0] == sides[1]):
        sides = list(run)
        one = _cell("diffUnmodified" if alike else "diffDeleted", (side for side, _ in sides))
        two = _cell("diffUnmodified" if alike else "diffInserted", (side for _, side in sides))
        rows.append(f"  <tr>\n{one or _BLANK}{two or _BLANK}  </tr>\n")
    return f'<table class="diff">\n{"".join(rows)}</table>\n'


_BLANK = '    <td class="diffBlank"></td>\n'


def _cell(kind: str, lines: Iterator[str | None]) -> str:
    spans = "".join(f"<span>{_escaped(line)}</span>" for line in lines if line is not None)
    return f'    <td class="{kind}">{spans}</td>\n' if spans else ""


def _escaped(line: str) -> str:
    """As PHP escapes."""
    return escape(line).replace("&#x27;", "&#039;")
