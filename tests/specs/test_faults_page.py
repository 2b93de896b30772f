"""docs/faults.md explains every code, and each of its examples has the fault it stands for."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from reconciler.errors import Severity
from reconciler.specs.codes import Code

PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (\w+) (.+)\n\n((?:(?!^## ).*\n)+)", PAGE, re.MULTILINE)
EXAMPLES = [
    pytest.param(number, example, id=number)
    for number, _, text in SECTIONS
    for example in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
]
WITHOUT_EXAMPLE = {"E101", "E102", "E103", "E104", "E110", "E512", "E701", "E702", "W120"}
"""What takes more than one file's text to show."""


def test_every_code_has_its_section_in_their_order():
    assert [(number, title) for number, title, _ in SECTIONS] == [
        (code.number, code.title) for code in Code
    ]


def test_codes_and_titles_are_given_once():
    assert len({code.number for code in Code}) == len({code.title for code in Code}) == len(Code)


def test_warnings_are_the_codes_that_begin_with_w():
    assert {code.number[0]: code.severity for code in Code} == {
        "E": Severity.ERROR,
        "W": Severity.WARNING,
    }


def test_a_section_without_an_example_is_an_exception():
    shown = {example.values[0] for example in EXAMPLES}
    assert {code.number for code in Code} - shown == WITHOUT_EXAMPLE


@pytest.mark.parametrize(("number", "example"), EXAMPLES)
def test_an_example_has_its_fault_and_no_other(folder, number, example):
    if example.startswith("# target.yaml\n"):
        keys = {line.partition(":")[0] for line in example.splitlines()}
        kept = [line for line in folder.target.splitlines() if line.partition(":")[0] not in keys]
        folder.write("target.yaml", "\n".join([*kept, example]))
        folder.write("a.yaml", "version: 1\nblocks: [{name: a, numbers: [7275553300]}]\n")
    elif example.startswith("- "):
        folder.write("a.yaml", "version: 1\nblocks:\n" + indent(example, "  "))
    else:
        folder.write("a.yaml", example)
    assert set(folder.codes()) == {number}
