"""Questions that change nothing: what the server's answer to each tells."""

import httpx
import pytest

from reconciler.characters import Characters
from reconciler.errors import RightsMissing
from reconciler.vicidial.readings import Allowed, NotReadable
from reconciler.vicidial.replies import Columns, Unclear

MISSING = "ERROR: update_did DID DOES NOT EXIST: |6666|reconcilerprobe{}\n"
EXISTS = "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"
PERMISSION = "ERROR: did_log_export USER DOES NOT HAVE PERMISSION TO GET DID INFO: |6666|0|\n"
FUNCTION = "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |6666|did_log_export|\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("ERROR: did_log_export NO RECORDS FOUND - 6666|||2000-01-01\n", Allowed()),
        (
            PERMISSION,
            NotReadable(
                "the server says 'ERROR: did_log_export USER DOES NOT HAVE PERMISSION TO GET DID "
                "INFO: |(user)|0|'"
            ),
        ),
        ("SUCCESS: something else - 6666|0\n", Unclear),
    ],
)
def test_the_did_log_of_a_day_without_calls_tells_whether_it_may_be_read(says, body, found):
    answer = says(body, lambda server: server.reader.right_to_calls())
    assert answer == found if not isinstance(found, type) else isinstance(answer, found)


def test_a_function_that_is_not_allowed_is_a_missing_right(says):
    with pytest.raises(RightsMissing, match="may not call did_log_export"):
        says(FUNCTION, lambda server: server.reader.right_to_calls())


@pytest.mark.parametrize(
    ("left", "found"),
    [("é", Characters.ANY), ("", Characters.ASCII), ("else", Unclear), (None, Unclear)],
)
def test_what_is_left_of_a_letter_tells_which_ones_are_kept(says, left, found):
    body = EXISTS if left is None else MISSING.format(left)
    answer = says(body, lambda server: server.reader.letters())
    assert answer == found if not isinstance(found, type) else isinstance(answer, found)


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, MISSING.format(""), False),
        (500, MISSING.format(""), True),
        (500, EXISTS, True),
        (200, "SUCCESS: something else - 6666|0\n", Unclear),
        (502, MISSING.format(""), Unclear),
    ],
)
def test_how_a_long_log_entry_ends_tells_the_sql_mode(says, status, body, found):
    answer = says(body, lambda server: server.reader.strict(), status=status)
    assert answer == found if not isinstance(found, type) else isinstance(answer, found)


def test_the_long_parameter_is_the_last_one(ask):
    sent = []

    def play(request):
        sent.append(request.content.decode())
        return httpx.Response(200, text=MISSING.format(""))

    ask(play, lambda server: server.reader.strict())
    assert sent[0].endswith("&stage=" + 256 * "x")


COLUMNS = (
    '<table class="diff"><tr><td class="diffUnmodified"><span>did_pattern=&#039;70&#039; </span>'
    '</td><td class="diffUnmodified"><span>did_pattern=&#039;70&#039; </span></td></tr></table>'
)


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, COLUMNS, Columns({"70": {"did_pattern": "70"}})),
        (503, "", Unclear("HTTP 503")),
        (
            200,
            "You are not allowed to view reports: |6666|GOOD|\n",
            NotReadable(
                "the server says 'You are not allowed to view reports': user 6666 needs View "
                "Reports = 1 (Admin → Users → Modify User)"
            ),
        ),
    ],
)
def test_columns_are_read_or_may_be_later_or_may_not(ask, status, body, found):
    def play(request):
        if request.method == "POST":
            return httpx.Response(200, text="NOTICE: update_did NO UPDATES DEFINED: |6666|\n")
        return httpx.Response(status, text=body)

    async def act(server):
        await server.reader.exists("70")  # the log-in is proven
        return await server.reader.columns("70", "70")

    assert ask(play, act) == found
