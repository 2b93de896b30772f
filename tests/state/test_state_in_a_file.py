"""``file:``: a save is whole or not at all, and one apply at a time holds the lease."""

import errno
import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.errors import Fenced, LeaseHeld, StateError
from reconciler.numbers import SpanMap
from reconciler.state.backend import Holder
from reconciler.state.file import FOLDER, FileBackend, own_file
from reconciler.state.journal import Journal, recovered

HOLDER = Holder("4711", "ann@desk", "2026-03-01T09:00:00Z", "https://ci.example.com/runs/7")
OTHER = Holder("4712", "bob@desk", "2026-03-01T09:01:00Z")


@pytest.fixture
def file(tmp_path):
    return FileBackend(tmp_path / "state" / "tampa.json")


def saved(file, content=b"old\n"):
    return file.save(content, over=None, message="")


def names(file):
    """Of the folder of the state, and of that of our own files in it."""
    paths = file.path.parent.rglob("*")
    return sorted(path.name for path in paths if path.name not in (FOLDER, ".gitignore"))


def test_what_was_saved_is_loaded(file):
    assert file.load() is None
    token = saved(file)
    assert file.load().content == b"old\n"
    assert file.load().token == token


def test_a_save_leaves_the_state_file_and_nothing_else(file):
    token = saved(file)
    file.save(b"new\n", over=token, message="")
    assert file.load().content == b"new\n"
    assert names(file) == ["tampa.json"]


@pytest.mark.parametrize("over", [None, "0" * 64])
def test_a_save_over_what_is_no_longer_there_writes_nothing(file, over):
    saved(file)
    with pytest.raises(Fenced, match="changed by somebody else"):
        file.save(b"new\n", over=over, message="")
    assert file.load().content == b"old\n"


def test_a_save_over_a_file_that_is_gone_writes_nothing(file):
    token = saved(file)
    file.path.unlink()
    with pytest.raises(Fenced):
        file.save(b"new\n", over=token, message="")
    assert file.load() is None


