"""A plan of any size stays readable, and says what it leaves out."""

from dataclasses import replace

import pytest

from reconciler.destination import Place
from reconciler.diff.model import (
    ConflictNote,
    Create,
    Delete,
    Effect,
    Kept,
    Moved,
    Released,
    SettingChange,
    Update,
)
from reconciler.guard import OverLimit, Protected
from reconciler.numbers import Span, SpanMap
from reconciler.plan.calls import CallCount
from reconciler.report.blocks import block_parts
from reconciler.report.document import from_json, to_json
from reconciler.report.entries import by_block, changes_said
from reconciler.report.markdown import document_markdown
from reconciler.report.model import BlockPlace, Cost, PlanDocument
from reconciler.report.text import WHOLE, document_text
from reconciler.routing import Routing

SOURCE = "7275551114"
EMPTY = PlanDocument(
    target="tampa",
    endpoint="https://vici.example.com/vicidial/non_agent_api.php",
    lineage="f00d",
    serial=42,
    digest="9f2c41d7abcd" + "0" * 52,
    declared=100_000,
    known=90_000,
    cost=Cost(CallCount(copies=600, updates=2000), 4, 62.5),
    refusals=(),
    settings=(),
    blocks=(),
    changes=SpanMap(),
    notes=(),
    effects=(),
)


def span(first, count=1):
    return Span("", 10, 7270000000 + first, 7270000000 + first + count - 1)


def create(block, group):
    return Create(block, SOURCE, Routing({"did_route": "IN_GROUP", "group": group}), None)


def reroute(block, group):
    before, after = Routing({"group": "OLD"}), Routing({"group": group})
    return Update(block, None, before, after)


def thousands_of_blocks(change):
    """2,000 blocks of 50 numbers each."""
    names = [f"block-{each:04}" for each in range(2000)]
    return replace(
        EMPTY,
        blocks=tuple(BlockPlace(name, "did_specs/tampa/all.yaml", 3) for name in names),
        changes=SpanMap(
            (span(each * 100, 50), change(name, f"GROUP{each:04}"))
            for each, name in enumerate(names)
        ),
        effects=tuple(
            Effect(Place("in-group", f"GROUP{each:04}"), 0, 50, 0) for each in range(2000)
        ),
    )


def thousands_of_overrides(change, count=10_000):
    """Numbers of one block, none like its neighbour."""
    return replace(
        EMPTY,
        blocks=(BlockPlace("everything", "did_specs/tampa/all.yaml", 3),),
        changes=SpanMap(
            (span(each), change("everything", f"GROUP{each % 977:04}")) for each in range(count)
        ),
    )


SIZES = pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.sweep)])


def text(document):
    return document_text(document, width=100)


def lines_with(shown, words):
    return [line.strip(" ") for line in shown.split("\n") if words in line]


def test_two_thousand_blocks_are_a_few_screens_and_the_rest_is_counted():
    shown = text(thousands_of_blocks(create))
    assert len(shown.split("\n")) < 150
    assert lines_with(shown, "more block") == ["… and 1,976 more blocks (98,800 numbers)"]
    assert "and 1,988 more destinations" in shown
    assert shown.endswith("\n`reconciler plan --full` shows what is left out here")


def test_of_risky_blocks_more_are_shown_and_the_rest_must_be_looked_at_too():
    shown = text(thousands_of_blocks(reroute))
    assert len(shown.split("\n")) < 280
    (left_out,) = lines_with(shown, "more block")
    assert left_out.startswith("! … and 1,952 more blocks (97,600 numbers), which must be looked")


@SIZES
def test_thousands_of_overrides_are_a_few_screens_and_each_says_how_many_it_is(count):
    for change in (create, reroute):
        shown = text(thousands_of_overrides(change, count))
        assert len(shown.split("\n")) < 260
        (left_out,) = lines_with(shown, "more kinds of change")
        kinds, numbers = (int(left_out.split()[at].strip("(").replace(",", "")) for at in (2, 7))
        assert 700 < kinds < 977
        assert numbers < count


@SIZES
def test_all_of_it_is_shown_where_all_is_asked_for(count):
    whole = document_text(thousands_of_overrides(create, count), width=100, room=WHOLE)
    assert "… and" not in whole
    assert all(f"GROUP{each:04}" in whole for each in range(977))
    assert whole.count("72700") + whole.count("72701") >= count


def test_what_is_rare_is_shown_beside_what_is_common():
    """A block of 800 numbers with thirteen overrides: one line goes to a wrong extension."""
    moved = Routing({"did_route": "VOICEMAIL", "voicemail_ext": "8406"})
    wrong = Routing({"extension": "6666666"})
    common = [
        (span(each * 3), Update("eight", None, Routing({"voicemail_ext": f"83{n:02}"}), moved))
        for n in range(13)
        for each in range(n * 20, n * 20 + 20)
    ]
    rare = (span(2900), Update("eight", None, Routing({"extension": "911"}), wrong))
    document = replace(EMPTY, changes=SpanMap([*common, rare]))
    for shown in (text(document), document_markdown(document)):
        assert "6666666" in shown
        assert "7270002900" in shown
        assert shown.index("6666666") < shown.index("8406")


