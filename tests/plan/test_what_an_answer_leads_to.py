"""What each answer stops, what it leaves in the state, and what goes on."""

import pytest

from reconciler.numbers import SpanMap, span_of
from reconciler.plan.calls import (
    CallCount,
    CopyCall,
    DeleteCall,
    ProbeCall,
    ReadCall,
    UpdateCall,
)
from reconciler.plan.creating import GONE
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
from reconciler.plan.schedule import Schedule
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import BY_NAME, NOTHING, Routing
from reconciler.state.model import (
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    CopyOf,
    FromSource,
    Record,
    Seed,
)
from reconciler.vicidial.readings import NotReadable
from reconciler.vicidial.replies import (
    Added,
    AlreadyExists,
    CallRefused,
    Columns,
    Copied,
    Deleted,
    DidMissing,
    Exists,
    NotInserted,
    SourceMissing,
    Unclear,
    Updated,
)
from tests.conftest import (
    MENU,
    SALES,
    SOURCE,
    SUPPORT,
    block,
    declared,
    known,
    over,
    record,
    spec,
    state,
)

ONE, TWO, THREE, FOUR = (f"727555300{n}" for n in (1, 2, 3, 4))
ADDED = Added(7)
NO_SOURCE = SourceMissing("no such source")
WRONG = CallRefused("no such in-group")
LOST = Unclear("no reply")
ADOPTING = block(adopt=True)


NOBODY = over()
"""The server's list of numbers, where it has none of them."""


def schedule_of(wanted, before=None, present=NOBODY, *, unlisted=False):
    before = before or state()
    there = None if unlisted else present
    return Schedule(make_plan(wanted, before).changes, before.records, there, unlisted=unlisted)


def columns(pattern, routing=NOTHING, *, origin=SOURCE):
    """A number read beside its source: a copy of it with ``routing``."""
    plain = {"did_route": "PHONE", "group_id": "", "menu_id": "", "custom_one": origin}
    fields = {BY_NAME[name].column: value for name, value in routing.items()}
    source = plain | {"custom_one": SOURCE, "did_pattern": SOURCE, "did_id": "1"}
    number = plain | fields | {"did_pattern": pattern, "did_id": "2"}
    return Columns({pattern: number, SOURCE: source})


def theirs(pattern):
    """A number read that is no copy of the source."""
    return columns(pattern, origin="elsewhere")


def group_of(*, before=None, routing=SALES, **more):
    """A seed (the first) and two others."""
    return schedule_of(spec((f"{ONE}-{THREE}", declared(routing))), before, **more)


def settled(pattern, outcome):
    return [Settled(span_of(pattern), outcome)]


def reply(schedule, answer, *, doubtful=()):
    """Answer the next call; lines of a copy by number."""
    answer = Copied(answer) if isinstance(answer, dict) else answer
    return answered(schedule, schedule.take(), answer, doubtful)


def answered(schedule, flight, answer, doubtful=()):
    """Answer a call that was taken; an earlier try left the ``doubtful`` numbers in doubt."""
    flight.doubtful.update(doubtful)
    flight.answered(answer)
    return schedule.settle(flight)


def marks(flight):
    return [(span.text, begun) for span, begun in flight.marks]


# --- seeds


def test_a_group_waits_for_its_seed_and_is_copied_from_it():
    schedule = group_of()
    first = schedule.take()
    assert first.call == CopyCall(SOURCE, (span_of(ONE),))
    assert marks(first) == [(ONE, BegunCreate(SOURCE, Seed(), SALES))]
    assert schedule.take() is None
    assert answered(schedule, first, Copied({ONE: ADDED})) == []
    update = schedule.take()
    assert update.call == UpdateCall(ONE, SALES)
    assert marks(update) == [(ONE, BegunUpdate(Confirmed(SOURCE), SALES))]
    assert schedule.take() is None
    assert answered(schedule, update, Updated()) == settled(ONE, Done(Confirmed(SOURCE, SALES)))
    rest = schedule.take()
    assert rest.call.via == ONE
    assert marks(rest) == [(f"{TWO}-{THREE}", BegunCreate(SOURCE, CopyOf(ONE), SALES))]
    assert answered(schedule, rest, Copied({TWO: ADDED, THREE: ADDED})) == [
        *settled(TWO, Done(Confirmed(SOURCE, SALES))),
        *settled(THREE, Done(Confirmed(SOURCE, SALES))),
    ]
    assert schedule.left("the end") == []


