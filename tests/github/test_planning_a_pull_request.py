"""``github plan``: a pull request's specs are data, read by the default branch's code."""

import json
import subprocess
from pathlib import Path

import pytest

from reconciler.cli import gittree, main
from reconciler.github.planned import read_planned
from reconciler.state.codec import encode
from tests.conftest import MENU, known, state
from tests.github.desk import block
from tests.github.test_commenting_on_a_plan import event

TARGET = """\
version: 1
endpoint: https://tampa.example/vicidial/non_agent_api.php
state: git:did-state
defaults: {source: "7275551114"}
"""
SALES = block("7275553300-7275553309")


class Clone:
    """A clone on main, its remote, and the pull requests of others."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder / "clone"
        self.monkeypatch = monkeypatch
        self.folder.mkdir()
        subprocess.run(["git", "init", "-q", "--bare", folder / "remote.git"], check=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Ann")
        self.git("config", "user.email", "ann@example.com")
        self.git("remote", "add", "origin", str(folder / "remote.git"))
        self.on_main({"tampa/target.yaml": TARGET})

    def git(self, *arguments):
        done = subprocess.run(
            ["git", "-C", self.folder, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files):
        for name, text in files.items():
            path = self.folder / "did_specs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)

    def on_main(self, files, branch="main"):
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-qm", "Main")
        self.git("push", "-q", "origin", f"HEAD:{branch}")

    def opens(self, files, number=7, *, before=None):
        """A pull request with these files; returns its tip. ``before`` does more to them."""
        self.git("checkout", "-q", "--detach", "main")
        self.write(files)
        if before is not None:
            before(self.folder / "did_specs")
        self.git("add", "-A")
        self.git("commit", "-qm", "Theirs", "--allow-empty")
        head = self.git("rev-parse", "HEAD")
        self.git("push", "-qf", "origin", f"HEAD:refs/pull/{number}/head")
        self.git("checkout", "-q", "main")
        return head

    def plans(self, files=None, *, head=None, base="main", code=0, **more):
        """What the step leaves: the pull request, and its plans by target."""
        head = head or self.opens(files, **more)
        path = self.folder.parent / "event.json"
        path.write_text(json.dumps(event(head=head, base=base)))
        self.monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))
        self.monkeypatch.setenv("GITHUB_OUTPUT", str(self.folder.parent / "output"))
        self.monkeypatch.chdir(self.folder)
        assert main(["github", "plan", "--out", "../plans"]) == code
        assert self.git("status", "--porcelain") == ""
        assert Path.cwd() == self.folder
        pull, plans = read_planned(self.folder.parent / "plans")
        return pull, {plan.target: plan for plan in plans}

    @property
    def output(self):
        return (self.folder.parent / "output").read_text()


@pytest.fixture
def clone(tmp_path, monkeypatch):
    return Clone(tmp_path, monkeypatch)


def problem(found):
    (pull, plans) = found
    assert plans == {}
    (only,) = pull.problems
    return only


def test_the_merge_is_planned_against_its_base(clone):
    clone.on_main({"tampa/sales.yaml": SALES})
    head = clone.opens({"tampa/more.yaml": block("7275554000", name="more")})
    pull, plans = clone.plans(head=head)
    assert (pull.number, pull.head, pull.base) == (7, head, "main")
    assert pull.base_commit == clone.git("rev-parse", "main")
    own = plans["tampa"].own
    assert own.changes.count == 1
    assert own.pending.count == 10
    assert own.settings == ()
    assert [place.file for place in plans["tampa"].blocks] == [
        "did_specs/tampa/more.yaml",
        "did_specs/tampa/sales.yaml",
    ]
    assert clone.output == f"artifact=did-plans-7-{head}\n"


def test_what_main_has_by_now_is_part_of_the_merge(clone):
    head = clone.opens({"tampa/sales.yaml": SALES})
    clone.on_main({"tampa/more.yaml": block("7275554000", name="more")})
    pull, plans = clone.plans(head=head)
    assert pull.tree != clone.git("rev-parse", f"{head}^{{tree}}")
    assert plans["tampa"].changes.count == 11


def test_targets_that_do_not_change_are_not_planned(clone):
    clone.on_main({"reno/target.yaml": TARGET.replace("tampa", "reno")})
    pull, plans = clone.plans({"reno/sales.yaml": SALES})
    assert list(plans) == ["reno"]
    assert pull.targets == ("reno",)
    assert clone.plans({"../README.md": "words"})[1] == {}


def test_one_that_was_pushed_to_since_is_left_to_the_next_run(clone, monkeypatch):
    clone.opens({"tampa/sales.yaml": SALES})
    with pytest.raises(Exception, match=r"pull\.json"):
        clone.plans(head="0" * 40)
    assert clone.output == "outdated=true\n"


def test_into_another_branch_it_is_compared_with_that(clone):
    clone.git("push", "-q", "origin", "main:release")
    clone.on_main({"tampa/sales.yaml": SALES})
    pull, plans = clone.plans({}, base="release")
    assert pull.base == "release"
    assert plans["tampa"].own.changes.count == 10


def test_a_conflict_is_told(clone):
    head = clone.opens({"tampa/sales.yaml": SALES})
    clone.on_main({"tampa/sales.yaml": block("7275554000")})
    assert "conflicts with its base" in problem(clone.plans(head=head, code=1)).message


def test_a_history_of_its_own_cannot_be_merged(clone):
    clone.git("checkout", "-q", "--orphan", "theirs")
    clone.git("commit", "-qm", "Theirs")
    head = clone.git("rev-parse", "HEAD")
    clone.git("push", "-qf", "origin", "HEAD:refs/pull/7/head")
    clone.git("checkout", "-q", "main")
    found = problem(clone.plans(head=head, code=1))
    assert "unrelated histories" in found.message


def test_faults_are_told_with_their_lines_from_the_top_of_the_repository(clone, capsys):
    faulty = block("7275553300", group="WAY TOO LONG!")
    found = problem(clone.plans({"tampa/sales.yaml": faulty}, code=1))
    assert (found.file, found.line) == ("did_specs/tampa/sales.yaml", 8)
    assert "did_specs/tampa/sales.yaml:8:" in capsys.readouterr().err


def test_a_fault_in_a_target_that_does_not_change_is_told_too(clone):
    clone.on_main({"reno/target.yaml": "version: 1\n"})
    pull, plans = clone.plans({"tampa/sales.yaml": SALES}, code=1)
    assert plans == {}
    assert {each.file for each in pull.problems} == {"did_specs/reno/target.yaml"}


@pytest.mark.parametrize("name", ["tampa/link.yaml", "tampa/folder", "tampa/link.txt"])
def test_links_are_not_followed(clone, name, capsys):
    def link(specs):
        (specs / name).symlink_to("/etc/passwd")

    found = problem(clone.plans({"tampa/sales.yaml": SALES}, before=link, code=1))
    assert found.message == f"did_specs/{name} is a link"
    assert "root:" not in capsys.readouterr().err


def test_too_many_or_too_large_files_are_refused_before_they_are_read(clone, monkeypatch):
    monkeypatch.setattr(gittree, "MOST_FILES", 1)
    found = problem(clone.plans({"tampa/sales.yaml": SALES}, code=1))
    assert found.message == "did_specs has over 1 files and folders"
    monkeypatch.setattr(gittree, "MOST_FILES", 10)
    monkeypatch.setattr(gittree, "LARGEST_TREE", 200)
    found = problem(clone.plans({"tampa/sales.yaml": SALES}, code=1))
    assert found.message == "did_specs has over 0 MiB of files"


def test_what_is_no_spec_is_not_even_written(clone, monkeypatch):
    monkeypatch.setattr(gittree, "LARGEST_TREE", 10_000)
    files = {"tampa/sales.yaml": SALES, "tampa/huge.bin": "x" * 1_000_000}
    assert clone.plans(files)[1]["tampa"].changes.count == 10


def test_a_pull_request_that_is_gone_is_an_error(clone, capsys):
    with pytest.raises(Exception, match=r"pull\.json"):
        clone.plans(head="0" * 40, code=1)
    assert "refs/pull/7/head" in capsys.readouterr().err


# --- which state it is compared with


def pushes_state(clone, content, branch="did-state", name="tampa.json"):
    blob = subprocess.run(
        ["git", "-C", clone.folder, "hash-object", "-w", "--stdin"],
        input=content,
        capture_output=True,
        check=True,
    ).stdout.decode()
    tree = subprocess.run(
        ["git", "-C", clone.folder, "mktree"],
        input=f"100644 blob {blob.strip()}\t{name}\n".encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    commit = clone.git("commit-tree", "-m", "state", tree.strip())
    clone.git("push", "-qf", "origin", f"{commit}:refs/heads/{branch}")


KNOWN = state(
    ("7275553300-7275553309", known(MENU)),
    endpoint="https://tampa.example/vicidial/non_agent_api.php",
)


def test_the_state_is_that_of_the_base_whatever_the_pull_request_names(clone):
    pushes_state(clone, encode(KNOWN))
    elsewhere = TARGET.replace("did-state", "empty")
    _, plans = clone.plans({"tampa/sales.yaml": SALES, "tampa/target.yaml": elsewhere})
    plan = plans["tampa"]
    assert (plan.lineage, plan.serial) == (KNOWN.lineage, KNOWN.serial)
    assert plan.counts.update == 10
    assert ("state", "git:did-state", "git:empty") in [
        (each.name, each.before, each.after) for each in plan.own.settings
    ]
    assert "is to keep its state in git:empty, and this plan was made from git:did-state" in (
        plan.remarks[0].message
    )
    assert plan.remarks[0].hint.endswith("reconciler state migrate git:empty --target tampa")


def test_a_state_that_cannot_be_read_is_told(clone):
    pushes_state(clone, b"{")
    found = problem(clone.plans({"tampa/sales.yaml": SALES}, code=1))
    assert "is damaged" in found.message


def test_a_new_target_names_its_server_and_its_state_on_a_branch_is_read(clone):
    text = TARGET.replace("tampa", "reno")
    pushes_state(clone, encode(KNOWN).replace(b"tampa", b"reno"), name="reno.json")
    _, plans = clone.plans({"reno/target.yaml": text, "reno/sales.yaml": SALES})
    plan = plans["reno"]
    assert plan.serial == KNOWN.serial
    assert plan.own.settings[0].name == "endpoint"
    assert plan.own.settings[0].before == "none"


@pytest.mark.parametrize("where", ["s3://bucket/{target}.json", "file:/etc/passwd"])
def test_any_other_state_of_a_new_target_is_not_read(clone, where):
    text = TARGET.replace("tampa", "reno").replace("git:did-state", where)
    _, plans = clone.plans({"reno/target.yaml": text, "reno/sales.yaml": SALES})
    assert plans["reno"].counts.create == 10
    assert "it was not read" in plans["reno"].remarks[0].message


def test_a_base_that_is_not_the_default_branch_names_no_file_to_be_read(clone):
    """Whoever may push may make such a base, and it says what main's code would open."""
    clone.git("checkout", "-q", "-b", "evil")
    clone.on_main(
        {"tampa/target.yaml": TARGET.replace("git:did-state", "file:/etc/passwd")}, "evil"
    )
    head = clone.git("rev-parse", "HEAD")
    clone.git("checkout", "-q", "--detach", head)
    clone.write({"tampa/sales.yaml": SALES})
    clone.git("add", "-A")
    clone.git("commit", "-qm", "Theirs")
    head = clone.git("rev-parse", "HEAD")
    clone.git("push", "-qf", "origin", "HEAD:refs/pull/7/head")
    clone.git("checkout", "-q", "main")
    _, plans = clone.plans(head=head, base="evil")
    assert "it was not read" in plans["tampa"].remarks[0].message
    assert plans["tampa"].counts.create == 10


def test_a_target_that_leaves_has_a_plan_that_says_what_stays(clone):
    clone.on_main({"reno/target.yaml": TARGET.replace("tampa", "reno")})
    _, plans = clone.plans({"tampa/target.yaml": None})
    assert plans["tampa"].leaving
    assert plans["tampa"].own is None


def test_one_that_leaves_with_faults_in_its_base_has_none(clone):
    clone.on_main({"reno/target.yaml": TARGET.replace("tampa", "reno"), "tampa/a.yaml": "]"})
    pull, plans = clone.plans({"tampa/target.yaml": None, "tampa/a.yaml": None})
    assert pull.problems == ()
    assert plans == {}


def test_a_base_whose_target_has_faults_leaves_everything_to_the_pull_request(clone, capsys):
    clone.on_main({"tampa/sales.yaml": "version: 1\nblocks: 3\n"})
    _, plans = clone.plans({"tampa/sales.yaml": SALES})
    assert plans["tampa"].own.changes.count == 10
    assert plans["tampa"].own.settings[0].name == "endpoint"
    assert "the specs of its base have faults" in capsys.readouterr().err
