import os
import shutil

import pytest

from reconciler.errors import Fenced, StateError
from reconciler.state.git import GitBackend
from reconciler.state.gitcommand import StateGit
from reconciler.state.gitremote import PushRefused, PushUnanswered, RefMoved, _rejected
from tests.backends.conftest import ANNA, BEN, Clock, git, on_branch


def everything_about(clone):
    """What a user could notice: files, index, branches, configuration."""
    refs = git(clone, "for-each-ref", "refs/heads", "refs/tags", "refs/did-reconciler")
    seen = [refs, git(clone, "status", "--porcelain=v2", "--branch"), git(clone, "ls-files", "-s")]
    seen += [(clone / ".git" / name).read_text() for name in ("config", "HEAD")]
    return [*seen, sorted(path.name for path in clone.iterdir())]


def test_each_save_is_one_commit_that_says_what_it_was_for(hosted):
    backend = on_branch(hosted.clone())
    first = backend.save(b"one\n", over=None, message="Apply plan 9f2c41d7\n\nPull request: #12")
    backend.save(b"two\n", over=first, message="Apply plan 80c3aa01")
    assert hosted.states() == ["Apply plan 80c3aa01", "Apply plan 9f2c41d7"]
    told = git(hosted.bare, "log", "-p", "--reverse", "did-state")
    assert "Pull request: #12" in told
    assert "-one\n+two" in told
    assert "Author: did-reconciler" in told


def test_a_branch_with_specs_is_refused_before_anything_is_written(hosted):
    clone = hosted.clone()
    (clone / "did_specs" / "tampa").mkdir(parents=True)
    (clone / "did_specs" / "tampa" / "target.yaml").write_text("version: 1\n")
    git(clone, "add", "did_specs")
    git(clone, "commit", "-q", "-m", "Specs")
    git(clone, "push", "-q", "origin", "HEAD:refs/heads/main")
    before = git(hosted.bare, "for-each-ref")
    backend = GitBackend("main", StateGit(clone, os.environ), target="tampa")
    with pytest.raises(StateError) as raised:
        backend.load()
    assert raised.value.message == "git:main is a branch with specs (did_specs/tampa/target.yaml)"
    assert raised.value.hint == "name a branch that only the states are on: state: git:did-state"
    with pytest.raises(StateError):
        backend.save(b"{}", over=None, message="Begin")
    assert git(hosted.bare, "for-each-ref") == before


def test_other_folders_on_the_branch_are_left_alone(hosted):
    clone = hosted.clone()
    (clone / "notes").mkdir()
    (clone / "notes" / "readme.md").write_text("Ours\n")
    git(clone, "add", "notes")
    git(clone, "commit", "-q", "-m", "Notes")
    git(clone, "push", "-q", "origin", "HEAD:refs/heads/did-state")
    on_branch(clone).save(b"{}", over=None, message="Begin")
    assert "notes" in git(hosted.bare, "ls-tree", "--name-only", "did-state").split()


def test_the_first_save_begins_a_branch_without_the_code(hosted):
    on_branch(hosted.clone()).save(b"one\n", over=None, message="Begin")
    assert git(hosted.bare, "rev-list", "--count", "did-state") == "1"
    assert git(hosted.bare, "ls-tree", "--name-only", "did-state") == "tampa.json"


def test_the_clone_is_left_as_it_was(hosted):
    clone = hosted.clone()
    (clone / "README.md").write_text("Half written\n")
    (clone / "new.txt").write_text("New\n")
    git(clone, "add", "new.txt")
    before = everything_about(clone)
    backend = on_branch(clone)
    lease = backend.lease(ANNA)
    backend.save(b"one\n", over=None, message="Begin")
    on_branch(clone).load()
    lease.release()
    assert everything_about(clone) == before


def test_the_lease_leaves_no_trace_when_given_back(hosted):
    backend = on_branch(hosted.clone())
    lease = backend.lease(ANNA)
    assert git(hosted.bare, "for-each-ref", "--format=%(refname)", "refs/did-reconciler") == (
        "refs/did-reconciler/lease/tampa"
    )
    lease.release()
    assert git(hosted.bare, "for-each-ref", "refs/did-reconciler") == ""


