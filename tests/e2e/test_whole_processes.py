"""Commands as processes: signals, pipes, full disks, odd terminals, and what they import."""

import json
import re
import signal
import subprocess
import sys

import httpx
import pytest


def test_one_command_after_the_other_as_a_person_types_them(shop):
    for words, code in (
        (["validate"], 0),
        (["plan", "--detailed-exitcode"], 2),
        (["apply"], 1),
        (["apply", "--yes"], 0),
        (["plan", "--detailed-exitcode"], 0),
    ):
        done = shop.typed(*words)
        assert (words, done.code) == (words, code)
        assert "Traceback" not in done.err


def test_nobody_reads_the_plan_and_nobody_hears_a_traceback(shop):
    with shop.start("plan") as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_an_apply_whose_reader_has_gone_sends_nothing(shop, server):
    with shop.start("apply", "--yes") as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
    assert server.calls() == {}


def test_an_apply_whose_progress_nobody_reads_goes_on(shop):
    with shop.start("apply", "--yes", "-vv") as process:
        process.stderr.close()
        assert process.stdout.read().endswith("10 of 10 confirmed\n")
    assert process.returncode == 0


def shell(shop, line):
    return subprocess.run(
        ["bash", "-c", line.replace("reconciler", f"{sys.executable} -m reconciler")],
        cwd=shop.folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "code", "err"),
    [
        (
            "reconciler plan >/dev/full",
            1,
            "error: cannot write to standard output: No space left on device\n",
        ),
        ("reconciler plan >&-", 0, ""),
        ("reconciler plan 2>&-", 0, ""),
        ("reconciler bogus 2>/dev/full", 1, ""),
        ("LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii reconciler plan", 0, ""),
        ("reconciler plan | head -1", 0, ""),
        ("reconciler show $'\\xff'", 1, None),
    ],
)
def test_where_the_output_goes_is_no_reason_for_a_traceback(shop, line, code, err):
    done = shell(shop, line)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert err is None or done.stderr == err


def test_asked_without_a_standard_input_an_apply_says_so(shop):
    done = shell(shop, "reconciler apply <&-")
    assert done.returncode == 1
    assert "cannot ask for confirmation" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_simulator_says_where_it_listens_and_ends_when_told(at_home, number):
    with at_home.start("simulate", "--port", "0") as process:
        said = process.stdout.readline()
        url = re.fullmatch(r"VICIdial simulator on (http://127\.0\.0\.1:\d+/\S+)\n", said)[1]
        answer = httpx.post(url, data={"function": "version"}, trust_env=False, verify=False)
        assert answer.text.startswith("VERSION: ")
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_simulator_keeps_its_table_and_takes_a_fixture(at_home):
    with at_home.start("simulate", "--port", "0", "--data", "table.db") as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
    assert (at_home.folder / "table.db").exists()
    done = at_home.run("simulate", "--fixture", "missing.json")
    assert done.code == 1
    assert "cannot read the fixture missing.json" in done.err


def test_a_port_that_is_taken_is_an_error_that_says_what_to_give(at_home, simulator):
    port = simulator.url.rpartition(":")[2]
    done = at_home.run("simulate", "--port", port)
    assert done.code == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.err
    assert "give another --port" in done.err


SLOW = {"httpx", "structlog", "rich", "stamina", "uvicorn", "starlette", "sqlite3", "asyncio",
        "deepdiff", "obstore"}  # fmt: skip


@pytest.mark.parametrize(
    "words", [["plan"], ["validate"], ["show", "7275553300"], ["state", "list"]]
)
def test_what_only_looks_does_not_wait_for_what_only_an_apply_needs(shop, words):
    code = (
        "import json, sys\n"
        "before = set(sys.modules)\n"
        "from reconciler.cli import main\n"
        f"assert main({words!r}) == 0\n"
        "sys.stderr.write(json.dumps([name for name in sys.modules if name not in before]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=shop.folder, capture_output=True, text=True, check=True
    )
    assert SLOW & set(json.loads(done.stderr)) == set()
