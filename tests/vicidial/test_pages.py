"""The pages made for people: every entry is found, half a page is not taken for a short list."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import LoginRefused, ServerStop
from reconciler.vicidial.answer import Answer
from reconciler.vicidial.pages import choices_of, numbers_of, settings_of
from reconciler.vicidial.readings import NotReadable


def options(entries, chosen=None):
    return "".join(
        f'<option {"SELECTED " if pattern == chosen else ""}value="{pattern}">'
        f"{pattern} - {description}</option>"
        for pattern, description in entries
    )


def list_page(entries, chosen=None, table=""):
    listed = options(entries, chosen)
    none = "<option SELECTED value=''>Select one</option>"
    return (
        "<HTML><HEAD><TITLE>Settings</TITLE></HEAD><BODY><FORM>\n"
        f"1: <select size=1 name=first_id>{listed}{none}</select><br>\n"
        f"2: <select size=1 name=second_id>{listed}{none}</select>\n"
        f"</FORM>{table}</BODY></HTML>\n"
    )


def cell(kind, columns):
    inside = "".join(f"<span>{name}=&#039;{value}&#039; </span>" for name, value in columns)
    return f'<td class="diff{kind}">{inside}</td>'


def diff_table(*rows):
    inside = "".join(f"  <tr>\n    {left}\n    {right}\n  </tr>\n" for left, right in rows)
    return f'<table class="diff">\n{inside}</table>\n'


ENTRIES = [
    ("+17275552000", "Plus template"),
    ("7275551114", "Sales template"),
    ("7275557001", "<b>Tom & Co</b>, 'east'"),
    ("7275557002", '</select><option value="x">y</option>'),
    ("", "made by a comma too many"),
    ("default", "Default DID"),
]


def test_every_number_is_listed_whatever_its_description():
    assert numbers_of(Answer(200, list_page(ENTRIES, "7275551114")), "6666") == frozenset(
        {"+17275552000", "7275551114", "7275557001", "7275557002", "default"}
    )


def test_a_server_without_numbers_has_none():
    assert numbers_of(Answer(200, list_page([])), "6666") == frozenset()


@pytest.mark.parametrize(
    "description",
    [
        "<select size=1 name=second_id>",
        "<select name=second_id><option SELECTED value=''>",
        "</select><SELECT><select name=first_id><select  name=second_id>",
    ],
)
def test_a_description_that_imitates_a_menu_hides_no_number(description):
    entries = [ENTRIES[0], ("7275557003", description), *ENTRIES[1:]]
    found = numbers_of(Answer(200, list_page(entries)), "6666")
    assert isinstance(found, NotReadable)
    assert not found.passing
    assert found.words == (
        "the two menus of the page differ (7275551114, 7275557001, 7275557002 and 1 more): a "
        "description that holds HTML such as <select or <option does that; correct it in the "
        "admin screen"
    )


def test_a_description_that_imitates_the_table_of_settings_changes_nothing():
    entries = [("7275557003", '<table class="diff"></table>')]
    page = list_page(entries, table=diff_table((cell("Deleted", SALES), cell("Inserted", OTHER))))
    found = settings_of(Answer(200, page), "7275551114", "default", "6666")
    assert found["7275551114"]["did_description"] == "Tom & Co <east>"


HOSTILE = {
    "menus": "<select " * 60_000,
    "first menus": "<select name=first_id>" * 40_000,
    "options": '<option value="' * 60_000,
    "titles": "<title" * 60_000,
    "tags": "<" * 400_000,
    "rows": '<table class="diff">' + '<tr><td class="diff">' * 40_000 + "</table>",
    "columns": '<table class="diff"><tr>' + "<span>a=&#039;" * 60_000 + "</table>",
    "choices": "choose_file('" * 60_000,
    "page ends": "</table></div></body></html> " * 20_000,
    "spaces": " " * 900_000,
    "refusals": "ERROR: Login incorrect" * 40_000,
    "lines": "ERROR: " * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_page_takes_no_longer_than_any_other(kind):
    """Each of these took from half a minute to days where an expression is quadratic."""
    answer = Answer(200, HOSTILE[kind])
    begun = time.process_time()
    numbers_of(answer, "6666")
    settings_of(answer, "7275551114", "default", "6666")
    with contextlib.suppress(ServerStop):
        choices_of(answer, "6666")
    assert time.process_time() - begun < 10


@given(data=st.data())
def test_a_list_cut_anywhere_is_whole_or_not_read(data):
    page = list_page(ENTRIES)
    cut = page[: data.draw(st.integers(0, len(page)))]
    found = numbers_of(Answer(200, cut), "6666")
    assert isinstance(found, NotReadable) or len(found) == 5


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "You are not allowed to view reports: |6666|GOOD|\n",
            (
                "the server says 'You are not allowed to view reports': "
                "user 6666 needs View Reports = 1"
            ),
        ),
        (
            "You do not have permissions for campaign debugging: |6666|\n",
            (
                "the server says 'You do not have permissions for campaign debugging': "
                "user 6666 needs User Level 8 or more and Modify Campaigns = 1"
            ),
        ),
        (
            "You are not allowed to view this report: |6666|Settings Compare|\n",
            (
                "the server says 'You are not allowed to view this report': the user group of "
                "user 6666 needs ALL REPORTS or this report among its Allowed Reports"
            ),
        ),
        (
            "Your IP Address is not allowed: : |6666|IPBLOCK|\n",
            (
                "the server says 'Your IP Address is not allowed': this machine's address has to "
                "be on the IP list for admin pages (admin_ip_list)"
            ),
        ),
        (
            "Too many login attempts, try again in 15 minutes: |6666|LOCK|\n",
            "the server says 'Too many login attempts': user 6666 is locked out for 15 minutes",
        ),
        (
            "Login incorrect, please try again: |||BAD|\n",
            (
                "settings_compare.php got no user name: a proxy or the web server removes the "
                "Authorization header"
            ),
        ),
        (
            "Login incorrect, please try again: |6666|1234|BAD|\n",
            "settings_compare.php refused the log-in of user 6666, which the API accepts",
        ),
        ("something else", "the page is not recognised: 'something else'"),
        ("<html><title>Login</title></html>", "the page is not recognised: 'Login'"),
    ],
)
def test_a_page_that_may_not_be_read_says_why(body, words):
    for found in (
        numbers_of(Answer(200, body), "6666"),
        settings_of(Answer(200, body), "7275551114", "default", "6666"),
    ):
        assert isinstance(found, NotReadable)
        assert found.words.startswith(words)


def test_a_page_with_another_status_is_not_read():
    assert numbers_of(Answer(500, list_page(ENTRIES)), "6666") == NotReadable(
        "HTTP 500, a web page titled 'Settings'"
    )


def test_a_wrong_password_in_a_list_of_the_api_stops():
    body = "Login incorrect, please try again: |6666|wrong|BAD|\n\n"
    with pytest.raises(LoginRefused):
        choices_of(Answer(401, body), "6666")


def test_a_page_behind_a_log_in_of_the_web_server_says_so():
    page = "<html><title>401 Unauthorized</title></html>"
    found = numbers_of(Answer(401, page), "6666")
    assert found == NotReadable(
        "HTTP 401, a web page titled '401 Unauthorized': "
        "the web server requires its own log-in for this page"
    )
    assert not found.passing


@pytest.mark.parametrize(
    ("status", "passing"), [(403, False), (404, False), (429, True), (500, True), (503, True)]
)
def test_only_what_may_come_another_time_is_asked_for_again(status, passing):
    found = numbers_of(Answer(status, "", wait=3.0), "6666")
    assert (found, found.passing, found.wait) == (
        NotReadable(f"HTTP {status}; it asks to wait 3 s"),
        passing,
        3.0,
    )


SALES = [("did_pattern", "7275551114"), ("did_description", "Tom &amp; Co &lt;east&gt;")]
OTHER = [("did_pattern", "DEFAULT"), ("did_description", "it&#039;s")]
SAME = cell("Unmodified", [("did_active", "Y"), ("menu_id", "")])


def settings(table, first="7275551114", second="default"):
    return settings_of(Answer(200, list_page(ENTRIES, table=table)), first, second, "6666")


def test_two_numbers_are_told_apart_column_by_column():
    table = diff_table((cell("Deleted", SALES), cell("Inserted", OTHER)), (SAME, SAME))
    assert settings(table) == {
        "7275551114": {
            "did_pattern": "7275551114",
            "did_description": "Tom & Co <east>",
            "did_active": "Y",
            "menu_id": "",
        },
        "default": {
            "did_pattern": "DEFAULT",
            "did_description": "it's",
            "did_active": "Y",
            "menu_id": "",
        },
    }


def test_the_same_number_twice_is_one():
    row = cell("Unmodified", SALES), cell("Unmodified", SALES)
    assert list(settings(diff_table(row), second="7275551114")) == ["7275551114"]


def test_a_number_that_does_not_exist_is_left_out():
    empty = '<td class="diffUnmodified"><span></span></td>'
    table = diff_table((cell("Deleted", SALES), '<td class="diffBlank"></td>'), (empty, empty))
    assert list(settings(table, second="7000000000")) == ["7275551114"]


def test_a_cut_table_is_not_read():
    table = diff_table((cell("Deleted", SALES), cell("Inserted", OTHER)))
    assert isinstance(settings(table.removesuffix("</table>\n")), NotReadable)


def choice_page(names):
    rows = "".join(
        f"<tr><td>1</td><td><a href=\"javascript:choose_file('{name}','field');\">{name}</a></td>"
        f"<td>Name of {name}</td></tr>\n"
        for name in names
    )
    return (
        "\n<HTML><head><title>NON-AGENT API</title>\n</head>\n<body>\n<div><table>\n"
        f"{rows}</table></div></body></HTML>\n"
    )


def test_in_groups_and_call_menus_are_named_by_their_links():
    assert choices_of(Answer(200, choice_page(["SALESLINE", "SUP-2"])), "6666") == frozenset(
        {"SALESLINE", "SUP-2"}
    )
    assert choices_of(Answer(200, choice_page([])), "6666") == frozenset()


def test_a_cut_list_of_in_groups_is_not_read():
    page = choice_page(["SALESLINE", "SUPPORT"])
    found = choices_of(Answer(200, page[: page.index("SUPPORT")]), "6666")
    assert isinstance(found, NotReadable)


def test_a_list_that_may_not_be_read_says_why_and_stops_nothing():
    body = "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |6666|ingroup_list|\n"
    assert choices_of(Answer(200, body), "6666") == NotReadable(
        "the server answered {!r}".format(body.strip().replace("6666", "(user)"))
    )
