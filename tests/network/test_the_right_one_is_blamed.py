"""Over real sockets: what was dialled is named, with advice that is sure or with none."""

import asyncio
import socket
import ssl

import httpx
import pytest

from reconciler.credentials import Credentials
from reconciler.errors import Unreachable, UsageError
from reconciler.network.failures import transport_error
from reconciler.network.handshake import untrusted
from reconciler.network.proxies import proxy_for
from reconciler.network.words import ConnectionInfo
from reconciler.vicidial.client import open_server
from tests.network.conftest import certificate, http, listening, replying, speaking_tls

ACCOUNT = Credentials("6666", "1234")
FAR = "https://vici.example.com/non_agent_api.php"


def version(url, *, timeout=5.0):
    """The build that the server at ``url`` tells."""

    async def main():
        async with open_server(
            url, ACCOUNT, source="didtest", concurrency=1, timeout=timeout
        ) as server:
            return (await server.reader.version()).build

    return asyncio.run(main())


def error_of(url=FAR, **options):
    """What is said where the version could not be had: the message and the hint."""
    with pytest.raises(Unreachable) as caught:
        version(url, **options)
    return caught.value.message, caught.value.hint


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


# --- proxies


def test_a_dead_proxy_is_not_the_server(monkeypatch):
    port = unused_port()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    assert error_of() == (
        f"the proxy 127.0.0.1:{port} (HTTPS_PROXY) refused the connection",
        "correct HTTPS_PROXY, or set NO_PROXY=vici.example.com to connect without a proxy",
    )


def test_a_proxy_whose_name_nobody_knows_is_named(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "http://proxy.invalid:3128")
    message, hint = error_of()
    assert message.startswith("the host name of the proxy proxy.invalid:3128 (ALL_PROXY) ")
    assert "vici" not in message
    assert hint is not None


@pytest.mark.parametrize(
    ("login", "status", "words", "hint"),
    [
        (
            "",
            "407 Proxy Authentication Required",
            "wants a user name and a password (HTTP 407)",
            "write HTTPS_PROXY as http://USER:PASSWORD@127.0.0.1:",
        ),
        (
            "anna:hush-7f3e@",
            "407 Proxy Authentication Required",
            "refused the user name and password of HTTPS_PROXY (HTTP 407)",
            "correct HTTPS_PROXY, or set NO_PROXY=vici.example.com",
        ),
        (
            "",
            "403 Forbidden",
            "refused the connection to vici.example.com: HTTP 403 Forbidden",
            "set NO_PROXY=vici.example.com to connect without a proxy",
        ),
        (
            "",
            "502 Bad Gateway",
            "did not reach vici.example.com: HTTP 502 Bad Gateway",
            "if vici.example.com is right, set NO_PROXY=vici.example.com",
        ),
    ],
)
def test_a_proxy_that_refuses_is_named_with_what_it_said(monkeypatch, login, status, words, hint):
    with listening(replying(http(b"", status))) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{login}127.0.0.1:{port}")
        message, advice = error_of()
    assert message == f"the proxy 127.0.0.1:{port} (HTTPS_PROXY) {words}"
    assert hint in advice
    assert "hush" not in message + advice


def test_a_proxy_for_plain_http_that_wants_a_password_is_named_too(monkeypatch):
    with listening(replying(http(b"", "407 Who are you"))) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        message, _ = error_of("http://vici.example.com/non_agent_api.php")
    assert message == (
        f"the proxy 127.0.0.1:{port} (HTTP_PROXY) wants a user name and a password (HTTP 407)"
    )


def test_a_proxy_that_hangs_up_stands_in_the_words(monkeypatch):
    with listening(lambda connection: None) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        message, hint = error_of()
    assert message.startswith(
        f"the connection to vici.example.com through the proxy 127.0.0.1:{port} (HTTPS_PROXY) was "
        "lost"
    )
    assert hint is None


