"""Everything that can be found out before the first change, changing nothing."""

import asyncio
import time
from dataclasses import replace
from typing import Any, cast

import pytest

from reconciler.apply.needs import needs_of
from reconciler.apply.pace import Pace
from reconciler.apply.preflight import Checked, preflight, spans_of
from reconciler.credentials import Credentials
from reconciler.diff.model import Forget, Settle
from reconciler.errors import (
    LoginRefused,
    RightsMissing,
    ServerStop,
    ServerTooOld,
    Unreachable,
)
from reconciler.numbers import SpanMap, span_of
from reconciler.vicidial.builds import UPDATE
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import DidMissing, Exists
from tests.apply.rig import HASTY

NEW = "- {name: new, numbers: [7275550000-7275550003], routing: {record_call: Y}}\n"
CHAIN = NEW + "- {name: chained, source: 7275550001, numbers: [7275550100]}\n"
ELSEWHERE = NEW + "- {name: elsewhere, source: 7275559999, numbers: [7275550200]}\n"


class Told:
    """A reader that answers as written and notes what it was asked."""

    user = "6666"

    def __init__(self, **answers):
        self.answers = {
            "check_version": [],
            "check_version_to_update": [],
            "check_rights_to_copy": [],
            "check_rights_to_update": [],
            "numbers": [frozenset({"7275551114"})],
            **answers,
        }
        self.asked = []

    def _answer(self, question, *about, default=None):
        self.asked.append((question, *about))
        answers = self.answers[question]
        answer = answers.pop(0) if answers else default
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def check_version(self, needed):
        self.needed = [feature.name for feature in needed]
        return self._answer("check_version")

    async def check_rights_to_copy(self):
        return self._answer("check_rights_to_copy")

    async def check_rights_to_update(self, pattern):
        return self._answer("check_rights_to_update", pattern, default=Exists())

    async def numbers(self):
        return self._answer("numbers")


def checked(site, blocks, reader):
    site.write(blocks)
    return asyncio.run(preflight(cast("Any", reader), site.plan(), Pace(4, None), HASTY))


def questions(reader):
    return [asked[0] for asked in reader.asked]


def test_the_version_comes_first_then_the_rights_then_the_list(site):
    reader = Told()
    found = checked(site, NEW, reader)
    assert found == Checked(SpanMap([(span_of("7275551114"), True)]))
    assert questions(reader) == [
        "check_version",
        "check_rights_to_copy",
        "check_rights_to_update",
        "numbers",
    ]


def test_where_nothing_is_updated_the_right_to_update_is_not_asked_for(site):
    reader = Told()
    checked(site, "- {name: new, numbers: [7275550000-7275550003]}\n", reader)
    assert questions(reader) == ["check_version", "check_rights_to_copy", "numbers"]


def test_a_plan_that_copies_nothing_needs_the_right_to_update_only(site):
    site.write(NEW)
    site.apply_cleanly()
    reader = Told()
    found = checked(site, NEW.replace("Y", "N"), reader)
    assert found == Checked()
    assert reader.asked == [
        ("check_version",),
        ("check_rights_to_update", "7275550000"),
    ]


LEAVING = NEW.replace("}}", "}, removal: {action: delete}}")
MENU = "- {name: new, numbers: [7275550000], routing: {did_route: CALLMENU, menu_id: MAIN_IVR}}\n"


@pytest.mark.parametrize(
    ("known", "blocks", "needed"),
    [
        ("", NEW, ["update_did", "copy_did"]),
        ("", MENU, ["update_did", "the field menu_id", "copy_did"]),
        (NEW, NEW.replace("Y", "N"), ["update_did"]),
        (MENU, MENU.replace("MAIN_IVR", "AFTER_HOURS"), ["update_did", "the field menu_id"]),
        (LEAVING, "", ["update_did", "delete_did"]),
    ],
)
def test_a_server_must_have_what_the_plan_needs_and_no_more(site, known, blocks, needed):
    if known:
        site.write(known)
        site.apply_cleanly()
    reader = Told()
    checked(site, blocks, reader)
    assert reader.needed == needed


def test_what_is_only_asked_about_or_forgotten_needs_no_copying(site):
    site.write(NEW)
    plan = site.plan()
    changes = SpanMap(
        [(span_of("7275550001"), Settle("new", None)), (span_of("7275550002"), Forget("new"))]
    )
    settled = replace(plan, difference=replace(plan.difference, changes=changes))
    assert needs_of(settled) == (UPDATE,)


def test_a_source_that_the_list_does_not_show_is_asked_for(site):
    reader = Told(check_rights_to_update=[Exists(), DidMissing()])
    found = checked(site, ELSEWHERE, reader)
    assert reader.asked[-1] == ("check_rights_to_update", "7275559999")
    assert list(found.missing) == ["7275559999"]
    assert "does not exist" in found.missing["7275559999"]


def test_a_source_that_is_not_listed_but_exists_is_not_missing(site):
    assert checked(site, ELSEWHERE, Told()).missing == {}


def test_a_source_that_the_plan_creates_need_not_exist(site):
    reader = Told()
    checked(site, CHAIN, reader)
    assert reader.asked[2:] == [("check_rights_to_update", "7275551114"), ("numbers",)]