@pytest.mark.parametrize("options", [["--depth=1"], ["--filter=blob:none"], ["--single-branch"]])
def test_a_lean_clone_is_enough(hosted, options):
    full = on_branch(hosted.clone())
    token = full.save(b"one\n", over=None, message="One")
    token = full.save(b"two\n", over=token, message="Two")
    git(hosted.bare, "config", "uploadpack.allowFilter", "true")
    lean = on_branch(hosted.clone(*options))
    assert lean.load().content == b"two\n"
    token = lean.save(b"three\n", over=token, message="Three")
    full.save(b"four\n", over=token, message="Four")
    assert lean.load().content == b"four\n"
    assert hosted.states() == ["Four", "Three", "Two", "One"]


def test_a_detached_head_is_enough(hosted):
    clone = hosted.clone()
    git(clone, "checkout", "--quiet", "--detach")
    on_branch(clone).save(b"one\n", over=None, message="One")
    assert on_branch(clone).load().content == b"one\n"


def test_a_folder_deep_in_the_clone_is_enough(hosted):
    folder = hosted.clone() / "telephony" / "numbers"
    folder.mkdir(parents=True)
    on_branch(folder).save(b"one\n", over=None, message="One")
    assert git(hosted.bare, "ls-tree", "--name-only", "did-state") == "tampa.json"


def test_neither_hooks_of_the_clone_nor_an_outer_git_are_in_the_way(hosted):
    clone = hosted.clone()
    hook = clone / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    env = {**os.environ, "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere/index"}
    backend = GitBackend("did-state", StateGit(clone, env), target="tampa")
    backend.save(b"one\n", over=None, message="One")
    assert hosted.states() == ["One"]


def test_two_targets_share_a_branch_and_lose_nothing(hosted):
    tampa, miami = (on_branch(hosted.clone(), target=name) for name in ("tampa", "miami"))
    ours = theirs = None
    for turn in range(3):
        ours = tampa.save(f"t{turn}".encode(), over=ours, message=f"Tampa {turn}")
        theirs = miami.save(f"m{turn}".encode(), over=theirs, message=f"Miami {turn}")
    assert hosted.states() == [f"{who} {turn}" for turn in (2, 1, 0) for who in ("Miami", "Tampa")]
    assert (tampa.load().content, miami.load().content) == (b"t2", b"m2")


def test_other_files_of_the_branch_stay(hosted):
    clone = hosted.clone()
    git(clone, "checkout", "--quiet", "--orphan", "did-state")
    (clone / "naïve name.txt").write_text("Hands off\n")
    (clone / "folder").mkdir()
    (clone / "folder" / "file").write_text("Hands off\n")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "Ours")
    git(clone, "push", "--quiet", "origin", "did-state")
    on_branch(hosted.clone()).save(b"one\n", over=None, message="One")
    shown = git(
        hosted.bare, "-c", "core.quotePath=off", "ls-tree", "-r", "--name-only", "did-state"
    )
    assert set(shown.splitlines()) == {
        "README.md",
        "folder/file",
        "naïve name.txt",
        "tampa.json",
    }


def test_a_branch_that_was_removed_meanwhile_is_not_begun_anew(hosted):
    backend = on_branch(hosted.clone())
    token = backend.save(b"one\n", over=None, message="One")
    git(hosted.bare, "update-ref", "-d", "refs/heads/did-state")
    with pytest.raises(Fenced):
        backend.save(b"two\n", over=token, message="Two")
    assert backend.load() is None


def test_a_branch_that_never_rests_is_given_up(hosted, monkeypatch):
    clone = hosted.clone()
    clock = Clock()
    backend = on_branch(clone, clock.timing())
    other = on_branch(hosted.clone(), target="miami")
    commit = GitBackend._commit
    turns = iter(range(100))
    theirs = [other.save(b"m", over=None, message="Miami")]

    def overtaken(self, *arguments):
        made = commit(self, *arguments)
        if self is backend:
            theirs.append(other.save(f"{next(turns)}".encode(), over=theirs[-1], message="Miami"))
        return made

    monkeypatch.setattr(GitBackend, "_commit", overtaken)
    with pytest.raises(StateError, match="20 times"):
        backend.save(b"t", over=None, message="Tampa")
    assert len(clock.waits) == 20
    assert set(hosted.states()) == {"Miami"}


# --- where it cannot work


