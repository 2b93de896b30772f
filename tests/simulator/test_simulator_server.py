"""The simulator over HTTP and on the command line's behalf."""

import io
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from reconciler.cli.commands import simulate
from reconciler.cli.parser import SimulateOptions
from reconciler.simulator import (
    DataFileError,
    FixtureError,
    ListenError,
    parse_fixture,
    running,
    serve,
)
from reconciler.simulator.server import _account

LOGIN = {"user": "6666", "pass": "1234", "source": "test"}
PROBE = {**LOGIN, "function": "update_did", "did_pattern": "7275551114"}


@pytest.fixture
def client():
    with httpx.Client(trust_env=False, verify=False) as client:
        yield client


class TestRequests:
    def test_of_a_name_in_both_get_wins(self, simulator, client):
        reply = client.post(
            simulator.endpoint, params={"did_pattern": "7000000000"}, data={**PROBE, "active": "N"}
        )
        assert reply.text == "ERROR: update_did DID DOES NOT EXIST: |6666|7000000000\n"

    def test_an_empty_value_over_get_wins_too(self, simulator, client):
        reply = client.post(
            simulator.endpoint, params={"active": ""}, data={**PROBE, "active": "N"}
        )
        assert reply.text == "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"

    def test_a_raw_plus_in_a_url_is_dropped_as_the_space_it_is(self, simulator, client):
        query = "&".join(f"{name}={value}" for name, value in PROBE.items())
        raw = client.get(f"{simulator.endpoint}?{query}&did_pattern=+17275552000")
        coded = client.get(f"{simulator.endpoint}?{query}&did_pattern=%2B17275552000")
        assert raw.text == "ERROR: update_did DID DOES NOT EXIST: |6666|17275552000\n"
        assert coded.text == "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"

    def test_bytes_that_are_no_text_come_back_as_they_were_sent(self, simulator, client):
        query = "function=callmenu_list&user=6666&pass=1234&comments=%ff"
        reply = client.get(f"{simulator.endpoint}?{query}")
        assert b"choose_file('MAIN_IVR','\xff')" in reply.content

    def test_a_body_that_is_no_form_holds_no_parameters(self, simulator, client):
        reply = client.post(simulator.endpoint, json=PROBE)
        assert reply.text == "ERROR: Login incorrect, please try again: |||BAD|\n"

    @pytest.mark.parametrize("header", ["Bearer x", "Basic !", "Basic"])
    def test_credentials_that_are_none_are_refused_as_missing(self, simulator, client, header):
        reply = client.get(
            f"{simulator.url}/vicidial/settings_compare.php", headers={"authorization": header}
        )
        assert (reply.status_code, reply.text) == (
            401,
            "Login incorrect, please try again: |||BAD|\n",
        )

    def test_requests_are_counted_by_function_refused_ones_included(self, simulator, client):
        client.post(simulator.endpoint, data=PROBE)
        client.post(simulator.endpoint, data={**PROBE, "pass": "wrong"})
        client.post(simulator.endpoint, data={"function": "bogus"})
        client.post(simulator.endpoint)
        client.get(f"{simulator.url}/vicidial/settings_compare.php")
        counted = {"": 1, "bogus": 1, "settings_compare": 1, "update_did": 2}
        assert simulator.calls() == counted
        simulator.reset()
        assert simulator.calls() == {}

    def test_every_row_is_shown_with_every_column(self, simulator):
        first, *others = simulator.dids()
        assert (first["did_id"], first["did_pattern"], first["list_id"]) == (1, "default", 999)
        assert first["voicemail_ext"] == ""
        assert len(first) == 63
        assert len(others) == 4


def test_without_a_fixture_the_built_in_one_is_served():
    with running() as simulator:
        assert [row["did_pattern"] for row in simulator.dids()] == [
            "default",
            "did_system_filter",
            "7275551114",
        ]


class Announced(io.StringIO):
    """Standard output that tells when something was flushed."""

    def __init__(self):
        super().__init__()
        self.flushed = threading.Event()

    def flush(self):
        self.flushed.set()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_tells_its_url_when_it_answers_and_ends_quietly_on_a_signal(
    monkeypatch, ending, host, tmp_path
):
    out = Announced()
    monkeypatch.setattr(sys, "stdout", out)
    answered = []

    def visit():
        out.flushed.wait(30)
        url = out.getvalue().splitlines()[0].split()[-1]
        answered.append(
            httpx.post(url, data={"function": "version"}, trust_env=False, verify=False).text[:8]
        )
        os.kill(os.getpid(), ending)

    visitor = threading.Thread(target=visit)
    visitor.start()
    code = serve(host=host, data=tmp_path / "dids.db")
    visitor.join()
    assert (code, answered) == (0, ["VERSION:"])
    shown = "[::1]" if host == "::1" else host
    assert out.getvalue().startswith(f"VICIdial simulator on http://{shown}:")
    assert out.getvalue().endswith(
        "/vicidial/non_agent_api.php\nlog in as user 6666 with the password 1234\n"
    )


def test_a_process_of_its_own_keeps_its_table_and_leaves_no_traceback(tmp_path, client):
    command = (
        "from pathlib import Path; from reconciler.simulator import serve; "
        f"raise SystemExit(serve(data=Path({str(tmp_path / 'dids.db')!r})))"
    )
    replies = []
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            url = process.stdout.readline().split()[-1]
            copy = {**LOGIN, "function": "copy_did", "source_did_pattern": "7275551114"}
            replies.append(client.post(url, data={**copy, "new_dids": "7275553338"}).text)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "")
    assert "DID HAS BEEN ADDED" in replies[0]
    assert "DID ALREADY EXISTS" in replies[1]


def test_a_port_in_use_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"port {port}: Address already in use") as caught:
            serve(port=port)
    assert caught.value.hint == "give another --port, or 0 for any free one"


def test_a_host_that_is_none_is_told():
    with pytest.raises(ListenError, match=r"cannot listen on 256\.0\.0\.1 port 0"):
        serve(host="256.0.0.1")


def test_a_port_that_is_none_is_told():
    with pytest.raises(ListenError, match="70000 is not a port"):
        serve(port=70000)


def test_a_fixture_or_data_file_that_cannot_be_used_is_told(tmp_path):
    with pytest.raises(FixtureError, match="cannot read the fixture"):
        serve(fixture=tmp_path / "missing.json")
    with pytest.raises(DataFileError, match="unable to open database file"):
        serve(data=tmp_path / "missing" / "dids.db")


def test_a_command_serves_its_fixture_in_the_strict_mode_on_request(monkeypatch, tmp_path):
    served = []
    monkeypatch.setattr(simulate, "serve", lambda **options: served.append(options) or 0)
    path = tmp_path / "fixture.json"
    path.write_text("{}")
    options: dict[str, Any] = {"host": "127.0.0.1", "port": 0, "fixture": path, "data": None}
    assert simulate.run(SimulateOptions(**options, strict=False)) == 0
    simulate.run(SimulateOptions(**options, strict=True))
    simulate.run(SimulateOptions(**{**options, "fixture": None}, strict=False))
    assert [each["fixture"].strict for each in served] == [False, True, True]


def test_a_fixture_without_a_user_who_may_change_dids_says_so():
    assert _account(parse_fixture({}, "f")) == "the fixture has no user that may change DIDs"