def test_a_number_without_a_description_is_the_seed_since_its_copies_have_the_source_s():
    described = SALES.overlaid({"did_description": "Tampa one"})
    schedule = schedule_of(spec((ONE, declared(described)), (TWO, declared(SALES))))
    assert schedule.take().call == CopyCall(SOURCE, (span_of(TWO),))


def test_a_seed_that_is_somebody_elses_makes_the_next_number_the_seed():
    schedule = group_of()
    assert reply(schedule, {ONE: AlreadyExists()}) == settled(ONE, ConflictFound())
    assert schedule.take().call == CopyCall(SOURCE, (span_of(TWO),))


def test_when_every_number_is_somebody_elses_there_is_no_seed_and_nothing_left():
    schedule = group_of()
    for pattern in (ONE, TWO, THREE):
        assert reply(schedule, {pattern: AlreadyExists()}) == settled(pattern, ConflictFound())
    assert schedule.take() is None
    assert schedule.left("the end") == []


SENT = BegunCreate(SOURCE, FromSource(), SALES)


@pytest.mark.parametrize(
    "answer",
    [theirs(ONE), Columns({SOURCE: {}}), Columns({}), NotReadable("no longer allowed")],
    ids=["no copy of the source", "not visible", "no source", "not readable"],
)
def test_a_seed_that_a_lost_reply_may_have_made_is_no_seed_unless_it_is_like_its_source(answer):
    schedule = group_of()
    assert reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE]) == []
    assert reply(schedule, answer) == settled(ONE, ConflictFound(SENT))
    assert schedule.take().call == CopyCall(SOURCE, (span_of(TWO),))


def test_nothing_else_is_sent_while_a_number_is_being_proven():
    schedule = schedule_of(spec((f"{ONE}-{TWO}", declared(SALES)), (THREE, declared(MENU))))
    assert reply(schedule, {ONE: AlreadyExists(), THREE: ADDED}, doubtful=[ONE]) == []
    proof = schedule.take()
    assert proof.call == ReadCall(ONE, SOURCE)
    assert schedule.take() is None
    assert answered(schedule, proof, columns(ONE)) == []
    assert {schedule.take().call.pattern for _ in range(2)} == {ONE, THREE}


def test_a_proof_without_a_clear_answer_leaves_the_number_begun_and_its_group_waiting():
    schedule = group_of()
    reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE])
    assert reply(schedule, LOST) == settled(ONE, Unknown("no reply"))
    assert schedule.take() is None
    (left,) = schedule.left("the end")
    assert left.outcome == NotStarted(f"copied from {ONE}, which was not confirmed")


def test_a_proof_given_back_leaves_the_number_begun():
    schedule = group_of()
    reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE])
    schedule.take().give_back()
    first, rest = schedule.left("stopped")
    assert first == Settled(span_of(ONE), Unknown("it exists, and was not looked at yet: stopped"))
    assert rest.outcome == NotStarted("stopped")


def test_a_seed_whose_fields_are_refused_stops_its_group_and_stays_known():
    schedule = group_of()
    reply(schedule, {ONE: ADDED})
    assert reply(schedule, WRONG) == settled(ONE, Unfinished(WRONG.words, Confirmed(SOURCE)))
    assert schedule.take() is None
    assert schedule.left("the end") == [
        Settled(
            over((f"{TWO}-{THREE}", 1)).spans[0],
            NotStarted(f"copied from {ONE}, which was not confirmed"),
        )
    ]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [(LOST, Unknown("no reply")), (NotInserted("0 rows"), Refused("0 rows"))],
)
def test_a_seed_that_was_not_copied_stops_its_group(line, outcome):
    schedule = group_of()
    assert reply(schedule, {ONE: line}) == settled(ONE, outcome)
    assert schedule.take() is None
    (left,) = schedule.left("the end")
    assert left.outcome == NotStarted(f"copied from {ONE}, which was not confirmed")


def test_a_seed_without_a_clear_answer_is_not_copied():
    schedule = group_of()
    reply(schedule, {ONE: ADDED})
    assert reply(schedule, LOST) == settled(ONE, Unknown("no reply"))
    assert schedule.take() is None


def test_a_seed_that_vanishes_stays_known_as_made():
    schedule = group_of()
    reply(schedule, {ONE: ADDED})
    assert reply(schedule, DidMissing()) == settled(ONE, Unfinished(GONE, Confirmed(SOURCE)))


def test_a_seed_that_a_lost_reply_made_is_asserted_and_copied():
    schedule = group_of()
    assert reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE]) == []
    assert schedule.news() == []
    assert reply(schedule, columns(ONE)) == []
    assert schedule.news() == [(span_of(ONE), BegunUpdate(Confirmed(SOURCE), SALES))]
    assert reply(schedule, Updated()) == settled(ONE, Done(Confirmed(SOURCE, SALES)))
    assert schedule.take().call.via == ONE