def test_a_socks_proxy_without_its_package_says_which(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(UsageError) as caught:
        version(FAR)
    assert "ALL_PROXY" in caught.value.message
    assert "socksio is not installed" in caught.value.message
    assert "NO_PROXY=vici.example.com" in caught.value.hint


def test_a_company_s_no_proxy_does_not_keep_the_tool_from_running(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1,::1,fd00::/8,10.0.0.0/8")
    with listening(replying(http())) as port:
        assert version(f"http://127.0.0.1:{port}/non_agent_api.php") == "250720-1841"


# --- certificates


def tunnel(port, host="localhost"):
    return f"https://{host}:{port}/non_agent_api.php"


@pytest.fixture
def own(tmp_path):
    """A certificate of its own for localhost, and its key."""
    return certificate(tmp_path)


def test_a_self_signed_certificate_at_the_end_of_a_tunnel(monkeypatch, own):
    with speaking_tls(*own, handle=replying(http())) as port:
        assert error_of(tunnel(port)) == (
            f"the TLS certificate of localhost:{port} is self-signed and not trusted",
            "name a file that holds this certificate in SSL_CERT_FILE",
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(own[0]))
        assert version(tunnel(port)) == "250720-1841"


def test_a_self_signed_certificate_beside_another_in_the_file_that_is_named(monkeypatch, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    served, other = certificate(tmp_path / "one"), certificate(tmp_path / "two")
    monkeypatch.setenv("SSL_CERT_FILE", str(other[0]))
    with speaking_tls(*served, handle=replying(http())) as port:
        message, hint = error_of(tunnel(port))
    assert "not trusted" in message
    assert hint == f"it is not among those of SSL_CERT_FILE ({other[0]}): add it there"


@pytest.mark.parametrize(
    ("made", "words", "hint"),
    [
        ({"begins": -3, "ends": -1}, "has expired", "have it renewed on the server"),
        ({"begins": 1}, "is not valid yet", "check this machine's date and time"),
        (
            {"names": ("vici.example.com",)},
            "does not name localhost",
            "write a name that the certificate has, or get one for localhost",
        ),
    ],
)
def test_each_fault_of_a_certificate_has_its_own_advice(monkeypatch, tmp_path, made, words, hint):
    pem, secret = certificate(tmp_path, **made)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with speaking_tls(pem, secret, handle=replying(http())) as port:
        assert error_of(tunnel(port)) == (f"the TLS certificate of localhost:{port} {words}", hint)


def test_a_certificate_for_another_address(monkeypatch, tmp_path):
    pem, secret = certificate(tmp_path, names=("localhost",))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with speaking_tls(pem, secret, handle=replying(http())) as port:
        message, _ = error_of(tunnel(port, "127.0.0.1"))
    assert "does not name 127.0.0.1" in message


def test_an_authority_that_is_not_trusted(tmp_path, monkeypatch):
    from cryptography.hazmat.primitives.asymmetric import ec

    from tests.network.conftest import subject

    signer = subject("company"), ec.generate_private_key(ec.SECP256R1())
    pem, secret = certificate(tmp_path, signed_by=signer)
    with speaking_tls(pem, secret, handle=replying(http())) as port:
        message, hint = error_of(tunnel(port))
        assert "is signed by an authority that is not trusted" in message
        assert hint == "name the file of the authority's certificate in SSL_CERT_FILE"
        (tmp_path / "other").mkdir()
        other, _ = certificate(tmp_path / "other")
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        assert "add it there" in error_of(tunnel(port))[1]


def test_what_else_is_wrong_with_a_certificate_is_said_without_advice():
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code, error.verify_message = 23, "certificate revoked"
    told = untrusted(error, "h", ConnectionInfo("h", "h:443"))
    assert told.words == "the TLS certificate of h:443 is not trusted: certificate revoked"
    assert told.hint is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "which cannot be read: No such file or directory"),
        (b"", "which is empty"),
        (b" \n", "which is empty"),
        (b"hello", "which holds no certificate in PEM form"),
        (b"\x30\x82\x01", "which holds no certificate in PEM form"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_by_its_variable(monkeypatch, tmp_path, content, words):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(UsageError) as caught:
        version(FAR)
    assert caught.value.message == f"SSL_CERT_FILE names {file}, {words}"
    der = content is not None and content.startswith(b"\x30")
    assert ("openssl x509 -inform DER" in caught.value.hint) is der


def test_a_folder_that_cannot_be_used_is_told_by_its_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "missing"))
    with pytest.raises(UsageError, match=r"SSL_CERT_DIR names .*missing, which is not a folder"):
        version(FAR)
    (tmp_path / "company.pem").touch()
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path}")
    with pytest.raises(UsageError, match="OpenSSL finds no certificate") as caught:
        version(FAR)
    assert caught.value.hint == f"openssl rehash {tmp_path}"


def test_a_folder_of_hashed_names_is_trusted(monkeypatch, tmp_path, own):
    # What OpenSSL's rehash would name it is not computed here: any hashed name is looked at.
    (tmp_path / "5ed36f99.0").write_bytes(own[0].read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path}")
    with speaking_tls(*own, handle=replying(http())) as port:
        assert f"SSL_CERT_DIR ({tmp_path})" in error_of(tunnel(port))[1]