def test_the_reasons_of_what_is_left_out_are_still_told():
    numbers = [(span(each * 2), reroute("sales", f"GROUP{each}")) for each in range(200)]
    off = Update("sales", None, Routing(), Routing({"active": "N"}))
    shown = text(replace(EMPTY, changes=SpanMap([*numbers, (span(999), off)])))
    assert "made inactive, callers will reach the DID named default" in shown


def test_the_spans_of_an_entry_fill_three_lines_at_most():
    every_other = SpanMap((span(each * 2), create("sales", "SALES")) for each in range(5000))
    shown = text(replace(EMPTY, changes=every_other))
    assert "5,000 numbers in 5,000 spans" in shown
    assert lines_with(shown, "more span") == ["… and 4,976 more spans (4,976 numbers)"]


def test_fifty_kept_blocks_are_a_line_and_not_a_wall():
    kept = tuple(
        (span(each * 10, 5), Kept(f"old-{each}", "removal.action is keep")) for each in range(50)
    )
    moved = ((span(3000), Moved("a", "b")),)
    changes = SpanMap([(span(9000), create("sales", "SALES"))])
    shown = text(replace(EMPTY, changes=changes, notes=kept + moved))
    assert "· 250 no longer declared, left as they are · 1 moved between blocks" in shown
    assert "old-1" not in shown


def test_with_nothing_to_do_conflicts_are_shown_and_all_else_is_counted():
    notes = (
        (span(1, 2), ConflictNote("sales")),
        (span(10), Released("sales", Routing({"record_call": "Y"}))),
    )
    shown = text(replace(EMPTY, notes=notes))
    assert shown.split("\n")[:4] == [
        "tampa has 2 conflicts; all else is as declared (99,998 numbers).",
        "  · 1 keep fields that are no longer declared",
        "",
        "  · sales                                                no longer declared",
    ]
    assert "· 7270000001–7270000002 (2)    exists on the server and is not ours" in shown


def test_a_conflict_in_doubt_says_so():
    notes = ((span(1), ConflictNote("sales", doubt=True)),)
    document = replace(EMPTY, notes=notes)
    assert "nothing proves that the earlier apply which began it has made it" in " ".join(
        text(document).split()
    )
    assert "nothing proves that they are ours" in document_markdown(document)


def test_what_nothing_lets_through_is_said_and_reasons_are_counted_when_many():
    protected = tuple(Protected(f"{each} would be changed") for each in range(500))
    document = replace(EMPTY, changes=SpanMap([(span(1), create("a", "A"))]), refusals=protected)
    shown = text(document)
    assert "! and 480 more reasons" in shown
    assert "No option lets a change of protected numbers through" in shown
    assert "--override-limits" not in shown
    both = replace(document, refusals=(protected[0], OverLimit("max_create", "too many")))
    assert "--override-limits" not in text(both)
    assert "No option lets" in document_markdown(document)


def test_the_command_to_go_on_is_one_for_a_shell_whatever_the_target_is_called():
    over = replace(
        EMPTY,
        target="a b; rm -rf",
        changes=SpanMap([(span(1), create("a", "A"))]),
        refusals=(OverLimit("max_create", "too many"),),
    )
    assert "reconciler apply --target 'a b; rm -rf' --override-limits 9f2c41d7abcd" in text(over)


def test_a_terminal_narrower_than_sixty_columns_is_taken_as_sixty():
    document = thousands_of_overrides(create, 1000)
    assert document_text(document, width=20) == document_text(document, width=60)
    assert document_text(document, width=None) == document_text(document, width=100)


def test_long_numbers_push_their_details_to_the_next_line():
    long = Span("A_VERY_LONG_NAME_OF_A_NUMBER_", 4, 1, 2)
    shown = text(replace(EMPTY, changes=SpanMap([(long, create("names", "SALES"))])))
    assert lines_with(shown, "A_VERY")[0].startswith("+ A_VERY_LONG_NAME_OF_A_NUMBER_0001–")
    assert "\n      copy of 7275551114 → in-group SALES" in shown


def test_a_deletion_says_where_its_callers_went():
    gone = Delete("old", None, Routing({"did_route": "IN_GROUP", "group": "SALES"}))
    shown = text(replace(EMPTY, changes=SpanMap([(span(1), gone)])))
    assert "no longer declared: deleted; in-group SALES → DID default" in shown


