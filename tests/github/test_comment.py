"""The one comment of a pull request: its first line, what it warns of, what it leaves out."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.diff.model import Create, SettingChange
from reconciler.errors import Fault, Location, Severity
from reconciler.numbers import Span, SpanMap
from reconciler.plan.review import OwnChanges
from reconciler.report.comment import (
    LONGEST,
    MARKER,
    NotCompared,
    Overlap,
    PlanOrigin,
    Section,
    comment,
    unplanned,
)
from reconciler.report.links import link
from reconciler.report.model import BlockPlace, PlanProblem
from reconciler.report.outcome import meanings
from reconciler.report.result import ApplyResult, Report
from reconciler.routing import Routing
from tests.conftest import SOURCE, SUPPORT, state
from tests.github.sections import (
    BILLING,
    LIVE_CHANGE,
    NEW,
    SMALL_LIMITS,
    document,
    new,
    there,
)
from tests.report.documents import MARKER as FOREIGN
from tests.report.documents import documents, hostile
from tests.report.test_hostile_text import OURS, Page

COMMIT = "c0ffee" * 6 + "c0de"
RUN = "https://github.com/acme/numbers/actions/runs/7"
ORIGIN = PlanOrigin(COMMIT, RUN)


def said(*plans, **more):
    return comment([Section(plan, **more) for plan in plans], ORIGIN)


def first_line(*plans):
    return said(*plans).splitlines()[0]


# --- what a person sees


def test_the_first_line_says_it_all_on_a_phone():
    assert first_line(NEW) == "**tampa: 100 numbers created, 3 calls**"


def test_the_parts_of_a_comment_stand_in_the_order_in_which_they_are_read():
    body = said(document([new(routing=SUPPORT), new("7275554000")], state(there()), base=[]))
    parts = [
        "**tampa: 100 numbers rerouted, 1 created, 102 calls**",
        "> [!WARNING]\n> - **100 numbers**: callers will go somewhere else",
        "**in-group `SALESLINE` → `SUPPORT`** · 100 numbers of `sales`\\\n`7275553300–7275553399`",
        "**new → in-group `SALESLINE`** · 1 number of `sales`, copied from `7275551114`",
        "```mermaid\n",
        "| `in-group SUPPORT` | 0 → 100 |",
        "<details><summary>1 to create, 100 to update (100 rerouted), 0 to delete</summary>",
        "```diff\n!   sales",
        "calls: about 1 s at 4 at a time",
        "on state 1 · again with `reconciler plan --target tampa`",
        f"commit `c0ffeec0ffee` · [plan.json]({RUN})",
        MARKER,
    ]
    places = [body.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_the_same_plans_make_the_same_bytes():
    assert said(NEW, replace(LIVE_CHANGE, target="ybor")) == said(
        NEW, replace(LIVE_CHANGE, target="ybor")
    )


def test_new_numbers_alone_warn_of_nothing():
    assert "[!WARNING]" not in said(NEW)


def test_live_numbers_are_warned_of_and_shown_open():
    body = said(LIVE_CHANGE)
    assert "> [!WARNING]\n> - **100 numbers**: callers will go somewhere else" in body
    moved = body.index("**in-group `SALESLINE` → `SUPPORT`** · 100 numbers of `sales`")
    assert moved < body.index("| Callers reach | Numbers |")
    assert "| `in-group SALESLINE` | 100 → 0 |" in body


def test_a_limit_is_told_in_the_first_line_and_how_to_go_on():
    plan = document([new()], limits=SMALL_LIMITS)
    assert first_line(plan) == "**tampa: stopped by its limits, 100 numbers created, 3 calls**"
    body = said(plan)
    assert "`100 numbers would be created; max_create is 10`" in body
    assert f"target `tampa` and override-limits `{plan.short_digest}`" in body


def test_protected_numbers_leave_no_way_to_go_on():
    plan = document(
        [new("7275553300", SUPPORT)],
        protected=SpanMap([(Span("", 10, 7275553300, 7275553300), True)]),
    )
    assert "An apply refuses this plan" in said(plan)
    assert "override-limits" not in said(plan)


def test_only_what_the_pull_request_changes_stands_open():
    plan = document([new(), new("7275554000-7275554009", of=BILLING)], base=[new()])
    body = said(plan)
    assert body.startswith("**tampa: 10 numbers created, 3 calls, 100 pending anyway**\n")
    before, _, folded = body.partition("Pending anyway, with the next apply: 100 numbers")
    assert "`billing`" in before
    assert "`sales`" not in before
    assert "7275553300–7275553399" in folded


def test_what_a_pull_request_takes_back_is_told():
    plan = document([], base=[new()])
    body = said(plan)
    assert body.startswith("**tampa: no changes of its own, 100 no longer pending**\n")
    assert "Pending without this pull request, and no longer with it: 100 numbers" in body


def test_a_pull_request_that_changes_nothing_says_what_is_pending():
    plan = document([new()], base=[new()], limits=SMALL_LIMITS)
    assert first_line(plan) == (
        "**tampa: stopped by its limits, no changes of its own, 100 pending anyway**"
    )


def warned(count):
    where = Location("did_specs/tampa/a.yaml", 5, 15)
    found = (Fault(where, "W301", "no group", "declare it", Severity.WARNING),) * count
    return replace(NEW, warnings=found)


def test_warnings_of_the_specs_are_counted_and_stand_behind_a_line():
    body = said(warned(2))
    assert "<summary>2 warnings in the specs (2 × W301)</summary>" in body
    assert body.count("- `did_specs/tampa/a.yaml:5` W301: `no group` hint: `declare it`") == 2


def test_of_very_many_warnings_the_rest_is_counted():
    assert "- 800 more warnings: `reconciler validate` shows them" in said(warned(1000))


def test_nothing_at_all_is_told_in_one_line():
    plan = document([new()], state(there()), base=[new()])
    assert first_line(plan) == "**tampa: no changes, 100 numbers as declared**"


def settings_of_its_own(*changes):
    return replace(NEW, own=OwnChanges(NEW.changes, SpanMap(), SpanMap(), changes))


def test_a_new_server_is_the_first_and_largest_line():
    plan = settings_of_its_own(SettingChange("endpoint", "none", "https://new.example/"))
    assert said(plan).startswith(
        "# tampa sends its calls and its password to `https://new.example/`\n\n"
        "**tampa: 100 numbers created, 1 setting changed, 3 calls**\n"
    )
    assert [tag for tag, _ in Page(said(plan).replace(MARKER, "")).tags].count("h1") == 1


def test_another_server_than_before_is_the_first_and_largest_line():
    plan = settings_of_its_own(SettingChange("endpoint", "https://old.example/", "https://new/"))
    assert first_line(plan, replace(NEW, target="reno")) == (
        "# tampa sends its calls and its password to `https://new/`, "
        "no longer to `https://old.example/`"
    )


def test_of_very_many_new_servers_the_rest_is_counted():
    plan = settings_of_its_own(SettingChange("endpoint", "none", "https://new.example/"))
    body = said(*(replace(plan, target=f"t{number}") for number in range(400)))
    assert body.count("\n# ") == 20
    assert "\n# and to 380 more new servers\n" in body
    assert len(body) < LONGEST


def test_other_pull_requests_on_the_same_numbers_are_warned_of():
    spans = tuple(Span("", 10, first, first) for first in range(7275553300, 7275553320, 2))
    others = tuple(Overlap(number, spans) for number in range(12, 24))
    body = said(NEW, overlaps=others)
    assert "> Other open pull requests change the same numbers:\n" in body
    assert "> - pull request 12: 10 numbers, `7275553300`, `7275553302`" in body
    assert "`7275553310` and 4 more spans" in body
    assert "> - and 2 more pull requests" in body
    assert "pull request 22" not in body


def test_other_pull_requests_that_cannot_be_compared_are_named():
    others = tuple(NotCompared(number, "its plan | <b>") for number in range(12, 24))
    body = said(NEW, overlaps=(*others, Overlap(30, NEW.changes.spans)))
    assert "> Not compared with these other open pull requests:\n" in body
    assert "> - pull request 12: `its plan | <b>`\n" in body
    assert "> - and 2 more pull requests" in body
    assert "> - pull request 30: 100 numbers" in body


def test_each_target_has_its_section_under_a_list_of_all():
    body = said(NEW, replace(LIVE_CHANGE, target="ybor"))
    assert body.startswith(
        "- **tampa: 100 numbers created, 3 calls**\n"
        "- **ybor: 100 numbers rerouted, 100 calls**\n\n---\n\n### `tampa`\n"
    )
    assert body.count("### `ybor`") == 1


def test_where_it_comes_from_is_left_out_when_it_is_not_known():
    assert comment([Section(NEW)], PlanOrigin()).endswith(
        f"again with `reconciler plan --target tampa`\n\n{MARKER}\n"
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://a.b/c) [more](https://evil",
        "https://a.b/c\n\n# Heading",
        "https://a.b/<img>",
    ],
)
def test_only_a_plain_address_becomes_a_link(url):
    assert link("words", url) == "words"


def test_a_commit_that_cannot_be_planned_is_told():
    body = unplanned([PlanProblem("it conflicts", "merge it")], ORIGIN)
    assert body.startswith("**No plan: see below**\n\n- `it conflicts`\n  What to do: `merge it`\n")
    assert f"commit `c0ffeec0ffee` · [the run's log]({RUN})" in body
    assert body.endswith(f"{MARKER}\n")


# --- of any size


def large(blocks, each):
    """``blocks`` blocks of ``each`` new numbers, in 20 places."""
    spans = [
        Span("", 10, 7270000000 + n * each, 7270000000 + n * each + each - 1) for n in range(blocks)
    ]
    changes = SpanMap(
        (
            span,
            Create(
                f"block-{n}",
                SOURCE,
                Routing({"did_route": "IN_GROUP", "group": f"G{n % 20}"}),
                None,
            ),
        )
        for n, span in enumerate(spans)
    )
    places = tuple(BlockPlace(f"block-{n}", f"did_specs/tampa/{n}.yaml", 4) for n in range(blocks))
    return replace(NEW, changes=changes, blocks=places, declared=blocks * each)


def test_a_hundred_thousand_numbers_in_two_thousand_blocks_are_readable():
    started = time.perf_counter()
    body = said(large(2000, 50))
    assert time.perf_counter() - started < 10
    assert len(body) < LONGEST
    assert body.startswith("**tampa: 100,000 numbers created, 3 calls**\n")
    assert body.count("**new → in-group") == 20
    assert "· 5,000 numbers of `block-0`, `block-20` and 98 more blocks" in body
    assert "every change is in the plan.json of its run" in body
    assert f"[plan.json]({RUN})" in body


def test_what_is_left_out_is_said_also_without_a_run():
    body = comment([Section(large(2000, 50))], PlanOrigin())
    assert "every change is in plan.json" in body


@pytest.mark.parametrize(("targets", "kinds"), [(3, 20), (6, 20), (20, 20), (30, 8), (60, 0)])
def test_many_targets_share_the_room(targets, kinds):
    plans = [replace(large(80, 5), target=f"east-{'x' * n}") for n in range(targets)]
    body = said(*plans)
    assert len(body) <= LONGEST
    assert body.count("**new → in-group") == kinds * targets
    assert body.count("### `east-") == targets


def test_too_many_targets_are_listed_and_counted():
    plans = [replace(LIVE_CHANGE, target=f"east-{'x' * (n % 40)}") for n in range(400)]
    body = said(*plans)
    assert len(body) <= LONGEST
    assert body.count("- **") == 100
    assert "and 300 more targets" in body
    assert body.endswith(f"{MARKER}\n")


def test_targets_that_are_not_too_many_to_list_are_all_listed():
    body = comment([Section(NEW)] * 90, ORIGIN, limit=20_000)
    assert body.count("- **") == 90
    assert "more target" not in body


# --- whatever anybody wrote


class CommentPage(Page):
    """A page that may hold our marker and no other comment."""

    def handle_comment(self, data):
        assert f"<!--{data}-->" == MARKER


TAGS = OURS | {"h3", "hr", "a"}
overlaps = st.lists(
    st.builds(Overlap, st.integers(1, 999), st.just((Span("", 10, 7275553300, 7275553309),)))
    | st.builds(NotCompared, st.integers(1, 999), hostile),
    max_size=2,
).map(tuple)


@st.composite
def sections(draw):
    plan = draw(documents(hostile))
    outcomes = SpanMap(
        (span, (draw(st.sampled_from(list(meanings()))), draw(st.none() | hostile)))
        for span in plan.changes.spans
    )
    report = draw(st.none() | st.just(Report(plan.target, 1.5, outcomes)))
    result = draw(st.none() | st.just(ApplyResult(report, log=RUN, again=RUN)))
    return Section(plan, draw(overlaps), result)


@given(
    st.lists(sections(), min_size=1, max_size=3),
    st.builds(PlanOrigin, st.none() | hostile, st.none() | hostile | st.just(RUN)),
    st.sampled_from([LONGEST, 20_000]),
)
@settings(max_examples=25)
def test_whatever_stands_in_specs_and_replies_is_letters_on_github(found, origin, limit):
    body = comment(found, origin, limit=limit)
    page = CommentPage(body)
    assert len(body) <= limit
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {dict(attributes).get("href", RUN) for _, attributes in page.tags} == {RUN}
    assert FOREIGN not in page.outside
    assert page.open == []
    assert body.endswith(f"\n{MARKER}\n")