def test_a_number_begun_from_another_source_is_asserted_and_is_no_seed():
    mark = BegunCreate(SOURCE, Seed(), MENU)
    before = state((f"{ONE}-{THREE}", record(mark)))
    schedule = schedule_of(
        spec((f"{ONE}-{THREE}", declared(SALES, source="7275559999"))), before, over((ONE, True))
    )
    assert schedule.take().call == ReadCall(ONE, SOURCE)
    schedule = schedule_of(
        spec((f"{ONE}-{THREE}", declared(SALES, source="7275559999"))), before, over((ONE, True))
    )
    assert reply(schedule, columns(ONE, MENU)) == []
    update = schedule.take()
    assert update.call == UpdateCall(ONE, SALES)
    assert marks(update) == [(ONE, BegunUpdate(Confirmed(SOURCE), SALES))]
    assert schedule.take().call == CopyCall("7275559999", (span_of(TWO),))
    assert answered(schedule, update, Updated()) == settled(ONE, Done(Confirmed(SOURCE, SALES)))


def test_a_begun_number_that_the_list_did_not_show_and_a_copy_finds_is_proven_too():
    mark = BegunCreate(SOURCE, Seed(), SALES)
    schedule = group_of(before=state((f"{ONE}-{THREE}", record(mark))))
    assert reply(schedule, {ONE: AlreadyExists()}) == []
    assert reply(schedule, theirs(ONE)) == settled(ONE, ConflictFound(mark))


def test_a_number_half_deleted_that_is_gone_is_copied_anew():
    before = state((ONE, record(BegunDelete(Confirmed("7275559999", SALES)))))
    schedule = group_of(before=before)
    assert reply(schedule, {TWO: ADDED}) == []
    reply(schedule, Updated())
    flight = schedule.take()
    assert list(flight.call.patterns()) == [THREE]
    answered(schedule, flight, Copied({THREE: ADDED}))
    last = schedule.take()
    assert marks(last) == [(ONE, BegunCreate(SOURCE, CopyOf(TWO), SALES))]
    assert answered(schedule, last, Copied({ONE: ADDED})) == settled(
        ONE, Done(Confirmed(SOURCE, SALES))
    )


def test_a_number_half_deleted_that_is_as_it_was_keeps_its_origin():
    before = state((ONE, record(BegunDelete(Confirmed(None, SALES)))))
    schedule = schedule_of(spec((ONE, declared(MENU))), before, over((ONE, True)))
    proof = schedule.take()
    assert proof.call == ReadCall(ONE, None)
    assert answered(schedule, proof, columns(ONE, SALES, origin="edited")) == []
    assert reply(schedule, Updated()) == settled(ONE, Done(Confirmed(None, MENU)))
    assert schedule.take() is None


# --- sources


def test_a_missing_source_stops_its_copies_and_no_others():
    wanted = spec(
        (f"{ONE}-{TWO}", declared(NOTHING)), (FOUR, declared(NOTHING, source="7275551115"))
    )
    schedule = schedule_of(wanted)
    assert reply(schedule, NO_SOURCE) == [
        Settled(over((f"{ONE}-{TWO}", 1)).spans[0], Refused("no such source"))
    ]
    assert schedule.take().call == CopyCall("7275551115", (span_of(FOUR),))


def test_what_was_not_sent_tells_that_its_source_was_refused():
    schedule = schedule_of(
        spec((ONE, declared(NOTHING)), (TWO, declared(Routing({"did_description": "Tampa one"}))))
    )
    reply(schedule, NO_SOURCE)
    assert schedule.take() is None
    (left,) = schedule.left("the end")
    assert left.outcome == NotStarted(f"copying {SOURCE} was refused: no such source")


def test_a_source_refused_beforehand_is_never_copied():
    schedule = group_of()
    schedule.refuse_source(SOURCE, "the source is missing")
    schedule.refuse_source("7275559999", "nobody copies from it")
    assert schedule.take() is None
    assert schedule.expected() == CallCount()
    assert {each.outcome for each in schedule.left("the end")} == {
        NotStarted("the source is missing")
    }


def test_a_refused_source_takes_its_seeds_groups_along():
    schedule = group_of()
    assert reply(schedule, NO_SOURCE) == settled(ONE, Refused("no such source"))
    (left,) = schedule.left("the end")
    assert left.outcome == NotStarted(f"copying {SOURCE} was refused: no such source")