def fail(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


class Full:
    """A file on a disk that is full after three bytes."""

    def __init__(self, file):
        self.file = file

    def write(self, content):
        self.file.write(content[:3])
        fail()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


@pytest.mark.parametrize("what", ["open", "write", "fsync", "replace"])
def test_a_save_that_fails_leaves_the_old_content_and_no_other_file(file, monkeypatch, what):
    token = saved(file)
    really = Path.open

    def opened(path, mode="r", *args, **more):
        if mode == "xb" and what == "open":
            fail()
        handle = really(path, mode, *args, **more)
        return Full(handle) if mode == "xb" and what == "write" else handle

    with monkeypatch.context() as patch:
        match what:
            case "open" | "write":
                patch.setattr(Path, "open", opened)
            case "fsync":
                patch.setattr(os, "fsync", fail)
            case "replace":
                patch.setattr(Path, "replace", fail)
        with pytest.raises(StateError, match=r"cannot write .*No space left") as caught:
            file.save(b"new\n", over=token, message="")
    assert "run apply again" in caught.value.hint
    assert file.load().content == b"old\n"
    assert names(file) == ["tampa.json"]
    file.save(b"new\n", over=token, message="")


def flush_fails_with(number, monkeypatch):
    real = os.fsync

    def fsync(handle):
        if os.path.isdir(f"/dev/fd/{handle}"):  # noqa: PTH112
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


def test_a_file_system_that_cannot_flush_folders_still_keeps_a_state(file, monkeypatch):
    flush_fails_with(errno.EINVAL, monkeypatch)
    saved(file)
    assert file.load().content == b"old\n"


def test_a_folder_that_could_not_be_flushed_is_told_of(file, monkeypatch):
    flush_fails_with(errno.EIO, monkeypatch)
    with pytest.raises(StateError, match="cannot write"):
        saved(file)


def test_a_state_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(StateError, match="cannot read"):
        FileBackend(tmp_path).load()


@pytest.fixture
def blocked(tmp_path):
    """A state whose folder cannot be made, whoever runs the tests."""
    (tmp_path / "state").write_text("a file where a folder should be")
    return FileBackend(tmp_path / "state" / "tampa.json")


def test_a_folder_that_cannot_be_written_is_an_error(blocked, monkeypatch):
    monkeypatch.setattr(FileBackend, "load", lambda _: None)
    with pytest.raises(StateError, match="cannot write"):
        saved(blocked)
    with pytest.raises(StateError, match="cannot lock") as caught:
        blocked.lease(HOLDER)
    assert "beside its state file" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_an_error_and_keeps_its_state(file):
    token = saved(file)
    file.path.parent.chmod(0o555)
    try:
        with pytest.raises(StateError, match="cannot write"):
            file.save(b"new\n", over=token, message="")
        with pytest.raises(StateError, match="cannot lock"):
            file.lease(HOLDER)
        assert file.load().content == b"old\n"
    finally:
        file.path.parent.chmod(0o755)


# --- the lease


def test_the_lease_is_held_by_one_and_names_its_holder(file):
    lease = file.lease(HOLDER)
    lease.check()
    with pytest.raises(LeaseHeld) as caught:
        file.lease(OTHER)
    assert "ann@desk since 2026-03-01T09:00:00Z, https://ci.example.com/runs/7 (id 4711)" in str(
        caught.value
    )
    lease.release()
    lease.release()
    file.lease(OTHER).release()


def test_a_holder_that_wrote_no_name_holds_it_all_the_same(file):
    lease = file.lease(HOLDER)
    lock = own_file(file.path, "lock")
    for text in ("", "{", "[]", '{"id": 1, "other": 2}'):
        lock.write_text(text)
        with pytest.raises(LeaseHeld, match="its holder is unknown"):
            file.lease(OTHER)
    lease.release()


def test_a_full_disk_does_not_undo_the_lock(file, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", fail)
        lease = file.lease(HOLDER)
    with pytest.raises(LeaseHeld):
        file.lease(OTHER)
    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", fail)
        lease.release()
    file.lease(OTHER).release()


def test_a_file_system_without_locks_is_no_holder(file, monkeypatch):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(StateError, match=r"cannot lock .*No locks available") as caught:
        file.lease(HOLDER)
    assert not isinstance(caught.value, LeaseHeld)


def test_what_a_killed_run_left_half_written_is_swept(file):
    saved(file)
    own_file(file.path, "999999.tmp").write_bytes(b"half")
    own_file(file.path.with_name("miami.json"), "999999.tmp").write_bytes(b"not ours")
    file.lease(HOLDER).release()
    assert names(file) == ["miami.json.999999.tmp", "tampa.json", "tampa.json.lock"]


def git(folder, *arguments):
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def test_nothing_but_the_state_is_left_to_be_committed(file, tmp_path):
    git(tmp_path, "init", "--quiet")
    lease = file.lease(HOLDER)
    saved(file)
    Journal(own_file(file.path, "journal")).saving(b"old\n")
    own_file(file.path, "1.tmp").write_bytes(b"half")
    git(tmp_path, "add", "-A")
    assert git(tmp_path, "ls-files").split() == ["state/tampa.json"]
    assert git(tmp_path, "status", "--porcelain") == "A  state/tampa.json\n"
    lease.release()


def test_every_path_to_a_state_has_the_one_lease(file, tmp_path):
    saved(file)
    (tmp_path / "linked.json").symlink_to(file.path)
    (tmp_path / "folder").symlink_to(file.path.parent)
    lease = file.lease(HOLDER)
    roundabout = file.path.parent / ".." / "state" / "tampa.json"
    for path in (tmp_path / "linked.json", tmp_path / "folder" / "tampa.json", roundabout):
        with pytest.raises(LeaseHeld, match="ann@desk"):
            FileBackend(path).lease(OTHER)
        assert own_file(path, "journal") == own_file(file.path, "journal")
    lease.release()


def test_a_link_to_a_state_stays_a_link(file, tmp_path):
    token = saved(file)
    link = tmp_path / "linked.json"
    link.symlink_to(file.path)
    FileBackend(link).save(b"new\n", over=token, message="")
    assert link.is_symlink()
    assert file.load().content == b"new\n"


def test_a_lock_that_was_removed_ends_its_run(file):
    """``git clean -fdx`` removes what git ignores: then another run could take the lease too."""
    lease = file.lease(HOLDER)
    lease.check()
    own_file(file.path, "lock").unlink()
    with pytest.raises(Fenced, match="was removed"):
        lease.check()
    other = file.lease(OTHER)
    with pytest.raises(Fenced):
        lease.check()
    other.check()
    other.release()
    lease.release()
    lease.check()


def test_a_lock_removed_between_opening_and_locking_is_not_the_lock(file, monkeypatch):
    flock, path = fcntl.flock, own_file(file.path, "lock")
    removed = []

    def late(lock, how):
        if not removed:
            removed.append(path.unlink())
        flock(lock, how)

    monkeypatch.setattr(fcntl, "flock", late)
    lease = file.lease(HOLDER)
    lease.check()
    with pytest.raises(LeaseHeld):
        file.lease(OTHER)
    lease.release()


def test_another_user_s_lock_can_be_taken_where_the_folder_may_be_written(file, monkeypatch):
    file.lease(HOLDER).release()
    opened = os.open

    def theirs(path, flags, *more, **named):
        if str(path).endswith(".lock") and flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, flags, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", theirs)
        lease = file.lease(OTHER)
    with pytest.raises(LeaseHeld):
        file.lease(HOLDER)
    lease.release()


def test_who_may_write_the_state_s_folder_may_write_our_own_files(file):
    file.path.parent.mkdir()
    file.path.parent.chmod(0o2775)
    file.lease(HOLDER).release()
    Journal(own_file(file.path, "journal")).saving(b"old\n")
    folder = file.path.parent / FOLDER
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2775
    for name in ("lock", "journal"):
        assert stat.S_IMODE(own_file(file.path, name).stat().st_mode) == 0o664


def test_a_wrong_id_unlocks_nothing_and_names_the_right_one(file):
    assert file.unlock("4711") is None
    lease = file.lease(HOLDER)
    with pytest.raises(
        LeaseHeld, match=r"\(id 4711\), not by 4712: nothing was unlocked"
    ) as caught:
        file.unlock("4712")
    assert "state unlock 4711" in caught.value.hint
    lease.release()


def test_unlocking_says_who_holds_it_and_breaks_nothing(file):
    file.unlock("4711")
    lease = file.lease(HOLDER)
    with pytest.raises(LeaseHeld, match="ann@desk") as caught:
        file.unlock("4711")
    assert "end its process" in caught.value.hint
    lease.release()


HOLDING = """
import sys
from pathlib import Path
from reconciler.state.backend import Holder
from reconciler.state.file import FileBackend
lease = FileBackend(Path(sys.argv[1])).lease(Holder("4711", "ann@desk", "today"))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lease_excludes_other_processes_and_dies_with_its_holder(file):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(file.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LeaseHeld, match="ann@desk"):
            file.lease(OTHER)
        process.kill()
        process.wait()
        file.lease(OTHER).release()


def test_a_holder_without_a_run_is_named_without_one():
    assert str(OTHER) == "bob@desk since 2026-03-01T09:01:00Z (id 4712)"


@pytest.mark.parametrize("suffix", ["lock", "journal"])
def test_a_link_in_the_place_of_our_own_file_is_not_followed(file, tmp_path, suffix):
    saved(file)
    theirs = tmp_path / "theirs"
    theirs.write_text("precious")
    own = own_file(file.path, suffix)
    own.parent.mkdir(exist_ok=True)
    own.symlink_to(theirs)
    with pytest.raises(StateError, match="Too many levels of symbolic links"):
        file.lease(HOLDER) if suffix == "lock" else Journal(own).saving(b"new\n")
    assert theirs.read_text() == "precious"


def test_a_pipe_in_the_place_of_the_journal_is_not_waited_for(file):
    saved(file)
    own = own_file(file.path, "journal")
    own.parent.mkdir(exist_ok=True)
    os.mkfifo(own)
    with pytest.raises(StateError, match="No such device or address"):
        Journal(own).saving(b"new\n")
    with pytest.raises(StateError, match="it is not a regular file"):
        recovered(own, b"", SpanMap())
