"""``state …``: what is known, looked at and put right by hand."""

import json
import sys

import pytest

from reconciler.cli import exits
from reconciler.cli.commands import state as command
from reconciler.state.backend import Holder
from reconciler.state.file import FileBackend
from reconciler.state.store import Store
from tests.cli.office import SALES, SUPPORT, Typist


@pytest.fixture
def done(shop):
    """The shop after its first apply."""
    shop.ran("apply", "--yes")
    return shop


def test_what_is_known_is_listed_a_line_each_span(done):
    told = done.ran("state", "list").out.splitlines()
    assert told[0].startswith("tampa: 10 numbers known, serial ")
    assert told[1:] == [
        "  7275553300–7275553309 (10)  sales: confirmed, copied from 7275551114",
    ]


def test_of_a_state_that_is_not_there_nothing_is_known(office):
    assert office.ran("state", "list").out == "tampa: nothing is known yet\n"


def test_a_conflict_is_listed_as_one(shop):
    shop.blocks(SALES.replace("7275553300-7275553309", "7275559000"))
    shop.run("apply", "--yes")
    assert "conflict: somebody else's number" in shop.ran("state", "list").out


def test_a_number_or_span_is_shown_with_its_known_routing(done):
    told = done.ran("state", "show", "7275553302-7275553303").out
    assert told == (
        "tampa: 7275553302–7275553303 (2)  sales: confirmed, copied from 7275551114\n"
        "    did_route: IN_GROUP\n"
        "    group: SALESLINE\n"
    )


def test_a_number_that_is_not_known_is_said_to_be_so(done):
    told = done.run("state", "show", "7275559999")
    assert (told.code, told.out) == (exits.ERROR, "tampa: 7275559999 is not known\n")


@pytest.mark.parametrize("action", ["show", "forget"])
def test_what_is_no_number_is_a_mistake(done, action):
    assert done.run("state", action, "7275553309-7275553300").code == exits.ERROR


def test_a_forgotten_number_is_planned_anew_and_nothing_is_sent(done, server):
    server.reset()
    told = done.ran("state", "forget", "7275553302-7275553303").out
    assert told == "forgot 7275553302–7275553303 (2) of sales; nothing was sent to the server\n"
    assert server.calls() == {}
    assert "2 to create" in done.ran("plan").out


def test_what_is_not_known_cannot_be_forgotten(done):
    told = done.run("state", "forget", "7275559999")
    assert told.code == exits.ERROR
    assert "7275559999 is not in the state of tampa" in told.err


def test_only_one_target_s_state_is_put_right_at_a_time(done):
    done.target("reno")
    done.blocks(SUPPORT, target="reno")
    for words in (["forget", "7275553300"], ["rebind"], ["unlock", "x"], ["pull", "f"],
                  ["push", "f"], ["migrate", "file:x"]):  # fmt: skip
        told = done.run("state", *words)
        assert told.code == exits.ERROR
        assert "needs one target; 2 are selected" in told.err
        assert "choose one with --target: reno, tampa" in told.err


# --- rebind


def moved(office):
    office.target(endpoint=office.endpoint.replace("127.0.0.1", "localhost"))


def test_a_state_is_rebound_when_a_person_says_so(done, monkeypatch):
    moved(done)
    monkeypatch.setattr(sys, "stdin", Typist("yes\n"))
    told = done.ran("state", "rebind")
    assert f"tampa: 10 numbers known of {done.endpoint}" in told.err
    assert "Is http://localhost:" in told.err
    assert told.out.startswith("the state of tampa now belongs to http://localhost:")
    assert done.run("plan", "--detailed-exitcode").code == exits.DONE


def test_a_state_is_not_rebound_when_a_person_does_not(done, monkeypatch):
    moved(done)
    before = done.read("state/tampa.json")
    monkeypatch.setattr(sys, "stdin", Typist("no\n"))
    told = done.run("state", "rebind")
    assert told.code == exits.ERROR
    assert told.err.endswith("error: nothing was changed\n")
    assert done.read("state/tampa.json") == before


def test_where_nobody_can_be_asked_a_state_is_not_rebound(done):
    moved(done)
    told = done.run("state", "rebind")
    assert told.code == exits.ERROR
    assert "standard input is not a terminal" in told.err
    assert "Then give --yes" in told.err


