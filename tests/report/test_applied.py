"""What an apply came to, in words and for other tools."""

import json
import textwrap

from hypothesis import given
from hypothesis import strategies as st

from reconciler.numbers import parse_span
from reconciler.plan.outcome import (
    ConflictFound,
    Done,
    NotStarted,
    Refused,
    Settled,
    Unfinished,
    Unknown,
    Vanished,
)
from reconciler.plan.plan import make_plan
from reconciler.report.outcome import applied_headline, applied_json, applied_text, meanings
from reconciler.state.model import BegunCreate, Confirmed, FromSource
from tests.conftest import SALES, declared, spec, state

DONE = Done(Confirmed("7275551114", SALES))


def plan():
    return make_plan(spec(("7275553300-7275553399", declared())), state())


def settled(*entries):
    return [Settled(parse_span(numbers), outcome) for numbers, outcome in entries]


def text(*entries, seconds=1.2, width=None):
    return applied_text(plan(), settled(*entries), seconds, width=width)


def test_all_confirmed_is_one_line():
    assert text(("7275553300-7275553399", DONE)) == "tampa: applied in 1.2 s: 100 of 100 confirmed"


def test_what_is_not_confirmed_is_told_with_the_server_s_words_and_what_happens_next():
    shown = text(
        ("7275553300", Refused("ERROR: update_did group MUST BE VALID")),
        ("7275553302", Refused("ERROR: update_did group MUST BE VALID")),
        ("7275553301", Refused("ERROR: no")),
        ("7275553303", Unfinished("ERROR: no", Confirmed("7275551114"))),
        ("7275553304-7275553305", ConflictFound()),
        ("7275553306", Vanished("gone")),
        ("7275553307-7275553308", Unknown("HTTP 500")),
        ("7275553309-7275553310", NotStarted("its seed 7275553300 was not confirmed")),
        ("7275553311-7275553399", DONE),
    )
    assert shown + "\n" == textwrap.dedent(
        """\
        tampa: applied in 1.2 s: 89 of 100 confirmed, 3 refused, 1 unfinished, 2 conflict, 1 vanished, 2 unknown, 2 not started

          ! the server refused: they are as they were
            7275553301
              ERROR: no
            7275553300, 7275553302
              ERROR: update_did group MUST BE VALID

          ! created, but their fields could not be set
            7275553303
              ERROR: no

          ! exist on the server and are not ours: `adopt: true` on the block takes them over, or remove them
            from the YAML
            7275553304–7275553305 (2)

          ! expected on the server and not there
            7275553306
              gone

          ? no clear answer: the next run settles them
            7275553307–7275553308 (2)
              HTTP 500

          · nothing was sent for them: apply again when the error below is fixed
            7275553309–7275553310 (2)
              its seed 7275553300 was not confirmed
        """  # noqa: E501
    )


def test_a_thousand_refusals_that_differ_in_their_own_number_alone_are_one():
    shown = text(
        *((str(7275553300 + n), Refused(f"Duplicate entry '{7275553300 + n}'")) for n in range(100))
    )
    assert "7275553300–7275553399 (100)" in shown or "7275553300" in shown
    assert shown.count("Duplicate entry '(number)'") == 1
    assert len(shown.splitlines()) < 12


def test_a_thousand_reasons_are_a_few_with_the_others_counted():
    shown = text(*((str(7275553300 + n), Refused(f"ERROR: |Room {n}")) for n in range(100)))
    assert len(shown.splitlines()) < 32
    assert "    … and 88 numbers for 88 other reasons: --report FILE names them all" in shown


def test_what_may_be_ours_is_told_apart_from_what_is_not():
    mark = BegunCreate("7275551114", FromSource(), SALES)
    shown = text(("7275553300-7275553398", ConflictFound()), ("7275553399", ConflictFound(mark)))
    assert "100 conflict" in shown
    assert "7275553399\n      in doubt: a call of ours may have made it" in shown


def test_what_nobody_spoke_of_was_not_started():
    shown = text(("7275553300-7275553349", DONE))
    assert "50 of 100 confirmed, 50 not started" in shown
    assert "the run ended before its turn" in shown


def test_the_server_s_words_cannot_move_the_cursor():
    shown = text(("7275553300-7275553399", Refused("\x1b[2J\nplan 000 on state 9")))
    assert "\x1b" not in shown
    assert "\nplan" not in shown


def test_narrow_terminals_wrap():
    shown = text(("7275553300-7275553399", ConflictFound()), width=60)
    assert all(len(line) <= 60 for line in shown.split("\n"))


def test_the_headline_alone():
    assert (
        applied_headline(plan(), settled(("7275553300-7275553399", Unknown("?"))), 61.04)
        == "applied in 61.0 s: 0 of 100 confirmed, 100 unknown"
    )


def test_each_outcome_means_something_but_for_the_one_with_nothing_left_to_say():
    assert [name for name, meaning in meanings().items() if not meaning] == ["confirmed"]


def test_the_same_for_other_tools():
    given_ = plan()
    content = json.loads(
        applied_json(
            given_,
            settled(
                ("7275553300-7275553301", DONE),
                ("7275553302", Done(Confirmed("7275551114"))),
                ("7275553303-7275553399", Refused("ERROR: no")),
            ),
            0.25,
        )
    )
    assert content == {
        "version": 1,
        "target": "tampa",
        "digest": given_.digest,
        "serial": 1,
        "seconds": 0.2,
        "numbers": {
            "planned": 100,
            "confirmed": 3,
            "refused": 97,
            "unfinished": 0,
            "conflict": 0,
            "vanished": 0,
            "unknown": 0,
            "not_started": 0,
        },
        "outcomes": [
            {"outcome": "confirmed", "numbers": ["7275553300-7275553302"]},
            {"outcome": "refused", "words": "ERROR: no", "numbers": ["7275553303-7275553399"]},
        ],
    }


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_answers_came_does_not_show(random):
    singles = [
        Settled(parse_span(str(7275553300 + each)), DONE if each % 3 else Unknown("no reply"))
        for each in range(100)
    ]
    shuffled = list(singles)
    random.shuffle(shuffled)
    assert applied_json(plan(), shuffled, 1) == applied_json(plan(), singles, 1)
    assert applied_text(plan(), shuffled, 1) == applied_text(plan(), singles, 1)
