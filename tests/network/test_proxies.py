"""Which proxy the environment names, and which hosts it leaves alone."""

import pytest

from reconciler import secrets
from reconciler.errors import UsageError
from reconciler.network.proxies import is_loopback, proxy_for

VICI = "https://vici.example.com/vicidial/non_agent_api.php"
COMPANY = "localhost,127.0.0.1,::1,fd00::/8,10.0.0.0/8,.corp.example"
PROXY = "http://proxy.example:3128"


def through(url=VICI, **env):
    return proxy_for(url, env)


@pytest.mark.parametrize(
    ("env", "variable"),
    [
        ({"HTTPS_PROXY": PROXY}, "HTTPS_PROXY"),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other"}, "https_proxy"),
        ({"ALL_PROXY": PROXY}, "ALL_PROXY"),
        ({"all_proxy": PROXY, "HTTP_PROXY": "http://other"}, "all_proxy"),
        ({"HTTPS_PROXY": "", "ALL_PROXY": PROXY}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "HTTPS_PROXY"),
    ],
)
def test_the_variable_that_names_the_proxy_is_known(env, variable):
    found = through(**env)
    assert (found.variable, found.place) == (variable, "proxy.example:3128")
    assert str(found) == f"the proxy proxy.example:3128 ({variable})"
    assert found.url == PROXY


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"HTTP_PROXY": PROXY},
        {"https_proxy": "", "HTTPS_PROXY": PROXY},
        {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"},
    ],
)
def test_where_no_variable_is_about_the_url_the_way_is_direct(env):
    assert through(**env) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/x",
        "http://127.0.0.1/x",
        "http://[::1]:8080/x",
        "http://10.1.2.3/x",
        "http://[fd12::7]/x",
        "http://vici.corp.example/x",
        "http://corp.example/x",
        "http://VICI.corp.example./x",
    ],
)
def test_a_company_s_no_proxy_is_read_whatever_httpx_makes_of_it(url):
    assert through(url, HTTP_PROXY=PROXY, NO_PROXY=COMPANY) is None


@pytest.mark.parametrize(
    "url", ["http://11.1.2.3/x", "http://[fe80::1]/x", "http://notcorp.example/x", "http://x/y"]
)
def test_what_no_entry_is_about_goes_through_the_proxy(url):
    assert through(url, HTTP_PROXY=PROXY, NO_PROXY=COMPANY) is not None


@pytest.mark.parametrize(
    ("entry", "url", "direct"),
    [
        ("vici.example.com", "https://vici.example.com/x", True),
        ("example.com", "https://vici.example.com/x", True),
        ("*.example.com", "https://vici.example.com/x", True),
        ("vici.example.com:443", "https://vici.example.com/x", True),
        ("vici.example.com:8443", "https://vici.example.com/x", False),
        ("vici.example.com:8443", "https://vici.example.com:8443/x", True),
        ("https://vici.example.com", "https://vici.example.com/x", True),
        ("other.example a b vici.example.com", "https://vici.example.com/x", True),
        ("[fd00::7]:443", "https://[fd00::7]/x", True),
        ("[fd00::7]", "https://[fd00::7]:8443/x", True),
        ("10.0.0.0/33,nonsense/8,,.", "https://10.0.0.1/x", False),
        ("..", "https://vici.example.com/x", False),
        ("10.0.0.1/8", "https://10.9.9.9/x", True),
        ("10.0.0.1", "https://10.0.0.1/x", True),
    ],
)
def test_an_entry_may_have_any_form_that_is_in_use(entry, url, direct):
    assert (through(url, HTTPS_PROXY=PROXY, NO_PROXY=entry) is None) is direct


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_both_spellings_of_no_proxy_count(name):
    assert through(**{"HTTPS_PROXY": PROXY, name: "vici.example.com"}) is None


@pytest.mark.parametrize(
    "value", ["ftp://6666:hush@proxy", "socks9://hush", "http://hush:port", "http://", "http://["]
)
def test_what_is_not_a_proxy_is_told_by_the_variable_s_name_alone(value):
    with pytest.raises(UsageError, match="HTTPS_PROXY does not hold the address") as caught:
        through(HTTPS_PROXY=value)
    assert "hush" not in f"{caught.value!r} {caught.value.hint} {caught.value.__context__!r}"
    assert "NO_PROXY=vici.example.com" in caught.value.hint


def test_a_proxy_s_password_is_hidden_from_then_on():
    found = through(HTTPS_PROXY="http://anna:s%20cret-7f3e@proxy.example")
    assert (found.place, found.has_login) == ("proxy.example", True)
    assert secrets.hide("s cret-7f3e and s%20cret-7f3e") == "*** and ***"
    assert "cret" not in repr(found)


def test_a_proxy_may_be_an_address():
    found = through(ALL_PROXY="socks5://[fd00::9]:1080")
    assert (found.place, found.is_socks, found.has_login) == ("[fd00::9]:1080", True, False)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.5.5.5", True), ("::1", True), ("10.0.0.1", False), ("x", False)],
)
def test_this_machine_is_known(host, expected):
    assert is_loopback(host) is expected
