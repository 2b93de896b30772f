"""``plan``: what it prints, in which form, and what its exit code tells."""

import json

import pytest

from reconciler.cli import exits, show_plan
from reconciler.report.text import LEAST_WIDTH
from tests.cli.office import SALES, SUPPORT

RENO = "https://reno.example.com/vicidial/non_agent_api.php"


def test_a_first_plan_shows_what_would_be_created(office):
    done = office.ran("plan")
    assert "tampa · 1 block, 10 numbers declared · no state yet: everything is new" in done.out
    assert "7275553300–7275553309 (10)" in done.out
    assert done.err == ""


def test_a_plan_leaves_no_trace(office):
    before = sorted(office.folder.rglob("*"))
    office.ran("plan")
    assert sorted(office.folder.rglob("*")) == before


def test_pending_changes_are_an_exit_code_of_their_own_where_asked(office):
    assert office.run("plan").code == exits.DONE
    assert office.run("plan", "--detailed-exitcode").code == exits.PENDING


def test_json_is_just_what_the_file_holds(office):
    done = office.ran("plan", "--format", "json", "--out", "plan.json")
    assert done.out == office.read("plan.json")
    assert json.loads(done.out)["target"] == "tampa"


def test_markdown_is_for_comments(office):
    done = office.ran("plan", "--format", "markdown")
    assert "10" in done.out
    assert "```" in done.out or "|" in done.out


def test_several_plans_in_markdown_are_separated_by_an_empty_line(office):
    alone = office.ran("plan", "--format", "markdown").out
    office.target("reno", endpoint=RENO)
    both = office.ran("plan", "--format", "markdown").out
    assert both.startswith("**reno: ")
    assert both.endswith(f"\n\n{alone}")


def test_a_plan_file_that_cannot_be_written_is_an_error(office):
    done = office.run("plan", "--out", "missing/plan.json")
    assert done.code == exits.ERROR
    assert "cannot write missing/plan.json" in done.err


def test_several_targets_are_planned_one_after_the_other(office):
    office.target("reno", endpoint=RENO)
    office.blocks(SUPPORT, target="reno")
    done = office.ran("plan")
    assert done.out.index("reno · 1 block") < done.out.index("\n\ntampa · 1 block")
    assert "tampa" not in office.ran("plan", "--target", "reno").out


def test_a_plan_file_needs_one_target(office):
    office.target("reno", endpoint=RENO)
    office.blocks(SUPPORT, target="reno")
    done = office.run("plan", "--out", "plan.json")
    assert (done.code, done.out) == (exits.ERROR, "")
    assert done.err == (
        "error: --out needs one target; 2 are selected\n"
        "  hint: choose one with --target: reno, tampa\n"
    )
    office.ran("plan", "--out", "plan.json", "--target", "reno")


def test_several_plans_as_json_are_a_list_of_what_their_files_hold(office):
    office.target("reno", endpoint=RENO)
    office.blocks(SUPPORT, target="reno")

    def as_json(*more):
        found = json.loads(office.ran("plan", "--format", "json", *more).out)
        for plan in found if isinstance(found, list) else [found]:
            del plan["state"]["lineage"]  # a state that is not there yet has a new one each time
        return found

    assert as_json() == [as_json("--target", "reno"), as_json("--target", "tampa")]


def test_one_endpoint_and_one_state_are_one_target_s(office):
    office.target("reno", endpoint=RENO)
    office.blocks(SUPPORT, target="reno")
    for option, value in (("--endpoint", office.endpoint), ("--state", "file:x.json")):
        done = office.run("plan", option, value)
        assert done.code == exits.ERROR
        assert done.err == (
            f"error: {option} needs one target; 2 are selected\n"
            "  hint: choose one with --target: reno, tampa\n"
        )
        office.ran("plan", option, value, "--target", "reno")


def test_another_endpoint_and_state_take_the_place_of_the_target_s(office):
    url = "https://else.example.com/vicidial/non_agent_api.php"
    office.ran(
        "plan", "--endpoint", url, "--state", "file:{target}.other.json", "--out", "plan.json"
    )
    assert json.loads(office.read("plan.json"))["endpoint"] == url


def test_an_invalid_endpoint_or_state_is_refused_and_a_password_in_it_is_not_shown(office):
    for option, value, words in (
        ("--endpoint", "vici.example.com", "is not a URL"),
        ("--endpoint", "http://vici.example.com/non_agent_api.php", "is http://"),
        ("--endpoint", "https://6666:hush@vici.example.com/non_agent_api.php", "contains a user"),
        ("--state", "somewhere", "is not a place for a state"),
        ("--state", "s3://6666:hush@bucket/state.json", "contains a user"),
    ):
        done = office.run("plan", option, value)
        assert done.code == exits.ERROR
        assert done.err.startswith(f"error: {option} {words}")
        assert "hush" not in done.out + done.err


def test_a_target_may_allow_plaintext_endpoints_given_by_hand(office):
    office.target("tampa", "allow_plaintext: true\n")
    office.ran("plan", "--endpoint", "http://vici.example.com/vicidial/non_agent_api.php")


def test_an_unknown_target_is_told_with_those_there_are(office):
    done = office.run("plan", "--target", "tamp")
    assert done.code == exits.ERROR
    assert "'tamp'" in done.err
    assert "tampa" in done.err.replace("'tamp'", "")


def test_where_no_specs_are_the_error_says_what_to_give(office):
    done = office.run("plan", "--specs", "nowhere")
    assert done.code == exits.ERROR
    assert "nowhere" in done.err
    assert "--specs" in done.err


