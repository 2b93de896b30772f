"""Long lists of plain numbers are read in one go, and as if item by item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.specs import nodes
from reconciler.specs.document import FASTEST, PURE, parse
from reconciler.specs.faults import Faults
from reconciler.specs.nodes import Run
from reconciler.specs.runs import SHORTEST_RUN, without_runs

LONG = SHORTEST_RUN + 2
FIRST = 7275550000


def listed(count=LONG, indent="  ", item="{}", end="\n", first=FIRST):
    """So many lines, a number in each."""
    return "".join(f"{indent}- {item.format(first + at)}{end}" for at in range(count))


def written(node):
    """A tree with every place and whether it stands without quotes."""
    match node:
        case nodes.Scalar(at, text, plain):
            return (at, text, plain)
        case nodes.Sequence(at):
            return (at, [written(each) for each in node.items])
        case nodes.Mapping(at, entries):
            return (at, [(written(key), written(value)) for key, value in entries])
        case nodes.InvalidNode(at):
            return (at,)


def read(text, parser=FASTEST):
    faults = Faults()
    root = parse(text.encode(), "f.yaml", faults, parser=parser)
    return written(root) if root is not None else None, faults.all()


def read_item_by_item(text, parser=FASTEST):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reconciler.specs.document.runs_of.without_runs", lambda text: (text, []))
        return read(text, parser)


PIECES = {
    "a long list": "numbers:\n" + listed(),
    "one in the column of its key": "numbers:\n" + listed(indent=""),
    "in quotes": "numbers:\n" + listed(item='"{}"'),
    "in single quotes": "numbers:\n" + listed(item="'{}'"),
    "with comments": "numbers:\n" + listed(item="{} # desk"),
    "spaces behind": "numbers:\n" + listed(item="{}  "),
    "international": "numbers:\n" + listed(item="+1{}"),
    "ranges": "numbers:\n" + listed(item="{0}-{0}9"),
    "ranges and numbers": "numbers:\n" + listed(item="{0}00-{0}99") + listed(),
    "backwards": "numbers:\n" + listed(item="9{0}-1{0}"),
    "one of one number": "numbers:\n" + listed(item="{0}-{0}"),
    "other lengths": "numbers:\n" + listed() + listed(first=100),
    "lines of Windows": "numbers:\r\n" + listed(end="\r\n"),
    "lines of an old Mac": "numbers:\r" + listed(end="\r"),
    "a mixture of line ends": "numbers:\n\r" + listed(),
    "in a text": "note: |\n" + listed(),
    "in a folded text": "note: 12\n" + listed(),
    "in quotes over lines": 'note: "\n' + listed() + '"\n',
    "in brackets": "numbers: [\n" + listed() + "]\n",
    "two lists": "numbers:\n" + listed() + "exclude:\n" + listed(first=100),
    "a last item that goes on": "numbers:\n" + listed() + "    99\n",
    "an item that goes on in the middle": "numbers:\n" + listed() + "    99\n" + listed(),
    "an anchor": "numbers: &all\n" + listed() + "again: *all\n",
    "an anchor of an item": "numbers:\n  - &one 7275551212\n" + listed() + "again: *one\n",
    "something else between": "numbers:\n" + listed() + "  - MAIN_LINE\n" + listed(first=100),
    "a faulty one between": "numbers:\n" + listed() + "  - [\n" + listed(first=100),
    "a tag": "numbers: !!seq\n" + listed(),
    "in a list of a list": "numbers:\n- \n" + listed(indent="    "),
    "a key": "? 12\n" + listed(),
    "deeper": "blocks:\n  - numbers:\n" + listed(indent="      ") + "    name: a\n",
    "a document more": "numbers:\n" + listed() + "---\n" + listed(indent=""),
    "a list alone": listed(indent=""),
    "short": "numbers:\n" + listed(count=3),
    "at the end of the file": "numbers:\n" + listed().rstrip("\n"),
    "after an empty line": "numbers:\n\n\n" + listed() + "\nname:\n",
}  # fmt: skip


@pytest.mark.parametrize("parser", [FASTEST, PURE], ids=["fastest", "pure"])
@pytest.mark.parametrize("text", PIECES.values(), ids=PIECES)
def test_a_list_is_read_as_if_item_by_item(text, parser):
    assert read(text, parser) == read_item_by_item(text, parser)


@given(st.lists(st.sampled_from(list(PIECES.values())), max_size=4), st.data())
def test_any_file_is_read_as_if_item_by_item(pieces, data):
    text = "".join(pieces)
    if text and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(st.sampled_from(["\n", " ", "#", "-", '"', ":", "x"])) + text[place:]  # fmt: skip  # noqa: E501
    assert read(text) == read_item_by_item(text)


def test_all_but_the_first_and_the_last_line_are_kept_from_the_parser():
    short, (found,) = without_runs("numbers:\n" + listed())
    assert short == f"numbers:\n  - {FIRST}\n  - {FIRST + LONG - 1}\n"
    assert (found.line, found.column, found.first) == (1, 4, str(FIRST))
    assert len(found.spans) == LONG - 1


def test_a_sound_list_is_a_run_and_what_cannot_be_one_is_read_item_by_item():
    faults = Faults()
    root = parse(("numbers:\n" + listed()).encode(), "f", faults)
    assert isinstance(root, nodes.Mapping)
    (_, sequence), = root.entries  # fmt: skip
    assert isinstance(sequence, nodes.Sequence)
    assert [type(part) for part in sequence.parts] == [Run, nodes.Scalar]
    assert len(sequence.items) == LONG
    assert sequence.items is sequence.items


def test_faults_within_a_run_keep_their_line_and_column(folder):
    lines = listed(indent="      ").splitlines()
    folder.write(
        "a.yaml",
        "\n".join(
            [
                "version: 1",
                "blocks:",
                "  - name: a",
                "    numbers:",
                *lines,
                lines[3],
                "    exclude:",
                *lines[5:7],
                "    overrides:",
                "      - numbers:",
                *(f"    {line}" for line in lines),
                "          - 7275559999",
                "        routing: {did_route: EXTEN, extension: 8300}",
                "    routing: {did_route: EXTEN, extension: 8301}",
            ]
        ),
    )
    assert folder.places() == [f"a.yaml:{place}" for place in ("23:9", "34:13", "35:13", "47:13")]
    twice, apart, _, outside = folder.faults()
    assert "7275550003 is listed twice: first at did_specs/tampa/a.yaml:8:9" in twice
    assert "7275550005 is overridden here and excluded at did_specs/tampa/a.yaml:25:9" in apart
    assert "7275559999 is overridden but not among the block's numbers" in outside


def test_numbers_of_two_blocks_and_of_odd_lengths_are_pointed_out_in_runs(folder):
    text = "version: 1\nblocks:\n"
    for name in ("a", "b"):
        text += f"  - name: {name}\n    numbers:\n{listed(indent='      ')}"
    text += "      - 727555001\n"
    folder.write("a.yaml", text)
    found = folder.faults()
    assert len([fault for fault in found if "is also in block 'a'" in fault]) == LONG
    assert "a.yaml:25:9: 7275550000 is also in block 'a' at did_specs/tampa/a.yaml:5:9: leave it in one block only" in found  # fmt: skip  # noqa: E501
    assert any(fault.startswith("a.yaml:43:9: warning: 727555001 has 9 digits") for fault in found)


def test_each_number_of_a_run_is_known_by_its_line(folder):
    folder.write(
        "a.yaml", f"version: 1\nblocks:\n  - name: a\n    numbers:\n{listed(indent='      ')}"
    )
    ((span, declared),) = folder.read().desired
    assert len(span) == LONG
    assert [declared.origin.numbers.place(pattern).line for pattern in span] == list(
        range(5, 5 + LONG)
    )


def test_a_run_where_no_numbers_belong_is_a_fault_of_each_line(folder):
    folder.write("a.yaml", "version: 1\nblocks:\n" + listed(indent="  "))
    assert folder.places() == [f"a.yaml:{line}:5" for line in range(3, 3 + LONG)]
