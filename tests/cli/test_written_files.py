"""Files that a person asked for: whole or not at all, and nothing replaced that is not a file."""

import os
import stat
import threading

import pytest

from reconciler.cli.files import check_writable, write_text
from reconciler.errors import UsageError


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_a_file_is_written_as_utf_8_whatever_the_locale(tmp_path):
    write_text(tmp_path / "plan.json", "→ ü\n")
    assert (tmp_path / "plan.json").read_bytes() == "→ ü\n".encode()


def test_nothing_is_left_beside_it(tmp_path):
    write_text(tmp_path / "plan.json", "new")
    check_writable(tmp_path / "report.json")
    assert names(tmp_path) == ["plan.json"]


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "plan.json"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "replace", fail)
    with pytest.raises(UsageError, match=r"cannot write .*plan\.json: No space left on device"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["plan.json"]


def test_a_link_stays_one(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_text(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write_text(pipe, "through")
    reader.join()
    assert got == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_can_be_checked_and_written(tmp_path):
    (tmp_path / "null").symlink_to("/dev/null")
    check_writable(tmp_path / "null")
    write_text(tmp_path / "null", "gone")
    assert stat.S_ISCHR((tmp_path / "null").stat().st_mode)


@pytest.mark.parametrize("attempt", [check_writable, lambda path: write_text(path, "new")])
@pytest.mark.parametrize(
    ("name", "why"), [("missing/plan.json", "No such file or directory"), ("", "Is a directory")]
)
def test_where_nothing_can_be_written_the_error_says_so(tmp_path, attempt, name, why):
    with pytest.raises(UsageError, match=why) as raised:
        attempt(tmp_path / name)
    assert raised.value.hint == "name a file in a folder that exists and may be written to"
