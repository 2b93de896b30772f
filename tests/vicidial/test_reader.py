"""What the reader asks, what it sends for it, and that nothing of it is a change."""

import asyncio
from datetime import date
from urllib.parse import parse_qs

import httpx
import pytest

from reconciler.credentials import Credentials
from reconciler.errors import LoginRefused, RightsMissing, ServerTooOld, Unreachable
from reconciler.vicidial.builds import COPY, DELETE, MENU, UPDATE
from reconciler.vicidial.client import Reader, open_server
from reconciler.vicidial.readings import NotReadable, Version
from reconciler.vicidial.replies import DidMissing, Exists, Unclear

VERSION = "VERSION: 2.14-202|BUILD: 250720-1841|DATE: 2026-11-23 09:28:24|EPOCH: 1|DST: 0|\n"
NUMBER = "7275551114"
EXISTS = "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"
MISSING = f"ERROR: update_did DID DOES NOT EXIST: |6666|{NUMBER}\n"
MAY_COPY = "ERROR: copy_did YOU MUST USE ALL REQUIRED FIELDS: |6666|0|0\n"
PAGE = (
    '<select size=1 name=first_id><option value="7275551114">7275551114 - Sales</option></select>'
    '<select size=1 name=second_id><option value="7275551114">7275551114 - Sales</option></select>'
    "</HTML>"
)


def fields(request):
    return {name: one for name, (one,) in parse_qs(request.content.decode()).items()}


def test_the_version_is_asked_without_a_password(ask):
    sent = []

    def play(request):
        sent.append((request.method, str(request.url), fields(request)))
        return httpx.Response(200, text=VERSION)

    found = ask(play, lambda server: server.reader.check_version([UPDATE, COPY]))
    assert found == Version("2.14-202", "250720-1841", date(2025, 7, 20))
    url = "https://vici.example.com/vicidial/non_agent_api.php"
    assert sent == [("POST", url, {"source": "didtest", "function": "version"})]


@pytest.mark.parametrize("build", ["240730-0001", "240731-1200"])
def test_the_first_build_with_copy_did_is_new_enough(says, build):
    body = VERSION.replace("250720-1841", build)
    assert says(body, lambda server: server.reader.check_version([UPDATE, COPY])).build == build


def test_an_older_server_says_so(says):
    body = VERSION.replace("250720-1841", "240729-2359")
    with pytest.raises(ServerTooOld, match="build 240729-2359: copy_did came with build 240730"):
        says(body, lambda server: server.reader.check_version([UPDATE, COPY]))


def test_an_older_server_will_do_for_what_it_has(says):
    body = VERSION.replace("250720-1841", "180331-0000")
    assert says(body, lambda server: server.reader.check_version([UPDATE])).build == "180331-0000"


def test_everything_that_an_older_server_lacks_is_named(says):
    body = VERSION.replace("250720-1841", "200101-0000")
    with pytest.raises(ServerTooOld) as caught:
        says(body, lambda server: server.reader.check_version([UPDATE, DELETE, MENU]))
    assert caught.value.message == (
        "the server is VICIdial 2.14-202, build 200101-0000: delete_did came with build 201113, "
        "the field menu_id came with build 210217"
    )


@pytest.mark.parametrize(
    ("body", "status", "headers", "message", "hint"),
    [
        ("<html><title>404 Not Found</title>", 404, {}, "HTTP 404, a web page", "endpoint's path"),
        ("<html><title>Welcome</title>", 200, {}, "a web page titled 'Welcome'", "endpoint's path"),
        ("", 301, {"location": "https://other/"}, "redirect to https://other/", "VICIdial's API"),
        (
            "",
            301,
            {"location": "/v/non_agent_api.php"},
            "redirect to /v/non_agent_api.php",
            "write endpoint: https://vici.example.com/v/non_agent_api.php in target.yaml",
        ),
        ("", 200, {}, "an empty reply", None),
        (VERSION, 500, {}, "HTTP 500", "see the error log of the server's web server"),
        ("busy", 503, {}, "HTTP 503", None),
        ("", 503, {"retry-after": "7"}, "HTTP 503; it asks to wait 7 s", None),
        (VERSION.replace("250720", "251399"), 200, {}, "a version without a date", None),
        ("VER\0SION", 200, {}, "'VER<U+0000 NUL>SION'", None),
    ],
)
def test_what_is_no_vicidial_is_unreachable_with_advice(says, body, status, headers, message, hint):
    with pytest.raises(Unreachable) as caught:
        says(body, lambda server: server.reader.version(), status, **headers)
    assert "https://vici.example.com/vicidial/non_agent_api.php does not answer as VICIdial" in (
        caught.value.message
    )
    assert message in caught.value.message
    assert caught.value.hint is None if hint is None else hint in caught.value.hint


