"""``plan --base``: what a branch changes, and what is pending without it."""

import json
import os
import subprocess

import pytest

from reconciler.cli import exits
from tests.cli.office import SALES, SUPPORT

MORE = SALES.replace("7275553300-7275553309", "7275553300-7275553311")


@pytest.fixture
def repo(office):
    office.commit()
    return office


def test_what_is_pending_anyway_is_told_from_what_this_changes(repo):
    repo.blocks(MORE)
    done = repo.ran("plan", "--base", "main", "--out", "plan.json")
    assert "12 to create" in done.out
    told = done.out.partition("\nOf this: ")[2]
    assert told.startswith("2 numbers with this change, 10 pending on its base anyway.\n")
    assert "With this change:" in told
    assert "7275553310–7275553311 (2)" in told
    own = json.loads(repo.read("plan.json"))["own"]
    assert own["numbers"] == ["7275553310-7275553311"]


def test_what_a_change_takes_back_is_told(repo):
    repo.blocks(SUPPORT)
    told = repo.ran("plan", "--base", "main").out.partition("\nOf this: ")[2]
    assert told.startswith("5 numbers with this change, 10 no longer pending with it.\n")
    assert "Pending on its base, and no longer pending with this change:" in told
    assert "With this change:" not in told


def test_markdown_tells_it_in_a_line(repo):
    repo.blocks(MORE)
    done = repo.ran("plan", "--base", "main", "--format", "markdown")
    assert done.out.endswith(
        "\n\nOf this: 2 numbers with this change, 10 pending on its base anyway.\n"
    )


def test_settings_are_part_of_a_change(shop):
    shop.ran("apply", "--yes")
    shop.commit()
    shop.target("tampa", "limits: {max_create: 7}\n")
    done = shop.ran("plan", "--base", "main")
    assert "Of this: 0 numbers with this change, 1 setting of target.yaml with it." in done.out


@pytest.mark.parametrize("twice", ["a link and a folder", "a link and a file"])
def test_a_tree_with_a_link_in_the_place_of_something_else_writes_nothing_elsewhere(
    repo, tmp_path, twice
):
    """Git makes no such tree, but takes it: its second entry would lead through the link."""
    outside = tmp_path / "outside"
    outside.mkdir()

    def made(kind, content):
        done = subprocess.run(
            ["git", "hash-object", "-t", kind, "--literally", "-w", "--stdin"],
            cwd=repo.folder,
            input=content,
            capture_output=True,
            check=True,
        )
        return bytes.fromhex(done.stdout.decode())

    leads = outside if "folder" in twice else outside / "file"
    link, file = made("blob", os.fsencode(leads)), made("blob", b"written")
    folder = made("tree", b"100644 file\0" + file)
    second = b"40000 evil\0" + folder if "folder" in twice else b"100644 evil\0" + file
    specs = made("tree", b"120000 evil\0" + link + second)
    root = made("tree", b"40000 did_specs\0" + specs)
    commit = repo.git("commit-tree", "-m", "made by hand", root.hex())
    done = repo.run("plan", "--base", commit)
    assert done.code == exits.ERROR
    assert "is damaged" in done.err
    assert list(outside.iterdir()) == []


def test_the_work_tree_is_not_touched(repo):
    repo.blocks(MORE)
    repo.ran("plan", "--base", "main")
    assert repo.git("status", "--porcelain", "did_specs") == "M did_specs/tampa/blocks.yaml"
    assert repo.read("did_specs/tampa/blocks.yaml") == MORE


def test_specs_may_lie_deeper_in_the_repository(at_home, monkeypatch):
    at_home.write("systems/did_specs/tampa/target.yaml", "")
    deeper = type(at_home)(at_home.folder / "systems", at_home.endpoint, at_home.capsys)
    deeper.target()
    deeper.blocks()
    at_home.git("init", "-q", "-b", "main")
    at_home.git("add", "systems")
    at_home.git("commit", "-qm", "first")
    deeper.blocks(MORE)
    done = at_home.ran("plan", "--specs", "systems/did_specs", "--base", "main")
    assert "Of this: 2 numbers with this change" in done.out
    monkeypatch.chdir(deeper.folder / "did_specs")
    assert "Of this: 2 numbers" in at_home.ran("plan", "--specs", ".", "--base", "main").out


