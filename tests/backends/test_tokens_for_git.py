"""A job's token gets to its server, and nowhere else."""

import base64
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from reconciler import secrets
from reconciler.errors import StateError
from reconciler.state.gitcommand import StateGit
from tests.backends.conftest import git, on_branch

TOKEN = "made-up-0123456789-abcdef"
BASIC = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


@pytest.fixture(autouse=True)
def _no_secrets_left_behind(monkeypatch):
    monkeypatch.setattr(secrets, "_HIDER", secrets.Hider())


@dataclass
class Told:
    """The Authorization headers of each request to ``url``."""

    url: str
    sent: list[list[str]] = field(default_factory=list)


class Refusing(BaseHTTPRequestHandler):
    told: Told

    def do_GET(self):
        sent = self.headers.get_all("Authorization") or []
        self.told.sent.append(sent)
        body = f"no entry for {sent}".encode()
        self.send_response(403)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def server():
    """Refuses everything, repeats the credentials it got as a careless proxy would."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        told = Told(f"http://127.0.0.1:{server.server_port}")
        Refusing.told = told
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield told
        server.shutdown()


@pytest.fixture
def clone(hosted, server):
    clone = hosted.clone()
    git(clone, "remote", "set-url", "origin", f"{server.url}/ours/numbers.git")
    return clone


def test_it_takes_the_place_of_the_one_that_a_checkout_left(clone, server, monkeypatch):
    """Two of them are refused by GitHub as a duplicate header."""
    key = f"http.{server.url}/.extraheader"
    git(clone, "config", "--local", key, "AUTHORIZATION: basic b2xk")
    monkeypatch.setenv("GIT_TOKEN", TOKEN)
    with pytest.raises(StateError):
        on_branch(clone).load()
    assert server.sent == [[BASIC]]
    assert git(clone, "config", key) == "AUTHORIZATION: basic b2xk"


def test_what_a_checkout_left_is_used_where_the_environment_has_none(clone, server):
    git(clone, "config", "--local", f"http.{server.url}/.extraheader", "AUTHORIZATION: basic b2xk")
    with pytest.raises(StateError):
        on_branch(clone).load()
    assert server.sent == [["basic b2xk"]]


def test_it_is_in_no_error_argument_or_file(clone, server, network, monkeypatch):
    monkeypatch.setenv("GIT_TOKEN", TOKEN)
    with pytest.raises(StateError) as raised:
        on_branch(clone).load()
    said = f"{raised.value} {raised.value.hint}"
    assert "no entry for" in said
    files = [
        path.read_text(errors="replace") for path in (clone / ".git").rglob("*") if path.is_file()
    ]
    for text in (said, network.seen, *files):
        assert TOKEN not in text
        assert BASIC.removeprefix("Basic ") not in text


def test_other_configuration_in_the_environment_stays(clone, server, monkeypatch):
    monkeypatch.setenv("GIT_TOKEN", TOKEN)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{server.url}/ours/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "ours:")
    git(clone, "remote", "set-url", "origin", "ours:numbers.git")
    with pytest.raises(StateError):
        on_branch(clone).load()
    assert server.sent == [[BASIC]]


def test_github_s_token_goes_to_github_s_server(clone, server, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_SERVER_URL", server.url)
    with pytest.raises(StateError):
        on_branch(clone).load()
    assert server.sent == [[BASIC]]


def test_github_s_token_goes_to_no_other_server(clone, server, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    with pytest.raises(StateError):
        on_branch(clone).load()
    assert server.sent == [[]]


def configured(url, **env):
    """What git is told about ``url``, as its environment holds it."""
    command = StateGit(Path(), env)
    command.authorise([url])
    return {name: value for name, value in command.env.items() if name.startswith("GIT_CONFIG")}


def test_a_url_with_a_user_gets_the_token_without_it():
    told = configured("https://anna@github.com/ours/numbers.git", GITHUB_TOKEN=TOKEN)
    key = "http.https://github.com/ours/numbers.git.extraHeader"
    assert told == {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": key,
        "GIT_CONFIG_VALUE_0": "",
        "GIT_CONFIG_KEY_1": key,
        "GIT_CONFIG_VALUE_1": f"Authorization: {BASIC}",
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://github.com/ours/numbers.git",
        "git@github.com:ours/numbers.git",
        "ssh://git@github.com/ours/numbers.git",
        "file:///srv/numbers.git",
        "/srv/numbers.git",
        "",
    ],
)
def test_nothing_is_sent_readable_or_where_git_has_other_ways(url):
    assert configured(url, GIT_TOKEN=TOKEN, GITHUB_TOKEN=TOKEN) == {}


def test_a_password_that_somebody_left_in_a_url_is_hidden_as_well():
    assert configured("https://anna:hunter2hunter2@git.example.com/numbers.git") == {}
    assert "hunter2" not in secrets.hide("fatal: https://anna:hunter2hunter2@git.example.com")
