"""A password goes over https or to this machine, unless the target says otherwise."""

import pytest

from reconciler.errors import UsageError
from reconciler.vicidial.endpoint import Endpoint, plaintext_endpoint, secured_endpoint


@pytest.mark.parametrize(
    ("url", "place", "loopback"),
    [
        ("https://vici.example.com/vicidial/non_agent_api.php", "vici.example.com", False),
        ("HTTPS://vici.example.com:8443/x/non_agent_api.php", "vici.example.com:8443", False),
        ("http://127.0.0.1:8080/vicidial/non_agent_api.php", "127.0.0.1:8080", True),
        ("http://127.5.5.5/non_agent_api.php", "127.5.5.5", True),
        ("http://localhost:1/non_agent_api.php", "localhost:1", True),
        ("http://[::1]:1/non_agent_api.php", "[::1]:1", True),
        ("https://10.0.0.1/non_agent_api.php", "10.0.0.1", False),
    ],
)
def test_where_a_password_may_go(url, place, loopback):
    assert secured_endpoint(url) == Endpoint(url, place, loopback)


@pytest.mark.parametrize(
    "url",
    [
        "http://vici.example.com/vicidial/non_agent_api.php",
        "http://10.0.0.1/non_agent_api.php",
        "http://localhost.example.com/non_agent_api.php",
        "http://127.0.0.1.example.com/non_agent_api.php",
        "http://[::2]/non_agent_api.php",
    ],
)
def test_plain_http_only_where_it_is_allowed(url):
    with pytest.raises(UsageError) as caught:
        secured_endpoint(url)
    assert "would travel unencrypted" in caught.value.message
    assert plaintext_endpoint(url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "vici.example.com",
        "ftp://vici.example.com/x",
        "file:///etc/passwd",
        "https:///x",
        "https://vici.example.com:port/x",
        "https://[::1/x",
        "https://vici.example.com/x?user=6666",
        "https://vici.example.com/x#y",
        "https://vici.example.com/a b",
        "https://vici.example.com/a\x1bb",
    ],
)
def test_what_is_no_endpoint_is_refused(url):
    with pytest.raises(UsageError):
        plaintext_endpoint(url)


def test_a_password_in_the_url_is_refused_and_not_shown():
    with pytest.raises(UsageError) as caught:
        plaintext_endpoint("https://6666:hush@vici.example.com/x")
    assert "hush" not in f"{caught.value!r} {caught.value.hint}"


def test_the_admin_pages_lie_beside_the_api():
    found = plaintext_endpoint("https://vici.example.com/vicidial/non_agent_api.php")
    assert found.page("settings_compare.php") == (
        "https://vici.example.com/vicidial/settings_compare.php"
    )
