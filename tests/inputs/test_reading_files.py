"""Only regular files are read, up to a size, and nothing is waited for."""

import os
from pathlib import Path

import pytest

from reconciler.inputs import MIB, NotRegular, TooLarge, read_file


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 5)
    assert read_file(path, 5) == b"x" * 5


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "link"
    path.symlink_to(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"1")
    assert read_file(path, 5) == b"1"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotRegular) as raised:
        read_file(tmp_path / "pipe", 5)
    assert raised.value.strerror == "it is not a regular file"


def test_a_device_without_end_is_not_read() -> None:
    with pytest.raises(NotRegular):
        read_file(Path("/dev/zero"), 5)


def test_more_than_allowed_is_refused_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "large"
    os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 100 * MIB)
    with pytest.raises(TooLarge) as raised:
        read_file(path, 2 * MIB)
    assert raised.value.strerror == "it is larger than 2 MiB"


def test_a_name_that_no_file_can_have_is_told() -> None:
    with pytest.raises(NotRegular) as raised:
        read_file(Path("a\0b"), 5)
    assert raised.value.strerror == "no file can have this name"


def test_a_folder_is_told_in_the_systems_words(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, 5)
