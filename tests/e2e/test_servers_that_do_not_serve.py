"""What stands between a good plan and a server, each told with what to do about it."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from reconciler.apply import preflight
from reconciler.apply.retry import RetryPolicy
from reconciler.cli import exits
from tests.cli.office import SALES

PATH = "/vicidial/non_agent_api.php"
OLD = "VERSION: 2.14-160|BUILD: 230101-1000|DATE: 2026-01-01 00:00:00|EPOCH: 1767225600|DST: 0|TZ: -5|TZNOW: -5|"  # noqa: E501


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    """A server that never answers is asked twice, without a wait."""
    hasty = RetryPolicy(attempts=2, first_wait=0.001, longest_wait=0.001, probe_waits=(0.001,))
    monkeypatch.setattr(preflight, "RetryPolicy", lambda: hasty)


@contextmanager
def answering(status, body, headers=()):
    """A web server on this machine that answers everything alike."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stopped(office, endpoint, *more):
    """An apply to ``endpoint`` that must not have touched anything: what it said."""
    office.endpoint = endpoint
    office.target("tampa", *more)
    office.blocks()
    done = office.run("apply", "--yes")
    assert done.code == exits.ERROR
    assert done.out.endswith("\n\ntampa: nothing was sent; no number was changed\n")
    assert office.run("state", "list").out == "tampa: nothing is known yet\n"
    assert done.err.startswith("error: ")
    return done.err


def test_a_machine_where_nothing_listens(at_home):
    said = stopped(at_home, f"http://127.0.0.1:1{PATH}")
    assert "127.0.0.1:1 refused the connection" in said
    assert "web server, and the firewalls between" in said


def test_a_name_that_nobody_knows(at_home):
    said = stopped(at_home, f"https://vici.invalid{PATH}")
    assert "vici.invalid" in said
    assert "check the address, and this machine's network" in said


@pytest.mark.parametrize(
    ("status", "body", "hint"),
    [
        (404, "<html><title>404 Not Found</title></html>", "check the endpoint's path"),
        (200, "<!DOCTYPE html><html><body>It works!</body></html>", "check the endpoint's path"),
        (200, "", None),
        (503, "busy", None),
        (500, "", "see the error log of the server's web server"),
    ],
)
def test_a_web_server_that_is_no_vicidial(at_home, status, body, hint):
    with answering(status, body) as (url, asked):
        said = stopped(at_home, url + PATH)
    assert f"error: {url}{PATH} does not answer as VICIdial: " in said
    assert said.count("\n") == (1 if hint is None else 2)
    assert (hint or "") in said
    assert not any("pass=" in each for each in asked)


def test_a_redirect_names_where_to_look(at_home):
    headers = [("Location", "https://vici.example.com/")]
    with answering(301, "", headers) as (url, _):
        said = stopped(at_home, url + PATH)
    assert "redirects are not followed: write the address of VICIdial's API in target.yaml" in said


def test_a_server_without_tls_where_tls_was_asked_for(at_home):
    with answering(200, "") as (url, _):
        said = stopped(at_home, url.replace("http:", "https:") + PATH)
    assert "does not speak TLS (" in said
    assert "write the port of https" in said


def test_a_server_older_than_copying(at_home):
    with answering(200, OLD) as (url, asked):
        said = stopped(at_home, url + PATH)
    assert "2.14-160, build 230101-1000: copy_did came with build 240730" in said
    assert "upgrade the server" in said
    assert not any("pass=" in each for each in asked)


def test_a_password_is_not_sent_in_the_clear(at_home):
    at_home.target(endpoint=f"http://vici.example.com{PATH}")
    at_home.blocks()
    done = at_home.run("apply", "--yes")
    assert done.code == exits.ERROR
    assert "allow_plaintext: true" in done.err


# --- accounts


