"""The real command where things are not as they should be: clear words, the right exit code, and
the password nowhere."""

import os
import pty
import signal
import socket
import stat
import subprocess
import sys
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

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


def test_a_wrong_password_is_tried_once_and_shown_nowhere(site, simulator):
    said = fails(site)
    assert "refused the log-in of user 6666" in said
    assert simulator.calls() == {"copy_did": 1, "version": 1}
    assert not site.state_path.exists()


@contextmanager
def serving(status, body):
    """A web server that is no VICIdial."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/vicidial/non_agent_api.php"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, b"<html><head><title>404 Not Found</title></head></html>", "404 Not Found"),
        also(200, b"<html><head><title>Welcome</title></head></html>", "Welcome"),
        also(200, b"", "an empty reply"),
    ],
)
def test_a_page_that_is_no_vicidial_is_named(status, body, words, tmp_path):
    with serving(status, body) as endpoint:
        site = Site(tmp_path, endpoint)
        site.write(BLOCKS)
        said = fails(site)
    assert words in said
    assert "non_agent_api.php" in said


def test_a_server_that_is_dead_is_named(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as once:
        port = once.getsockname()[1]
    site = Site(tmp_path, f"http://127.0.0.1:{port}/vicidial/non_agent_api.php")
    site.write(BLOCKS)
    assert "refused the connection" in fails(site)


@pytest.mark.sweep
def test_a_name_that_is_not_known_is_named(tmp_path):
    site = Site(tmp_path, "https://vici.invalid/vicidial/non_agent_api.php")
    site.write(BLOCKS)
    assert "vici.invalid" in fails(site)


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


@pytest.mark.parametrize("answer", ["no\n", also("\n"), also("y\n"), signal.SIGINT])
def test_asked_and_not_told_yes_it_applies_nothing(answer, site, simulator):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler", "apply", "--specs", str(site.specs)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "VICIDIAL_USER": USER.user, "VICIDIAL_PASS": USER.password},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        asked = ""
        while "Type yes: " not in asked:
            asked += process.stderr.read(1)
        if isinstance(answer, str):
            os.write(ours, answer.encode())
        else:
            process.send_signal(answer)
        output, errors = process.communicate(timeout=ENOUGH)
    os.close(ours)
    os.close(theirs)
    assert "Traceback" not in output + errors
    assert process.returncode == (1 if isinstance(answer, str) else 130)
    assert simulator.calls() == {}
    assert not site.state_path.exists()
    assert apply(site)[0] == 0
