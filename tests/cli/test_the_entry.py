"""From the command line to an exit code: nothing that goes wrong leaves as a traceback."""

import signal
import threading

import pytest

from reconciler.cli import exits, main
from reconciler.cli.applying import _Signals
from reconciler.cli.commands import targets
from reconciler.cli.signals import Terminated, terminable
from reconciler.secrets import register


def failing(error):
    def run(arguments):
        raise error

    return run


def test_a_fault_of_the_program_is_told_as_one(office, monkeypatch):
    register("s3cr3t-word")
    monkeypatch.setattr(targets, "run", failing(ZeroDivisionError("s3cr3t-word by zero")))
    done = office.run("targets")
    assert done.code == exits.ERROR
    assert done.err == (
        "error: a fault of this program: ZeroDivisionError: *** by zero\n"
        "  hint: nothing of what is known was lost; please report it with what the same command "
        "shows with -v\n"
    )


def test_with_v_it_tells_where(office, monkeypatch):
    monkeypatch.setattr(targets, "run", failing(ZeroDivisionError("by zero")))
    done = office.run("targets", "-v")
    assert done.err.startswith("Traceback (most recent call last):\n")
    assert "\nZeroDivisionError: by zero\nerror: a fault" in done.err


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
    assert signals.stop.why == "the run was ended by SIGTERM"
    assert ended == []
    signals.receive(signal.SIGINT)
    assert ended[0] == 130
    assert "ended at once; the next apply settles what was under way" in capsys.readouterr().err