def test_a_seed_that_cannot_be_copied_stops_its_own_group():
    schedule = schedule_of(
        spec(
            ("7275553000-7275553299", declared(SALES)),
            (FOUR.replace("3004", "4000"), declared(MENU)),
        )
    )
    answered(schedule, schedule.take(), Copied({"7275553000": ADDED, "7275554000": ADDED}))
    reply(schedule, Updated())
    reply(schedule, Updated())
    assert {type(each.outcome) for each in reply(schedule, NO_SOURCE)} == {Refused}
    assert schedule.take() is None
    assert {type(each.outcome) for each in schedule.left("the end")} == {NotStarted}


def test_numbers_an_earlier_try_may_have_made_stay_unknown_when_the_copy_is_refused():
    schedule = schedule_of(spec((f"{ONE}-{TWO}", declared(NOTHING))))
    assert reply(schedule, NO_SOURCE, doubtful=[TWO]) == [
        *settled(ONE, Refused("no such source")),
        *settled(TWO, Unknown("no such source")),
    ]


def chain(change_of_source):
    return spec(
        (ONE, declared(change_of_source)),
        (TWO, declared(NOTHING, source=ONE, of=block("night"))),
    )


def test_copies_wait_for_a_source_that_is_made_first():
    schedule = schedule_of(chain(NOTHING))
    first = schedule.take()
    assert first.call == CopyCall(SOURCE, (span_of(ONE),))
    assert schedule.take() is None
    answered(schedule, first, Copied({ONE: ADDED}))
    assert schedule.take().call == CopyCall(ONE, (span_of(TWO),))


def test_copies_wait_for_a_source_that_is_changed_first():
    schedule = schedule_of(chain(SUPPORT), state((ONE, known(SALES))))
    first = schedule.take()
    assert first.call == UpdateCall(ONE, Routing({"group": "SUPPORT"}))
    assert schedule.take() is None
    answered(schedule, first, Updated())
    assert schedule.take().call == CopyCall(ONE, (span_of(TWO),))


def test_nothing_is_copied_from_a_source_that_was_not_confirmed():
    schedule = schedule_of(chain(NOTHING))
    reply(schedule, {ONE: LOST})
    assert schedule.take() is None
    assert schedule.left("the end") == settled(
        TWO, NotStarted(f"copied from {ONE}, which was not confirmed")
    )


def test_nothing_is_copied_from_a_source_that_turns_out_to_be_somebody_elses():
    schedule = schedule_of(chain(NOTHING), present=over((ONE, True)))
    assert schedule.at_once == settled(ONE, ConflictFound())
    assert schedule.take() is None
    assert schedule.left("the end") == settled(
        TWO, NotStarted(f"copied from {ONE}, which was not confirmed")
    )


def test_nothing_is_copied_from_a_source_known_to_be_somebody_elses():
    schedule = schedule_of(chain(NOTHING), state((ONE, record(Conflict()))))
    assert schedule.take() is None
    (left,) = schedule.left("the end")
    assert "is somebody else's number" in left.outcome.why


@pytest.mark.parametrize(("answer", "copied"), [(columns(ONE, SALES), True), (theirs(ONE), False)])
def test_a_source_that_left_the_yaml_while_begun_is_asked_for_first(answer, copied):
    wanted = spec((TWO, declared(NOTHING, source=ONE)))
    before = state((ONE, record(BegunCreate(SOURCE, Seed(), SALES))))
    schedule = schedule_of(wanted, before, over((ONE, True)))
    proof = schedule.take()
    assert proof.call == ReadCall(ONE, SOURCE)
    answered(schedule, proof, answer)
    assert (schedule.take() is not None) == copied


# --- single numbers of a copy


def test_each_number_of_a_copy_has_an_outcome_of_its_own():
    schedule = schedule_of(spec((f"{ONE}-{FOUR}", declared(NOTHING))))
    lines = {ONE: ADDED, TWO: AlreadyExists(), THREE: LOST, FOUR: AlreadyExists()}
    assert reply(schedule, lines, doubtful=[FOUR]) == [
        *settled(ONE, Done(Confirmed(SOURCE))),
        *settled(TWO, ConflictFound()),
        *settled(THREE, Unknown("no reply")),
    ]
    assert reply(schedule, columns(FOUR)) == settled(FOUR, Done(Confirmed(SOURCE)))


def test_no_answer_to_a_copy_leaves_all_of_it_unknown():
    schedule = schedule_of(spec((f"{ONE}-{TWO}", declared(NOTHING))))
    assert reply(schedule, LOST) == [
        *settled(ONE, Unknown("no reply")),
        *settled(TWO, Unknown("no reply")),
    ]