def test_where_the_list_may_not_be_read_every_source_is_asked_for(site):
    reader = Told(numbers=[NotReadable("not allowed")])
    found = checked(site, ELSEWHERE, reader)
    assert (found.present, found.unreadable) == (None, "not allowed")
    assert reader.asked[2:] == [
        ("check_rights_to_update", "7275551114"),
        ("numbers",),
        ("check_rights_to_update", "7275559999"),
    ]


def test_a_list_that_is_only_late_is_asked_for_again(site):
    late = NotReadable("HTTP 500", passing=True)
    reader = Told(numbers=[late, late, frozenset()])
    assert checked(site, NEW, reader).present == SpanMap()


def test_a_list_that_never_comes_is_not_readable_and_ends_nothing(site):
    reader = Told(numbers=[NotReadable("HTTP 500", passing=True)] * 3)
    found = checked(site, NEW, reader)
    assert (found.present, found.unreadable) == (None, "HTTP 500")
    assert questions(reader).count("numbers") == HASTY.attempts


def test_a_server_that_asks_to_wait_is_left_alone_for_as_long(site):
    reader = Told(check_version=[Unreachable("HTTP 503", wait=0.3)])
    began = time.monotonic()
    checked(site, NEW, reader)
    assert time.monotonic() - began >= 0.3
    assert questions(reader)[:3] == ["check_version", "check_version", "check_rights_to_copy"]


@pytest.mark.parametrize("question", ["check_version", "numbers"])
def test_a_server_that_asks_for_more_than_can_be_waited_is_not_asked_again(site, question):
    hour: Unreachable | NotReadable = Unreachable("HTTP 503", wait=3600.0)
    if question == "numbers":
        hour = NotReadable("HTTP 503", passing=True, wait=3600.0)
    reader = Told(**{question: [hour]})
    if question == "numbers":
        assert checked(site, NEW, reader).unreadable == "HTTP 503"
    else:
        with pytest.raises(Unreachable, match="HTTP 503"):
            checked(site, NEW, reader)
    assert questions(reader).count(question) == 1


def in_conflict(site):
    """A state with a conflict: the number of the source itself was to be created."""
    site.write("- {name: theirs, source: 7275559100, numbers: [7275551114, 7275550001]}\n")
    site.apply()
    assert [span.text for span in site.plan().conflicts.spans] == ["7275551114"]


def test_a_plan_that_copies_nothing_reads_the_list_where_there_are_conflicts(site):
    in_conflict(site)
    assert not site.plan().changes
    reader = Told()
    found = asyncio.run(preflight(cast("Any", reader), site.plan(), Pace(4, None), HASTY))
    assert found.present == SpanMap([(span_of("7275551114"), True)])
    assert reader.asked == [
        ("check_version",),
        ("check_rights_to_update", "7275551114"),
        ("numbers",),
    ]


@pytest.mark.parametrize("question", ["check_version", "check_rights_to_copy"])
def test_what_got_no_answer_is_asked_again(question, site):
    reader = Told(**{question: [Unreachable("no reply")]})
    checked(site, NEW, reader)
    assert questions(reader).count(question) == 2


@pytest.mark.parametrize("question", ["check_version", "check_rights_to_copy"])
def test_retries_end(question, site):
    reader = Told(**{question: [Unreachable("no reply")] * 9})
    with pytest.raises(Unreachable, match="no reply"):
        checked(site, NEW, reader)
    assert questions(reader).count(question) == HASTY.attempts


@pytest.mark.parametrize(
    ("question", "stop"),
    [
        ("check_version", ServerTooOld("old")),
        ("check_rights_to_copy", LoginRefused("refused")),
        ("check_rights_to_copy", RightsMissing("no")),
        ("numbers", LoginRefused("refused")),
    ],
)
def test_a_refusal_is_never_asked_twice(question, stop, site):
    reader = Told(**{question: [stop]})
    with pytest.raises(type(stop)):
        checked(site, NEW, reader)
    assert questions(reader).count(question) == 1


def test_a_listed_number_that_is_no_pattern_is_left_out():
    assert spans_of(frozenset({"7275550001", "7275550002", "(727) 555", "x"})) == SpanMap(
        [(span_of("7275550001"), True), (span_of("7275550002"), True)]
    )


def test_spellings_of_one_number_in_the_list_are_one():
    assert spans_of(frozenset({"Sales1", "SALES1"})).count == 1


# --- against the simulator


def nothing_was_changed(site, simulator):
    assert len(simulator.dids()) == 5
    assert not site.journal_path.exists()
    assert site.plan().counts.settling == 0


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (Credentials("6666", "wrong"), "refused the log-in of user 6666"),
        (Credentials("8010", "nomod"), "Modify DIDs"),
        (Credentials("8012", "fewfuncs"), "copy_did"),
        (Credentials("7007", "seven"), "User Level 8"),
        (Credentials("8013", "gone"), "refused the log-in"),
    ],
)
def test_an_account_that_may_not_copy_changes_nothing(user, words, site, simulator):
    site.write(NEW)
    site.options.user = user
    _, applied = site.apply()
    assert isinstance(applied.error, ServerStop)
    assert words in f"{applied.error.message} {applied.error.hint}"
    nothing_was_changed(site, simulator)


def test_a_wrong_password_is_tried_once(site, simulator):
    site.write(NEW)
    site.options.user = Credentials("6666", "wrong")
    site.apply()
    assert simulator.calls() == {"copy_did": 1, "version": 1}
