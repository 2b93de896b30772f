"""Whatever the network does, the client answers with a value or an error that says what to do."""

import asyncio
import errno
import gzip
import logging
import socket
import ssl

import httpx
import pytest

from reconciler.credentials import Credentials, from_environment
from reconciler.errors import ReconcilerError, Unreachable, UsageError
from reconciler.vicidial import connection
from reconciler.vicidial.client import open_server
from reconciler.vicidial.replies import Added, Copied, Unclear

SOURCE, ONE, TWO = "7275551114", "7275553301", "7275553302"
ADDED = f"NOTICE: copy_did DID HAS BEEN ADDED - 6666|{ONE}|{SOURCE}|6|1\n"
PLACE = "vici.example.com"


def wrapped(kind, *causes):
    """An httpx error that came from ``causes``, as asyncio's happy eyeballs wraps them."""
    error = kind("all failed")
    error.__cause__ = causes[0] if len(causes) == 1 else ExceptionGroup("several", causes)
    return error


def untrusted():
    error = ssl.SSLCertVerificationError(1, "verify failed")
    error.verify_code, error.verify_message = 10, "certificate has expired"
    return error


def no_tls():
    error = ssl.SSLError(1, "wrong version")
    error.reason = "WRONG_VERSION_NUMBER"
    return error


NOBODY = socket.gaierror(-2, "Name or service not known")
REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "refused")

FAULTS = [
    (wrapped(httpx.ConnectError, NOBODY), f"the host name {PLACE} is not known (DNS)", "VPN"),
    (UnicodeError("label too long"), f"the host name {PLACE} is not known (DNS)", "VPN"),
    (wrapped(httpx.ConnectError, REFUSED), f"{PLACE} refused the connection", "firewalls"),
    (wrapped(httpx.ConnectError, REFUSED, REFUSED), f"{PLACE} refused the connection", "port"),
    (
        wrapped(httpx.ConnectError, untrusted()),
        f"the TLS certificate of {PLACE} has expired",
        "renewed on the server",
    ),
    (
        wrapped(httpx.ConnectError, no_tls()),
        f"{PLACE} does not speak TLS (WRONG_VERSION_NUMBER), and the address is https://",
        "port of https",
    ),
    (
        wrapped(httpx.ConnectError, ssl.SSLError()),
        f"TLS with {PLACE} failed: no reason was given",
        None,
    ),
    (httpx.ConnectTimeout("t"), f"{PLACE} did not accept the connection within 5 s", "firewalls"),
    (
        wrapped(httpx.ConnectTimeout, TimeoutError()),
        f"{PLACE} did not accept the connection within 5 s",
        "web server",
    ),
    (httpx.ReadTimeout("t"), "no complete reply within 30 s", "the log of the server"),
    (httpx.WriteTimeout("t"), "no complete reply within 30 s", "the log of the server"),
    (httpx.ConnectError("?"), f"no connection to {PLACE}", "address"),
    (wrapped(httpx.ConnectError, OSError("?"), OSError("?")), f"no connection to {PLACE}", "VPN"),
    (
        httpx.RemoteProtocolError("Server disconnected"),
        f"the connection to {PLACE} was lost (RemoteProtocolError)",
        None,
    ),
    (httpx.ReadError("reset"), f"the connection to {PLACE} was lost (ReadError)", None),
    (httpx.DecodingError("gzip"), f"the connection to {PLACE} was lost (DecodingError)", None),
    (OSError("?"), f"the connection to {PLACE} was lost (OSError)", None),
]
IDS = [message for _, message, _ in FAULTS]


def failing(error):
    def play(request):
        raise error

    return play


@pytest.mark.parametrize(("error", "message", "hint"), FAULTS, ids=IDS)
def test_the_first_contact_says_what_is_wrong_and_what_to_look_at(ask, error, message, hint):
    with pytest.raises(Unreachable) as caught:
        ask(failing(error), lambda server: server.reader.check_version([]))
    assert caught.value.message == message
    assert caught.value.hint is None if hint is None else hint in caught.value.hint


@pytest.mark.parametrize(("error", "message"), [fault[:2] for fault in FAULTS], ids=IDS)
@pytest.mark.parametrize(
    "act",
    [
        lambda writer: writer.copy(SOURCE, [ONE]),
        lambda writer: writer.update(ONE, {"active": "N"}),
        lambda writer: writer.delete(ONE),
    ],
    ids=["copy", "update", "delete"],
)
def test_a_change_that_met_trouble_is_neither_done_nor_undone(ask, error, message, act):
    assert ask(failing(error), lambda server: act(server.writer)) == Unclear(message)


class Broken(httpx.AsyncByteStream):
    """A body that arrives in part."""

    def __init__(self, *parts, error):
        self.parts, self.error = parts, error

    async def __aiter__(self):
        for part in self.parts:
            yield part
        raise self.error


def test_lines_that_arrived_before_the_cut_count(ask):
    def play(request):
        stream = Broken(ADDED.encode(), b"NOTICE: copy", error=httpx.ReadError("reset"))
        return httpx.Response(200, stream=stream)

    reply = ask(play, lambda server: server.writer.copy(SOURCE, [ONE, TWO]))
    assert reply == Copied(
        {
            ONE: Added(6),
            TWO: Unclear(f"the reply was cut off: the connection to {PLACE} was lost (ReadError)"),
        }
    )


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_reply_without_end_is_cut_off(ask, monkeypatch, encoding):
    monkeypatch.setattr(connection, "LARGEST_REPLY", 2**20)
    body = ADDED.encode() + b"x" * 2**21

    def play(request):
        content = gzip.compress(body) if encoding == "gzip" else body
        return httpx.Response(200, content=content, headers={"content-encoding": encoding})

    reply = ask(play, lambda server: server.writer.copy(SOURCE, [ONE, TWO]))
    assert reply == Copied(
        {ONE: Added(6), TWO: Unclear("the reply was cut off: more than 1 MiB arrived")}
    )


