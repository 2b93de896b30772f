"""Two machines apply to one target through one remote, another target shares the branch, and in
each round one of the three is killed at some moment."""

import random
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from reconciler.state.codec import decode
from tests.backends.applier import BEGUN, CONFIRMED, CONFLICT, DONE
from tests.backends.conftest import git

APPLIER = Path(__file__).with_name("applier.py")


@pytest.fixture
def servers(tmp_path):
    servers = {target: tmp_path / "servers" / target for target in ("tampa", "miami")}
    for server in servers.values():
        server.mkdir(parents=True)
    return servers


def applying(clone, target, servers, how_many):
    words = [sys.executable, str(APPLIER), clone, target, servers[target], how_many]
    return subprocess.Popen(list(map(str, words)), stderr=subprocess.PIPE, text=True)


def ended(process):
    _, said = process.communicate(timeout=120)
    assert "Traceback" not in said, said
    return process.returncode


def history(hosted, target):
    """Each saved state of ``target``, the oldest first."""
    listed = git(hosted.bare, "rev-list", "--reverse", "did-state", "--", f"{target}.json")
    for commit in listed.split():
        content = git(hosted.bare, "show", f"{commit}:{target}.json")
        yield decode(content.encode(), commit)


def numbers(state, record):
    return {pattern for span, known in state.records if known == record for pattern in span}


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.sweep)])
def test_each_number_once_no_save_lost_and_a_readable_history(hosted, servers, rounds):
    moments = random.Random(rounds)
    places = [(hosted.clone(), target) for target in ("tampa", "tampa", "miami")]
    codes = []
    for _ in range(rounds):
        running = [applying(clone, target, servers, how_many=3) for clone, target in places]
        victim = moments.choice(running)
        try:
            victim.wait(moments.uniform(0.4, 2.0))
        except subprocess.TimeoutExpired:
            victim.kill()
        codes += [ended(process) for process in running]
    for clone, target in places[1:]:
        for _ in range(20):
            if ended(applying(clone, target, servers, how_many=0)) == DONE:
                break
    assert CONFLICT not in codes
    assert codes.count(DONE) >= rounds

    for target, server in servers.items():
        states = list(history(hosted, target))
        there = {path.name for path in server.iterdir()}
        assert numbers(states[-1], CONFIRMED) == there
        assert len(there) >= 3
        assert [state.serial for state in states] == list(range(1, len(states) + 1))
        assert len({state.lineage for state in states}) == 1
        for before, after in pairwise(states):
            assert numbers(before, CONFIRMED) <= numbers(after, CONFIRMED)
            assert numbers(before, BEGUN) <= numbers(after, BEGUN) | numbers(after, CONFIRMED)

    told = git(hosted.bare, "log", "-p", "did-state")
    saves = Counter(line for line in told.splitlines() if line.startswith("    Save-Id: "))
    assert set(saves.values()) == {1}
    assert saves.total() == len(hosted.states())
    assert "Binary files" not in told
    for clone, _ in places:
        assert git(clone, "status", "--porcelain") == ""
