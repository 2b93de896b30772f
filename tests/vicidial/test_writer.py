"""What the writer sends, and what it never sends."""

from urllib.parse import parse_qs

import httpx
import pytest

from reconciler.errors import LoginUnproven
from reconciler.vicidial.replies import (
    Added,
    CallRefused,
    Copied,
    Deleted,
    SourceMissing,
    Updated,
)

SOURCE = "7275551114"
NUMBERS = ["+17275553301", "MAIN_LINE"]
ADDED = "".join(
    f"NOTICE: copy_did DID HAS BEEN ADDED - 6666|{number}|{SOURCE}|{did_id}|1\n"
    for did_id, number in enumerate(NUMBERS, 6)
)


def sent_by(ask, body, act):
    """The fields of the one call that ``act`` made, and its reply."""
    sent = []

    def play(request):
        assert request.method == "POST"
        assert str(request.url) == "https://vici.example.com/vicidial/non_agent_api.php"
        fields = parse_qs(request.content.decode())
        sent.append({name: one for name, (one,) in fields.items()})
        return httpx.Response(200, text=body)

    reply = ask(play, act)
    (fields,) = sent
    login = {"source": "didtest", "user": "6666", "pass": "1234"}
    assert {name: fields.pop(name) for name in login} == login
    return fields, reply


def test_a_copy_sends_all_numbers_in_one_call(ask):
    fields, reply = sent_by(ask, ADDED, lambda server: server.writer.copy(SOURCE, NUMBERS))
    assert fields == {
        "function": "copy_did",
        "source_did_pattern": SOURCE,
        "new_dids": "+17275553301,MAIN_LINE",
    }
    assert reply == Copied({"+17275553301": Added(6), "MAIN_LINE": Added(7)})


def test_a_description_rides_along(ask):
    fields, _ = sent_by(
        ask, ADDED, lambda server: server.writer.copy(SOURCE, NUMBERS, "Tampa - sales, east")
    )
    assert fields["did_description"] == "Tampa - sales, east"


def test_an_update_sends_all_fields_in_one_call(ask):
    routing = {"did_route": "IN_GROUP", "group": "SALESLINE"}
    body = "SUCCESS: update_did DID HAS BEEN UPDATED - 6666|MAIN_LINE\n"
    fields, reply = sent_by(ask, body, lambda server: server.writer.update("MAIN_LINE", routing))
    assert fields == {"function": "update_did", "did_pattern": "MAIN_LINE", **routing}
    assert reply == Updated()


def test_a_deletion_is_an_update_of_its_own(ask):
    body = "SUCCESS: update_did DID HAS BEEN DELETED - 6666|MAIN_LINE|9\n"
    fields, reply = sent_by(ask, body, lambda server: server.writer.delete("MAIN_LINE"))
    assert fields == {"function": "update_did", "did_pattern": "MAIN_LINE", "delete_did": "Y"}
    assert reply == Deleted()


def test_refusals_are_values(says):
    missing = f"ERROR: copy_did SOURCE DID DOES NOT EXIST: |6666|{SOURCE}\n"
    reply = says(missing, lambda server: server.writer.copy(SOURCE, NUMBERS))
    assert isinstance(reply, SourceMissing)
    refused = "ERROR: update_did ACTIVE MUST BE Y OR N, THIS IS AN OPTIONAL FIELD: |6666|N\n"
    reply = says(refused, lambda server: server.writer.update("MAIN_LINE", {"active": "N"}))
    assert reply == CallRefused(refused.strip().replace("6666", "(user)"))


def test_a_redirect_is_not_followed(says):
    with pytest.raises(LoginUnproven, match="HTTP 307, a redirect to http://x/"):
        says("", lambda server: server.writer.delete("MAIN_LINE"), 307, location="http://x/")


LONGEST = [f"728{number:07d}" for number in range(181)]


def test_181_numbers_of_ten_digits_fit_into_a_copy(ask):
    fields, _ = sent_by(ask, ADDED, lambda server: server.writer.copy(SOURCE, LONGEST))
    assert len(fields["new_dids"]) == 1990


@pytest.mark.parametrize(
    "act",
    [
        lambda writer: writer.copy(SOURCE, []),
        lambda writer: writer.copy(SOURCE, ["7275553301", ""]),
        lambda writer: writer.copy(SOURCE, ["7"]),
        lambda writer: writer.copy(SOURCE, ["7" * 51]),
        lambda writer: writer.copy(SOURCE, ["7275553301,7275553302"]),
        lambda writer: writer.copy(SOURCE, ["727-555-3301"]),
        lambda writer: writer.copy(SOURCE, [*LONGEST, "7290000000"]),
        lambda writer: writer.copy(SOURCE, ["main_line", "MAIN_LINE"]),
        lambda writer: writer.copy(SOURCE, ["Default"]),
        lambda writer: writer.copy("7", ["7275553301"]),
        lambda writer: writer.copy(SOURCE, ["7275553301"], ""),
        lambda writer: writer.copy(SOURCE, ["7275553301"], "Tom & Co"),
        lambda writer: writer.update("7275553301", {}),
        lambda writer: writer.update("7275553301", {"active": ""}),
        lambda writer: writer.update("7275553301", {"extension": "*98#"}),
        lambda writer: writer.update("7275553301", {"delete_did": "Y"}),
        lambda writer: writer.update("7275553301", {"did_pattern": "7275553302"}),
        lambda writer: writer.update("7", {"active": "N"}),
        lambda writer: writer.update("default", {"active": "N"}),
        lambda writer: writer.delete("default"),
        lambda writer: writer.delete("DID_SYSTEM_FILTER"),
        lambda writer: writer.delete(""),
    ],
)
def test_a_call_that_must_never_be_sent_is_not_sent(ask, act):
    def play(request):
        pytest.fail("sent")

    with pytest.raises(ValueError, match=r"."):
        ask(play, lambda server: act(server.writer))