def test_a_copy_marks_what_it_sends_whatever_an_earlier_apply_had_begun():
    before = state(
        (TWO, record(BegunCreate("7275559999", Seed(), MENU))),
        (THREE, record(BegunDelete(Confirmed(None, SUPPORT)))),
    )
    schedule = schedule_of(spec((f"{ONE}-{FOUR}", declared(NOTHING))), before)
    assert marks(schedule.take()) == [
        (ONE, BegunCreate(SOURCE, FromSource(), NOTHING)),
        (f"{TWO}-{THREE}", BegunCreate(SOURCE, FromSource(), NOTHING)),
        (FOUR, BegunCreate(SOURCE, FromSource(), NOTHING)),
    ]


# --- adopting


def test_a_number_to_be_adopted_that_exists_gets_an_update_and_has_no_source():
    schedule = schedule_of(spec((f"{ONE}-{TWO}", declared(SALES, of=ADOPTING))))
    assert reply(schedule, {ONE: AlreadyExists()}) == []
    update = schedule.take()
    assert update.call == UpdateCall(ONE, SALES)
    assert marks(update) == [(ONE, BegunUpdate(Confirmed(None), SALES))]
    assert schedule.take().call == CopyCall(SOURCE, (span_of(TWO),))
    assert answered(schedule, update, Updated()) == settled(ONE, Done(Confirmed(None, SALES)))


def test_a_number_to_be_adopted_that_declares_nothing_is_known_without_a_call():
    schedule = schedule_of(spec((ONE, declared(NOTHING, of=ADOPTING))))
    assert reply(schedule, {ONE: AlreadyExists()}) == settled(ONE, Done(Confirmed(None)))
    assert schedule.take() is None


def test_an_adoption_that_is_refused_leaves_somebody_elses_number_theirs():
    schedule = schedule_of(spec((ONE, declared(SALES, of=ADOPTING))))
    reply(schedule, {ONE: AlreadyExists()})
    assert reply(schedule, WRONG) == settled(ONE, Refused(WRONG.words))


def test_a_number_to_be_adopted_that_a_lost_reply_may_have_made_is_never_a_seed():
    schedule = schedule_of(spec((f"{ONE}-{TWO}", declared(SALES, of=ADOPTING))))
    assert reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE]) == []
    assert reply(schedule, WRONG) == settled(ONE, Unfinished(WRONG.words, Confirmed(None)))
    assert schedule.take().call == CopyCall(SOURCE, (span_of(TWO),))


def test_a_conflict_to_be_adopted_costs_no_copy():
    before = state((ONE, record(Conflict())), (TWO, record(Conflict())))
    wanted = spec((ONE, declared(SALES, of=ADOPTING)), (TWO, declared(NOTHING, of=ADOPTING)))
    schedule = schedule_of(wanted, before, None)
    assert schedule.expected() == CallCount(updates=1, probes=1)
    assert reply(schedule, Updated()) == settled(ONE, Done(Confirmed(None, SALES)))
    assert reply(schedule, Exists()) == settled(TWO, Done(Confirmed(None)))


@pytest.mark.parametrize("routing", [SALES, NOTHING])
def test_a_conflict_to_be_adopted_that_is_gone_vanishes(routing):
    before = state((ONE, record(Conflict())))
    schedule = schedule_of(spec((ONE, declared(routing, of=ADOPTING))), before, None)
    assert reply(schedule, DidMissing()) == settled(ONE, Vanished(GONE))


def test_a_conflict_to_be_adopted_that_is_no_longer_listed_is_made():
    before = state((ONE, record(Conflict())))
    schedule = schedule_of(
        spec((ONE, declared(NOTHING, of=ADOPTING))), before, present=over((TWO, True))
    )
    assert reply(schedule, {ONE: ADDED}) == settled(ONE, Done(Confirmed(SOURCE)))


def test_listed_numbers_are_adopted_without_a_copy_and_unlisted_ones_are_made():
    wanted = spec((f"{ONE}-{TWO}", declared(SALES, of=ADOPTING)))
    schedule = schedule_of(wanted, present=over((ONE, True)))
    assert schedule.take().call == UpdateCall(ONE, SALES)
    assert schedule.take().call == CopyCall(SOURCE, (span_of(TWO),))


# --- the server's own list


def test_listed_numbers_are_conflicts_and_never_begun():
    schedule = schedule_of(spec((f"{ONE}-{THREE}", declared(SALES))), present=over((TWO, True)))
    assert schedule.at_once == settled(TWO, ConflictFound())
    assert schedule.expected() == CallCount(copies=2, updates=1)


