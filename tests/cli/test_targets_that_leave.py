"""A folder that leaves the repository: named in the plan of the change that takes it out."""

import json
import shutil

import pytest

from reconciler.cli import exits
from reconciler.report.document import from_json, to_json
from tests.cli.office import NOWHERE, SUPPORT

RENO = NOWHERE.replace("127.0.0.1", "127.0.0.9").replace(":1/", ":2/")


@pytest.fixture
def two(office):
    """tampa and reno, both committed."""
    office.target("reno", endpoint=RENO)
    office.blocks(SUPPORT, target="reno")
    office.commit()
    return office


def without(office, *names):
    for name in names:
        shutil.rmtree(office.folder / "did_specs" / name)


def flat(text):
    return " ".join(text.split())


def test_it_has_a_part_of_the_plan_that_says_what_stays(two):
    without(two, "reno")
    told = flat(two.ran("plan", "--base", "main").out)
    assert "tampa · 1 block, 10 numbers declared" in told
    assert "reno · leaves the repository ! reno leaves the repository: from now on nothing" in told
    assert f"5 numbers declared for it in main stay on {RENO} as they are" in told
    assert "hint: to remove them first, keep the folder, write removal: {action: delete}" in told


def test_what_its_state_knows_is_what_stays(shop):
    shop.ran("apply", "--yes")
    shop.commit()
    without(shop, "tampa")
    told = flat(shop.ran("plan", "--base", "main").out)
    assert f"10 numbers known of it stay on {shop.endpoint} as they are" in told


def test_a_state_that_cannot_be_read_is_told_and_stops_nothing(two):
    two.write("state/reno.json", "{")
    without(two, "reno")
    done = two.ran("plan", "--base", "main")
    assert "the state of reno, which leaves, cannot be read: " in done.err
    assert "5 numbers declared for it in main stay" in flat(done.out)


def test_whatever_its_removal_policy_was_nothing_is_to_be_done(two):
    two.target("reno", "removal: {action: delete}\n", endpoint=RENO)
    two.commit()
    without(two, "reno")
    done = two.ran("plan", "--base", "main", "--target", "reno", "--detailed-exitcode")
    assert "tampa" not in done.out


def test_its_plan_is_a_file_like_any_other_and_comes_back_as_it_was(two):
    without(two, "reno")
    two.ran("plan", "--base", "main", "--target", "reno", "--out", "plan.json")
    plan = json.loads(two.read("plan.json"))
    assert plan["leaving"] is True
    assert plan["changes"] == []
    assert "reno leaves the repository" in plan["remarks"][0]["message"]
    document = from_json(two.read("plan.json"), "plan.json")
    assert to_json(document) == two.read("plan.json")
    shown = two.ran("comment", "plan.json").out
    assert shown.startswith("**reno: leaves the repository, nothing of its 0 known numbers changes")
    assert "- `reno leaves the repository: " in shown
    listed = json.loads(two.ran("plan", "--base", "main", "--format", "json").out)
    assert [plan["target"] for plan in listed] == ["tampa", "reno"]


def test_a_plan_file_of_what_stays_is_not_overwritten_by_what_leaves(two):
    without(two, "reno")
    two.ran("plan", "--base", "main", "--out", "plan.json")
    assert json.loads(two.read("plan.json"))["target"] == "tampa"


def test_two_that_leave_are_no_one_plan_file(two):
    without(two, "reno", "tampa")
    done = two.run("plan", "--base", "main", "--out", "plan.json")
    assert done.code == exits.ERROR
    assert "2 targets leave" in done.err


def test_the_last_one_leaves_without_an_error(two):
    without(two, "reno", "tampa")
    done = two.ran("plan", "--base", "main")
    assert done.err == "there are no targets in did_specs\n"
    assert done.out.count("· leaves the repository") == 2
    shutil.rmtree(two.folder / "did_specs")
    assert two.ran("plan", "--base", "main").out == done.out


def test_none_in_either_is_said_and_no_error(office):
    (office.folder / "empty").mkdir()
    shutil.rmtree(office.folder / "did_specs")
    done = office.ran("plan", "--base-specs", "empty")
    assert (done.out, done.err) == ("", "there are no targets in did_specs, and none in empty\n")


def test_a_target_that_is_in_neither_is_a_mistake(two):
    assert "there is no target 'rome'" in two.run("plan", "--base", "main", "--target", "rome").err


def test_one_whose_files_had_faults_is_told_all_the_same(two):
    two.blocks("]", target="reno")
    two.commit()
    without(two, "reno")
    done = two.ran("plan", "--base", "main")
    assert "reno leaves the repository; its specs in main have faults" in done.err


def test_validate_and_targets_know_it_too(two):
    without(two, "reno")
    done = two.ran("validate", "--base", "main")
    assert done.out == (
        "tampa: 10 numbers in 1 block, no faults\n"
        "reno: leaves the repository; nothing of it is changed on its server\n"
    )
    assert json.loads(two.ran("targets", "--json").out) == ["tampa"]
    assert json.loads(two.ran("targets", "--json", "--base", "main").out) == ["reno", "tampa"]
    without(two, "tampa")
    done = two.ran("validate", "--base", "main")
    assert done.out.count("leaves the repository") == 2


