"""What the recorded users may do, found out without changing anything."""

import asyncio
from typing import Any

import pytest

from reconciler.characters import Characters
from reconciler.errors import LoginUnproven, Unreachable
from reconciler.live.checking import Checked, May, Subject, check
from reconciler.live.http import HttpReader
from reconciler.live.reading import Rows, Survey
from reconciler.live.table import FileReader
from reconciler.vicidial.builds import COPY
from reconciler.vicidial.readings import Allowed, NotReadable, Version
from reconciler.vicidial.replies import Exists, Unclear
from tests.apply.rig import table_of

ASCII, ANY = Characters.ASCII, Characters.ANY


def checked(ask, server, user="6666", password="1234", *, source="7275551114", letters=ASCII):
    return ask(
        server.endpoint,
        lambda reader: check(reader, HttpReader(reader), source, letters),
        user,
        password,
    )


def may(found):
    return {each.subject.value: each.may.value for each in found.findings}


def words(found, subject):
    return next(each.words for each in found.findings if each.subject is subject)


def test_an_account_with_every_right_changes_nothing_by_being_checked(ask, server):
    before = table_of(server)
    found = checked(ask, server)
    assert may(found) == {
        "build": "yes",
        "log_in": "yes",
        "copy": "yes",
        "update": "yes",
        "delete": "unknown",
        "list": "yes",
        "columns": "yes",
        "did_log": "yes",
        "in_groups": "yes",
        "call_menus": "yes",
        "sql_mode": "yes",
        "letters": "yes",
    }
    assert table_of(server) == before
    assert len(found.survey.numbers) == len(before)
    assert all(each.hint is None for each in found.findings)


def test_an_account_without_reports_may_apply_and_not_read(ask, server):
    found = checked(ask, server, "8008", "nodelete")
    told = may(found)
    assert (told["copy"], told["update"]) == ("yes", "yes")
    assert (told["list"], told["columns"], told["did_log"]) == ("no", "unknown", "no")
    assert "View Reports = 1" in words(found, Subject.LIST)
    assert "8008" not in repr(found)
    assert found.survey is None


def test_an_account_below_level_8_is_not_sent_to_the_page_that_counts_it(ask, server):
    server.reset()
    found = checked(ask, server, "7007", "seven")
    told = may(found)
    assert (told["log_in"], told["copy"], told["update"]) == ("yes", "no", "no")
    assert told["list"] == "unknown"
    assert "counted toward the lock-out" in words(found, Subject.LIST)
    assert (told["sql_mode"], told["letters"]) == ("unknown", "unknown")
    assert "settings_compare" not in server.calls()


def test_a_refused_log_in_ends_the_check_at_once(ask, server):
    server.reset()
    found = checked(ask, server, "6666", "wrong")
    assert may(found) == {"build": "yes", "log_in": "no"}
    assert server.calls() == {"version": 1, "copy_did": 1}
    assert found.may(Subject.COPY) is May.UNKNOWN


def test_functions_that_are_not_allowed_are_named_one_by_one(ask, server):
    found = checked(ask, server, "8012", "fewfuncs")
    assert "no" in may(found).values()
    refused = [each for each in found.findings if each.may is May.NO]
    assert all(each.hint is not None or each.words for each in refused)


def test_a_source_that_is_not_there_is_told(ask, server):
    found = checked(ask, server, source="7000000000")
    assert "the source 7000000000 is not there" in words(found, Subject.UPDATE)
    assert may(found)["update"] == "yes"


def test_without_a_source_the_number_default_is_asked_for(ask, server):
    assert words(checked(ask, server, source=None), Subject.UPDATE) == "may update DIDs"


@pytest.mark.parametrize(
    ("strict", "said"), [(0, "not strict"), (1, "strict, as is MariaDB's default")]
)
def test_the_sql_mode_shows_in_how_a_long_log_entry_ends(ask, peculiar, strict, said):
    with peculiar(strict_sql=strict) as server:
        found = checked(ask, server)
    assert words(found, Subject.SQL_MODE) == f"the database is {said}"


@pytest.mark.parametrize(
    ("latin", "declared", "expected", "hint"),
    [
        (0, ASCII, May.YES, None),
        (0, ANY, May.NO, "in target.yaml: characters: ascii"),
        (1, ASCII, May.YES, "in target.yaml: characters: any"),
        (1, ANY, May.YES, None),
    ],
)
def test_letters_are_those_that_the_server_echoes(ask, peculiar, latin, declared, expected, hint):
    with peculiar(use_non_latin=latin) as server:
        found = checked(ask, server, letters=declared)
    (letters,) = [each for each in found.findings if each.subject is Subject.LETTERS]
    assert (letters.may, letters.hint) == (expected, hint)