def test_a_loss_that_arrivals_hide_is_told():
    moved = replace(
        EMPTY,
        changes=SpanMap([(span(1), create("a", "A"))]),
        effects=(Effect(Place("in-group", "SALES"), 100, 100, 40),),
    )
    assert "in-group SALES: 100 → 100 (40 leave)" in text(moved)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "under 1 s at 4 at a time"),
        (62.3, "about 62 s at 4 at a time"),
        (360, "about 6 min at 4 at a time"),
        (10_800, "about 3 h at 4 at a time"),
    ],
)
def test_times_are_told_as_people_tell_them(seconds, words):
    cost = Cost(CallCount(deletes=1, probes=2), 4, seconds)
    changes = SpanMap([(span(1), create("a", "A"))])
    (line,) = lines_with(text(replace(EMPTY, changes=changes, cost=cost)), "at a time")
    assert line == f"3 update_did (1 deleting, 2 only asking) calls: {words}"


def test_a_plan_of_one_call_has_one_call():
    changes = SpanMap([(span(1), create("a", "A"))])
    one = replace(EMPTY, changes=changes, cost=Cost(CallCount(copies=1), 1, 0.25))
    assert lines_with(text(one), "at a time") == ["1 copy_did call: under 1 s at 1 at a time"]


def test_the_comment_of_two_thousand_blocks_stays_under_its_limit_and_says_what_it_left_out():
    for change in (create, reroute):
        document = thousands_of_blocks(change)
        shown = document_markdown(document)
        assert len(shown) <= 60_000
        assert "more kinds of change" in shown
        tight = document_markdown(document, limit=12_000)
        assert len(tight) <= 12_000
        assert "Shortened to stay under 12,000 characters" in tight
        assert "```mermaid" not in tight
        counts = document_markdown(document, limit=0)
        assert len(counts) <= 10_000
        assert "`plan.json`" not in counts
        assert "plan.json has every change" in counts
        assert counts.startswith("**tampa: ")


def test_a_comment_with_settings_and_little_else_is_small():
    changed = SettingChange("limits.max_update", "500", "5000")
    shown = document_markdown(replace(EMPTY, settings=(changed,)))
    assert "> - **target.yaml**: `limits.max_update` `500` → `5000`" in shown
    assert "|" not in shown
    assert "```" not in shown


def test_a_comment_when_there_is_nothing_to_do():
    shown = document_markdown(EMPTY)
    assert shown.startswith("**tampa: no changes, 100,000 numbers as declared**")
    assert "[!WARNING]" not in shown


def test_many_quiet_notes_are_counted_in_a_comment_too():
    kept = tuple((span(each * 10, 5), Kept(f"old-{each}", "protected")) for each in range(50))
    changes = SpanMap([(span(9000), create("sales", "SALES"))])
    shown = document_markdown(replace(EMPTY, changes=changes, notes=kept))
    assert "250 no longer declared, left as they are" in shown
    assert "old-1" not in shown


def test_a_new_number_that_is_inactive_says_where_its_callers_end_up():
    off = Create("sales", SOURCE, Routing({"active": "N", "group": "SALES"}), None)
    shown = text(replace(EMPTY, changes=SpanMap([(span(1), off)])))
    assert "copy of 7275551114 → DID default · group SALES" in shown


def test_many_kinds_of_change_are_folded_and_not_left_out():
    changes = SpanMap((span(each * 2), create("sales", f"GROUP{each}")) for each in range(50))
    shown = document_markdown(replace(EMPTY, changes=changes))
    before, _, folded = shown.partition("<details><summary>10 more kinds of change</summary>")
    assert "**new → in-group `GROUP2`** · 1 number of `sales`" in before
    assert "**new → in-group `GROUP49`** · 1 number of `sales`" in folded


@SIZES
def test_a_plan_of_thousands_of_overrides_is_read_back(count):
    document = thousands_of_overrides(create, count)
    assert from_json(to_json(document), "plan.json") == document


def many_kinds(kinds, spans):
    """New numbers of one block, each kind in so many places."""
    return replace(
        EMPTY,
        changes=SpanMap(
            (span(each * 2), create("sales", f"GROUP{each % kinds:04}"))
            for each in range(kinds * spans)
        ),
    )


@pytest.mark.parametrize("kinds", [10, 30])
def test_spans_are_shortened_before_a_kind_is_left_out(kinds):
    shown = text(many_kinds(kinds, 100))
    assert all(f"in-group GROUP{each:04}" in shown for each in range(kinds))
    assert "more kind" not in shown
    assert "more spans" in shown


def test_where_even_short_kinds_are_too_many_they_are_counted():
    assert lines_with(text(many_kinds(100, 100)), "more kinds of change")


def test_something_is_shown_in_however_few_lines():
    document = many_kinds(1, 1)
    blocks = by_block(changes_said(document), document.blocks)
    assert len(block_parts(blocks, 1, 100)) == 1


def test_the_numbers_of_a_kind_are_cut_before_kinds_in_a_comment():
    shown = document_markdown(many_kinds(300, 100))
    assert len(shown) <= 60_000
    assert all(f"`GROUP{each:04}`" in shown for each in range(300))
    assert "and 99 more spans (99 numbers)" in shown
