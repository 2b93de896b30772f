"""The account comes from the environment, and every mistake there is told by its name alone."""

import pytest

from reconciler import secrets
from reconciler.credentials import Credentials, from_environment
from reconciler.errors import UsageError

TAMPA = "https://tampa.example/vicidial/non_agent_api.php"


def refusal(target, env):
    with pytest.raises(UsageError) as caught:
        from_environment(target, TAMPA, env)
    return caught.value


def test_user_and_password_are_read():
    env = {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "open-sesame-1"}
    assert from_environment("tampa", TAMPA, env) == Credentials("6666", "open-sesame-1")


def test_reading_them_hides_the_password_from_then_on():
    from_environment("tampa", TAMPA, {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "open-sesame-2"})
    assert secrets.hide("|6666|open-sesame-2|BAD|") == "|6666|***|BAD|"


def test_the_password_is_in_no_repr():
    assert repr(Credentials("6666", "open-sesame")) == "Credentials(user='6666')"
    assert "open-sesame" not in f"{Credentials('6666', 'open-sesame')!s}"


def test_the_target_s_own_variables_win_one_by_one():
    env = {
        "VICIDIAL_USER": "6666",
        "VICIDIAL_PASS": "common-pass",
        "VICIDIAL_PASS_TAMPA_EAST_2": "tampa-pass",
    }
    assert from_environment("tampa-east.2", TAMPA, env) == Credentials("6666", "tampa-pass")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("variable", ["VICIDIAL_PASS_FILE", "VICIDIAL_PASS_TAMPA_FILE"])
def test_a_file_may_hold_the_password_with_a_line_end(tmp_path, variable, end):
    path = tmp_path / "password"
    path.write_bytes(f"from-a-file{end}".encode())
    env = {"VICIDIAL_USER": "6666", variable: str(path)}
    assert from_environment("tampa", TAMPA, env) == Credentials("6666", "from-a-file")


def test_only_one_line_end_is_taken_off(tmp_path):
    path = tmp_path / "password"
    path.write_text("from-a-file\n\n")
    told = refusal("tampa", {"VICIDIAL_USER": "6666", "VICIDIAL_PASS_FILE": str(path)})
    assert "VICIDIAL_PASS_FILE holds characters that VICIdial drops" in told.message


def test_all_missing_variables_are_named_at_once():
    told = refusal("tampa", {})
    assert told.message == (
        "no credentials for target tampa: VICIDIAL_USER and VICIDIAL_PASS are not set"
    )
    assert "_TAMPA" in told.hint
    assert "_FILE" in told.hint


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({"VICIDIAL_USER": "6666"}, "VICIDIAL_PASS is not set"),
        ({"VICIDIAL_USER": "6666", "VICIDIAL_PASS": ""}, "VICIDIAL_PASS is not set"),
        ({"VICIDIAL_PASS": "open-sesame"}, "VICIDIAL_USER is not set"),
    ],
)
def test_one_that_is_missing_or_empty_is_named_alone(env, missing):
    assert refusal("tampa", env).message.endswith(missing)


def test_a_value_and_a_file_for_the_same_thing_is_refused():
    env = {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "abcd", "VICIDIAL_PASS_FILE": "/x"}
    assert refusal("tampa", env).message == "both VICIDIAL_PASS and VICIDIAL_PASS_FILE are set"


@pytest.mark.parametrize("variable", ["VICIDIAL_USER", "VICIDIAL_PASS"])
@pytest.mark.parametrize("value", ["sesame+open", "sésame-open", " sesame", "sesame!\n"])
def test_characters_that_the_server_would_drop_are_refused_without_showing_them(variable, value):
    env = {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "fine-pass", variable: value}
    told = refusal("tampa", env)
    assert variable in told.message
    assert "same" not in f"{told.message} {told.hint} {told!r}".replace("user name", "")


def test_a_file_that_is_not_there_is_named(tmp_path):
    path = str(tmp_path / "none")
    told = refusal("tampa", {"VICIDIAL_USER": "6666", "VICIDIAL_PASS_FILE": path})
    assert told.message == (
        f"VICIDIAL_PASS_FILE names {path}, which cannot be read: No such file or directory"
    )


def test_a_file_that_is_no_text_is_refused_without_its_content_in_the_chain(tmp_path):
    path = tmp_path / "password"
    path.write_bytes(b"secret\xff")
    told = refusal("tampa", {"VICIDIAL_USER": "6666", "VICIDIAL_PASS_FILE": str(path)})
    assert told.message.endswith("it is not UTF-8 text")
    assert told.__context__ is None


def test_an_empty_file_is_no_password(tmp_path):
    path = tmp_path / "password"
    path.write_text("\n")
    told = refusal("tampa", {"VICIDIAL_USER": "6666", "VICIDIAL_PASS_FILE": str(path)})
    assert told.message == "the file that VICIDIAL_PASS_FILE names is empty"


@pytest.mark.parametrize("target", ["file", "tampa-file"])
def test_a_target_whose_variables_would_mean_two_things_is_refused(target):
    env = {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "open-sesame"}
    assert "would mean two things" in refusal(target, env).message
