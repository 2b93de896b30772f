"""Whatever is wrong anywhere is told in one run: each fault once, at its line, none for another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import specs
from reconciler.errors import ReconcilerError, SpecFaults
from tests.specs.conftest import told

TARGET = """\
version: 1
endpoint: http://vici.example.com/vicidial/non_agent_api.php
state: file:state/{target}.json
defaults: {source: 7275551114}
apply: {concurrency: many}
"""

SALES = """\
version: 1
blocks:
  - name: sales
    numbers:
      - 7275553300-7275553399
      - 7275553599-7275553500
    exclude: [7275553313]
    routing:
      did_route: IN_GROUP
      group: SALES LINE
      did_description: Tampa sales
      did_description: Tampa
    overrides:
      - numbers: [7275553600]
        routing: {did_route: CALLMENU, menu_id: MAIN_IVR}
      - numbers: [7275553313]
        routing: {active: Y}
"""

SERVICE = """\
version: 1
blocks:
  - name: support
    numbers: [7275554400-7275554419, 7275553310]
    routing: {did_route: AGENT}
  - name: sales
    source: 7275555500
    numbers: [7275555500-7275555509]
"""


def test_twelve_mistakes_in_three_files_are_twelve_faults_with_their_lines(folder):
    folder.write("target.yaml", TARGET)
    folder.write("sales.yaml", SALES)
    folder.write("service.yaml", SERVICE)
    with pytest.raises(SpecFaults) as caught:
        specs.read(folder.root)
    found = caught.value.faults
    assert caught.value.message == "12 faults in the specs"
    assert [(fault.where.file.rpartition("/")[2], fault.where.line) for fault in found] == [
        ("sales.yaml", 6),
        ("sales.yaml", 10),
        ("sales.yaml", 12),
        ("sales.yaml", 12),
        ("sales.yaml", 14),
        ("sales.yaml", 16),
        ("service.yaml", 4),
        ("service.yaml", 5),
        ("service.yaml", 6),
        ("service.yaml", 7),
        ("target.yaml", 2),
        ("target.yaml", 5),
    ]
    for fault, words in zip(
        found,
        [
            "runs backwards",
            "holds ' '",
            "given twice",
            "must have 6 to 50 characters",
            "is overridden but not among",
            "is overridden here and excluded at did_specs/tampa/sales.yaml:7:15",
            "is also in block 'sales' at did_specs/tampa/sales.yaml:5:9",
            "cannot be AGENT",
            "a second block named 'sales': the first is at did_specs/tampa/sales.yaml:3:11",
            "is the source of block 'sales' and one of its numbers",
            "is http://",
            "must be a whole number",
        ],
        strict=True,
    ):
        assert words in fault.message


MISTAKES = {
    "version: 1": "version: 2",
    "name: sales": "nmae: sales",
    "7275553300-7275553399": "7275553399-7275553300",
    "exclude: [7275553313]": "exclude: [727/5553313]",
    "did_route: IN_GROUP": "did_route: IN_GRUP",
    "group: SALESLINE": "grup: SALESLINE",
    "Tampa sales": "Tampa & sales",
    "overrides:": "override:",
    "[7275553340-7275553349]": "[7275553340-727555334]",
    "routing: {did_route: CALLMENU": "ruting: {did_route: CALLMENU",
    "menu_id: MAIN_IVR": "menu_id: MAIN IVR",
    "adopt: true": "adopt: yes",
    "action: keep": "action: kept",
}
SOUND = """\
version: 1
blocks:
  - name: sales
    numbers:
      - 7275553300-7275553399
    exclude: [7275553313]
    routing:
      did_route: IN_GROUP
      group: SALESLINE
      did_description: Tampa sales
    overrides:
      - numbers: [7275553340-7275553349]
        routing: {did_route: CALLMENU, menu_id: MAIN_IVR}
    adopt: true
    removal: {action: keep}
"""


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory):
    root = tmp_path_factory.mktemp("specs")
    (root / "tampa").mkdir()
    return root


def faults_of(root, text: str) -> list[str]:
    (root / "tampa/target.yaml").write_text(
        "version: 1\nendpoint: https://a/non_agent_api.php\nstate: file:s\n"
        "defaults: {source: 7275551114}\n"
    )
    (root / "tampa/a.yaml").write_text(text)
    try:
        specs.read(root)
    except SpecFaults as error:
        return [told(fault) for fault in error.faults]
    return []


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(MISTAKES))))
def test_any_mistakes_together_are_the_faults_that_each_is_alone(anywhere, made):
    text = SOUND
    lines = set()
    for sound in made:
        lines.add(1 + SOUND[: SOUND.index(sound)].count("\n"))
        text = text.replace(sound, MISTAKES[sound], 1)
    found = faults_of(anywhere, text)
    assert len(found) == len(made)
    assert {int(fault.split(":")[1]) for fault in found} == lines


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SOUND)), st.integers(0, 12), st.text("ab:-,[]{}&*!|\"'\n 0~#")
        ),
        max_size=4,
    )
)
def test_no_edit_of_a_file_makes_anything_but_specs_or_faults(anywhere, edits):
    text = SOUND
    for start, length, put in edits:
        text = text[:start] + put + text[start + length :]
    try:
        faults_of(anywhere, text)
    except (
        ReconcilerError
    ) as error:  # pragma: no cover  (what else there may be is told by its words)
        pytest.fail(str(error))


@pytest.mark.parametrize("broken", ["]", "a: b: c", "\x00", "", "- a", "a", "[[[", '"'])
def test_a_file_that_cannot_be_read_is_one_fault_and_hides_none_of_the_others(folder, broken):
    folder.write("a.yaml", broken)
    folder.write("b.yaml", "version: 1\nblocks: [{name: b, numbers: [7]}]\n")
    places = folder.places()
    assert len(places) == 2
    assert places[-1] == "b.yaml:2:30"


@pytest.mark.parametrize("broken", ["]", "", "- a", "\x00"])
def test_a_target_that_cannot_be_read_hides_no_fault_of_its_blocks_and_makes_none(folder, broken):
    folder.write("target.yaml", broken)
    folder.write("a.yaml", "version: 1\nblocks: [{name: b, numbers: [7275553300, 7]}]\n")
    assert folder.places()[0] == "a.yaml:2:42"
    assert len(folder.places()) == 2


def test_warnings_alone_stop_nothing_and_go_with_their_target(folder):
    folder.block("name: a\nnumbers: [7275553300]\nrouting: {active: N}")
    (warning,) = folder.read().warnings
    assert str(warning).startswith("did_specs/tampa/block.yaml:5:23: warning W302: ")


def test_warnings_are_told_with_the_errors(folder):
    folder.block("name: a\nnumbers: [7275553300, 7]\nrouting: {active: N}")
    assert folder.places() == ["block.yaml:4:27", "block.yaml:5:23"]
