"""A copy is believed number by number, by whole lines that name user, number and source."""

import pytest

from reconciler.network.words import TransportError
from reconciler.vicidial.answer import SHOWN, Answer
from reconciler.vicidial.parse import copy_reply
from reconciler.vicidial.replies import (
    Added,
    AlreadyExists,
    CallRefused,
    Copied,
    NotInserted,
    SourceMissing,
    Unclear,
)

SOURCE = "7275551114"
ONE, TWO = "7275553301", "7275553302"
ADDED_ONE = f"NOTICE: copy_did DID HAS BEEN ADDED - 6666|{ONE}|{SOURCE}|6|1\n"
ADDED_TWO = f"NOTICE: copy_did DID HAS BEEN ADDED - 6666|{TWO}|{SOURCE}|7|1\n"
EXISTS_ONE = f"NOTICE: copy_did DID ALREADY EXISTS - 6666|{ONE}\n"
SUMMARY = f"SUCCESS: copy_did DIDS HAVE BEEN ADDED - 6666|{SOURCE}|2|0\n"
BAD_DESCRIPTION = (
    "ERROR: copy_did DID DESCRIPTION MUST BE EITHER BLANK OR FROM 6 TO 50 CHARACTERS, "
    "THIS IS AN OPTIONAL FIELD: |6666|a - b: |c\n"
)


def reply(body, status=200, asked=(ONE, TWO), failure=None):
    return copy_reply(Answer(status, body, failure), SOURCE, asked, "6666")


def test_each_number_has_its_own_line():
    assert reply(ADDED_ONE + ADDED_TWO + SUMMARY) == Copied({ONE: Added(6), TWO: Added(7)})


def test_the_other_separator_means_the_same():
    other = (ADDED_ONE + EXISTS_ONE.replace(ONE, TWO)).replace(" - ", ": |")
    assert reply(other) == Copied({ONE: Added(6), TWO: AlreadyExists()})


def test_a_summary_proves_nothing():
    told = reply(SUMMARY)
    assert isinstance(told, Unclear)
    assert "DIDS HAVE BEEN ADDED" in told.words


def test_a_number_without_a_line_is_unclear():
    told = reply(ADDED_ONE + SUMMARY)
    assert isinstance(told, Copied)
    assert told.lines[ONE] == Added(6)
    assert "no line for this number" in told.lines[TWO].words


def test_http_500_takes_nothing_from_the_lines_that_are_there():
    assert reply(ADDED_ONE, status=500) == Copied({ONE: Added(6), TWO: Unclear("HTTP 500")})


def test_a_cut_reply_keeps_its_whole_lines():
    cut = TransportError("the connection broke", "look")
    assert reply(ADDED_ONE + ADDED_TWO[:-1], failure=cut) == Copied(
        {ONE: Added(6), TWO: Unclear("the reply was cut off: the connection broke")}
    )


@pytest.mark.parametrize(
    "foreign",
    [
        ADDED_ONE.replace("6666", "6667"),
        ADDED_ONE.replace(SOURCE, "7275559999"),
        ADDED_ONE.replace(ONE, "7275559999"),
        ADDED_ONE.replace("|6|", "|x|"),
        ADDED_ONE.replace("NOTICE", "ERROR"),
        ADDED_ONE.replace("|1\n", "|-1\n"),
        ADDED_ONE.replace("|1\n", "|1|2\n"),
        ADDED_ONE.replace("HAS BEEN ADDED", "HAS NOT BEEN ADDED"),
        ADDED_ONE.replace("NOTICE", "x NOTICE"),
        EXISTS_ONE.replace("6666|", "6667|"),
        EXISTS_ONE.replace("\n", "|more\n"),
        "NOTICE: copy_did DID ALREADY EXISTS - 6666\n",
        "NOTICE: copy_did DID ALREADY EXISTS\n",
    ],
)
def test_a_line_about_something_else_is_not_believed(foreign):
    assert isinstance(reply(foreign), Unclear)


def test_the_spelling_of_a_number_is_told_as_it_was_sent():
    body = ADDED_ONE.replace(ONE, "main_line")
    assert isinstance(reply(body, asked=("MAIN_LINE",)), Unclear)


def test_nothing_inserted_is_a_failure():
    told = reply(ADDED_ONE.replace("|1\n", "|0\n") + ADDED_TWO)
    assert told == Copied(
        {
            ONE: NotInserted(
                f"NOTICE: copy_did DID HAS BEEN ADDED - (user)|(number)|{SOURCE}|(did_id)|0"
            ),
            TWO: Added(7),
        }
    )


