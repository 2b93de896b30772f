"""The reader ``file``: an export of the table, as databases and spreadsheets write it."""

import asyncio

import pytest

from reconciler.live.reading import Cost
from reconciler.live.table import FileReader, TableError

HEAD = "did_id,did_pattern,did_description,user\n"


@pytest.fixture
def export(tmp_path):
    def write(content):
        path = tmp_path / "dids.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return FileReader(path)

    return write


def rows_of(reader, *patterns):
    async def read():
        return [part async for part in reader.rows(patterns)]

    (found,) = asyncio.run(read())
    assert found.unread == {}
    return found.read


def test_an_export_costs_no_request_and_says_that_it_may_be_old(export):
    survey = asyncio.run(export(HEAD + "1,7275551114,Sales,\n2,+17275552000,Plus,\n").survey())
    assert survey.numbers == {"7275551114", "+17275552000"}
    assert survey.cost(2) == Cost()
    assert survey.sees[0].startswith("4 columns of each number in ")
    assert "what was changed on the server since the export" in survey.blind


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_commas_semicolons_and_tabs_are_read(export, separator, end):
    text = HEAD.replace("\n", end) + f'1,7275551114,"Sales, east",NULL{end}{end}'
    text = (
        text if separator == "," else text.replace("Sales, east", "Sales").replace(",", separator)
    )
    words = "Sales, east" if separator == "," else "Sales"
    assert rows_of(export(text), "7275551114") == {
        "7275551114": {
            "did_id": "1",
            "did_pattern": "7275551114",
            "did_description": words,
            "user": "",
        }
    }


def test_numbers_are_found_whatever_their_case_and_others_are_left_out(export):
    reader = export("\ufeff" + HEAD + "1,Main_Line,Sales,\\N\n")
    assert list(rows_of(reader, "MAIN_LINE", "7000000000")) == ["MAIN_LINE"]


def test_an_export_without_a_number_is_empty(export):
    assert asyncio.run(export(HEAD).survey()).numbers == frozenset()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ":1: there is no column did_pattern"),
        ("7275551114,Sales\n", ":1: there is no column did_pattern"),
        (HEAD + "1,7275551114\n", ":2: 2 values for 4 columns"),
        (HEAD + "1,main,a,\n2,MAIN,b,\n", ":3: 'MAIN' is in line 2 too"),
        (HEAD + '1,7275551114,"Sales"x,\n', "is not CSV: "),
        (b"\xff\xfe", "is not in UTF-8"),
    ],
)
def test_what_is_no_export_is_refused_with_its_place(export, content, words):
    with pytest.raises(TableError) as caught:
        export(content)
    assert words in caught.value.message
    assert "dids.csv" in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TableError, match=r"cannot read .*none\.csv: No such file"):
        FileReader(tmp_path / "none.csv")
