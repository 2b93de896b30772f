"""What is said, where it goes, and what happens when nobody can hear it."""

import io
import json
import os
import select
import signal
import sys
from pathlib import Path

import pytest

from reconciler.cli import console
from reconciler.cli.signals import woken_by_signals
from reconciler.errors import Fault, Location, ReconcilerError, Severity, SpecFaults
from reconciler.secrets import register
from tests.cli.office import Typist

FAULT = Fault(Location("did_specs/tampa/a.yaml", 3, 7), "E301", "no number")
HINT = Fault(Location("did_specs/tampa/a.yaml", 4, 7), "W301", "100 % odd", None, Severity.WARNING)


@pytest.fixture(autouse=True)
def _alone(at_home):
    """Nothing in the environment decides what is said."""


def test_results_and_what_stands_beside_them_go_separate_ways(capsys):
    console.say("a result")
    console.tell("a word beside it")
    assert capsys.readouterr() == ("a result\n", "a word beside it\n")


def test_a_password_is_hidden_from_people_and_left_in_what_programs_read(capsys):
    register("s3cr3t-word")
    console.say("it is s3cr3t-word")
    console.tell("it is s3cr3t-word")
    console.deliver('{"menu_id": "s3cr3t-word"}')
    said = capsys.readouterr()
    assert said.out == 'it is ***\n{"menu_id": "s3cr3t-word"}'
    assert said.err == "it is ***\n"


def test_nothing_said_is_a_command_to_the_runner_of_github(capsys):
    words = "the server says ##[add-mask]7275553300"
    console.say(words)
    console.tell(words)
    console.deliver(json.dumps({"words": words}))
    said = capsys.readouterr()
    assert "##[" not in said.out + said.err
    shown, data = said.out.splitlines()
    assert shown == "the server says ## [add-mask]7275553300"
    assert json.loads(data) == {"words": words}


def test_an_error_says_what_to_do(capsys):
    console.complain(ReconcilerError("it broke", hint="mend it"))
    console.complain(ReconcilerError("it broke"))
    assert capsys.readouterr().err == "error: it broke\n  hint: mend it\nerror: it broke\n"


def test_faults_stand_before_their_sum_one_a_line(capsys):
    console.complain(SpecFaults((FAULT, HINT)))
    assert capsys.readouterr().err == (
        "did_specs/tampa/a.yaml:3:7: error E301: no number\n"
        "did_specs/tampa/a.yaml:4:7: warning W301: 100 % odd\n"
        "error: 1 fault in the specs\n"
    )


def test_run_by_github_faults_are_annotations_too_and_never_part_of_a_result(capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    console.faults((FAULT, HINT))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[2:] == [
        "::error file=did_specs/tampa/a.yaml,line=3,col=7,title=E301::no number",
        "::warning file=did_specs/tampa/a.yaml,line=4,col=7,title=W301::100 %25 odd",
    ]


def test_at_a_terminal_faults_show_their_lines(tmp_path, monkeypatch):
    (tmp_path / "a.yaml").write_text("- *98\n")
    monkeypatch.chdir(tmp_path)
    terminal = Typist()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    console.faults((Fault(Location("a.yaml", 1, 3), "E112", "an alias", "quote it"),))
    assert terminal.getvalue() == (
        "a.yaml:1:3: error E112: an alias\n    1 | - *98\n      |   ^\n  hint: quote it\n"
    )


def test_nothing_in_a_fault_moves_a_cursor(capsys):
    console.faults((Fault(Location("a.yaml"), "E301", "\x1b[31m\n", "\u202e"),))
    assert capsys.readouterr().err == ("a.yaml:1:1: error E301: \\x1b[31m\\n\n  hint: \\u202e\n")


@pytest.mark.parametrize(
    ("typed", "agreed", "left"),
    [
        ("yes\n", True, ""),
        ("YES \n", True, ""),
        ("y\n", False, ""),
        ("\n", False, ""),
        ("yes, but\n", False, ""),
        ("", False, "\n"),
    ],
)
def test_only_yes_is_a_yes(capsys, monkeypatch, typed, agreed, left):
    monkeypatch.setattr(sys, "stdin", Typist(typed))
    assert console.ask("Go on?") is agreed
    assert capsys.readouterr().err == "Go on? Type yes: " + left


def test_an_interrupted_question_ends_its_line(capsys, monkeypatch):
    class Interrupted(Typist):
        def readline(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        console.ask("Go on?")
    assert capsys.readouterr().err.endswith(": \n")


def test_a_signal_that_came_before_a_wait_began_ends_it():
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with woken_by_signals() as signalled:
            assert select.select([signalled], [], [], 0)[0] == []
            signal.raise_signal(signal.SIGUSR1)
            assert select.select([signalled], [], [], 0)[0] == [signalled]
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_nobody_answers_where_there_is_no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Typist())
    assert console.somebody_answers()
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    assert not console.somebody_answers()
    monkeypatch.setattr(sys, "stdin", None)
    assert not console.somebody_answers()


def test_colours_are_for_terminals_whose_people_want_them(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    assert console.colours(Typist(), refused=False)
    assert not console.colours(Typist(), refused=True)
    assert not console.colours(io.StringIO(), refused=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not console.colours(Typist(), refused=False)
    monkeypatch.setenv("NO_COLOR", "")
    assert console.colours(Typist(), refused=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not console.colours(Typist(), refused=False)


def full():
    """A stream to a device that is always full."""
    return Path("/dev/full").open("w")


def nobody():
    """A stream into a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w")


def test_a_result_that_cannot_be_written_is_an_error_told_once(monkeypatch):
    with full() as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(console.OutputError, match="No space left on device"):
            console.say("a result")
        console.say("what comes later goes nowhere")


def test_a_result_that_nobody_reads_ends_the_command(monkeypatch):
    with nobody() as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(BrokenPipeError):
            console.deliver("a result")
        console.say("what comes later goes nowhere")


def test_a_word_beside_it_that_nobody_reads_is_no_reason_to_stop(monkeypatch):
    with nobody() as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        console.tell("progress")
        console.tell("more of it")


def test_streams_that_were_closed_before_the_start_are_no_trouble(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    console.say("a result")
    console.deliver("a result")
    console.tell("a word")
    assert not console.is_terminal(sys.stdout)


def test_a_character_that_a_terminal_lacks_stops_no_line(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    console.prepare()
    console.say("IN_GROUP → CALLMENU")
    console.deliver('"→"')
    assert stream.buffer.getvalue() == b'IN_GROUP ? CALLMENU\n"\xe2\x86\x92"'
