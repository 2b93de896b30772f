"""The real command where a state cannot be written: clear words, the right exit code, no loss."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.simulator import running
from tests.apply.rig import RECORDED, USER, Site, table_of
from tests.sweeps.command import ENOUGH, apply

PASSWORD = "Gr3en-Giraffe_77x"
BLOCKS = """
  - name: sales
    numbers: [7275600000-7275600019]
    routing: {did_route: IN_GROUP, group: SALESLINE}
"""


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


def also(*case):
    """A case that is like its neighbours, for the sweep alone."""
    return pytest.param(*case, marks=pytest.mark.sweep)


def everything_written(folder):
    """Every file below a folder, as text."""
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def fails(site, *arguments, password=PASSWORD):
    """Apply, which must end with 1, without a traceback and without the password anywhere."""
    report = site.folder / "report.json"
    code, output, errors = apply(
        site, "-vv", "--report", str(report), *arguments, password=password
    )
    said = output + errors
    assert code == 1, said
    assert "Traceback" not in said
    assert password not in said + everything_written(site.folder)
    assert password.replace("_", "") not in said
    return said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_state_folder_that_may_not_be_written_is_named(site, simulator):
    folder = site.state_path.parent
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    said = fails(site, password=USER.password)
    folder.chmod(stat.S_IRWXU)
    assert str(folder) in said
    assert "Permission denied" in said
    assert len(simulator.dids()) == 5


def test_a_state_folder_that_is_a_file_is_named(site, simulator):
    site.state_path.parent.write_text("in the way")
    said = fails(site, password="1234" * 4)
    assert str(site.state_path.parent) in said
    assert simulator.calls() == {}


FULL = """
import errno, os, sys
left = int(sys.argv.pop(1))
flush = os.fsync
def fsync(handle):
    global left
    left -= 1
    if left < 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    flush(handle)
os.fsync = fsync
from reconciler.cli.main import main
sys.exit(main())
"""


@pytest.mark.parametrize(("flushes", "code"), [(0, 1), (5, 3), also(8, 3)])
def test_a_disk_that_is_full_is_named_and_nothing_is_lost(flushes, code, site, simulator):
    full = subprocess.run(  # noqa: PLW1510  (its exit code is what the test is about)
        [sys.executable, "-c", FULL, str(flushes), "apply", "--yes", "--specs", str(site.specs)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "VICIDIAL_USER": USER.user, "VICIDIAL_PASS": USER.password},
        capture_output=True,
        text=True,
        timeout=ENOUGH,
    )
    said = full.stdout + full.stderr
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert full.returncode == code, said
    assert site.false_claims(table_of(simulator)) == []
    assert apply(site)[0] == 0
    assert site.unmet(table_of(simulator)) == []
    assert not site.plan().changes