def test_a_listed_number_that_is_begun_and_like_its_source_is_ours():
    before = state((ONE, record(BegunCreate(SOURCE, FromSource(), SALES))))
    schedule = schedule_of(spec((ONE, declared(SALES))), before, present=over((ONE, True)))
    assert reply(schedule, columns(ONE)) == []
    update = schedule.take()
    assert marks(update) == [(ONE, BegunUpdate(Confirmed(SOURCE), SALES))]
    assert answered(schedule, update, WRONG) == settled(
        ONE, Unfinished(WRONG.words, Confirmed(SOURCE))
    )


def test_a_listed_number_that_is_begun_and_declares_nothing_is_only_read():
    before = state((ONE, record(BegunCreate(SOURCE, FromSource(), NOTHING))))
    schedule = schedule_of(spec((ONE, declared(NOTHING))), before, present=over((ONE, True)))
    assert reply(schedule, columns(ONE)) == settled(ONE, Done(Confirmed(SOURCE)))
    assert schedule.news() == [(span_of(ONE), Confirmed(SOURCE))]
    assert schedule.news() == []


# --- without the list


def test_without_the_list_numbers_are_asked_for_before_they_are_copied():
    schedule = group_of(unlisted=True)
    assert schedule.expected() == CallCount(copies=2, updates=1, probes=3)
    question = schedule.take()
    assert question.call == ProbeCall(ONE)
    assert schedule.take() is None
    assert answered(schedule, question, DidMissing()) == []
    assert reply(schedule, {ONE: ADDED}) == []
    assert reply(schedule, Updated()) == settled(ONE, Done(Confirmed(SOURCE, SALES)))
    assert reply(schedule, DidMissing()) == []
    assert reply(schedule, Exists()) == settled(THREE, ConflictFound())
    assert schedule.take().call == CopyCall(ONE, (span_of(TWO),))


def test_a_seed_that_is_asked_for_and_is_somebody_elses_makes_the_next_number_the_seed():
    schedule = group_of(unlisted=True)
    assert reply(schedule, Exists()) == settled(ONE, ConflictFound())
    assert schedule.take().call == ProbeCall(TWO)


def test_a_number_of_which_the_server_does_not_say_whether_it_exists_is_not_copied():
    schedule = group_of(unlisted=True)
    why = "the server did not say whether it exists: no reply"
    assert reply(schedule, LOST) == settled(ONE, NotStarted(why))
    assert schedule.take().call == ProbeCall(TWO)


def test_a_number_that_was_missing_just_before_a_copy_without_a_reply_is_ours_and_no_seed():
    schedule = group_of(unlisted=True)
    reply(schedule, DidMissing())
    assert reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE]) == []
    update = schedule.take()
    assert update.call == UpdateCall(ONE, SALES)
    assert marks(update) == [(ONE, BegunUpdate(Confirmed(SOURCE), SALES))]
    assert schedule.take().call == ProbeCall(TWO)
    assert answered(schedule, update, DidMissing()) == settled(ONE, ConflictFound())


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Exists(), Done(Confirmed(SOURCE))),
        (DidMissing(), ConflictFound()),
        (LOST, Unknown("no reply")),
    ],
)
def test_one_that_declares_nothing_is_asked_for_once_more(answer, outcome):
    schedule = schedule_of(spec((ONE, declared(NOTHING))), unlisted=True)
    reply(schedule, DidMissing())
    assert reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE]) == []
    look = schedule.take()
    assert look.call == ProbeCall(ONE)
    look.give_back()
    assert reply(schedule, answer) == settled(ONE, outcome)


def test_one_that_was_not_asked_for_once_more_stays_begun():
    schedule = schedule_of(spec((ONE, declared(NOTHING))), unlisted=True)
    reply(schedule, DidMissing())
    reply(schedule, {ONE: AlreadyExists()}, doubtful=[ONE])
    words = "it exists, and was not asked for: stopped"
    assert schedule.left("stopped") == settled(ONE, Unknown(words))


def test_questions_and_copies_given_back_are_asked_again_and_nothing_is_lost():
    schedule = schedule_of(spec((f"{ONE}-{THREE}", declared(NOTHING))), unlisted=True)
    first = schedule.take()
    second = schedule.take()
    first.give_back()
    assert answered(schedule, second, DidMissing()) == []
    assert reply(schedule, DidMissing()) == []
    assert reply(schedule, DidMissing()) == []
    copy = schedule.take()
    assert list(copy.call.patterns()) == [ONE, TWO, THREE]
    copy.give_back()
    assert schedule.take().call == ProbeCall(ONE)
    assert sorted(p for each in schedule.left("stopped") for p in each.span) == [TWO, THREE]