def test_a_matrix_of_nothing_is_an_empty_list(office):
    shutil.rmtree(office.folder / "did_specs")
    done = office.ran("targets", "--json")
    assert (done.out, done.err) == ("[]\n", "there are no targets in did_specs\n")
    assert office.run("targets").code == exits.ERROR


# --- a folder that was renamed


@pytest.fixture
def renamed(shop):
    """tampa was applied and committed; then its folder is called tampa-fl."""
    shop.ran("apply", "--yes")
    shop.commit()
    (shop.folder / "did_specs/tampa").rename(shop.folder / "did_specs/tampa-fl")
    return shop


def as_declared(told):
    """Every number is known; that the state has another place is a setting to be reviewed."""
    return (
        "10 declared, 10 known" in told.replace(" numbers", "") and "0 to create, 0 to up" in told
    )


def test_the_plan_says_whose_state_belongs_to_the_server(renamed):
    told = flat(renamed.ran("plan", "--base", "main").out)
    assert (
        "! no state is known of tampa-fl, and file:state/tampa.json knows 10 numbers of the same "
        "server as tampa, which has no folder any more hint: if tampa-fl is tampa under a new "
        "name: reconciler state rename tampa --target tampa-fl"
    ) in told
    assert "tampa-fl is new and has the same server: if it is tampa under a new name" in told


def test_a_new_target_with_faults_or_of_another_server_is_no_heir(two):
    without(two, "reno")
    two.target("oslo", endpoint=RENO)
    two.blocks("]", target="oslo")
    two.target("rome", endpoint=RENO.replace(":2/", ":3/"))
    told = flat(two.ran("plan", "--base", "main", "--target", "reno").out)
    assert "is new and has the same server" not in told


def test_renamed_the_state_is_taken_over_and_everything_is_as_declared(renamed, server):
    done = renamed.ran("state", "rename", "tampa")
    assert "stored 10 numbers of tampa as serial " in done.out
    assert "tampa.json is left as it was: remove it once the plan is right" in done.out
    assert as_declared(renamed.ran("plan").out)


def test_what_an_apply_in_between_called_conflicts_is_replaced(renamed):
    done = renamed.run("apply", "--yes")
    assert done.code == exits.UNCONFIRMED
    lost = done.err.index("tampa-fl: the state may have been lost: 10 numbers declared here exist")
    assert "reconciler state rename OLD --target tampa-fl" in done.err[lost:]
    assert "may have been lost" not in renamed.run("apply", "--yes").err
    renamed.ran("state", "rename", "tampa")
    assert as_declared(renamed.ran("plan").out)


def test_a_state_that_owns_numbers_is_not_replaced(renamed):
    renamed.ran("state", "rename", "tampa")
    done = renamed.run("state", "rename", "tampa")
    assert done.code == exits.ERROR
    assert "already contains a state of tampa-fl, with 10 numbers of its own" in done.err


def test_a_state_of_one_name_for_all_is_renamed_in_its_place(renamed):
    renamed.write("did_specs/tampa-fl/target.yaml", renamed.read("did_specs/tampa-fl/target.yaml")
                  .replace("{target}", "tampa"))  # fmt: skip
    assert "contains the state of target 'tampa'" in renamed.run("plan").err
    done = renamed.ran("state", "rename", "tampa")
    assert "left as it was" not in done.out
    assert renamed.ran("plan").out.startswith("No changes: tampa-fl")


def test_the_state_of_a_target_that_is_there_is_its_own(renamed):
    renamed.target("tampa", endpoint=RENO)
    done = renamed.run("state", "rename", "tampa", "--target", "tampa-fl")
    assert done.code == exits.ERROR
    assert "tampa is a target of its own" in done.err
    assert "no state is known" not in renamed.ran("plan", "--target", "tampa-fl").out


def test_a_name_that_no_folder_had_has_no_state(renamed):
    done = renamed.run("state", "rename", "tempa")
    assert done.code == exits.ERROR
    assert "nothing is stored for tempa" in done.err


# --- a state that vanished


def test_a_state_that_git_knows_may_have_been_lost(shop):
    shop.ran("apply", "--yes")
    shop.commit()
    shop.git("add", "state")
    shop.git("commit", "-qm", "state")
    (shop.folder / "state/tampa.json").unlink()
    told = flat(shop.ran("plan").out)
    commit = shop.git("rev-parse", "--short", "HEAD")
    assert (
        f"! the state of tampa may have been lost: state/tampa.json does not exist, and git has it "
        f"in commit {commit} hint: git checkout {commit} -- state/tampa.json"
    ) in told
    shop.git("checkout", commit, "--", "state/tampa.json")
    assert shop.ran("plan").out.startswith("No changes")


def test_numbers_that_are_to_be_adopted_are_no_sign_of_loss(shop):
    shop.ran("apply", "--yes")
    (shop.folder / "state/tampa.json").unlink()
    text = shop.read("did_specs/tampa/blocks.yaml").replace(
        "- name: sales", "- name: sales\n    adopt: true"
    )
    shop.blocks(text)
    assert "may have been lost" not in shop.run("apply", "--yes").all
