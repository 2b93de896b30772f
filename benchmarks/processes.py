"""Whole processes, as whoever waits for them sees them: CPU seconds and memory, in turns.

Seconds differ between machines and from minute to minute, so what is compared runs in turns in one
go, and medians and ratios are what is kept. Nothing here passes or fails by a time: what must not
grow is counted by tests (``tests/plan/test_growth.py``).
"""

import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import LDNS, PEERS, Peer
from benchmarks.worlds import WORLDS, World

RESULTS = Path(__file__).parent / "RESULTS.md"
ROUNDS = 3
SLOW = 10.0
"""Seconds from which on a command runs once only."""
PLAN = (sys.executable, "-m", "reconciler", "plan")
START = (sys.executable, "-m", "reconciler", "--version")
BARE = (sys.executable, "-c", "pass")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds of all processors, MiB at its largest."""

    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Work:
    """A command in its folder."""

    name: str
    command: Sequence[str]
    folder: Path

    def run(self) -> Run:
        """Do it once; raise RuntimeError where it fails."""
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        with tempfile.TemporaryFile() as output:
            child = subprocess.Popen(
                self.command, cwd=self.folder, stdout=output, stderr=output, env=env
            )
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode not in (0, 2, 3):  # a comparison tells differences by its status
                output.seek(0)
                raise RuntimeError(f"{self.name}: {output.read().decode()[-2000:]}")
        return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measured(given: Sequence[Work]) -> dict[str, Run]:
    """The medians of all, which take turns; the first turn counts only for what is very slow."""
    runs = {work.name: [work.run()] for work in given}
    for _ in range(ROUNDS):
        for work in given:
            if runs[work.name][0].seconds < SLOW:
                runs[work.name].append(work.run())
    return {name: _median(each[1:] or each) for name, each in runs.items()}


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.memory for run in runs),
    )


def prepare(scratch: Path) -> None:
    """Make all worlds in a folder, and the input of the peers that are installed."""
    for folder, world in _worlds(scratch):
        world.write(folder)
    for folder, peer in _peers(scratch):
        folder.mkdir()
        peer.write(folder)


def works(scratch: Path) -> list[Work]:
    """What is measured in such a folder."""
    return [
        Work("Python alone", BARE, scratch),
        Work("--version", START, scratch),
        *(Work(world.name, PLAN, folder) for folder, world in _worlds(scratch)),
        *(Work(peer.name, peer.command, folder) for folder, peer in _peers(scratch)),
    ]


def _worlds(scratch: Path) -> list[tuple[Path, World]]:
    return [(scratch / f"world-{place}", world) for place, world in enumerate(WORLDS)]


def _peers(scratch: Path) -> list[tuple[Path, Peer]]:
    there = [peer for peer in PEERS if peer.is_there]
    return [(scratch / f"peer-{place}", peer) for place, peer in enumerate(there)]


def main() -> None:
    """Measure everything that is installed, print it and write it to RESULTS.md."""
    with tempfile.TemporaryDirectory() as scratch:
        # In a process of its own: the memory of this one counts for each that it starts.
        making = multiprocessing.get_context("spawn").Process(target=prepare, args=(Path(scratch),))
        making.start()
        making.join()
        found = measured(works(Path(scratch)))
    text = "\n".join(_table(found)) + "\n"
    sys.stdout.write(text)
    RESULTS.write_text(HEAD + text)


def _table(found: dict[str, Run]) -> list[str]:
    beside = found.get(LDNS)
    lines = [f"| whole process | CPU s | MiB | × {LDNS} |", "|---|---:|---:|---:|"]
    for name, run in found.items():
        ratio = "" if beside is None else f"{run.seconds / beside.seconds:.2f}"
        lines.append(f"| {name} | {run.seconds:.2f} | {run.memory:.0f} | {ratio} |")
    return lines


HEAD = f"""\
# What a plan costs

Medians of {ROUNDS} whole processes each, which took turns (what takes over {SLOW:.0f} s ran once);
CPU seconds of user and system together.
What counts is the last column: seconds differ from machine to machine. To repeat it, install
`ldnsutils` (Debian) and, if you like, octoDNS (`pip install octodns`) so that `ldns-compare-zones`
and `octodns-compare` are on the PATH, and run `make bench`.

Each world is planned by `reconciler plan`, text output, specs and state in files. The peers compare
100,000 TXT records, of which none or all differ. Worlds are in `benchmarks/worlds.py`. Memory below
some 40 MiB is that of the measuring process.

"""


if __name__ == "__main__":
    main()
