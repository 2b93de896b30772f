"""``check``: what the account may do, for people and for programs."""

import json

import pytest

from reconciler.cli import exits

USERS = {"all": ("6666", "1234"), "no reports": ("8008", "nodelete"), "low": ("7007", "seven")}


@pytest.fixture
def check(shop, monkeypatch):
    """``check(user, …)``: the command, as one of the recorded users."""

    def run(user, *arguments):
        name, password = USERS.get(user, ("6666", "wrong"))
        monkeypatch.setenv("VICIDIAL_USER", name)
        monkeypatch.setenv("VICIDIAL_PASS", password)
        return shop.run("check", *arguments)

    return run


def test_an_account_with_every_right(check, server):
    before = server.dids()
    done = check("all")
    assert done.code == exits.DONE
    assert "  yes      copy              may copy DIDs, which creates numbers\n" in done.out
    assert "  unknown  delete            cannot be asked without deleting a number" in done.out
    assert "reading all columns of 5 numbers by http: 4 requests, 0.0 MB" in done.out
    assert "  yes      import   User Level 8" in done.out
    assert server.dids() == before


def test_what_lacks_is_named_with_its_setting_and_an_apply_is_possible_all_the_same(check):
    done = check("no reports")
    assert done.code == exits.DONE
    assert "needs View Reports = 1 (Admin → Users → Modify User)" in " ".join(done.out.split())
    assert "  no       import   " in done.out
    assert "reading all columns" not in done.out
    assert "8008" not in done.out


def test_an_account_that_may_not_apply_is_an_error(check):
    done = check("low")
    assert done.code == exits.ERROR
    assert "User Level 8 or more, API access" in " ".join(done.out.split())


def test_a_refused_log_in_is_a_result_and_no_traceback(check, server):
    server.reset()
    done = check("nobody")
    assert done.code == exits.ERROR
    assert "  no       log in            the server refused the log-in of the API user" in done.out
    assert "wrong" not in done.all
    assert server.calls()["copy_did"] == 1


def test_an_export_costs_no_request(check, shop):
    shop.target(more="live: {reader: file, file: dids.csv}\n")
    shop.write("dids.csv", "did_pattern,did_route\n7275551114,EXTEN\n")
    done = check("low")
    assert "reading all columns of 1 number by file: no request\n" in done.out
    assert "  seen: 2 columns of each number in dids.csv\n" in done.out


def test_an_export_that_cannot_be_read_is_an_error(check, shop):
    shop.target(more="live: {reader: file, file: dids.csv}\n")
    done = check("all")
    assert done.code == exits.ERROR
    assert "error: cannot read " in done.err


@pytest.mark.parametrize("user", ["all", "no reports"])
def test_the_same_as_json(check, user):
    (found,) = json.loads(check(user, "--format", "json").out)
    assert found["target"] == "tampa"
    assert found["reader"] == "http"
    told = {each["subject"]: each for each in found["findings"]}
    assert told["copy"] == {
        "subject": "copy",
        "may": "yes",
        "words": "may copy DIDs, which creates numbers",
        "hint": None,
    }
    if user == "all":
        assert found["enough_for"] == {"apply": "yes", "removal": "unknown", "import": "yes"}
        assert found["reading"]["numbers"] == 5
        assert found["reading"]["requests"] == 3
        assert found["reading"]["bytes"] > 1000
    else:
        assert found["enough_for"]["import"] == "no"
        assert found["reading"] is None