@pytest.mark.parametrize(
    ("user", "password", "words"),
    [
        ("7007", "seven", "User Level 8 or more"),
        ("6005", "five", "User Level"),
        ("8010", "nomod", "Modify DIDs (modify_inbound_dids) = 1"),
        ("8011", "noapi", "API access (vdc_agent_api_access) = 1"),
        ("8012", "fewfuncs", "user 8012 needs copy_did among its Allowed API functions"),
        ("8013", "gone", "a user that is not Active"),
    ],
)
def test_a_user_that_lacks_a_right_is_told_the_setting(
    at_home, server, monkeypatch, user, password, words
):
    monkeypatch.setenv("VICIDIAL_USER", user)
    monkeypatch.setenv("VICIDIAL_PASS", password)
    said = stopped(at_home, server.endpoint)
    assert f"user {user}" in said
    assert words in said
    assert password not in said
    # Asked for once and no more, since ten refused log-ins lock an account.
    assert sum(server.calls().values()) <= 2


def test_a_user_that_may_not_delete_is_told_so_and_nothing_is_lost(shop, monkeypatch):
    shop.target("tampa", "removal: {action: delete}\n")
    shop.blocks(SALES.replace("7275553300-7275553309", "7275553300-7275553301"))
    shop.ran("apply", "--yes")
    shop.blocks(SALES.replace("7275553300-7275553309", "7275553300"))
    monkeypatch.setenv("VICIDIAL_USER", "8008")
    monkeypatch.setenv("VICIDIAL_PASS", "nodelete")
    done = shop.run("apply", "--yes")
    assert done.code == exits.ERROR
    assert "user 8008 needs Delete DIDs (delete_inbound_dids) = 1" in done.err
    assert "tampa: 2 numbers known" in shop.run("state", "list").out


def test_a_source_that_the_user_may_not_see_is_named(shop, monkeypatch):
    monkeypatch.setenv("VICIDIAL_USER", "8014")
    monkeypatch.setenv("VICIDIAL_PASS", "teamb")
    text = shop.read("did_specs/tampa/target.yaml")
    shop.write("did_specs/tampa/target.yaml", text.replace("7275551114", "7275559100"))
    done = shop.run("apply", "--yes")
    assert done.code == exits.UNCONFIRMED
    flat = re.sub(r"\s+", " ", done.out)
    assert "source 7275559100 does not exist on the server, or this user may not see it" in flat


def test_an_account_that_is_locked_out_is_told_to_wait(at_home, server):
    for password in ("1234", *["bad"] * 10):
        data = {"source": "test", "user": "6666", "pass": password, "function": "update_did"}
        httpx.post(server.endpoint, data=data, trust_env=False, verify=False)
    said = stopped(at_home, server.endpoint)
    assert "user 6666 is locked out after ten refused log-ins" in said
    assert "wait 15 minutes" in said


def wrong_password_is_tried_once(shop, server, run, *options):
    """``run`` types a command; the password is in nothing that it said or wrote."""
    secret = "Wr0ng-and_long"
    shop.environment["VICIDIAL_PASS"] = secret
    done = run("apply", "--yes", "--report", "report.json", "--undo", "undo.json", *options)
    assert done.code == exits.ERROR
    assert "the server refused the log-in of user 6666" in done.err
    assert "check the user name and the password" in done.err
    assert {name: count for name, count in server.calls().items() if name != "version"} == {
        "copy_did": 1
    }
    assert secret not in done.all
    assert secret.replace("_", "") not in done.all  # as the server strips it
    files = [path for path in shop.folder.rglob("*") if path.is_file()]
    assert {"report.json", "undo.json"} <= {path.name for path in files}
    for path in files:
        assert secret.encode() not in path.read_bytes()


def test_a_wrong_password_is_tried_once_and_found_nowhere(shop, server):
    wrong_password_is_tried_once(shop, server, shop.typed)


@pytest.mark.parametrize(
    "options", [["-v"], ["-vv"], ["-vv", "--log-format", "json"], ["--no-color", "-v"]]
)
def test_whatever_is_logged_a_wrong_password_is_found_nowhere(shop, server, monkeypatch, options):
    def run(*arguments):
        monkeypatch.setenv("VICIDIAL_PASS", shop.environment["VICIDIAL_PASS"])
        return shop.run(*arguments)

    wrong_password_is_tried_once(shop, server, run, *options)