def test_warnings_stand_beside_the_plan(office):
    office.blocks(SALES.replace("{did_route: IN_GROUP, group: SALESLINE}", "{did_route: IN_GROUP}"))
    done = office.ran("plan", "--format", "json")
    assert "did_specs/tampa/blocks.yaml:5:" in done.err
    json.loads(done.out)


def test_a_damaged_state_is_an_error_that_names_the_file(office):
    office.write("state/tampa.json", "{")
    done = office.run("plan")
    assert done.code == exits.ERROR
    assert "state/tampa.json" in done.err


# --- other plans


def other_plan(office, text, name="other.json"):
    office.blocks(text)
    office.ran("plan", "--out", name)
    office.blocks()
    return name


def test_another_plan_of_the_same_numbers_is_named_with_them(office):
    other_plan(office, SALES.replace("SALESLINE", "SUPPORT").replace("3300-", "3305-"))
    done = office.ran("plan", "--other", "other.json")
    assert done.out.endswith("! other.json changes 5 of these numbers too: 7275553305–7275553309\n")


def test_of_many_shared_spans_the_first_are_named(office):
    numbers = ", ".join(str(7275553300 + 2 * each) for each in range(7))
    office.blocks(SALES.replace("7275553300-7275553309", "7275553300-7275553320"))
    office.ran("plan", "--out", "plan.json")
    office.blocks(SALES.replace("7275553300-7275553309", numbers))
    done = office.ran("plan", "--other", "plan.json")
    assert "changes 7 of these numbers too: 7275553300, 7275553302," in done.out
    assert done.out.endswith("7275553308 and 2 more spans\n")


def test_plans_that_share_nothing_are_not_named(office):
    other_plan(office, SUPPORT)
    done = office.ran("plan", "--other", "other.json")
    assert "other.json" not in done.all


def test_plans_of_another_target_are_not_compared(office):
    office.target("reno", endpoint=RENO)
    office.blocks(target="reno")
    office.ran("plan", "--target", "reno", "--out", "reno.json")
    done = office.ran("plan", "--target", "tampa", "--other", "reno.json")
    assert "reno.json" not in done.all


def test_json_stays_json_beside_another_plan(office):
    other_plan(office, SALES)
    done = office.ran("plan", "--format", "json", "--other", "other.json")
    json.loads(done.out)
    assert done.err.startswith("! other.json changes 10 of these numbers too")


def test_markdown_stays_a_comment_beside_another_plan(office):
    other_plan(office, SALES)
    done = office.ran("plan", "--format", "markdown", "--other", "other.json")
    assert done.out == office.ran("plan", "--format", "markdown").out
    assert done.err.startswith("! other.json changes 10 of these numbers too")


def test_an_other_plan_that_is_none_stops_before_anything_is_shown(office):
    office.write("text.json", "no plan")
    office.folder.joinpath("bytes.json").write_bytes(b"\xff")
    for name, why in (
        ("missing.json", "No such file or directory"),
        ("bytes.json", "it is not UTF-8"),
        ("text.json", "text.json"),
    ):
        done = office.run("plan", "--other", name)
        assert (done.code, done.out) == (exits.ERROR, "")
        assert why in done.err


# --- plans that were saved, whole plans, conflicts


def test_a_saved_plan_is_shown_again_in_every_form_without_specs_or_state(office):
    shown = {
        form: office.ran("plan", "--out", "plan.json", "--format", form).out
        for form in ("text", "markdown", "json")
    }
    office.write("did_specs/tampa/blocks.yaml", "no blocks: any more")
    for form, text in shown.items():
        done = office.run("plan", "--show", "plan.json", "--format", form)
        assert (done.code, done.out) == (exits.DONE, text)
    done = office.run("plan", "--show", "plan.json", "--detailed-exitcode")
    assert done.code == exits.PENDING


def test_a_whole_plan_names_every_span(office):
    numbers = ", ".join(str(7275553300 + 2 * each) for each in range(99))
    office.blocks(SALES.replace("7275553300-7275553309", numbers))
    short = office.ran("plan").out
    assert "more spans" in short
    assert "`reconciler plan --full` shows what is left out here" in short
    whole = office.ran("plan", "--full").out
    assert "left out" not in whole
    assert all(str(7275553300 + 2 * each) in whole for each in range(99))


def test_only_text_can_be_whole(office):
    done = office.run("plan", "--full", "--format", "markdown")
    assert done.code == exits.ERROR
    assert done.err.startswith("error: --full is for --format text")


def test_marks_are_explained_below_the_first_plan_that_has_them(office):
    office.target("reno")
    office.blocks(SUPPORT, target="reno")
    out = office.ran("plan").out
    assert out.count("\nmarks: + create\n") == 1
    assert out.index("\nmarks: + create\n") < out.index("tampa · 1 block")
    assert "marks: " not in office.ran("plan", "--format", "markdown").out


def test_conflicts_are_pending_and_no_changes_is_not_said(shop):
    shop.blocks(SALES.replace("7275553300-7275553309", "7275559000"))
    shop.run("apply", "--yes")
    done = shop.run("plan", "--detailed-exitcode")
    assert done.code == exits.PENDING
    assert "No changes" not in done.out
    assert done.out.startswith("tampa has 1 conflict; all else is as declared (0 numbers).")
    assert shop.ran("plan", "--format", "markdown").out.startswith("**tampa: 1 conflict, all else")


@pytest.mark.parametrize(("columns", "width"), [("40", LEAST_WIDTH), ("120", 120)])
def test_at_a_terminal_a_plan_is_as_wide_as_it(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(show_plan, "is_terminal", lambda _: True)
    assert show_plan.text_width() == width
