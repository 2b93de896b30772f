"""Every recorded answer is understood, and what is understood agrees with the server's table."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import (
    LockedOut,
    LoginRefused,
    ReconcilerError,
    RightsMissing,
    ServerStop,
    ServerTooOld,
)
from reconciler.vicidial import pages, parse
from reconciler.vicidial.answer import Answer
from reconciler.vicidial.readings import Version
from reconciler.vicidial.replies import (
    Added,
    AlreadyExists,
    CallRefused,
    Copied,
    Deleted,
    DidMissing,
    Exists,
    NotInserted,
    SourceMissing,
    Unclear,
    Updated,
)

RECORDINGS = Path(__file__).parents[1] / "recordings" / "non_agent_api.jsonl"
CASES = [json.loads(line) for line in RECORDINGS.read_text().splitlines()]
STEPS = [(case["case"], step) for case in CASES for step in case["steps"]]
COPIES = [step for _, step in STEPS if step["params"].get("function") == "copy_did"]


def understood(step, body=None):
    """What the client makes of a recorded step; ``body`` takes the place of the recorded one."""
    params = step["params"]
    user = params.get("user", "")
    answer = Answer(step["status"], step["body"] if body is None else body)
    match params.get("function"):
        case "copy_did":
            asked = tuple(dict.fromkeys(params.get("new_dids", "").split(",")))
            return parse.copy_reply(answer, params.get("source_did_pattern", ""), asked, user)
        case "update_did":
            pattern = params.get("did_pattern", "")
            probes = set(params) <= {"source", "user", "pass", "function", "did_pattern"}
            deletes = params.get("delete_did") == "Y"
            read = parse.probe_reply if probes else parse.update_reply
            return (parse.delete_reply if deletes else read)(answer, pattern, user)
        case "version":
            return parse.version_of(answer)
        case _:
            return pages.choices_of(answer, user)


def outcome(step, body):
    try:
        return understood(step, body)
    except ReconcilerError as stop:
        return type(stop)


@pytest.mark.parametrize(("case", "step"), STEPS, ids=[case for case, _ in STEPS])
def test_what_is_understood_is_what_the_table_shows(case, step):
    changed = step["dids_changed"]
    pattern = step["params"].get("did_pattern")
    try:
        reply = understood(step)
    except ServerStop:
        assert changed == {}
        return
    match reply:
        case Copied(lines):
            unclear = {number for number, line in lines.items() if isinstance(line, Unclear)}
            added = {number: line.did_id for number, line in lines.items() if type(line) is Added}
            assert unclear == set()
            assert added == {number: int(row["did_id"]) for number, row in changed.items()}
        case Updated():
            assert set(changed) <= {pattern}
            assert None not in changed.values()
        case Deleted():
            assert changed == {pattern: None}
        case Unclear():
            # Spaces and dashes in a number: the server answers about another one.
            assert case == "copy: spaces and dashes are stripped"
        case _:
            assert changed == {}


KINDS = {
    "copy one": [Copied],
    "copy twice: some exist, then all exist": [Copied, Copied, Copied],
    "copy from a missing source": [SourceMissing],
    "copy description too short, too long": [CallRefused, CallRefused],
    "copy description: characters that are stripped": [Copied],
    "copy without new_dids, without source_did_pattern": [CallRefused, CallRefused],
    "copy: source parameter missing, one character": [ServerStop, ServerStop],
    "copy: user group that cannot see the source": [SourceMissing],
    "permissions": [
        LoginRefused,
        LoginRefused,
        RightsMissing,
        LoginRefused,
        RightsMissing,
        RightsMissing,
        RightsMissing,
        LoginRefused,
    ],
    "lock-out: a good log-in, ten bad ones, then the right password": [
        Exists,
        *[LoginRefused] * 10,
        LockedOut,
        LockedOut,
    ],
    "unknown function, no function": [ServerTooOld, ServerTooOld],
    "update: existence probe": [Exists, DidMissing],
    "update: each field once": [Updated] * 18,
    "update: each field with a value that is refused": [CallRefused] * 18,
    "update: one good field and one bad one": [CallRefused, CallRefused],
    "update: empty values are ignored": [CallRefused],
    "update: missing number": [DidMissing, CallRefused],
    "update: delete": [Deleted, DidMissing],
    "update: delete without the permission": [RightsMissing],
    "list in-groups, call menus": [frozenset, frozenset],
    "version": [Version],
}


@pytest.mark.parametrize("case", KINDS)
def test_each_kind_of_reply_is_told_apart(case):
    steps = next(found["steps"] for found in CASES if found["case"] == case)
    outcomes = [outcome(step, step["body"]) for step in steps]
    assert [found if isinstance(found, type) else type(found) for found in outcomes] == KINDS[case]


@pytest.mark.parametrize("step", [step for _, step in STEPS], ids=[case for case, _ in STEPS])
def test_line_ends_of_another_kind_change_nothing(step):
    other = step["body"].replace("\n", "\r\n")
    assert outcome(step, other) == outcome(step, step["body"])


@given(data=st.data())
def test_a_copy_cut_anywhere_tells_nothing_of_a_number_whose_line_did_not_arrive(data):
    step = data.draw(st.sampled_from(COPIES))
    body = step["body"].encode()
    cut = body[: data.draw(st.integers(0, len(body)))].decode(errors="replace")
    try:
        reply = understood(step, cut)
    except ReconcilerError:
        return
    whole = cut.split("\n")[:-1]
    if not isinstance(reply, Copied):
        assert isinstance(reply, SourceMissing | CallRefused | Unclear)
        return
    for number, line in reply.lines.items():
        if not isinstance(line, Unclear):
            word = "ADDED" if isinstance(line, Added) else "EXISTS"
            assert any(f"|{number}" in one and word in one for one in whole)
        assert not isinstance(line, NotInserted)


READERS = {
    "copy": lambda answer: parse.copy_reply(answer, "7275551114", ["7275553338"], "6666"),
    "update": lambda answer: parse.update_reply(answer, "7275551114", "6666"),
    "delete": lambda answer: parse.delete_reply(answer, "7275551114", "6666"),
    "probe": lambda answer: parse.probe_reply(answer, "7275551114", "6666"),
    "right to copy": lambda answer: parse.right_to_copy(answer, "6666"),
    "version": parse.version_of,
}


@pytest.mark.parametrize("call", READERS)
@given(text=st.text(), status=st.sampled_from([None, 200, 302, 404, 500, 502]))
def test_garbage_proves_nothing(call, text, status):
    try:
        reply = READERS[call](Answer(status, text))
    except ServerStop:  # words of a stop were drawn: stopping once too often is allowed
        return
    assert isinstance(reply, Unclear)


def test_every_number_of_a_copy_that_exists_is_told_so():
    steps = next(
        case["steps"] for case in CASES if case["case"] == "copy twice: some exist, then all exist"
    )
    assert understood(steps[1]) == Copied({"7275553337": AlreadyExists(), "7275553336": Added(8)})
