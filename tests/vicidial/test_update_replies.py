"""An update, a deletion, a probe: one line decides, and only one about the number meant."""

import pytest

from reconciler.vicidial.answer import Answer
from reconciler.vicidial.parse import delete_reply, probe_reply, right_to_copy, update_reply
from reconciler.vicidial.readings import Allowed
from reconciler.vicidial.replies import CallRefused, Deleted, DidMissing, Exists, Unclear, Updated

NUMBER = "7275553301"
UPDATED = f"SUCCESS: update_did DID HAS BEEN UPDATED - 6666|{NUMBER}\n"
DELETED = f"SUCCESS: update_did DID HAS BEEN DELETED - 6666|{NUMBER}|2\n"
MISSING = f"ERROR: update_did DID DOES NOT EXIST: |6666|{NUMBER}\n"
NO_UPDATES = "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"
REFUSED = (
    "ERROR: update_did GROUP ID MUST BE A VALID INBOUND GROUP IN THE SYSTEM, "
    "THIS IS AN OPTIONAL FIELD: |6666|NOPE\n"
)

READERS = {"update": update_reply, "delete": delete_reply, "probe": probe_reply}


def kind(call, body, status=200):
    return type(READERS[call](Answer(status, body), NUMBER, "6666"))


@pytest.mark.parametrize(
    ("body", "update", "delete", "probe"),
    [
        (UPDATED, Updated, Unclear, Unclear),
        (DELETED, Unclear, Deleted, Unclear),
        (MISSING, DidMissing, DidMissing, DidMissing),
        (NO_UPDATES, CallRefused, CallRefused, Exists),
        (REFUSED, CallRefused, CallRefused, Unclear),
        ("", Unclear, Unclear, Unclear),
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_each_line_means_one_thing_to_each_call(body, update, delete, probe, status):
    assert kind("update", body, status) is update
    assert kind("delete", body, status) is delete
    assert kind("probe", body, status) is probe


@pytest.mark.parametrize("call", READERS)
@pytest.mark.parametrize("body", [UPDATED, DELETED, MISSING])
@pytest.mark.parametrize(("old", "new"), [(NUMBER, NUMBER + "0"), ("6666", "6667"), ("\n", "")])
def test_another_number_another_user_or_half_a_line_tell_nothing(call, body, old, new):
    assert kind(call, body.replace(old, new)) is Unclear


@pytest.mark.parametrize(
    ("call", "one", "other"),
    [
        ("update", UPDATED, MISSING),
        ("update", UPDATED, NO_UPDATES),
        ("update", UPDATED, REFUSED),
        ("delete", DELETED, MISSING),
        ("delete", DELETED, REFUSED),
        ("probe", NO_UPDATES, MISSING),
    ],
)
def test_lines_that_contradict_each_other_tell_nothing(call, one, other):
    assert kind(call, one + other) is Unclear
    assert kind(call, other + one) is Unclear
    assert kind(call, one + one) is kind(call, one)


@pytest.mark.parametrize("call", READERS)
def test_a_line_of_another_user_before_ours_does_not_matter(call):
    other = UPDATED.replace("6666", "6667")
    assert kind(call, other + MISSING) is DidMissing


def test_a_refusal_keeps_the_server_s_words():
    told = update_reply(Answer(200, REFUSED), NUMBER, "6666")
    assert told == CallRefused(REFUSED.strip().replace("6666", "(user)"))


def test_a_copy_that_is_too_short_proves_the_right_to_copy():
    body = "ERROR: copy_did YOU MUST USE ALL REQUIRED FIELDS: |6666|0|0\n"
    assert right_to_copy(Answer(200, body), "6666") == Allowed()
    assert isinstance(right_to_copy(Answer(500, ""), "6666"), Unclear)
