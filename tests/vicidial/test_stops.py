"""What stops everything is told with the setting to change, and never with the password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import secrets
from reconciler.errors import (
    AddressRefused,
    LockedOut,
    LoginRefused,
    RightsMissing,
    ServerStop,
    ServerTooOld,
)
from reconciler.vicidial.answer import Answer
from reconciler.vicidial.parse import copy_reply, delete_reply, probe_reply, update_reply

LOGIN = "ERROR: Login incorrect, please try again: |6666|{}|BAD|\n"


def stopped(body, status=200):
    with pytest.raises(ServerStop) as caught:
        copy_reply(Answer(status, body), "7275551114", ["7275553301"], "6666")
    return caught.value


@pytest.mark.parametrize(
    ("body", "kind", "message", "hint"),
    [
        (
            LOGIN.format("1234"),
            LoginRefused,
            "the server refused the log-in of user 6666",
            "not repeated",
        ),
        (
            "ERROR: Login incorrect, please try again: |6666|1234|2FA|\n",
            LoginRefused,
            "the server requires a second factor from user 6666",
            "exempt user 6666",
        ),
        (
            "ERROR: Too many login attempts, try again in 15 minutes: |6666|LOCK|\n",
            LockedOut,
            "user 6666 is locked out after ten refused log-ins",
            "wait 15 minutes",
        ),
        (
            "ERROR: Your IP Address is not allowed: 10.0.0.1\n",
            AddressRefused,
            "the server accepts no API calls from this machine's address",
            "API IP list (api_ip_list) of the user group of user 6666",
        ),
        (
            "ERROR: Invalid Source - x\nERROR: Invalid Source: |x|\n",
            ServerStop,
            "the server refused the source parameter of the calls",
            "report",
        ),
        (
            "ERROR: NO FUNCTION SPECIFIED\n",
            ServerTooOld,
            "the server does not know a function that is needed",
            "240730",
        ),
        (
            "ERROR: copy_did USER DOES NOT HAVE PERMISSION TO ADD DIDS: |6666|0\n",
            RightsMissing,
            "user 6666 may not add DIDs",
            "User Level 8 or more, API access (vdc_agent_api_access) = 1 and Modify DIDs",
        ),
        (
            "ERROR: update_did USER DOES NOT HAVE PERMISSION TO UPDATE DIDS - 6666|0\n",
            RightsMissing,
            "user 6666 may not update DIDs",
            "Modify DIDs (modify_inbound_dids) = 1",
        ),
        (
            "ERROR: update_did USER DOES NOT HAVE PERMISSION TO DELETE DIDS: |6666|1\n",
            RightsMissing,
            "user 6666 may not delete DIDs",
            "Delete DIDs (delete_inbound_dids) = 1",
        ),
        (
            "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |6666|copy_did|\n",
            RightsMissing,
            "user 6666 may not call copy_did",
            "needs copy_did among its Allowed API functions",
        ),
        (
            "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION\n",
            RightsMissing,
            "user 6666 may not call this function",
            "Allowed API functions",
        ),
    ],
)
def test_each_stop_names_what_to_change(body, kind, message, hint):
    told = stopped(body)
    assert type(told) is kind
    assert told.message == message
    assert hint.lower() in told.hint.lower()


@pytest.mark.parametrize("body", ["ERROR: Login incorrect", "Login incorrect, please try aga"])
def test_a_refused_log_in_is_understood_even_when_it_is_cut(body):
    assert type(stopped(body, 401)) is LoginRefused


def test_a_right_is_missing_whatever_was_asked():
    body = "ERROR: update_did USER DOES NOT HAVE PERMISSION TO UPDATE DIDS: |6666|0\n"
    for read in (probe_reply, update_reply, delete_reply):
        with pytest.raises(RightsMissing):
            read(Answer(200, body), "7275553301", "6666")


def test_words_of_a_stop_within_another_line_stop_nothing():
    body = "NOTICE: copy_did DID ALREADY EXISTS - 6666|Login incorrect\n"
    copy_reply(Answer(200, body), "7275551114", ["7275553301"], "6666")


@given(
    password=st.from_regex(r"[-_0-9A-Z]{4,20}", fullmatch=True),
    cut=st.integers(0, 120),
    reader=st.sampled_from([probe_reply, update_reply, delete_reply]),
)
def test_the_echoed_password_is_shown_neither_whole_nor_cut(password, cut, reader):
    body = f"x\nERROR: Login incorrect, please try again: |6666|{password}|BAD|\n"[: cut + 2]
    try:
        shown = repr(reader(Answer(200, body), "7275553301", "6666"))
    except ServerStop as stop:
        shown = f"{stop!r} {stop.message} {stop.hint}"
    assert f"|{password[:2]}" not in shown


def test_what_is_registered_is_hidden_in_any_words_of_the_server():
    secrets.register("hush-hush-77")
    told = update_reply(Answer(200, "database error: pass=hush-hush-77&x\n"), "7275553301", "6666")
    assert told.words == "the reply is not VICIdial's: 'database error: pass=***&x'"