def test_nothing_is_asked_or_copied_any_more_once_the_source_is_refused():
    wanted = spec((f"{ONE}-{TWO}", declared(NOTHING)), (THREE, declared(SALES)))
    schedule = schedule_of(wanted, unlisted=True)
    seed = schedule.take()
    assert seed.call == ProbeCall(THREE)
    assert answered(schedule, seed, DidMissing()) == []
    assert answered(schedule, schedule.take(), DidMissing()) == []
    schedule.refuse_source(SOURCE, "it is gone")
    assert schedule.take() is None
    assert schedule.expected() == CallCount()
    assert sorted(p for each in schedule.left("the end") for p in each.span) == [ONE, TWO, THREE]


def test_what_was_asked_for_and_not_copied_is_told_of_as_not_started():
    schedule = schedule_of(spec((f"{ONE}-{TWO}", declared(NOTHING))), unlisted=True)
    reply(schedule, DidMissing())
    assert schedule.left("stopped") == [
        Settled(over((f"{ONE}-{TWO}", 1)).spans[0], NotStarted("stopped"))
    ]


# --- numbers that exist


def updating(before=None):
    return schedule_of(spec((f"{ONE}-{THREE}", declared(SUPPORT))), before or all_known())


def all_known(routing=SALES):
    return state((f"{ONE}-{THREE}", known(routing)))


def test_an_update_keeps_what_it_does_not_change():
    schedule = updating()
    assert reply(schedule, Updated()) == settled(ONE, Done(Confirmed(SOURCE, SUPPORT)))


def test_an_update_is_marked_with_what_was_known():
    schedule = updating()
    flight = schedule.take()
    mark = BegunUpdate(Confirmed(SOURCE, SALES), Routing({"group": "SUPPORT"}))
    assert marks(flight) == [(ONE, mark)]


def test_an_update_of_a_half_updated_number_keeps_what_was_sure_before_and_all_that_was_sent():
    sent = Routing({"group": "OTHERS", "record_call": "Y"})
    before = BegunUpdate(Confirmed(SOURCE, SALES), sent)
    schedule = updating(state((ONE, record(before)), (f"{TWO}-{THREE}", known(SUPPORT))))
    both = Routing({"group": "SUPPORT", "record_call": "Y"})
    mark = BegunUpdate(Confirmed(SOURCE, SALES), both)
    assert marks(schedule.take()) == [(ONE, mark)]
    assert mark.certain.routing == Routing({"did_route": "IN_GROUP"})


def test_a_refused_update_stops_the_same_update_of_others():
    schedule = updating()
    assert reply(schedule, WRONG) == settled(ONE, Refused(WRONG.words))
    assert schedule.take() is None
    (left,) = schedule.left("the end")
    assert left.outcome == NotStarted(f"the same update was refused for {ONE}: {WRONG.words}")


def test_a_missing_number_stops_nothing_but_itself():
    schedule = updating()
    assert reply(schedule, DidMissing()) == settled(ONE, Vanished(GONE))
    assert schedule.take().call.pattern == TWO


@pytest.mark.parametrize(
    ("answer", "words"), [(LOST, "no reply"), (WRONG, WRONG.words), (DidMissing(), GONE)]
)
def test_an_update_that_an_earlier_try_may_have_done_stays_unknown(answer, words):
    assert reply(updating(), answer, doubtful=[ONE]) == settled(ONE, Unknown(words))


def removing(standing, policy, **more):
    before = state((ONE, Record("old", standing, policy)))
    return schedule_of(spec(), before, **more)


@pytest.mark.parametrize(
    ("answer", "doubtful", "outcome"),
    [
        (Deleted(), [], Done(None)),
        (DidMissing(), [], Vanished(GONE)),
        (DidMissing(), [ONE], Done(None)),
        (WRONG, [], Refused(WRONG.words)),
        (WRONG, [ONE], Unknown(WRONG.words)),
        (LOST, [ONE], Unknown("no reply")),
    ],
)
def test_what_a_deletion_comes_to(answer, doubtful, outcome):
    schedule = removing(Confirmed(SOURCE, SALES), DeletePolicy())
    flight = schedule.take()
    assert flight.call == DeleteCall(ONE)
    assert marks(flight) == [(ONE, BegunDelete(Confirmed(SOURCE, SALES)))]
    assert answered(schedule, flight, answer, doubtful) == settled(ONE, outcome)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Exists(), ConflictFound(BegunCreate(SOURCE, FromSource(), SALES))),
        (DidMissing(), Done(None)),
        (LOST, Unknown("no reply")),
    ],
)
def test_what_asking_for_a_begun_number_comes_to(answer, outcome):
    schedule = removing(BegunCreate(SOURCE, FromSource(), SALES), KeepPolicy(), unlisted=True)
    flight = schedule.take()
    assert flight.call == ProbeCall(ONE)
    assert marks(flight) == []
    assert answered(schedule, flight, answer) == settled(ONE, outcome)


