"""Where nothing is stored: what git knows of a state that was, and what lies beside."""

import os
from dataclasses import replace

import pytest

from reconciler.state import lost
from reconciler.state.codec import encode
from reconciler.state.lost import beside, trace
from tests.backends.conftest import git, on_branch
from tests.conftest import known, state

TAMPA = state(("7275553300-7275553399", known()))


def traced(folder, url):
    return trace(url, target="tampa", folder=folder, env=os.environ)


def seen(folder, url, *, wanted=lambda _: True):
    found = beside(url, folder=folder, env=os.environ, wanted=wanted)
    return [(each.where, each.state.target) for each in found]


@pytest.fixture
def clone(hosted, monkeypatch):
    clone = hosted.clone()
    monkeypatch.chdir(clone)
    return clone


def committed(clone, name="state/tampa.json", content=b"{}"):
    (clone / name).parent.mkdir(exist_ok=True)
    (clone / name).write_bytes(content)
    git(clone, "add", "-A")
    git(clone, "commit", "--quiet", "-m", "State")
    return git(clone, "rev-parse", "--short", "HEAD")


# --- a file


def test_nothing_was_ever_there(clone):
    assert traced(clone, "file:state/tampa.json") is None


def test_a_file_that_git_had_is_named_with_its_last_content(clone):
    committed(clone)
    commit = committed(clone, content=b"[]")
    git(clone, "rm", "-rq", "state")
    git(clone, "commit", "--quiet", "-m", "Gone")
    found = traced(clone, "file:state/tampa.json")
    assert found.what == f"state/tampa.json does not exist, and git has it in commit {commit}"
    assert found.back == f"git checkout {commit} -- state/tampa.json"


def test_a_file_of_another_branch_counts_too(clone):
    git(clone, "checkout", "--quiet", "-b", "other")
    commit = committed(clone)
    git(clone, "checkout", "--quiet", "main")
    assert f"in commit {commit}" in traced(clone, "file:state/tampa.json").what


def test_a_name_with_signs_of_a_pattern_is_that_name_alone(clone):
    committed(clone, "state/tampb.json")
    assert traced(clone, "file:state/tamp*.json") is None


def test_outside_a_repository_or_in_git_s_own_folder_git_knows_nothing(clone, tmp_path):
    assert traced(tmp_path, "file:state/tampa.json") is None
    assert traced(clone, "file:.git/state/tampa.json") is None


def test_a_store_is_not_looked_into(clone):
    assert traced(clone, "s3://ours/tampa.json") is None
    assert seen(clone, "s3://ours/tampa.json") == []


# --- a branch


def test_a_branch_that_never_was_is_no_loss(clone):
    assert traced(clone, "git:did-state") is None
    assert seen(clone, "git:did-state") == []


def test_a_branch_that_this_clone_knows_and_the_remote_lost_can_be_pushed_again(hosted, clone):
    on_branch(hosted.clone()).save(b"one\n", over=None, message="One")
    git(clone, "fetch", "--quiet")
    git(hosted.bare, "update-ref", "-d", "refs/heads/did-state")
    found = traced(clone, "git:did-state")
    assert "the remote origin has no branch did-state, and this clone knows it" in found.what
    git(clone, *found.back.removeprefix("git ").split())
    assert on_branch(clone).load().content == b"one\n"


def test_a_branch_without_this_target_s_file_is_no_loss(hosted, clone):
    on_branch(hosted.clone(), target="miami").save(b"m\n", over=None, message="Miami")
    assert traced(clone, "git:did-state") is None
    git(clone, "fetch", "--quiet")
    git(hosted.bare, "update-ref", "-d", "refs/heads/did-state")
    assert traced(clone, "git:did-state") is None


def test_a_file_that_was_removed_from_the_branch_is_named_with_its_last_commit(hosted, clone):
    on_branch(hosted.clone()).save(b"one\n", over=None, message="One")
    other = hosted.clone("--branch=did-state")
    commit = git(other, "rev-parse", "--short", "HEAD")
    git(other, "rm", "-q", "tampa.json")
    git(other, "commit", "--quiet", "-m", "Oops")
    git(other, "push", "--quiet", "origin", "did-state")
    found = traced(clone, "git:did-state")
    assert found.what == f"the branch did-state had tampa.json up to its commit {commit}"
    assert f"git show {commit}:tampa.json > tampa.json" in found.back


# --- other states in the same place


def test_states_beside_a_file_are_found_and_what_is_none_is_left_alone(clone):
    committed(clone, "state/tampa.json", encode(TAMPA))
    committed(clone, "state/miami.json", encode(replace(TAMPA, target="miami")))
    committed(clone, "state/notes.json", b"{}")
    (clone / "state" / "folder.json").mkdir()
    assert seen(clone, "file:state/tampa-fl.json") == [
        ("file:state/miami.json", "miami"),
        ("file:state/tampa.json", "tampa"),
    ]
    assert seen(clone, "file:state/miami.json") == [("file:state/tampa.json", "tampa")]
    assert seen(clone, "file:state/x.json", wanted=lambda each: each.target == "tampa") == [
        ("file:state/tampa.json", "tampa")
    ]


def test_a_file_beside_that_cannot_be_read_is_passed_over(clone, monkeypatch):
    committed(clone, "state/tampa.json", encode(TAMPA))

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(lost, "read_file", refused)
    assert seen(clone, "file:state/tampa-fl.json") == []


def test_states_on_the_branch_are_found(hosted, clone):
    writer = on_branch(hosted.clone())
    writer.save(encode(TAMPA), over=None, message="One")
    other = hosted.clone("--branch=did-state")
    (other / "folder.json").mkdir()
    committed(other, "folder.json/file", b"x")
    git(other, "push", "--quiet", "origin", "did-state")
    assert seen(clone, "git:did-state") == [("git:did-state (tampa.json)", "tampa")]