def test_links_of_the_base_are_links(repo):
    repo.write("did_specs/outside.txt", SUPPORT)
    (repo.folder / "did_specs/tampa/support.yaml").symlink_to("../outside.txt")
    repo.commit("linked")
    done = repo.ran("plan", "--base", "main")
    assert "15 numbers declared" in done.out
    assert "Of this: 0 numbers with this change, 15 pending on its base anyway.\n" in done.out


def test_a_base_without_the_target_leaves_everything_to_this_change(repo):
    repo.target("reno")
    repo.blocks(SUPPORT, target="reno")
    done = repo.ran("plan", "--base", "main", "--target", "reno")
    assert "Of this: 5 numbers with this change, 3 settings of target.yaml with it.\n" in done.out
    assert f"  ! endpoint  none → {repo.endpoint}\n" in done.out


def test_a_base_without_specs_leaves_everything_to_this_change(office):
    office.write("README.md", "first")
    office.git("init", "-q", "-b", "main")
    office.git("add", "README.md")
    office.git("commit", "-qm", "first")
    assert "Of this: 10 numbers with this change, 3 settings" in (
        office.ran("plan", "--base", "main").out
    )


def test_a_base_with_faults_is_told_and_stops_nothing(office):
    office.blocks("version: 1\nblocks: [{name: sales}]\n")
    office.commit()
    office.blocks()
    done = office.ran("plan", "--base", "main")
    assert "the specs of main have faults (" in done.err
    assert "Of this: 10 numbers with this change, 3 settings" in done.out


def test_a_folder_may_be_the_base(office):
    office.write("base/tampa/target.yaml", office.read("did_specs/tampa/target.yaml"))
    office.write("base/tampa/blocks.yaml", SALES)
    office.blocks(MORE)
    done = office.ran("plan", "--base-specs", "base")
    assert "Of this: 2 numbers with this change, 10 pending on its base anyway." in done.out


def test_a_folder_that_is_none_is_no_base(office):
    done = office.run("plan", "--base-specs", "base")
    assert (done.code, done.err) == (exits.ERROR, "error: --base-specs base is not a folder\n")


@pytest.mark.parametrize("ref", ["nope", "HEAD~5", "HEAD:did_specs", "0" * 40, ""])
def test_a_base_that_is_no_commit_is_refused(repo, ref):
    done = repo.run("plan", "--base", ref)
    assert (done.code, done.out) == (exits.ERROR, "")
    assert done.err.startswith(f"error: --base {ref} is not a commit of this repository: ")
    assert "fetch it first" in done.err


def test_a_base_that_looks_like_an_option_is_none(repo):
    done = repo.run("plan", "--base=--output=/tmp/x")
    assert done.code == exits.ERROR
    assert "is not a commit" in done.err


def test_outside_a_repository_the_error_is_git_s_own(office):
    done = office.run("plan", "--base", "main")
    assert done.code == exits.ERROR
    assert "not a git repository" in done.err


def test_without_git_the_error_says_so(office, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    done = office.run("plan", "--base", "main")
    assert done.code == exits.ERROR
    assert done.err.startswith("error: git cannot be run: No such file or directory\n")
    assert "install git" in done.err


def elsewhere(office):
    """Another repository, of a folder with the same names and other numbers."""
    other = type(office)(office.folder / "other", office.endpoint, office.capsys)
    other.target()
    other.blocks(SUPPORT)
    other.commit()
    return other


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_DIR", "other/.git"),
        ("GIT_WORK_TREE", "other"),
        ("GIT_INDEX_FILE", "other/.git/index"),
        ("GIT_OBJECT_DIRECTORY", "other/.git/objects"),
        ("GIT_COMMON_DIR", "other/.git"),
        ("GIT_PREFIX", "other/"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_LITERAL_PATHSPECS", "0"),
    ],
)
def test_a_hook_of_another_repository_changes_nothing(repo, monkeypatch, name, value):
    repo.blocks(MORE)
    plain = repo.ran("plan", "--base", "HEAD").out
    elsewhere(repo)
    monkeypatch.setenv(name, str(repo.folder / value) if "/" in value else value)
    assert repo.ran("plan", "--base", "HEAD").out == plain