def test_a_number_that_was_added_and_then_exists_was_added():
    assert reply(ADDED_ONE + EXISTS_ONE, asked=(ONE,)) == Copied({ONE: Added(6)})


def test_the_same_said_twice_is_said_once():
    assert reply(EXISTS_ONE * 2, asked=(ONE,)) == Copied({ONE: AlreadyExists()})


def test_two_things_said_of_one_number_are_unclear():
    body = EXISTS_ONE + ADDED_ONE.replace("|1\n", "|0\n")
    assert reply(body, asked=(ONE,)) == Copied(
        {ONE: Unclear("the reply has contradicting lines for this number")}
    )


def test_a_refused_description_refuses_the_call():
    assert reply(BAD_DESCRIPTION) == CallRefused(BAD_DESCRIPTION.strip().replace("6666", "(user)"))


def test_a_refused_description_stops_the_list_where_it_stands():
    assert reply(EXISTS_ONE + BAD_DESCRIPTION) == Copied(
        {ONE: AlreadyExists(), TWO: NotInserted(BAD_DESCRIPTION.strip().replace("6666", "(user)"))}
    )


def test_a_number_that_was_copied_from_a_source_that_does_not_exist_is_unclear():
    told = reply(f"{EXISTS_ONE}ERROR: copy_did SOURCE DID DOES NOT EXIST: |6666|{SOURCE}\n")
    assert told == Unclear("the reply has contradicting lines for this number")


def test_a_missing_source_says_who_may_not_see_it():
    told = reply(f"ERROR: copy_did SOURCE DID DOES NOT EXIST: |6666|{SOURCE}\n")
    assert isinstance(told, SourceMissing)
    assert "the API user may not see it: User Groups → Admin Viewable Groups" in told.words


def test_a_missing_source_of_another_name_is_unclear():
    assert isinstance(reply("ERROR: copy_did SOURCE DID DOES NOT EXIST: |6666|1\n"), Unclear)


def test_a_refusal_of_another_function_is_unclear():
    assert isinstance(reply(BAD_DESCRIPTION.replace("copy_did", "update_did")), Unclear)
    assert isinstance(reply(BAD_DESCRIPTION.replace("ERROR", "NOTICE")), Unclear)


def test_php_s_warnings_before_the_lines_do_not_matter():
    body = "<br />\n<b>Warning</b>: something in x.php on line 5<br />\n" + ADDED_ONE
    assert reply(body, asked=(ONE,)) == Copied({ONE: Added(6)})


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("", 200, "an empty reply"),
        (" \n", 200, "an empty reply"),
        ("what?\n", 200, "the reply is not VICIdial's: 'what?'"),
        ("", 500, "HTTP 500"),
        ("<html><title>Bad\nGateway</title>", 502, "HTTP 502, a web page titled 'Bad Gateway'"),
        ("<html><title> </title>", 503, "HTTP 503"),
        (
            "<!DOCTYPE html><title>Welcome</title>",
            200,
            "a web page titled 'Welcome' in place of VICIdial's reply",
        ),
        ("<h1>It works!</h1>", 200, "a web page in place of VICIdial's reply"),
    ],
)
def test_what_is_no_reply_is_described(body, status, words):
    assert reply(body, status) == Unclear(words)


def test_no_reply_at_all_says_why():
    assert reply("", None, failure=TransportError("it broke", "")) == Unclear("it broke")
    assert reply("", None) == Unclear("no reply")
    assert reply("", None).lost


@pytest.mark.parametrize(
    ("status", "lost"), [(200, False), (500, False), (502, True), (503, True), (504, True)]
)
def test_a_gateway_that_answers_for_the_server_counts_as_no_answer(status, lost):
    told = reply("<h1>Oops</h1>", status)
    assert isinstance(told, Unclear)
    assert told.lost is lost


def test_the_server_s_words_are_shown_on_one_line_of_bearable_length():
    told = reply("\x1b[31mred\u202e\x00\u2028 text " + "x" * 1000)
    assert told.words.startswith(
        "the reply is not VICIdial's: '<U+001B ESCAPE>[31mred<U+202E RIGHT-TO-LEFT OVERRIDE>"
        "<U+0000 NUL><U+2028 LINE SEPARATOR> text xxx"
    )
    assert told.words.endswith("…'")
    assert len(told.words) < SHOWN + 40
    assert told.words.isprintable()
