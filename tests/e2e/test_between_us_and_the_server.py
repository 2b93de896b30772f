"""A server whose replies are changed on their way: what is refused, what is late, what is said."""

import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx
import pytest

from reconciler.apply import preflight
from reconciler.apply.retry import RetryPolicy
from reconciler.cli import applying, exits
from tests.cli.office import SALES

REPORT = "You are not allowed to view this report: |6666|Settings Compare|\n"
STRIPPED = "Login incorrect, please try again: |||BAD|\n"
REFUSED = "Login incorrect, please try again: |6666|1234|BAD|\n"
NO_UPDATES = "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |6666|update_did|\n"
OLD = "VERSION: 2.14-170|BUILD: 221214-1102|DATE: x|EPOCH: 1|DST: 0|TZ: -5|TZNOW: -5|\n"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    """Asked again without a wait that nobody asked for."""
    hasty = RetryPolicy(attempts=3, first_wait=0.001, longest_wait=0.001, probe_waits=(0.001,))
    monkeypatch.setattr(preflight, "RetryPolicy", lambda: hasty)
    monkeypatch.setattr(applying, "RetryPolicy", lambda: hasty)


@contextmanager
def falsified(server, replies):
    """A relay before the server; ``replies(what, nth)`` gives what it answers itself, or None.

    ``what`` is a function of the API, or ``page``. Yields its endpoint and what it was asked.
    """
    asked = []

    class Relay(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._relay(parse_qs(body.decode())["function"][0], body)

        def do_GET(self):
            self._relay("page", None)

        def _relay(self, what, body):
            asked.append(what)
            status, text, headers = replies(what, asked.count(what)) or self._passed_on(body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def _passed_on(self, body):
            names = ("Authorization", "Content-Type")
            headers = {name: self.headers[name] for name in names if self.headers[name]}
            url = server.endpoint.rsplit("/", 2)[0] + self.path
            method = "GET" if body is None else "POST"
            answer = httpx.request(
                method, url, content=body, headers=headers, trust_env=False, verify=False
            )
            return answer.status_code, answer.text, {}

        def log_message(self, *_):
            pass

    relay = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    thread = threading.Thread(target=relay.serve_forever, args=(0.01,))
    thread.start()
    try:
        path = "/" + server.endpoint.split("/", 3)[3]
        yield f"http://127.0.0.1:{relay.server_port}{path}", asked
    finally:
        relay.shutdown()
        thread.join()
        relay.server_close()


def always(what, status, text="", **headers):
    return lambda asked, _: (status, text, headers) if asked == what else None


def applied(shop, endpoint, *arguments):
    shop.target(endpoint=endpoint)
    return shop.run("apply", "--yes", *arguments)


# --- the page of all numbers


@pytest.mark.parametrize(
    ("status", "text", "why"),
    [
        (401, REPORT, "the server says 'You are not allowed to view this report'"),
        (401, STRIPPED, "settings_compare.php got no user name: a proxy or the web server removes"),
        (
            401,
            REFUSED,
            "settings_compare.php refused the log-in of user 6666, which the API accepts",
        ),
        (200, "Your IP Address is not allowed: : |6666|IPBLOCK|\n", "admin_ip_list"),
        (403, "<html><title>403 Forbidden</title></html>", "HTTP 403, a web page titled"),
        (404, "", "HTTP 404"),
        (302, "", "HTTP 302, a redirect to nowhere"),
    ],
)
def test_a_list_that_may_not_be_read_is_said_once_and_ends_nothing(shop, server, status, text, why):
    with falsified(server, always("page", status, text)) as (endpoint, asked):
        done = applied(shop, endpoint)
    assert done.code == exits.DONE
    assert done.out.endswith("10 of 10 confirmed\n")
    assert "tampa: the list of all numbers cannot be read, because " in done.err
    assert why in done.err
    assert done.err.count("cannot be read") == 1
    assert asked.count("page") == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_list_that_only_fails_is_asked_for_again_and_then_done_without(shop, server, status):
    with falsified(server, always("page", status)) as (endpoint, asked):
        done = applied(shop, endpoint)
    assert done.code == exits.DONE
    assert f"the list of all numbers cannot be read, because HTTP {status}\n" in done.err
    assert asked.count("page") == 3


# --- log-ins and rights


def test_a_failed_first_log_in_is_counted_once_a_run(shop, server):
    with falsified(server, always("copy_did", 500)) as (endpoint, asked):
        done = applied(shop, endpoint)
    assert done.code == exits.ERROR
    assert asked == ["version", "copy_did"]
    assert "did not say whether the log-in of user 6666 is good: HTTP 500" in done.err
    assert "ten lock the account" in done.err


def test_without_the_right_to_update_no_seed_is_left_live(shop, server):
    before = server.dids()
    with falsified(server, always("update_did", 200, NO_UPDATES)) as (endpoint, _):
        done = applied(shop, endpoint)
    assert done.code == exits.ERROR
    assert "user 6666 needs update_did among its Allowed API functions" in done.err
    assert server.dids() == before
    assert shop.run("state", "list").out == "tampa: nothing is known yet\n"


def test_an_update_works_on_a_server_that_cannot_copy(shop, server):
    shop.ran("apply", "--yes")
    shop.blocks(SALES.replace("group: SALESLINE", "group: SUPPORT"))
    with falsified(server, always("version", 200, OLD)) as (endpoint, asked):
        shop.target(endpoint=endpoint, more="limits: {max_update_ratio: 1}\n")
        shop.ran("state", "rebind", "--yes")
        done = shop.ran("apply", "--yes")
    assert done.out.endswith("10 of 10 confirmed\n")
    assert "copy_did" not in asked


# --- answers that are not clear


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_given_the_time(shop, server, status):
    def busy(what, nth):
        busied = what == "copy_did" and nth == 2
        return (status, "", {"Retry-After": "1"}) if busied else None

    with falsified(server, busy) as (endpoint, asked):
        done = applied(shop, endpoint)
    assert done.out.endswith("10 of 10 confirmed\n")
    took = re.search(r"applied in ([0-9.]+) s", done.out)[1]
    assert float(took) >= 1.0
    assert f"no clear answer to 1 call so far, the last: HTTP {status}; it asks to wait 1 s" in (
        done.err
    )
    assert asked.count("copy_did") == 4


def test_a_password_changed_in_the_middle_is_refused_less_often_than_locks_the_account(
    shop, server
):
    """Ten refused log-ins lock it; calls that were under way together cannot be called back."""
    more = "apply: {concurrency: 8}\nlimits: {max_update_ratio: 1, max_destination_loss: 1}\n"
    shop.target(more=more)
    hundred = SALES.replace("7275553300-7275553309", "7275553300-7275553399")
    shop.blocks(hundred)
    shop.ran("apply", "--yes")
    shop.blocks(hundred.replace("SALESLINE", "SUPPORT"))

    def changed(what, nth):
        if what != "update_did" or nth < 30:
            return None
        time.sleep(0.1)
        return 200, REFUSED, {}

    with falsified(server, changed) as (endpoint, asked):
        shop.target(endpoint=endpoint, more=more)
        shop.ran("state", "rebind", "--yes")
        done = shop.run("apply", "--yes")
    assert done.code == exits.UNCONFIRMED
    assert "the server refused the log-in of user 6666" in done.err
    assert 29 + 1 < asked.count("update_did") <= 29 + 8
    assert "1234" not in done.all


def test_four_hundred_broken_answers_are_a_few_lines(shop, server):
    shop.blocks(SALES.replace("7275553300-7275553309", "7275553300-7275553399"))
    shop.ran("apply", "--yes")
    shop.blocks(
        SALES.replace("7275553300-7275553309", "7275553300-7275553399").replace(
            "SALESLINE", "SUPPORT"
        )
    )
    more = "limits: {max_update_ratio: 1, max_destination_loss: 1}\n"
    with falsified(
        server, lambda what, nth: (500, "", {}) if what == "update_did" and nth > 1 else None
    ) as (endpoint, asked):
        shop.target(endpoint=endpoint, more=more)
        shop.ran("state", "rebind", "--yes")
        done = shop.run("apply", "--yes")
    assert done.code == exits.UNCONFIRMED
    assert asked.count("update_did") == 301
    told = [line for line in done.err.splitlines() if " left" not in line]  # without the progress
    assert len(told) <= 3
    assert "tampa: no clear answer to 300 calls, the last: HTTP 500" in done.err


# --- who is named


def test_the_user_is_not_named_in_what_is_published(shop, server):
    shop.environment["VICIDIAL_USER"] = "6666"
    shop.blocks(SALES.replace("group: SALESLINE", "group: NOSUCHGROUP"))
    done = applied(shop, server.endpoint, "--report", "report.json")
    assert done.code == exits.UNCONFIRMED
    assert "THIS IS AN OPTIONAL FIELD: |(user)|NOSUCHGROUP" in re.sub(r"\s+", " ", done.out)
    assert "6666" not in shop.read("report.json") + done.out


@pytest.mark.parametrize("password", ["wrong", "1234"])
def test_an_error_names_the_user_to_the_person_at_the_desk_alone(
    shop, server, monkeypatch, password
):
    monkeypatch.setenv("VICIDIAL_PASS", password)
    with falsified(server, always("update_did", 200, NO_UPDATES)) as (endpoint, _):
        done = applied(shop, endpoint, "--report", "report.json")
    assert "user 6666" in done.err
    stopped = json.loads(shop.read("report.json"))["stopped"]
    assert "the API user" in stopped["message"]
    assert "6666" not in shop.read("report.json")


# --- conflicts


def test_a_conflict_that_was_deleted_on_the_server_goes_though_nothing_is_to_be_done(shop, server):
    shop.blocks(SALES.replace("7275553300-7275553309", "7275559000-7275559001"))
    shop.run("apply", "--yes")
    assert "1 conflict" in shop.ran("plan").out
    shop.ran("apply", "--yes")  # it is still there
    assert "1 conflict" in shop.ran("plan").out
    data = {"source": "test", "user": "6666", "pass": "1234", "function": "update_did"}
    data |= {"did_pattern": "7275559000", "delete_did": "Y"}
    assert "SUCCESS" in httpx.post(server.endpoint, data=data, trust_env=False, verify=False).text
    done = shop.ran("apply", "--yes")
    assert "1 conflict no longer on the server: the next plan creates what it was" in done.err
    assert "confirmed" not in done.out
    assert "1 to create" in shop.ran("plan").out
