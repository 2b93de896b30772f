"""VICIDIAL_NETRC binds each password to a host: it goes there and nowhere else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import secrets
from reconciler.credentials import Credentials, from_environment
from reconciler.errors import UsageError
from reconciler.netrc import NetrcError, place, read_netrc

TWO = """\
# one line for each of our systems
machine tampa.example login didbot password first-Pass-1
machine Ybor.example:8443
  login 6666  # of this one
  password second-Pass-2
"""


def url(server):
    return f"{server}/vicidial/non_agent_api.php"


def account(text, server, **more):
    return from_environment("tampa", url(server), {"VICIDIAL_NETRC": text}, **more)


def refusal(text, server="https://tampa.example", *, bound=False, **env):
    with pytest.raises(UsageError) as caught:
        from_environment("tampa", url(server), {"VICIDIAL_NETRC": text, **env}, bound=bound)
    return caught.value


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("https://tampa.example", Credentials("didbot", "first-Pass-1")),
        ("https://TAMPA.example.:443", Credentials("didbot", "first-Pass-1")),
        ("https://ybor.example:8443", Credentials("6666", "second-Pass-2")),
    ],
)
@pytest.mark.parametrize("bound", [True, False])
def test_each_server_gets_its_own_account(server, expected, bound):
    assert account(TWO, server, bound=bound) == expected


@pytest.mark.parametrize(
    ("server", "named"),
    [
        ("https://tampa.example.evil.test", "tampa.example.evil.test"),
        ("https://evil-tampa.example", "evil-tampa.example"),
        ("https://tampa.example:8443", "tampa.example:8443"),
        ("https://ybor.example", "ybor.example"),
        ("http://ybor.example:8444", "ybor.example:8444"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
    ],
)
def test_a_server_that_no_machine_names_gets_none(server, named):
    told = refusal(TWO, server)
    assert told.message == (
        f"no credentials for target tampa: VICIDIAL_NETRC has no machine {named}"
    )
    assert told.hint == (f"write into VICIDIAL_NETRC: machine {named} login USER password PASSWORD")


def test_of_two_for_one_server_that_with_the_port_is_meant():
    text = "machine a.example login x password Pass-One-4\n"
    text += "machine a.example:443 login y password Pass-Two-5\n"
    assert account(text, "https://a.example") == Credentials("y", "Pass-Two-5")
    assert account(text, "http://a.example") == Credentials("x", "Pass-One-4")


def test_an_address_may_stand_in_brackets():
    text = "machine [2001:DB8::1]:8443 login x password Pass-One-4"
    assert account(text, "https://[2001:db8::1]:8443") == Credentials("x", "Pass-One-4")
    assert place(url("https://[2001:db8::1]")) == "[2001:db8::1]"


def test_all_its_passwords_are_hidden_also_those_of_other_servers():
    account(TWO, "https://tampa.example")
    assert secrets.hide("first-Pass-1 second-Pass-2") == "*** ***"


def test_they_are_hidden_also_where_no_machine_fits():
    refusal("machine a.example login x password third-Pass-3")
    assert secrets.hide("third-Pass-3") == "***"


def test_it_may_come_from_a_file(tmp_path):
    path = tmp_path / "netrc"
    path.write_text(TWO)
    env = {"VICIDIAL_NETRC_FILE": str(path), "VICIDIAL_USER": ""}
    assert from_environment("tampa", url("https://tampa.example"), env).user == "didbot"


@pytest.mark.parametrize("other", ["VICIDIAL_USER", "VICIDIAL_PASS_TAMPA", "VICIDIAL_PASS_FILE"])
def test_beside_other_credentials_it_is_refused(other):
    told = refusal(TWO, **{other: "6666"})
    assert told.message == f"both VICIDIAL_NETRC and {other} are set"


def test_a_reviewed_apply_sends_no_password_to_a_server_that_it_is_not_bound_to():
    env = {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "open-sesame-1"}
    with pytest.raises(UsageError) as caught:
        from_environment("tampa", url("https://evil.test"), env, bound=True)
    assert caught.value.message == (
        "VICIDIAL_USER does not say to which server it may be sent, so a reviewed apply does not "
        "use it for evil.test"
    )
    assert from_environment("tampa", url("http://127.0.0.1:8080"), env, bound=True).user == "6666"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("default login x password y", "line 1: an entry begins with machine"),
        ("\nmachine", "line 2: a host after machine missing"),
        ("machine https://a login x password y", "line 1: after machine comes a host, or HOST:POR"),
        ("machine a:70000 login x password y", "line 1: after machine comes a host, or HOST:PORT"),
        ("machine a login x", "line 1: password missing"),
        ("machine a\npassword x\nmachine b", "line 3: login missing"),
        ("machine a login x login y", "line 1: password missing"),
        ("machine a login", "line 1: a value after login missing"),
        ("machine a account q login x password y", "line 1: login and password missing"),
        ("machine a login x password y macdef z", "line 1: an entry begins with machine"),
        ("machine a login x password y machine A. login u password v", "line 1: this machine has"),
        ("# nothing", "VICIDIAL_NETRC has no machine tampa.example"),
    ],
)
def test_what_is_not_understood_is_told_with_its_line_and_without_its_words(text, why):
    assert why in refusal(text).message


def test_characters_that_the_server_would_drop_are_refused_without_showing_them():
    told = refusal("machine tampa.example login didbot password open+sesame")
    assert told.message.startswith(
        "VICIDIAL_NETRC, at its machine tampa.example, holds characters that VICIdial drops"
    )
    assert "sesame" not in f"{told.message} {told.hint}"


def is_read_or_told(text):
    with suppress(NetrcError):
        for each in read_netrc(text):
            assert each.host in text.lower()


@given(st.text())
def test_any_text_is_read_or_told(text):
    is_read_or_told(text)


@given(
    st.lists(
        st.sampled_from(
            ["machine", "login", "password", "#", "a:1", "b", "\n", "[::1]", "[", ":", "0"]
        )
    )
)
def test_any_words_are_read_or_told(words):
    is_read_or_told(" ".join(words))
