"""The promises: few calls, exactly what the YAML says, all faults at once, a plan on one screen."""

import json
import re

import pytest

from reconciler.routing import BY_NAME, NOT_COPIED
from reconciler.simulator.table import DEFAULTS

SOURCE = "7275551114"
FIVE_HUNDRED = """\
version: 1
blocks:
  - name: sales
    numbers: [7275560000-7275560499]
    routing: {did_route: IN_GROUP, group: SALESLINE, record_call: Y}
    overrides:
      - numbers: [7275560100-7275560249, 7275560400]
        routing: {did_route: CALLMENU, menu_id: MAIN_IVR, did_description: Billboards}
      - numbers: [7275560300-7275560399]
        routing: {did_route: VOICEMAIL, voicemail_ext: 8300}
"""


def declared(number):
    """The fields that the YAML above gives a number."""
    routing = {"did_route": "IN_GROUP", "group": "SALESLINE", "record_call": "Y"}
    if 100 <= number < 250 or number == 400:
        routing |= {"did_route": "CALLMENU", "menu_id": "MAIN_IVR", "did_description": "Billboards"}
    if 300 <= number < 400:
        routing |= {"did_route": "VOICEMAIL", "voicemail_ext": "8300"}
    return routing


def test_five_hundred_numbers_in_three_routings_take_at_most_eight_changing_calls(shop, server):
    shop.blocks(FIVE_HUNDRED)
    shop.ran("apply", "--yes", "--report", "report.json")
    assert json.loads(shop.read("report.json"))["numbers"]["confirmed"] == 500
    calls = server.calls()
    checks = {"copy_did": 1, "update_did": 1}  # ask whether it may, and change nothing
    changing = sum(calls[name] - checks.get(name, 0) for name in ("copy_did", "update_did"))
    assert changing <= 8

    rows = {row["did_pattern"]: row for row in server.dids()}
    source = rows[SOURCE]
    for number in range(500):
        pattern = str(7275560000 + number)
        expected = dict(source)
        expected.update({column: DEFAULTS[column] for column in NOT_COPIED})
        expected.update({BY_NAME[name].column: value for name, value in declared(number).items()})
        expected["did_pattern"] = pattern
        assert plain(rows[pattern]) == plain(expected)

    assert shop.ran("plan", "--detailed-exitcode").out.startswith("No changes: tampa")
    server.reset()
    shop.ran("apply", "--yes")
    assert server.calls() == {}


def plain(row):
    """A row without what is its own: each column's value as text."""
    return {
        name: str(value) for name, value in row.items() if name not in {"did_id", "modify_stamp"}
    }


def test_a_plan_for_ten_thousand_numbers_fits_on_a_screen(shop):
    overrides = "".join(
        f"      - numbers: [{7275600000 + 500 * part}-{7275600000 + 500 * part + 99}]\n"
        f"        routing: {{did_description: part {part}}}\n"
        for part in range(20)
    )
    shop.target("tampa", "limits: {max_create: 10000}\n")
    shop.blocks(
        "version: 1\nblocks:\n  - name: sales\n    numbers: [7275600000-7275609999]\n"
        "    routing: {did_route: IN_GROUP, group: SALESLINE}\n    overrides:\n" + overrides
    )
    done = shop.ran("plan")
    assert "10,000 to create" in done.out
    assert len(done.out.splitlines()) <= 50
    assert max(map(len, done.out.splitlines())) <= 100


MISTAKES = {
    "did_specs/tampa/target.yaml": """\
version: 1
endpoint: vici.example.com
state: somewhere
""",
    "did_specs/tampa/a.yaml": """\
version: 1
blocks:
  - name: one
    source: 7275551114
    numbers: [7275553309-7275553300]
    routing: {did_route: IN_GROUP, group: SALESLINE, group: SUPPORT}
  - name: two
    source: 7275551114
    numbers: [7275553400-7275553409, 72 75]
    exclude: [7275559999]
    routing: {did_route: ELSEWHERE}
  - name: two
    source: 7275551114
    numbers: [7275553500]
    routing: {record_call: Perhaps}
""",
    "did_specs/tampa/b.yaml": """\
version: 1
blocks:
  - name: three
    source: 7275551114
    numbers: [7275553405]
    routing: {did_route: CALLMENU, menu_id: "MAIN IVR!"}
  - name: four
    source: 7275551114
    numbers: [7275553600]
    routing: {did_route: IN_GROUP, group: SALESLINE}
    overrides:
      - numbers: [7275553700]
        routing: {record_call: Y}
""",
}
LINES = {
    "did_specs/tampa/target.yaml": [2, 3],
    "did_specs/tampa/a.yaml": [5, 6, 9, 10, 11, 12, 15],
    "did_specs/tampa/b.yaml": [5, 6, 12],
}


@pytest.mark.parametrize("actions", [False, True])
def test_a_dozen_mistakes_in_three_files_are_told_in_one_run_with_their_lines(
    at_home, monkeypatch, actions
):
    if actions:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for path, text in MISTAKES.items():
        at_home.write(path, text)
    done = at_home.run("validate")
    assert (done.code, done.out) == (1, "")
    found = re.findall(r"^(\S+?):(\d+):\d+: error E", done.err, re.MULTILINE)
    assert {path: [int(line) for where, line in found if where == path] for path in LINES} == LINES
    assert done.err.endswith("error: 12 faults in the specs\n")
    noted = re.findall(
        r"^::error file=(\S+?),line=(\d+),col=\d+,title=E\d+::\S", done.err, re.MULTILINE
    )
    assert noted == (found if actions else [])
    assert at_home.run("plan").err == done.err
    assert at_home.run("apply", "--yes").err == done.err
