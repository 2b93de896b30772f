"""After an apply: which open pull requests are planned again."""

from dataclasses import replace

import pytest

from reconciler.github.reviewed import Plans
from reconciler.github.stale import stale_pulls
from tests.github.artifacts import leaves
from tests.github.hub import archived, commit
from tests.github.sections import DONE, REFUSED, document, new, report

HEAD = commit("head")
APPLY = {"path": ".github/workflows/apply.yml", "event": "push"}
FIRST = "7275553300-7275553349"
LATER = "7275553350-7275553399"


@pytest.fixture
def stale(hub, github):
    """The pull requests to plan again after an apply with these outcomes of two halves."""

    def ask(outcome=DONE, *, target="tampa", archive=None, **run):
        made = hub.ran(HEAD, **{**APPLY, **run})
        text = report([new()], [(FIRST, outcome)]).replace('"tampa"', f'"{target}"')
        content = archived({"report.json": text}) if archive is None else archive
        hub.left(made, f"outcome-{target}", content)
        hub.left(made, "did-reviewed", b"something else")
        return stale_pulls(Plans(github, "main"), made)

    return ask


def opened(hub, number, numbers, *, base="main", pending=()):
    hub.opens(number, commit(str(number)), base=base)
    base_entries = [new(each) for each in pending]
    leaves(hub, number, document([new(numbers), *base_entries], base=base_entries), base=base)


def test_those_whose_plan_names_a_number_that_was_touched(hub, stale):
    opened(hub, 1, "7275553349")
    opened(hub, 2, LATER)
    opened(hub, 3, "7275559900", pending=["7275553300"])
    assert stale() == [1, 3]
    assert stale(REFUSED) == [1, 3]


def test_a_target_that_was_not_applied_makes_none_stale(hub, stale):
    opened(hub, 1, FIRST)
    assert stale(target="reno") == []


def test_what_was_not_begun_makes_none_stale(hub, github):
    opened(hub, 1, LATER)
    made = hub.ran(HEAD, **APPLY)
    # The second half has no outcome: the run ended before its turn.
    hub.left(made, "outcome-tampa", archived({"report.json": report([new()], [(FIRST, DONE)])}))
    assert stale_pulls(Plans(github, "main"), made) == []


def test_an_apply_that_began_nothing_makes_none_stale(hub, github):
    opened(hub, 1, FIRST)
    made = hub.ran(HEAD, **APPLY)
    hub.left(made, "outcome-tampa", archived({"report.json": report([new()], [])}))
    assert stale_pulls(Plans(github, "main"), made) == []


def test_closed_ones_and_those_into_other_branches_are_left_alone(hub, stale):
    opened(hub, 1, FIRST, base="release")
    opened(hub, 2, FIRST)
    hub.pulls[2]["state"] = "closed"
    hub.opens(3, commit("not planned yet"))
    assert stale() == []


@pytest.mark.parametrize("archive", [b"broken", archived({}), archived({"report.json": "{}"})])
def test_a_report_that_cannot_be_read_makes_none_stale(hub, stale, archive):
    opened(hub, 1, FIRST)
    assert stale(archive=archive) == []


@pytest.mark.parametrize("run", [{"path": ".github/workflows/evil.yml"}, {"branch": "evil"}])
def test_a_run_of_anything_else_is_not_looked_at(hub, stale, run):
    opened(hub, 1, FIRST)
    assert stale(**run) == []
    assert len(hub.requests) == 1


def test_an_answer_that_cannot_be_used_skips_one(hub, github):
    for number in (1, 2):
        opened(hub, number, FIRST)
    made = hub.ran(HEAD, **APPLY)
    hub.left(made, "outcome-tampa", archived({"report.json": report([new()], [(FIRST, DONE)])}))
    finder = Plans(github, "main")
    finder.of(replace(github.pull(1), is_open=True))
    hub.requests.clear()
    # The run, its artifacts, a report's address and bytes, the pull requests; then a plan.
    hub.faults = [None, None, None, None, (400, {}, b'{"message": "no"}')]
    assert len(stale_pulls(finder, made)) == 1