def test_outside_of_a_repository_it_says_where_to_run(tmp_path):
    with pytest.raises(StateError, match="not a git repository") as raised:
        on_branch(tmp_path).load()
    assert "clone" in raised.value.hint


def test_without_a_remote_it_says_how_to_add_one(tmp_path):
    git(tmp_path, "init", "--quiet")
    with pytest.raises(
        StateError, match=r"cannot find the git remote origin .*No such remote"
    ) as raised:
        on_branch(tmp_path).load()
    assert "git remote add origin URL" in raised.value.hint


def test_without_git_it_says_so(tmp_path):
    backend = GitBackend("did-state", StateGit(tmp_path, {"PATH": str(tmp_path)}), target="tampa")
    with pytest.raises(StateError, match="git cannot be run") as raised:
        backend.load()
    assert "install" in raised.value.hint


def test_objects_that_git_removed_in_between_are_brought_again(hosted):
    clone = hosted.clone()
    on_branch(clone).save(b"one\n", over=None, message="One")
    for folder in (clone / ".git" / "objects").glob("??"):
        shutil.rmtree(folder)
    assert on_branch(clone).load().content == b"one\n"


def test_a_command_that_fails_is_told_in_git_s_words(hosted):
    with pytest.raises(StateError, match=r"git rev-parse failed in .*: fatal: .*; Use '--'"):
        StateGit(hosted.clone(), os.environ).must("rev-parse", "nonsense")


def test_a_remote_that_is_gone_cannot_be_reached(hosted):
    backend = on_branch(hosted.clone())
    hosted.bare.rename(hosted.folder / "moved")
    with pytest.raises(StateError, match="cannot read the remote origin"):
        backend.load()


def test_a_refused_push_says_who_refused_and_saves_nothing(hosted):
    hook = hosted.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'GH006: Protected branch update failed'\nexit 1\n")
    hook.chmod(0o755)
    backend = on_branch(hosted.clone())
    with pytest.raises(StateError, match="GH006: Protected branch") as raised:
        backend.save(b"one\n", over=None, message="One")
    assert not isinstance(raised.value, Fenced)
    assert "no protection rule" in raised.value.hint
    with pytest.raises(StateError, match=r"refused it: .*GH006"):
        backend.lease(ANNA)
    hook.unlink()
    backend.save(b"one\n", over=None, message="One")


DECLINES = "#!/bin/sh\necho '{}'\nexit 1\n"


def declining(hosted, words, hook="pre-receive"):
    path = hosted.bare / "hooks" / hook
    path.write_text(DECLINES.format(words))
    path.chmod(0o755)


def pushes(network):
    return sum(" push " in line for line in network.seen.splitlines())


def test_a_refused_push_is_not_tried_again(hosted, network):
    backend = on_branch(hosted.clone())
    declining(hosted, "someone must lock the door; nobody expected it")
    with pytest.raises(StateError, match="nobody expected it"):
        backend.save(b"one\n", over=None, message="One")
    assert pushes(network) == 1


def test_a_full_disk_of_the_server_is_no_question_of_rights(hosted):
    backend = on_branch(hosted.clone())
    declining(hosted, "error: No space left on device", hook="update")
    with pytest.raises(StateError, match="No space left on device") as raised:
        backend.save(b"one\n", over=None, message="One")
    assert raised.value.hint is not None  # a hook declined, whatever it said
    refused = PushRefused("(unpacker error) error: remote unpack failed: No space left on device")
    assert refused.hint("mind the rights") is None


def test_a_branch_that_leaves_no_room_for_another_is_named_before_anything_is_sent(hosted):
    git(hosted.bare, "branch", "did-state", "main")
    below = GitBackend("did-state/tampa", StateGit(hosted.clone(), os.environ), target="tampa")
    with pytest.raises(StateError, match="has the branch did-state, and git cannot keep both") as r:
        below.load()
    assert "git:did-state as state" in r.value.hint


def test_branches_below_leave_no_room_for_one_of_their_folder_s_name(hosted):
    git(hosted.bare, "branch", "did-state/tampa", "main")
    with pytest.raises(StateError, match="has the branch did-state/tampa, and git") as raised:
        on_branch(hosted.clone()).load()
    assert raised.value.hint == "choose another branch as state in target.yaml"


