"""A plan against the plainest planner there could be, which looks at one number after the other."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.destination import DefaultDid, destination, identity
from reconciler.diff.compare import compare
from reconciler.diff.model import Create, Delete, Park, Update
from reconciler.diff.settings import digested_settings
from reconciler.diff.wire import change_data
from reconciler.numbers import SpanMap, span_of
from reconciler.plan.plan import make_plan
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import NOTHING
from tests.conftest import MENU, SALES, SOURCE, SUPPORT, block, declared, known, spec, state
from tests.diff.test_comparing import PARKED, RECORDS, WANTED

PATTERNS = [f"72755533{n:02}" for n in range(8)] + ["MAIN", "+17275553300", "+17275553301"]
PLAIN = [SALES, SUPPORT, MENU]
SOUND_WANTED = st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from(PLAIN))
REMOVALS = st.sampled_from([KeepPolicy(), ParkPolicy(PARKED), DeletePolicy()])
SOUND_KNOWN = st.dictionaries(
    st.sampled_from(PATTERNS), st.tuples(st.sampled_from([*PLAIN, PARKED, NOTHING]), REMOVALS)
)


def one_by_one(difference, tell):
    """What is said of each number."""
    return {pattern: value for span, value in tell(difference) for pattern in span}


@given(WANTED, RECORDS)
def test_all_numbers_together_come_to_what_each_comes_to_alone(wanted, before):
    wanted, before = spec(*wanted.items()), state(*before.items())
    whole = compare(wanted, before)
    changes, callers, notes = {}, {}, set()
    spans = (*wanted.desired.spans, *before.records.spans)
    for pattern in {pattern for span in spans for pattern in span}:
        alone = SpanMap([(span_of(pattern), True)])
        found = compare(
            replace(wanted, desired=wanted.desired.within(alone)),
            replace(before, records=before.records.within(alone)),
        )
        changes |= one_by_one(found, lambda each: each.changes)
        callers |= one_by_one(found, lambda each: each.callers)
        notes |= {(pattern, note) for _, note in found.notes}
    assert one_by_one(whole, lambda each: each.changes) == changes
    assert one_by_one(whole, lambda each: each.callers) == callers
    assert {(pattern, note) for span, note in whole.notes for pattern in span} == notes


def naive(wanted, before):
    """The change of a number and where its callers end up; each None where there is none."""
    if before is None:
        return Create("sales", SOURCE, wanted, None), None, destination(wanted, SOURCE)
    routing, removal = before
    here = destination(routing, SOURCE)
    if wanted is None and isinstance(removal, DeletePolicy):
        return Delete("sales", removal, routing), here, DefaultDid()
    if wanted is None and isinstance(removal, KeepPolicy):
        return None, here, here
    asked = PARKED if wanted is None else wanted
    after = asked.only({name: 1 for name, value in asked.items() if routing.get(name) != value})
    there = destination(routing.overlaid(asked), SOURCE)
    if not after:
        return None, here, there
    if wanted is None:
        return Park("sales", removal, routing.only(after), after), here, there
    return Update("sales", None, routing.only(after), after), here, there


def naive_plan(wanted, before):
    """The change of each number, and how many numbers lead where before, after, and leave."""
    changes, was, will, lost = {}, Counter(), Counter(), Counter()
    for pattern in wanted.keys() | before.keys():
        change, here, there = naive(wanted.get(pattern), before.get(pattern))
        if change is not None:
            changes[pattern] = change
        if here is not None:
            was[identity(here)] += 1
            lost[identity(here)] += identity(here) != identity(there)
        will[identity(there)] += 1
    return changes, {key: (was[key], will[key], lost[key]) for key in was | will}


@given(SOUND_WANTED, SOUND_KNOWN)
def test_a_plan_is_what_the_plainest_planner_makes_of_it(wanted, before):
    sales = block()
    plan = make_plan(
        spec(*((pattern, declared(routing, of=sales)) for pattern, routing in wanted.items())),
        state(
            *(
                (pattern, known(routing, removal=removal))
                for pattern, (routing, removal) in before.items()
            )
        ),
    )
    changes, effects = naive_plan(wanted, before)
    assert one_by_one(plan, lambda each: each.changes) == changes
    assert {
        identity(each.destination): (each.before, each.after, each.lost)
        for each in plan.difference.effects
    } == {key: each for key, each in effects.items() if each[0] != each[1] or each[2]}
    assert plan.counts.create == sum(isinstance(each, Create) for each in changes.values())
    assert plan.counts.update == sum(isinstance(each, Update) for each in changes.values())
    assert plan.counts.remove == sum(isinstance(each, Park | Delete) for each in changes.values())


@given(WANTED, RECORDS)
def test_a_digest_is_that_of_the_whole_plan_as_json(wanted, before):
    plan = make_plan(spec(*wanted.items()), state(*before.items()))
    content = {
        "target": plan.target.name,
        "endpoint": plan.target.endpoint,
        "settings": [asdict(change) for change in plan.difference.settings],
        "target.yaml": digested_settings(plan.target),
        "changes": [{"numbers": span.text, **change_data(each)} for span, each in plan.changes],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert plan.digest == hashlib.sha256(text.encode()).hexdigest()


def test_a_digest_escapes_letters_of_other_scripts():
    plan = make_plan(spec(("Zoë1", declared())), state())
    (entry,) = ({"numbers": span.text, **change_data(each)} for span, each in plan.changes)
    content = {
        "target": plan.target.name,
        "endpoint": plan.target.endpoint,
        "settings": [],
        "target.yaml": digested_settings(plan.target),
        "changes": [entry],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert plan.digest == hashlib.sha256(text.encode()).hexdigest()