def test_a_worktree_and_a_submodule_are_repositories_of_their_own(repo, monkeypatch):
    repo.git("worktree", "add", "-q", "-b", "more", "tree")
    tree = type(repo)(repo.folder / "tree", repo.endpoint, repo.capsys)
    tree.blocks(MORE)
    monkeypatch.chdir(tree.folder)
    assert "Of this: 2 numbers with this change" in tree.ran("plan", "--base", "HEAD").out
    outer = type(repo)(repo.folder / "outer", repo.endpoint, repo.capsys)
    outer.write("README.md", "outer")
    outer.git("init", "-q", "-b", "main")
    add = ("submodule", "--quiet", "add", f"{repo.folder}/.git", "phones")
    outer.git("-c", "protocol.file.allow=always", *add)
    phones = type(repo)(outer.folder / "phones", repo.endpoint, repo.capsys)
    phones.blocks(MORE)
    monkeypatch.chdir(outer.folder)
    done = outer.ran("plan", "--specs", "phones/did_specs", "--base", "HEAD")
    assert "Of this: 2 numbers with this change" in done.out


DUBIOUS = """#!/bin/sh
echo "fatal: detected dubious ownership in repository at '/srv/numbers'" >&2
echo "To add an exception for this directory, call:" >&2
printf '\\n\\tgit config --global --add safe.directory /srv/numbers\\n' >&2
exit 128
"""


@pytest.fixture
def dubious(tmp_path, monkeypatch):
    """A git that finds the repository to be another user's, whoever runs the tests."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").write_text(DUBIOUS)
    (tools / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


def test_another_user_s_repository_is_told_in_git_s_words_with_git_s_remedy(repo, dubious):
    for asked in (("--base", "main"), ("--state", "git:did-state")):
        reason, remedy = repo.run("plan", *asked).err.splitlines()
        assert reason == (
            "error: git refuses: detected dubious ownership in repository at '/srv/numbers'"
        )
        assert remedy.endswith(
            " To add an exception for this directory, call: "
            "git config --global --add safe.directory /srv/numbers"
        )


def test_git_gets_no_credentials_of_a_server(repo, tmp_path, monkeypatch):
    """A hook, a filter or a helper of git is somebody else's program."""
    tools = tmp_path / "spying"
    tools.mkdir()
    (tools / "git").write_text(
        f'#!/bin/sh\nenv >>{tmp_path}/env\nPATH="${{PATH#*:}}" exec git "$@"\n'
    )
    (tools / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("VICIDIAL_PASS_TAMPA", "made-up")
    repo.ran("plan", "--base", "main")
    seen = (tmp_path / "env").read_text()
    assert "PATH=" in seen
    assert "VICIDIAL_" not in seen


def test_a_repository_that_lost_objects_is_an_error(repo):
    blob = repo.git("rev-parse", "HEAD:did_specs/tampa/blocks.yaml")
    path = repo.folder / ".git/objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    done = repo.run("plan", "--base", "main")
    assert done.code == exits.ERROR
    assert "error: git cannot read did_specs at " in done.err


def test_a_tree_that_cannot_be_listed_is_an_error(repo):
    tree = repo.git("rev-parse", "HEAD:did_specs")
    (repo.folder / ".git/objects" / tree[:2] / tree[2:]).unlink()
    done = repo.run("plan", "--base", "main")
    assert done.code == exits.ERROR
    assert "error: git cannot list did_specs at " in done.err


def test_a_submodule_and_a_path_that_climbs_out_are_left_alone(repo):
    """A tree can be forged; nothing is written beside the folder it is unpacked into."""
    blob = repo.git("rev-parse", "HEAD:did_specs/tampa/blocks.yaml")
    commit = repo.git("rev-parse", "HEAD")
    evil = tree(repo, f"100644 blob {blob}\tescaped.yaml\n160000 commit {commit}\tmodule\n")
    up = tree(repo, f"040000 tree {evil}\t..\n", checked=False)
    specs = tree(repo, f"040000 tree {up}\ttampa\n160000 commit {commit}\tsub\n")
    root = tree(repo, f"040000 tree {specs}\tdid_specs\n")
    forged = repo.git("commit-tree", "-m", "forged", root)
    done = repo.ran("plan", "--base", forged)
    assert "Of this: 10 numbers with this change, 3 settings" in done.out


def tree(office, text, *, checked=True):
    if checked:
        return subprocess.run(
            ["git", "mktree"], cwd=office.folder, input=text, capture_output=True, text=True,
            check=True,
        ).stdout.strip()  # fmt: skip
    mode, _, rest = text.partition(" ")
    _, _, rest = rest.partition(" ")
    sha, _, name = rest.rstrip("\n").partition("\t")
    content = os.fsencode(f"{mode.lstrip('0')} {name}\0") + bytes.fromhex(sha)
    return subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        cwd=office.folder, input=content, capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
