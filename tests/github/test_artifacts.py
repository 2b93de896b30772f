"""An artifact's zip was made by a stranger: it is read within limits, or not at all."""

import io
import struct
import zipfile

import pytest

from reconciler.github.archive import ArchiveError, file_in
from tests.github.hub import zipped


def test_a_file_packed_in_another_way_than_github_s_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("plan.json", "{}")
    with pytest.raises(ArchiveError, match="packed in another way"):
        file_in(stream.getvalue(), "plan.json")


def test_the_one_file_is_read():
    assert file_in(zipped(plan_json='{"a": "ü"}'), "plan.json") == '{"a": "ü"}'


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"\x00" * 100])
def test_what_is_no_zip_is_told(content):
    with pytest.raises(ArchiveError, match="not a valid zip"):
        file_in(content, "plan.json")


def test_a_file_elsewhere_is_not_the_file():
    with pytest.raises(ArchiveError, match=r"holds plan\.json 0 times"):
        file_in(_entries(("../plan.json", b"{}"), ("/plan.json", b"{}")), "plan.json")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_none():
    with pytest.raises(ArchiveError, match=r"holds plan\.json 2 times"):
        file_in(_entries(("plan.json", b"{}"), ("plan.json", b"[]")), "plan.json")


def test_more_files_than_a_plan_has_are_refused():
    many = _entries(*((f"{number}", b"") for number in range(1001)))
    with pytest.raises(ArchiveError, match="holds 1,001 files"):
        file_in(many, "plan.json")


def test_a_zip_bomb_is_not_unpacked():
    with pytest.raises(ArchiveError, match="larger than 1,000 bytes"):
        file_in(_entries(("plan.json", b"0" * 10_000_000)), "plan.json", largest=1000)


def test_a_zip_that_lies_about_a_size_is_refused():
    content = _entries(("plan.json", b"0" * 5000))
    lying = content.replace(struct.pack("<L", 5000), struct.pack("<L", 7))
    with pytest.raises(ArchiveError):
        file_in(lying, "plan.json", largest=1000)


def test_a_damaged_file_is_told():
    content = bytearray(_entries(("plan.json", b"some text to be read"), how=zipfile.ZIP_STORED))
    content[content.index(b"some text")] ^= 0xFF
    with pytest.raises(ArchiveError, match="not a valid zip"):
        file_in(bytes(content), "plan.json")


def test_a_file_that_is_no_text_is_told():
    with pytest.raises(ArchiveError, match="is not UTF-8 text"):
        file_in(_entries(("plan.json", b"\xff\xfe")), "plan.json")


def _entries(*files, how=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return stream.getvalue()