def test_plain_http_waits_for_no_certificates(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    with listening(replying(http())) as port:
        assert version(f"http://127.0.0.1:{port}/non_agent_api.php") == "250720-1841"


# --- the wrong kind of port


def test_https_to_a_port_that_speaks_http():
    def answer(connection):
        connection.recv(1)
        connection.sendall(http(b"", "400 Bad Request"))

    with listening(answer) as port:
        message, hint = error_of(f"https://127.0.0.1:{port}/non_agent_api.php")
    assert message.startswith(f"127.0.0.1:{port} does not speak TLS (")
    assert hint == "write the port of https"


@pytest.mark.parametrize(
    "said",
    [
        "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        "<center>The plain HTTP request was sent to HTTPS port</center>",
    ],
)
def test_http_to_a_port_that_speaks_https(said):
    with listening(replying(http(said.encode(), "400 Bad Request"))) as port:
        assert error_of(f"http://127.0.0.1:{port}/non_agent_api.php") == (
            f"127.0.0.1:{port} speaks https, and the address is http://",
            "write it with https://",
        )


@pytest.mark.parametrize("said", [b"\x15\x03\x01\x00\x02\x02\x46", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"])
def test_what_is_not_http_is_said_to_be_something_else(said):
    with listening(replying(said)) as port:
        message, hint = error_of(f"http://127.0.0.1:{port}/non_agent_api.php")
    assert message == f"127.0.0.1:{port} answers, but not in HTTP"
    assert "https://" in hint


def test_a_server_that_hangs_up_in_the_handshake():
    with listening(lambda connection: connection.recv(1)) as port:
        message, hint = error_of(f"https://127.0.0.1:{port}/non_agent_api.php")
    assert f"127.0.0.1:{port}" in message
    assert hint is None


def test_a_server_of_ipv6_is_named_in_brackets():
    message, _ = error_of("https://[::1]:1/non_agent_api.php")
    assert message.startswith(("[::1]:1 refused", "no connection to [::1]:1", "there is no route"))


# --- what no socket of this machine shows

WAY = ConnectionInfo("vici.example.com", "vici.example.com:8443")


def told(error, info=WAY, **options):
    return transport_error(error, info, 30.0, **options)


def test_a_dns_that_does_not_answer_is_not_a_name_that_does_not_exist():
    error = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    assert told(error).words == (
        "the host name of vici.example.com could not be looked up: no DNS server answered"
    )


def test_no_route_is_said_of_what_was_dialled():
    error = OSError(113, "No route to host")
    assert told(error).words == "there is no route to vici.example.com:8443"
    proxy = proxy_for("https://x/", {"HTTPS_PROXY": "http://proxy:3128"})
    info = ConnectionInfo("x", "x", proxy)
    assert told(error, info).words == "there is no route to the proxy proxy:3128 (HTTPS_PROXY)"
    late = told(httpx.ConnectTimeout("t"), info)
    assert (
        late.words == "the proxy proxy:3128 (HTTPS_PROXY) did not accept the connection within 5 s"
    )
    assert "NO_PROXY=x" in late.hint


@pytest.mark.parametrize("error", [httpx.ConnectTimeout("t"), httpx.ConnectError("e")])
def test_a_handshake_that_was_begun_is_blamed_on_whom_it_was_begun_with(error):
    assert told(error, tls_with="vici.example.com").words == (
        "vici.example.com:8443 did not finish the TLS handshake"
    )
    assert told(error, tls_with="proxy").words == "proxy did not finish the TLS handshake"


def test_a_server_of_old_tls_is_told_to_be_mended():
    error = ssl.SSLError(1, "x")
    error.reason = "UNSUPPORTED_PROTOCOL"
    assert told(error).hint == "enable TLS 1.2 or 1.3 in its web server"


def test_what_openssl_says_of_a_failed_handshake_is_passed_on_without_advice():
    error = ssl.SSLError(1, "x")
    error.reason = "SSLV3_ALERT_HANDSHAKE_FAILURE"
    assert (
        told(error).words == "TLS with vici.example.com:8443 failed: SSLV3_ALERT_HANDSHAKE_FAILURE"
    )
    assert told(error).hint is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            socket.gaierror(socket.EAI_NONAME, "x"),
            "the host name vici.example.com is not known (DNS)",
        ),
        (UnicodeError("too long"), "the host name vici.example.com is not known (DNS)"),
        (ConnectionRefusedError(), "vici.example.com:8443 refused the connection"),
        (httpx.ConnectError("x"), "no connection to vici.example.com:8443"),
        (ExceptionGroup("both", [OSError(101, "x")]), "there is no route to vici.example.com:8443"),
        (
            ExceptionGroup("both", [OSError("?")]),
            "the connection to vici.example.com:8443 was lost (ExceptionGroup)",
        ),
        (httpx.ReadTimeout("x"), "no complete reply within 30 s"),
    ],
)
def test_the_server_is_named_where_it_was_dialled(error, words):
    assert told(error).words == words


def test_a_proxy_whose_name_is_not_known_is_corrected_in_its_variable():
    info = ConnectionInfo("x", "x", proxy_for("https://x/", {"HTTPS_PROXY": "http://proxy:3128"}))
    found = told(socket.gaierror(socket.EAI_NONAME, "x"), info)
    assert found.words == "the host name of the proxy proxy:3128 (HTTPS_PROXY) is not known (DNS)"
    assert "correct HTTPS_PROXY" in found.hint