def test_a_state_of_this_endpoint_needs_no_rebinding(done):
    assert done.ran("state", "rebind").out == (
        f"the state of tampa belongs to {done.endpoint} already\n"
    )


# --- leases


def test_a_lease_that_is_held_is_not_broken_from_outside(done):
    lease = FileBackend(done.folder / "state/tampa.json").lease(Holder("abc", "somebody", "now"))
    for words in (["unlock", "abc"], ["forget", "7275553300"]):
        told = done.run("state", *words)
        assert told.code == exits.ERROR
        assert "another apply holds" in told.err
        assert "somebody since now (id abc)" in told.err
    told = done.run("apply", "--yes")
    assert told.code == exits.ERROR
    assert "somebody since now (id abc)" in told.err
    lease.release()


def test_a_lease_that_is_gone_stands_in_nobody_s_way(done):
    told = done.ran("state", "unlock", "abc").out
    assert told.startswith("file:")
    assert told.endswith(" has no lease: nothing to unlock\n")


def test_a_lease_that_was_broken_is_named(done, monkeypatch):
    monkeypatch.setattr(FileBackend, "unlock", lambda _, lease_id: Holder(lease_id, "ann", "now"))
    told = done.ran("state", "unlock", "abc").out
    assert told.startswith("removed the lease of ann since now (id abc) on file:")
    assert told.endswith("; that apply can no longer save\n")


# --- states from place to place


def test_a_state_is_pulled_to_a_new_file_and_pushed_back(done):
    told = done.ran("state", "pull", "copy.json").out
    serial = json.loads(done.read("copy.json"))["serial"]
    assert told == f"wrote serial {serial} of tampa to copy.json\n"
    assert done.read("copy.json") == done.read("state/tampa.json")
    assert done.run("state", "pull", "copy.json").code == exits.ERROR
    done.ran("state", "forget", "7275553300")
    done.write("copy.json", done.read("copy.json").replace(f": {serial},", f": {serial + 5},"))
    told = done.ran("state", "push", "copy.json").out
    assert told.startswith(f"stored copy.json as serial {serial + 5} at file:")
    assert "10 numbers known" in done.ran("state", "list").out


def test_an_older_state_is_not_pushed_over_a_newer(done):
    done.ran("state", "pull", "old.json")
    done.ran("state", "forget", "7275553300")
    told = done.run("state", "push", "old.json")
    assert told.code == exits.ERROR
    assert "which is newer" in told.err


def test_a_state_migrates_and_the_next_step_is_told(done):
    done.commit()
    told = done.ran("state", "migrate", "file:elsewhere/{target}.json").out
    assert "now write state: file:elsewhere/{target}.json in did_specs/tampa/target.yaml" in told
    assert done.read("elsewhere/tampa.json") == done.read("state/tampa.json")
    text = done.read("did_specs/tampa/target.yaml")
    done.write(
        "did_specs/tampa/target.yaml",
        text.replace("file:state/{target}.json", "file:elsewhere/{target}.json"),
    )
    assert "No changes" not in done.ran("plan").out  # the state's place is a setting
    assert "state" in done.ran("plan").out


def test_what_is_no_place_for_a_state_is_refused(done):
    told = done.run("state", "migrate", "somewhere")
    assert told.code == exits.ERROR
    assert "the URL is not a place for a state" in told.err


@pytest.mark.parametrize(
    ("to", "mirror"),
    [("s3://bucket/{target}.json", "git:did-state"), ("git:did-state", None), ("file:x", None)],
)
def test_only_an_object_store_is_mirrored(done, monkeypatch, to, mirror):
    text = done.read("did_specs/tampa/target.yaml")
    stored = "s3://elsewhere/tampa.json\nmirror: git:did-state"
    done.write("did_specs/tampa/target.yaml", text.replace("file:state/{target}.json", stored))
    here = Store(
        FileBackend(done.folder / "state/tampa.json"),
        done.folder / "journal",
        target="tampa",
        endpoint=done.endpoint,
    )
    opened = []

    def open_backend(url, **options):
        opened.append((url, options["mirror"]))
        return FileBackend(done.folder / "there.json")

    monkeypatch.setattr(command, "open_store", lambda *_: here)
    monkeypatch.setattr(command, "open_backend", open_backend)
    done.ran("state", "migrate", to)
    assert opened == [(to.replace("{target}", "tampa"), mirror)]
    assert done.read("there.json") == done.read("state/tampa.json")