def test_branches_of_a_like_name_are_no_hindrance(hosted):
    git(hosted.bare, "branch", "did-state-old/tampa", "main")
    git(hosted.bare, "branch", "x/refs/heads/did-state/y", "main")
    assert on_branch(hosted.clone()).load() is None


def test_a_conflict_of_names_that_comes_up_later_is_no_race(hosted, network):
    backend = GitBackend("states/tampa", StateGit(hosted.clone(), os.environ), target="tampa")
    assert backend.load() is None
    git(hosted.bare, "branch", "states", "main")
    with pytest.raises(StateError, match="'refs/heads/states' exists; cannot create"):
        backend.save(b"one\n", over=None, message="One")
    assert pushes(network) == 1


SAID = [
    ("[rejected] (stale info)", "", RefMoved),
    ("[rejected] (fetch first)", "hint: Updates were rejected", RefMoved),
    ("[rejected] (non-fast-forward)", "", RefMoved),
    ("[remote rejected] (cannot lock ref 'x': is at 12ab but expected 34cd)", "", RefMoved),
    ("[remote rejected] (failed to update ref)", "cannot lock: reference already exists", RefMoved),
    ("[remote rejected] (failed)", "Unable to create '/x/a.lock': File exists.", RefMoved),
    ("[remote rejected] (failed)", "Unable to create '/x/a.lock': Permission denied", PushRefused),
    ("[remote rejected] (protected branch hook declined)", "", PushRefused),
    ("[rejected] (needs force)", "", PushRefused),
    ("[remote failure] (remote failed to report status)", "", PushUnanswered),
]


@pytest.mark.parametrize(("summary", "why", "kind"), SAID, ids=[said[0] for said in SAID])
def test_a_rejection_is_a_race_only_when_it_says_so(summary, why, kind):
    assert isinstance(_rejected(summary, why), kind)


def test_a_branch_that_moved_is_a_race_in_whatever_words(hosted):
    backend = on_branch(hosted.clone())
    assert backend.load() is None
    on_branch(hosted.clone(), target="miami").save(b"m\n", over=None, message="Miami")
    tip = git(hosted.bare, "rev-parse", "did-state")
    git(hosted.bare, "update-ref", "-d", "refs/heads/did-state")
    hook = hosted.bare / "hooks" / "update"
    hook.write_text(f"#!/bin/sh\nrm $0\ngit update-ref refs/heads/did-state {tip}\nexit 1\n")
    hook.chmod(0o755)
    backend.save(b"t\n", over=None, message="Tampa")
    assert hosted.states() == ["Tampa", "Miami"]


def test_who_may_not_push_is_told_so_at_once(hosted, network):
    backend = on_branch(hosted.clone())
    network.will("push forbidden")
    with pytest.raises(StateError, match=r"refused it: .*denied to anna.*error: 403") as raised:
        backend.save(b"one\n", over=None, message="One")
    assert "contents: write" in raised.value.hint
    assert pushes(network) == 1


# --- a network that goes away


def test_a_save_that_arrived_without_an_answer_is_a_save(hosted, network):
    backend = on_branch(hosted.clone())
    network.will("push swallowed")
    token = backend.save(b"one\n", over=None, message="One")
    backend.save(b"two\n", over=token, message="Two")
    assert hosted.states() == ["Two", "One"]


def test_a_save_that_got_lost_is_sent_again(hosted, network):
    backend = on_branch(hosted.clone())
    network.will("push lost")
    backend.save(b"one\n", over=None, message="One")
    assert hosted.states() == ["One"]


def test_a_save_that_got_lost_twice_is_none(hosted, network):
    backend = on_branch(hosted.clone())
    network.will("push lost", "push lost")
    with pytest.raises(StateError, match="was not saved: fatal: the remote end hung up"):
        backend.save(b"one\n", over=None, message="One")
    assert backend.load() is None


def test_a_push_that_hangs_is_ended(hosted, network):
    command = StateGit(hosted.clone(), os.environ)
    backend = GitBackend("did-state", command, target="tampa")
    assert backend.load() is None
    command.seconds = 0.7
    network.will("push hangs", "push hangs")
    with pytest.raises(StateError, match=r"git push did not end within 0.7 s"):
        backend.save(b"one\n", over=None, message="One")


