"""``live`` in target.yaml."""

import pytest

from reconciler.diff.settings import target_changes
from reconciler.specs.model import Live
from tests.conftest import target


def live(folder, text):
    folder.write("target.yaml", folder.target + text)
    folder.write("a.yaml", "version: 1\nblocks: [{name: a, numbers: [7275553300]}]\n")
    return folder


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Live()),
        ("live: {reader: http}\n", Live("http")),
        ("live: {reader: file, file: exports/dids.csv}\n", Live("file", "exports/dids.csv")),
    ],
)
def test_the_server_is_read_by_http_unless_a_file_is_named(folder, text, found):
    assert live(folder, text).read().target.live == found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("live: {reader: file}\n", "the reader file needs a file"),
        ("live: {reader: http, file: dids.csv}\n", "the reader http uses no file"),
    ],
)
def test_a_file_belongs_to_its_reader(folder, text, fault):
    (found,) = live(folder, text).faults()
    assert fault in found
    assert folder.codes() == ["E606"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("live: {reader: database}\n", "E206"), ("live: {}\n", "E201"), ("live: http\n", "E204")],
)
def test_other_readers_are_not_known(folder, text, code):
    assert live(folder, text).codes() == [code]


def test_a_reviewer_sees_how_the_server_is_read_change():
    filed, usual = target(live=Live("file", "dids.csv")), target()
    there = [(each.name, each.before, each.after) for each in target_changes(usual, filed)]
    assert there == [("live.reader", "http", "file"), ("live.file", "none", "dids.csv")]
    back = [(each.name, each.before, each.after) for each in target_changes(filed, usual)]
    assert back == [("live.reader", "file", "http"), ("live.file", "dids.csv", "none")]
