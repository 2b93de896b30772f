"""The real command killed at any moment while it creates numbers in groups, update by update."""

import random
import time

import pytest

from reconciler.simulator import running
from tests.apply.rig import RECORDED, Site, content, table_of
from tests.sweeps.command import ENOUGH, apply, start

LATENCY = 0.02


def blocks(numbers, groups):
    """``groups`` blocks with a routing of their own, ``numbers`` together."""
    each = numbers // groups
    first = [7275600000 + 10_000 * group for group in range(groups)]
    return "\n".join(
        f"  - {{name: group-{at}, numbers: [{at}-{at + each - 1}], "
        f"routing: {{did_route: EXTEN, extension: '{at % 9973}'}}}}"
        for at in first
    )


@pytest.fixture(scope="session")
def server():
    with running(RECORDED) as simulator:
        yield simulator


class Field:
    """Numbers to create again and again, and the table that this comes to."""

    def __init__(self, simulator, folder, numbers, groups):
        self.simulator = simulator
        self.folder = folder
        self.declared = blocks(numbers, groups)
        site = self.fresh("undisturbed")
        started = time.monotonic()
        code, output, errors = apply(site)
        assert code == 0, output + errors
        self.seconds = time.monotonic() - started
        self.table = content(table_of(simulator))
        assert len(self.table) == numbers + 5

    def fresh(self, name):
        self.simulator.reset()
        self.simulator.faults({"latency": LATENCY})
        site = Site(self.folder / name, self.simulator.endpoint)
        site.write(self.declared)
        return site

    def kill_and_complete(self, seed, kills):
        """Kill at random moments, journal lost every other time; then apply to the end."""
        dice = random.Random(seed)
        site = self.fresh(str(seed))
        for _ in range(kills):
            with start(site, "--yes") as process:
                time.sleep(dice.uniform(0.2, 1.0) * self.seconds)
                process.kill()
                process.communicate(timeout=ENOUGH)
            if seed % 2:
                site.lose_journal()
        code, output, errors = apply(site)
        assert code == 0, output + errors
        assert content(table_of(self.simulator)) == self.table
        assert site.plan().changes.count == 0
        assert site.false_claims(table_of(self.simulator)) == []


@pytest.fixture(scope="session")
def few(server, tmp_path_factory):
    return Field(server, tmp_path_factory.mktemp("few"), 120, 12)


@pytest.mark.parametrize("seed", range(3))
def test_a_process_killed_at_random_is_completed_by_the_next(seed, few):
    few.kill_and_complete(seed, kills=1)


@pytest.mark.sweep
def test_two_hundred_processes_killed_at_random_are_completed(server, tmp_path):
    many = Field(server, tmp_path, 2000, 40)
    for seed in range(200):
        many.kill_and_complete(seed, kills=1 + seed % 4 // 2)


def both(field, name):
    """Two started together: how they ended."""
    site = field.fresh(name)
    field.simulator.faults({"latency": 0.2})
    processes = [start(site, "--yes") for _ in range(2)]
    ended = []
    for process in processes:
        output, errors = process.communicate(timeout=ENOUGH)
        ended.append((process.returncode, output, errors))
    return site, sorted(ended)


def one_applies_the_other_stops(field, name):
    site, ((first, _, _), (second, output, errors)) = both(field, name)
    assert (first, second) == (0, 1)
    assert "another apply holds" in errors
    assert str(site.state_path) in errors
    assert "Traceback" not in output + errors
    assert content(table_of(field.simulator)) == field.table
    assert site.plan().changes.count == 0


@pytest.fixture(scope="session")
def pair(server, tmp_path_factory):
    return Field(server, tmp_path_factory.mktemp("pair"), 40, 2)


def test_of_two_started_together_one_applies_and_the_other_stops(pair):
    one_applies_the_other_stops(pair, "once")


@pytest.mark.sweep
def test_of_two_started_together_one_applies_fifty_times_of_fifty(pair):
    for attempt in range(50):
        one_applies_the_other_stops(pair, f"of fifty {attempt}")