def test_a_server_that_answers_nothing_is_an_error(ask):
    with pytest.raises(Unreachable):
        ask(
            "http://127.0.0.1:1/x/non_agent_api.php",
            lambda reader: check(reader, Shown(NOTHING), None, ASCII),
        )


# --- what no recorded server answers


class Scripted:
    """A reader whose answers are written down; an exception is raised."""

    user = "6666"

    def __init__(self, **answers):
        usual = {
            "version": Version("2.14", "250720-1841", COPY.since),
            "check_rights_to_copy": None,
            "check_rights_to_update": Exists(),
            "right_to_calls": Allowed(),
            "in_groups": frozenset({"SALES"}),
            "call_menus": frozenset(),
            "strict": False,
            "letters": ASCII,
        }
        for name, answer in (usual | answers).items():
            setattr(self, name, self._answering(answer))

    def _answering(self, answer):
        async def answered(*_):
            if isinstance(answer, Exception):
                raise answer
            return answer

        return answered


class Shown:
    """A reader that shows these numbers, or nothing."""

    def __init__(self, survey, *rows):
        self._survey = survey
        self._rows = rows

    async def survey(self):
        return self._survey

    async def rows(self, patterns):
        for each in self._rows if patterns else ():
            yield each


NOTHING = Survey(frozenset(), (), ())
ONE = Survey(frozenset({"7275551114"}), (), ())


def scripted(live=None, **answers):
    reader: Any = Scripted(**answers)
    return asyncio.run(check(reader, live or Shown(NOTHING), None, ASCII))


def test_what_an_old_build_lacks_is_named():
    version = Version("2.14", "240101-1200", COPY.since.replace(month=1))
    found = scripted(version=version)
    assert may(found)["build"] == "no"
    assert "copy_did came with build 240730" in words(found, Subject.BUILD)


def test_without_a_number_there_are_no_columns_to_look_at():
    assert may(scripted())["columns"] == "unknown"
    assert words(scripted(), Subject.LIST) == "sees 0 numbers"


def test_columns_that_cannot_be_read_are_told_apart_from_the_list():
    found = scripted(Shown(ONE, Rows({}, {"7275551114": "HTTP 500"})))
    assert (may(found)["list"], may(found)["columns"]) == ("yes", "no")
    assert words(found, Subject.LIST) == "sees 1 number"
    assert words(found, Subject.COLUMNS) == "HTTP 500"


@pytest.mark.parametrize(
    ("answers", "subject"),
    [
        ({"right_to_calls": Unclear("HTTP 500")}, Subject.CALLS),
        ({"right_to_calls": Unreachable("no reply")}, Subject.CALLS),
        ({"strict": Unclear("HTTP 502")}, Subject.SQL_MODE),
        ({"letters": Unclear("HTTP 502")}, Subject.LETTERS),
        ({"check_rights_to_update": Unreachable("no reply")}, Subject.UPDATE),
        ({"check_rights_to_copy": Unreachable("no reply")}, Subject.COPY),
    ],
)
def test_what_gets_no_clear_answer_is_unknown(answers, subject):
    assert scripted(**answers).may(subject) is May.UNKNOWN


def test_lists_that_may_not_be_read_are_no():
    found = scripted(in_groups=NotReadable("not allowed"), call_menus=Unreachable("no reply"))
    assert may(found)["in_groups"] == "no"
    assert may(found)["call_menus"] == "unknown"


def test_a_log_in_that_is_not_proven_ends_the_check():
    found = scripted(check_rights_to_copy=LoginUnproven("HTTP 500", user="6666"))
    assert may(found) == {"build": "yes", "log_in": "no"}


def test_an_export_is_read_whatever_the_account_may_do(ask, server, tmp_path):
    path = tmp_path / "dids.csv"
    path.write_text("did_pattern,did_route\n7275551114,EXTEN\n")
    found = ask(
        server.endpoint,
        lambda reader: check(reader, FileReader(path), None, ASCII),
        "7007",
        "seven",
    )
    assert (may(found)["list"], may(found)["columns"]) == ("yes", "yes")


def test_nothing_asked_is_unknown():
    assert Checked(()).may(Subject.COPY) is May.UNKNOWN


def test_a_list_without_any_answer_is_unknown():
    class Silent(Shown):
        async def survey(self):
            raise Unreachable("no reply")

    assert scripted(Silent(NOTHING)).may(Subject.LIST) is May.UNKNOWN