def test_a_byte_order_mark_before_the_reply_does_not_matter(says):
    body = "\ufeff\ufeff" + VERSION
    assert says(body, lambda server: server.reader.version()).build == "250720-1841"


def test_the_right_to_copy_is_proven_by_a_copy_of_nothing(ask):
    sent = []

    def play(request):
        sent.append(fields(request))
        return httpx.Response(200, text=MAY_COPY)

    assert ask(play, lambda server: server.reader.check_rights_to_copy()) is None
    assert sent == [
        {
            "source": "didtest",
            "user": "6666",
            "pass": "1234",
            "function": "copy_did",
            "source_did_pattern": "0",
            "new_dids": "0",
        }
    ]


def test_a_missing_right_to_copy_stops(says):
    body = "ERROR: copy_did USER DOES NOT HAVE PERMISSION TO ADD DIDS: |6666|0\n"
    with pytest.raises(RightsMissing):
        says(body, lambda server: server.reader.check_rights_to_copy())


@pytest.mark.parametrize("right", ["check_rights_to_copy", "check_rights_to_update"])
def test_rights_that_stay_unclear_stop_too(says, right):
    arguments = () if right == "check_rights_to_copy" else (NUMBER,)
    with pytest.raises(Unreachable, match=r"did not say whether DIDs may be .*: HTTP 503"):
        says("", lambda server: getattr(server.reader, right)(*arguments), 503)


@pytest.mark.parametrize(("body", "reply"), [(EXISTS, Exists()), (MISSING, DidMissing())])
def test_a_probe_sends_a_number_and_no_field(ask, body, reply):
    sent = []

    def play(request):
        sent.append(fields(request))
        return httpx.Response(200, text=body)

    assert ask(play, lambda server: server.reader.exists(NUMBER)) == reply
    assert ask(play, lambda server: server.reader.check_rights_to_update(NUMBER)) == reply
    asked = {
        "source": "didtest",
        "user": "6666",
        "pass": "1234",
        "function": "update_did",
        "did_pattern": NUMBER,
    }
    assert sent == [asked, asked]


def test_a_plus_sign_arrives_as_one(ask):
    sent = []

    def play(request):
        sent.append(request.content.decode())
        return httpx.Response(200, text=EXISTS)

    ask(play, lambda server: server.reader.exists("+17275552000"))
    assert "did_pattern=%2B17275552000" in sent[0]


def test_all_numbers_are_one_request_by_http_basic(ask):
    sent = []

    def play(request):
        sent.append((request.method, str(request.url), request.headers["authorization"]))
        return httpx.Response(200, text=PAGE)

    assert ask(play, lambda server: server.reader.numbers()) == {NUMBER}
    url = "https://vici.example.com/vicidial/settings_compare.php?stage=DIDS"
    assert sent == [("GET", url, "Basic NjY2NjoxMjM0")]


def test_settings_of_two_numbers_are_one_request(ask):
    sent = []

    def play(request):
        sent.append(dict(request.url.params))
        return httpx.Response(503)

    found = ask(play, lambda server: server.reader.settings("+17275552000", NUMBER))
    assert isinstance(found, NotReadable)
    assert sent == [{"stage": "DIDS", "first_id": "+17275552000", "second_id": NUMBER}]


def test_in_groups_and_call_menus_are_asked_by_their_functions(ask):
    def play(request):
        name = fields(request)["function"].upper()
        return httpx.Response(200, text=f"choose_file('{name}','f');</table></div></body></HTML>\n")

    assert ask(play, lambda server: server.reader.in_groups()) == {"INGROUP_LIST"}
    assert ask(play, lambda server: server.reader.call_menus()) == {"CALLMENU_LIST"}


def test_a_wrong_password_on_the_admin_page_stops(says):
    body = "Login incorrect, please try again: |6666|1234|BAD|\n"
    with pytest.raises(LoginRefused):
        says(body, lambda server: server.reader.numbers(), 401)


def test_an_unclear_probe_is_a_value(says):
    reply = says("", lambda server: server.reader.exists(NUMBER), 503)
    assert reply == Unclear("HTTP 503")


def test_a_reader_has_no_way_to_change_anything():
    offered = {name for name in dir(Reader) if not name.startswith("_")}
    assert offered == {
        "answers",
        "call_menus",
        "check_rights_to_copy",
        "check_rights_to_update",
        "check_version",
        "columns",
        "exists",
        "in_groups",
        "letters",
        "listing",
        "numbers",
        "right_to_calls",
        "settings",
        "strict",
        "user",
        "version",
    }


@pytest.mark.parametrize("source", ["", "x", "did-1", "a" * 21, "dïd"])
def test_a_source_that_the_server_would_change_is_refused(source):
    async def main():
        account = Credentials("6666", "1234")
        async with open_server("https://x/y", account, source=source, concurrency=1):
            pytest.fail("opened")

    with pytest.raises(ValueError, match="2 to 20 letters and digits"):
        asyncio.run(main())
