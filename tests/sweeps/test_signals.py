"""A run that is asked to end: the first signal politely, the second at once, nothing lost."""

import json
import signal
import time

import pytest

from reconciler.simulator import running
from tests.apply.rig import RECORDED, Site, content, table_of
from tests.sweeps.command import ENOUGH, apply, start

SLOW = 30.0
BLOCKS = """
  - name: sales
    numbers: [7275600000-7275600399]
    routing: {did_route: IN_GROUP, group: SALESLINE}
"""

SEED = {"kind": "delay", "function": "update_did", "nth": 2}
"""The update of the seed; the first asks for the right to it."""


@pytest.fixture(scope="module")
def simulator():
    with running(RECORDED) as simulator:
        yield simulator


@pytest.fixture
def site(simulator, tmp_path):
    simulator.reset()
    site = Site(tmp_path, simulator.endpoint)
    site.write(BLOCKS)
    return site


def until(simulator, function, times):
    """Wait until the server has been asked this often."""
    give_up = time.monotonic() + ENOUGH
    while simulator.calls().get(function, 0) < times:
        assert time.monotonic() < give_up, simulator.calls()
        time.sleep(0.01)


def ended(process):
    output, errors = process.communicate(timeout=ENOUGH)
    assert "Traceback" not in output + errors
    return process.returncode, output, errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_lets_calls_under_way_end_and_saves(number, site, simulator, tmp_path):
    simulator.faults({"rules": [{**SEED, "seconds": 1.0}]})
    report = tmp_path / "report.json"
    with start(site, "--yes", "--report", str(report)) as process:
        until(simulator, "update_did", 2)
        process.send_signal(number)
        code, output, errors = ended(process)
    assert code == 128 + number
    assert "ending: no new calls, waiting for those under way (again to end at once)" in errors
    assert "1 of 400 confirmed" in output
    assert f"the process was asked to stop ({number.name})" in output
    assert json.loads(report.read_text())
    assert not site.journal_path.exists()
    assert simulator.calls()["update_did"] == 2  # that of the rights, and that of the seed
    assert simulator.calls()["copy_did"] == 2  # that of the rights, and that of the seed
    assert site.plan().counts.settling == 0
    assert site.plan().counts.create == 399
    simulator.faults({})
    assert apply(site)[0] == 0
    assert not site.plan().changes


def test_the_second_signal_ends_it_at_once_and_the_next_run_settles(site, simulator):
    simulator.faults({"rules": [{**SEED, "seconds": SLOW}]})
    with start(site, "--yes") as process:
        until(simulator, "update_did", 2)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert "ending" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        code, _, errors = ended(process)
    assert time.monotonic() - began < 4.0
    assert code == 130
    assert "the next apply settles" in errors
    assert site.plan().counts.settling == 1
    simulator.faults({})
    assert apply(site)[0] == 0
    table = content(table_of(simulator))
    assert len(table) == 405
    assert site.unmet(table_of(simulator)) == []


@pytest.mark.sweep
def test_a_call_that_does_not_end_in_time_is_unknown(site, simulator):
    simulator.faults({"rules": [{**SEED, "seconds": SLOW}]})
    with start(site, "--yes") as process:
        until(simulator, "update_did", 2)
        process.send_signal(signal.SIGTERM)
        code, output, _ = ended(process)
    assert code == 143
    assert "it was under way when the run was ended" in output
    assert site.plan().counts.settling == 1


def test_ended_while_it_checks_it_has_changed_nothing(site, simulator):
    simulator.faults({"rules": [{"kind": "delay", "seconds": SLOW}]})
    with start(site, "--yes") as process:
        until(simulator, "version", 1)
        process.send_signal(signal.SIGINT)
        code, output, errors = ended(process)
    assert code == 130
    assert "ending" in errors
    assert output.endswith("tampa: nothing was sent; no number was changed\n")
    assert set(simulator.calls()) == {"version"}
    assert len(table_of(simulator)) == 5
    assert site.plan().counts.settling == 0
    assert not site.state_path.exists()
