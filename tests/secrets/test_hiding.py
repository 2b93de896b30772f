"""A secret is replaced in every form it may come back in, and numbers stay readable."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import secrets
from reconciler.secrets import Hider

ALLOWED = "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def hider(*given_secrets: str, user: str | None = None) -> Hider:
    made = Hider()
    for secret in given_secrets:
        made.register(secret, user=user)
    return made


def test_nothing_is_hidden_before_a_secret_is_known():
    assert Hider().hide("pass=1234&") == "pass=1234&"


def test_an_empty_secret_hides_nothing():
    assert hider("").hide("any text") == "any text"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ERROR: Login incorrect, please try again: |6666|1234|BAD|", "|6666|***|BAD|"),
        ("user=6666&pass=1234&function=version", "pass=***&function"),
        ("{'pass': '1234'}", "'pass': '***'"),
        ('{"pass": "1234"}', '"pass": "***"'),
        ("%7C6666%7C1234%7CBAD", "%7C6666%7C***%7CBAD"),
        ("%257C6666%257C1234%257CBAD", "%257C6666%257C***%257CBAD"),
        (r"'one\n1234\tx'", r"one\n***\tx"),
        (r"\u007c1234\u007c", r"\u007c***\u007c"),
        (r"\x7c1234\x7c", r"\x7c***\x7c"),
        ("pass_1234-x", "pass_***-x"),
        ("1234", "***"),
        ("é1234é", "é***é"),
    ],
)
def test_a_short_password_is_hidden_where_it_stands_by_itself(text, shown):
    assert shown in hider("1234").hide(text)


@pytest.mark.parametrize(
    "text", ["7275551234", "7275551234–7275551299 (66)", "12345", "SALES1234", "0x1234", "91234 of"]
)
def test_a_short_password_leaves_numbers_readable(text):
    assert hider("1234").hide(text) == text


def test_an_all_digit_password_leaves_longer_numbers_readable():
    made = hider("7275551234")
    assert made.hide("+17275551234") == "+17275551234"
    assert made.hide("|7275551234|") == "|***|"


def test_a_long_password_is_hidden_even_inside_a_word():
    assert hider("correct-horse").hide("xcorrect-horsex") == "x***x"


def test_a_short_secret_that_begins_with_a_sign_is_hidden_after_a_letter():
    assert hider("-12_").hide("a-12_b") == "a***b"


SECRETS = ["p@ss w/ö&rd", "a'b\"c<d>&", "tab\tbell\a", "50%+more/less"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "form",
    [
        str,
        quote,
        lambda text: quote(text, safe=""),
        quote_plus,
        lambda text: quote(text, safe="").replace("%C3%B6", "%c3%b6").replace("%2F", "%2f"),
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        html.escape,
        lambda text: html.escape(text).replace("&#x27;", "&#039;"),
        lambda text: repr(text)[1:-1],
        lambda text: "".join(char for char in text if char in ALLOWED),
    ],
)
def test_other_secrets_are_hidden_in_every_escaped_form(secret, form):
    bare = form(secret).strip('"')
    assert hider(secret).hide(f"before {bare} after") == "before *** after"


def entities(text):
    return "".join(f"&#{ord(char)};" for char in text)


PASSWORD_FORMS = {
    "upper case": str.upper,
    "lower case": str.lower,
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent twice": lambda text: "".join(f"%25{byte:02x}" for byte in text.encode()),
    "entities": entities,
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "entities with zeros": lambda text: "".join(f"&#00{ord(char)};" for char in text),
    "backslash x": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "backslash u": lambda text: "".join(f"\\u{ord(char):04X}" for char in text),
    "some of each": lambda text: f"&#{ord(text[0])};%{ord(text[1]):02x}{text[2:].swapcase()}",
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in upper case": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 without padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("password", ["1234", "12345678", "Secret-1", "x7", "pass_WORD-9876"])
@pytest.mark.parametrize("form", PASSWORD_FORMS)
def test_a_password_is_hidden_however_a_server_encodes_it(password, form):
    sent = PASSWORD_FORMS[form](password)
    assert hider(password).hide(f"you sent |{sent}| again") == "you sent |***| again"


@pytest.mark.parametrize("before", ["", "a", "ab", "user=6666&pass="])
def test_a_long_password_is_hidden_inside_other_base64(before):
    encoded = base64.b64encode(f"{before}correct-horse&x".encode()).decode()
    shown = hider("correct-horse").hide(f"|{encoded}|")
    assert "***" in shown
    kept = shown.strip("|").partition("***")
    assert len(kept[0]) <= 2 + len(before) * 4 / 3
    assert len(kept[2]) <= 6


@pytest.mark.parametrize("user", ["6666", "66667", "666678", "x-access-token"])
def test_http_basic_is_hidden_in_both_alphabets_with_and_without_padding(user):
    made = hider("s3cr3t??>>", user=user)
    pair = f"{user}:s3cr3t??>>".encode()
    for encoded in (base64.b64encode(pair), base64.urlsafe_b64encode(pair)):
        token = encoded.decode()
        assert made.hide(f"Authorization: Basic {token}\n") == "Authorization: Basic ***\n"
        assert made.hide(f"Basic {token.rstrip('=')}") == "Basic ***"


def test_a_secret_that_begins_with_another_is_hidden_whole():
    for order in (["1234", "1234-and-more"], ["1234-and-more", "1234"]):
        assert hider(*order).hide("|1234-and-more|1234|") == "|***|***|"


def test_what_is_registered_for_the_process_is_hidden_for_the_process():
    secrets.register("only-in-this-test-9f2c", user="6666")
    assert secrets.hide("|only-in-this-test-9f2c|") == "|***|"


@given(
    password=st.text(ALLOWED, min_size=1, max_size=30),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    sign=st.sampled_from("|&='\" \n;,:/?#"),
)
def test_whatever_the_password_it_never_stands_between_signs(password, before, after, sign):
    hidden = hider(password).hide(f"{before}{sign}{password}{sign}{after}")
    assert f"{sign}{password}{sign}" not in hidden
