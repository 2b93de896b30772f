"""From the command line to an exit code: nothing that goes wrong leaves as a traceback."""

import importlib
import runpy
import signal
import sys
import threading

import pytest

from reconciler import __version__
from reconciler.apply.run import GRACE, SHORT_GRACE
from reconciler.cli import exits, main
from reconciler.cli.applying import _Signals
from reconciler.cli.commands import targets
from reconciler.cli.signals import Terminated, terminable
from reconciler.secrets import register


def failing(error):
    def run(arguments):
        raise error

    return run


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("targets", "no state was lost"),
        ("apply", "`reconciler plan` shows what is left to do"),
        ("state list", "`reconciler state list` shows what is known"),
    ],
)
def test_a_fault_of_the_program_is_told_as_one(office, monkeypatch, line, kept):
    register("s3cr3t-word")
    module = importlib.import_module(f"reconciler.cli.commands.{line.split()[0]}")
    monkeypatch.setattr(module, "run", failing(ZeroDivisionError("s3cr3t-word by zero")))
    done = office.run(*line.split())
    assert done.code == exits.ERROR
    assert done.err.startswith("error: internal error: ZeroDivisionError: *** by zero\n")
    assert f"{kept}; please report it with the output of the same command with -v\n" in done.err


def test_with_v_it_tells_where(office, monkeypatch):
    monkeypatch.setattr(targets, "run", failing(ZeroDivisionError("by zero")))
    done = office.run("targets", "-v")
    assert done.err.startswith("Traceback (most recent call last):\n")
    assert "\nZeroDivisionError: by zero\nerror: internal error: " in done.err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (Terminated(), 143, "terminated\n"),
        (BrokenPipeError(), 1, ""),
    ],
)
def test_what_ends_it_from_outside_is_no_fault(office, monkeypatch, error, code, said):
    monkeypatch.setattr(targets, "run", failing(error))
    done = office.run("targets")
    assert (done.code, done.err) == (code, said)


def test_sigterm_ends_a_command_and_does_afterwards_what_it_did_before(office, monkeypatch):
    before = signal.getsignal(signal.SIGTERM)

    def run(arguments):
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(targets, "run", run)
    assert office.run("targets").code == 143
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_command_may_run_in_a_thread_where_signals_are_not_its_business(office):
    codes = []

    def work():
        with terminable():
            codes.append(main(["targets"]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert codes == [0]


def test_the_first_signal_asks_an_apply_to_end_and_the_second_ends_it(capsys, monkeypatch):
    ended = []
    monkeypatch.setattr("os._exit", ended.append)
    signals = _Signals()
    signals.receive(signal.SIGTERM)
    assert signals.stop.asked
    assert signals.stop.why == "the process was asked to stop (SIGTERM)"
    assert ended == []
    signals.receive(signal.SIGINT)
    assert ended[0] == 130
    assert "ended at once; the next apply settles the calls under way" in capsys.readouterr().err


def test_the_sigterm_that_follows_a_sigint_on_github_is_no_second_wish(monkeypatch):
    """The runner sends it 7.5 s later, maybe while the state is saved."""
    ended = []
    monkeypatch.setattr("os._exit", ended.append)
    signals = _Signals()
    signals.receive(signal.SIGINT)
    signals.receive(signal.SIGTERM)
    assert ended == []
    signals.receive(signal.SIGTERM)
    assert ended == [143]


@pytest.mark.parametrize(("env", "grace"), [("true", SHORT_GRACE), ("", GRACE)])
def test_on_github_calls_under_way_are_waited_for_only_shortly(monkeypatch, env, grace):
    monkeypatch.setenv("GITHUB_ACTIONS", env)
    signals = _Signals()
    signals.receive(signal.SIGINT)
    assert signals.stop._grace == grace


@pytest.mark.parametrize(
    ("at_a_terminal", "why"),
    [(True, "you pressed Ctrl-C"), (False, "the process was asked to stop (SIGINT)")],
)
def test_only_who_has_a_keyboard_pressed_ctrl_c(monkeypatch, at_a_terminal, why):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: at_a_terminal, raising=False)
    signals = _Signals()
    signals.receive(signal.SIGINT)
    assert signals.stop.why == why


def test_the_package_is_a_program(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["reconciler", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("reconciler", run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"did-reconciler {__version__}\n"