class Unread(httpx.AsyncByteStream):
    """A body that nobody may read: a few hundred bytes of it can become gigabytes."""

    async def __aiter__(self):
        yield pytest.fail("was read")


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate", "br", "zstd", "x" * 1000])
def test_a_reply_that_is_compressed_in_another_way_is_not_read(ask, encoding):
    def play(request):
        assert request.headers["accept-encoding"] == "gzip"
        return httpx.Response(200, stream=Unread(), headers={"content-encoding": encoding})

    reply = ask(play, lambda server: server.writer.copy(SOURCE, [ONE]))
    assert reply == Unclear(f"the reply is encoded as {encoding[:40]!r}, not as gzip")


# --- over real sockets of this machine


def over_a_socket(serve, act, *, credentials=None, scheme="http", timeout=30.0):
    """What ``act`` gives against ``serve(reader, writer)``, which handles one connection."""

    async def handle(reader, writer):
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    async def main():
        listening = await asyncio.start_server(handle, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with (
            listening,
            open_server(
                f"{scheme}://127.0.0.1:{port}/non_agent_api.php",
                credentials or Credentials("6666", "1234"),
                source="didtest",
                concurrency=2,
                timeout=timeout,
            ) as server,
        ):
            return await act(server)

    return asyncio.run(main())


def speaking(*parts):
    async def serve(reader, writer):
        await reader.readuntil(b"function")
        for part in parts:
            writer.write(part)
            await writer.drain()

    return serve


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 1000\r\n\r\n"


def test_a_connection_closed_in_the_middle_keeps_what_arrived():
    reply = over_a_socket(
        speaking(HEAD, ADDED.encode()), lambda server: server.writer.copy(SOURCE, [ONE, TWO])
    )
    assert isinstance(reply, Copied)
    assert reply.lines[ONE] == Added(6)
    assert isinstance(reply.lines[TWO], Unclear)
    assert reply.lines[TWO].words.startswith("the reply was cut off: the connection to 127.0.0.1:")


@pytest.mark.parametrize("said", [b"", b"\x00\xff garbage\r\n\r\n", b"HTTP/1.1 2"])
def test_what_is_not_http_is_unclear(said):
    reply = over_a_socket(speaking(said), lambda server: server.reader.exists(ONE))
    assert isinstance(reply, Unclear)
    assert reply.words.endswith(("was lost (RemoteProtocolError)", "answers, but not in HTTP"))


def test_a_server_that_never_answers_is_left():
    async def serve(reader, writer):
        await reader.read()

    reply = over_a_socket(serve, lambda server: server.reader.exists(ONE), timeout=0.05)
    assert reply == Unclear("no complete reply within 0.05 s")


def test_a_server_that_trickles_is_left(monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.2)

    async def serve(reader, writer):
        writer.write(HEAD + ADDED.encode())
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def guarded(reader, writer):
        with pytest.raises(ConnectionError):
            await serve(reader, writer)

    reply = over_a_socket(
        guarded, lambda server: server.writer.copy(SOURCE, [ONE, TWO]), timeout=0.1
    )
    assert reply == Copied(
        {ONE: Added(6), TWO: Unclear("the reply was cut off: no complete reply within 0.1 s")}
    )


def test_https_to_a_server_that_speaks_plainly_says_so():
    async def serve(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:[0-9]+ does not speak TLS"):
        over_a_socket(serve, lambda server: server.reader.version(), scheme="https")


def test_the_password_is_in_no_log_and_no_error(caplog):
    caplog.set_level(logging.DEBUG)
    env = {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "Hush-7f3e"}
    account = from_environment("tampa", "http://127.0.0.1/non_agent_api.php", env)
    body = b"ERROR: Login incorrect, please try again: |6666|Hush-7f3e|BAD|\n"
    heard = []

    async def serve(reader, writer):
        heard.append(await reader.readuntil(b"did_pattern"))
        writer.write(HEAD.replace(b"1000", b"%d" % len(body)) + body)
        await writer.drain()

    with pytest.raises(ReconcilerError) as caught:
        over_a_socket(serve, lambda server: server.reader.exists(ONE), credentials=account)
    assert b"pass=Hush-7f3e&" in heard[0]
    assert any("httpcore" in record.name for record in caplog.records)
    told = caught.value
    shown = [caplog.text, repr(told), told.hint, repr(account), repr(told.__context__)]
    assert "Hush" not in " ".join(shown)


# --- what the environment says about proxies


def test_a_proxy_is_never_asked_for_this_machine(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    body = b"NOTICE: update_did NO UPDATES DEFINED: |6666|\n"
    reply = over_a_socket(
        speaking(b"HTTP/1.1 500 Oops\r\ncontent-length: %d\r\n\r\n" % len(body), body),
        lambda server: server.reader.exists(ONE),
    )
    assert type(reply).__name__ == "Exists"


@pytest.mark.parametrize("proxy", ["ftp://6666:hush@proxy", "socks9://hush", "http://hush:port"])
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(monkeypatch, proxy):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    async def main():
        account = Credentials("6666", "1234")
        url = "https://vici.example.com/x.php"
        async with open_server(url, account, source="didtest", concurrency=1):
            pytest.fail("opened")

    with pytest.raises(UsageError, match="HTTPS_PROXY does not hold") as caught:
        asyncio.run(main())
    assert "hush" not in f"{caught.value!r} {caught.value.hint} {caught.value.__context__!r}"