@pytest.mark.parametrize("fate", ["push swallowed", "push lost"])
def test_a_save_in_the_dark_may_have_arrived_and_the_next_one_finds_out(hosted, network, fate):
    backend = on_branch(hosted.clone())
    token = backend.save(b"one\n", over=None, message="One")
    network.will(fate, "ls-remote lost")
    with pytest.raises(StateError, match="may or may not have arrived"):
        backend.save(b"two\n", over=token, message="Two")
    backend.save(b"three\n", over=token, message="Three")
    swallowed = ["Two"] if fate == "push swallowed" else []
    assert hosted.states() == ["Three", *swallowed, "One"]


def test_the_same_save_again_finds_that_it_arrived(hosted, network):
    backend = on_branch(hosted.clone("--depth=1"))
    token = backend.save(b"one\n", over=None, message="One")
    network.will("push swallowed", "ls-remote lost")
    with pytest.raises(StateError, match="may or may not"):
        backend.save(b"two\n", over=token, message="Two")
    on_branch(hosted.clone(), target="miami").save(b"m\n", over=None, message="Miami")
    backend.save(b"two\n", over=token, message="Two")
    assert hosted.states() == ["Miami", "Two", "One"]


def test_somebody_else_s_save_in_the_dark_is_not_taken_for_our_own(hosted, network):
    """Even when it says the very same: then both would go on."""
    backend, other = on_branch(hosted.clone()), on_branch(hosted.clone())
    token = backend.save(b"one\n", over=None, message="One")
    network.will("push lost", "ls-remote lost")
    with pytest.raises(StateError, match="may or may not"):
        backend.save(b"two\n", over=token, message="Two")
    other.save(b"two\n", over=token, message="Two")
    with pytest.raises(Fenced):
        backend.save(b"two\n", over=token, message="Two")
    git(hosted.bare, "update-ref", "-d", "refs/heads/did-state")
    with pytest.raises(Fenced):
        backend.save(b"two\n", over=token, message="Two")


def test_a_lease_in_the_dark_is_ours_when_it_arrived(hosted, network):
    network.will("push swallowed")
    lease = on_branch(hosted.clone()).lease(ANNA)
    lease.check()
    lease.release()


def test_a_lease_that_cannot_be_asked_for_is_not_held(hosted, network):
    backend = on_branch(hosted.clone())
    network.will("push lost")
    with pytest.raises(StateError, match="cannot take the lease refs/did-reconciler/lease/tampa"):
        backend.lease(ANNA)
    backend.lease(BEN).release()


def test_a_branch_that_cannot_be_fetched_says_why(hosted, network):
    on_branch(hosted.clone()).save(b"one\n", over=None, message="One")
    git(hosted.bare, "pack-refs", "--all")
    clone = hosted.folder / "bare-clone"
    git(hosted.folder, "init", "--quiet", str(clone))
    git(clone, "remote", "add", "origin", hosted.url)
    network.will("fetch lost")
    with pytest.raises(StateError, match="cannot fetch refs/heads/did-state"):
        on_branch(clone).load()


def test_a_branch_that_moves_between_question_and_fetch_is_asked_for_again(hosted, network):
    writer = on_branch(hosted.clone())
    token = writer.save(b"one\n", over=None, message="One")
    newer = on_branch(hosted.clone())
    newer.save(b"two\n", over=token, message="Two")
    two = git(hosted.bare, "rev-parse", "did-state")
    git(hosted.bare, "update-ref", "refs/heads/did-state", "did-state~1")
    reader = hosted.folder / "reader"
    git(hosted.folder, "init", "--quiet", str(reader))
    git(reader, "remote", "add", "origin", hosted.url)
    network.will("fetch and another saves")
    network.then(
        f"git -C {hosted.bare} update-ref refs/heads/did-state {two}; "
        f"git -C {reader} prune --expire=now"
    )
    assert on_branch(reader).load().content == b"two\n"


def test_a_branch_that_is_never_what_it_was_is_given_up(hosted):
    """A ref that names no commit can be asked for and fetched, but never be read."""
    blob = git(hosted.bare, "hash-object", "-w", "--stdin")
    (hosted.bare / "refs" / "heads" / "did-state").write_text(f"{blob}\n")
    with pytest.raises(StateError, match=r"cannot fetch|moved 5 times"):
        on_branch(hosted.clone()).load()