def test_parking_a_number_that_was_never_made_forgets_it():
    schedule = removing(BegunCreate(SOURCE, FromSource(), SALES), ParkPolicy(MENU))
    assert schedule.at_once == settled(ONE, Done(None))
    assert schedule.take() is None


def test_a_conflict_no_longer_declared_is_forgotten_without_a_call():
    schedule = removing(Conflict(), DeletePolicy())
    assert schedule.at_once == settled(ONE, Done(None))
    assert schedule.take() is None


# --- calls that are not sent


def test_calls_given_back_are_told_of_as_not_started():
    before = state(
        (ONE, known(SALES)),
        (TWO, Record("old", Confirmed(SOURCE, SALES), DeletePolicy())),
        (THREE, Record("old", Conflict(), KeepPolicy())),
    )
    words = Routing({"did_description": "Tampa one"})
    wanted = spec(
        (ONE, declared(SUPPORT)),
        (THREE, declared(NOTHING, of=ADOPTING)),
        (FOUR, declared(NOTHING)),
        ("7275553005", declared(words)),
    )
    schedule = schedule_of(wanted, before, over((THREE, True)))
    flights = []
    while (flight := schedule.take()) is not None:
        flights.append(flight)
    assert len(flights) == 5
    for flight in flights:
        flight.give_back()
    left = schedule.left("stopped")
    assert {each.outcome for each in left} == {NotStarted("stopped")}
    assert sorted(each.span[0] for each in left) == [ONE, TWO, THREE, FOUR, "7275553005"]


def test_a_seeds_update_given_back_leaves_a_number_that_the_next_run_settles():
    schedule = group_of()
    reply(schedule, {ONE: ADDED})
    schedule.take().give_back()
    first, rest = schedule.left("stopped")
    words = "it exists, and its fields were not set yet: stopped"
    assert first == Settled(span_of(ONE), Unknown(words))
    assert rest.outcome == NotStarted("stopped")


def test_copies_of_a_seed_given_back_are_not_lost():
    words = SALES.overlaid({"did_description": "Tampa one"})
    schedule = schedule_of(spec((f"{ONE}-{TWO}", declared(SALES)), (THREE, declared(words))))
    reply(schedule, {ONE: ADDED})
    reply(schedule, Updated())
    flights = [schedule.take(), schedule.take()]
    assert schedule.take() is None
    for flight in flights:
        flight.give_back()
    assert sorted(each.span[0] for each in schedule.left("stopped")) == [TWO, THREE]


def test_an_adoption_given_back_was_not_started():
    schedule = schedule_of(spec((ONE, declared(SALES, of=ADOPTING))), present=over((ONE, True)))
    schedule.take().give_back()
    assert schedule.left("stopped") == settled(ONE, NotStarted("stopped"))


# --- conflicts in doubt, looked at once more


def doubting(begun=SENT, present=None):
    before = state((ONE, record(Conflict(begun))))
    there = over((ONE, True)) if present is None else present
    return Schedule(SpanMap(), before.records, there, doubts=over((ONE, begun)))


def test_a_conflict_in_doubt_that_proves_to_be_ours_is_claimed():
    schedule = doubting()
    assert reply(schedule, columns(ONE, SALES)) == []
    assert schedule.claims() == [(span_of(ONE), BegunUpdate(Confirmed(SOURCE), SALES))]
    assert schedule.claims() == []


@pytest.mark.parametrize("answer", [theirs(ONE), LOST])
def test_a_conflict_in_doubt_that_is_not_proven_stays_one(answer):
    schedule = doubting()
    assert reply(schedule, answer) == []
    assert schedule.claims() == []


def test_a_conflict_in_doubt_that_is_not_on_the_list_is_not_read():
    assert doubting(present=NOBODY).take() is None


def test_a_conflict_in_doubt_that_was_not_read_is_nobodys_outcome():
    schedule = doubting()
    schedule.take().give_back()
    assert schedule.left("stopped") == []
