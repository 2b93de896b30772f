"""YAML as text: what is read as written, what is refused, and where a fault is said to be."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.specs import tree
from reconciler.specs.document import FASTEST, PURE, parse
from reconciler.specs.faults import Faults
from reconciler.specs.nodes import InvalidNode, Mapping, Node, Scalar, Sequence
from tests.specs.conftest import told


@pytest.fixture(params=[FASTEST, PURE], ids=["fastest", "pure"])
def parser(request):
    return request.param


def plain(node: Node | None) -> object:
    """A tree as lists, pairs and texts."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(each) for each in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.entries}
        case InvalidNode():
            return ...
        case None:
            return None


def read(text: str | bytes, parser=FASTEST) -> tuple[object, list[str]]:
    faults = Faults()
    data = text.encode() if isinstance(text, str) else text
    root = parse(data, "f", faults, parser=parser)
    return plain(root), [told(fault) for fault in faults.all()]


@pytest.mark.parametrize(
    "written",
    [
        "+15551234567",
        "0123",
        "1_000",
        "0x1F",
        "yes",
        "No",
        "2026-11-23",
        "1:30",
        "1e3",
        "null",
        ".5",
    ],
)
def test_a_scalar_is_the_text_that_was_written(written, parser):
    assert read(f"a: {written}", parser) == ({"a": written}, [])


def test_quotes_are_remembered_but_are_not_part_of_the_text():
    root = parse(b"""[null, 'null', "", '', ~]""", "f", Faults())
    assert isinstance(root, Sequence)
    assert [(each.text, each.is_null) for each in root.items if isinstance(each, Scalar)] == [
        ("null", True),
        ("null", False),
        ("", False),
        ("", False),
        ("~", True),
    ]


def test_every_node_knows_where_it_stands(parser):
    root = parse("# é\na:\n  - b\n  - {ü: 😀, c: d}\n".encode(), "f", Faults(), parser=parser)
    assert isinstance(root, Mapping)
    items = root.entries[0][1]
    assert isinstance(items, Sequence)
    inner = items.items[1]
    assert isinstance(inner, Mapping)
    assert str(root.at) == "f:2:1"
    assert str(items.at) == "f:3:3"
    assert [str(key.at) for key, _ in inner.entries] == ["f:4:6", "f:4:12"]


def test_a_byte_order_mark_is_no_part_of_the_file(parser):
    assert read(b"\xef\xbb\xbfa: b\n", parser) == ({"a": "b"}, [])


def test_windows_line_ends_are_read(parser):
    assert read("a: b\r\nc: d\r\n", parser) == ({"a": "b", "c": "d"}, [])


def test_the_pure_parser_steps_in_where_libyaml_is_missing():
    assert FASTEST is yaml.CSafeLoader
    assert PURE is yaml.SafeLoader


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "null\n"]
)
def test_an_empty_file_is_a_fault(text, parser):
    root, faults = read(text, parser)
    assert root is None
    assert faults == ["f:1:1: the file is empty: begin it with version: 1, or remove it"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"a: b\nc: \xe9\n", "f:2:4: the file is not UTF-8 (byte 0xE9): save it as UTF-8"),
        (b"\xc3\xa9: b\r\xff", "f:2:1: the file is not UTF-8 (byte 0xFF): save it as UTF-8"),
        ("a: b".encode("utf-16"), "f:1:1: the file is UTF-16: save it as UTF-8"),
        (b"\xfe\xff\x00a", "f:1:1: the file is UTF-16: save it as UTF-8"),
        (b"a: b\x00c\n", "f:1:5: the file contains a control character (U+0000): remove it"),
        (
            b"a: b\r\nc: \x1b[31m\n",
            "f:2:4: the file contains a control character (U+001B): remove it",
        ),
        (
            "a: b\u2028c: d".encode(),
            "f:1:5: the file contains a line separator (U+2028): remove it",
        ),
        (b"a: \x7f", "f:1:4: the file contains a control character (U+007F): remove it"),
        ("a: b\x85".encode(), "f:1:5: the file contains a control character (U+0085): remove it"),
    ],
)
def test_what_is_no_clean_text_is_a_fault_with_its_place(data, fault, parser):
    assert read(data, parser) == (None, [fault])


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("a: b: c\n", "f:1:4", 'a colon and a space must be quoted: write "b: c"'),
        ("a:\n\tb: c\n", "f:2:1", "indent with spaces, never with tabs"),
        ("a: [b\nc: d\n", "f:1:4", "the [ that begins here is not closed: close it with ]"),
        ("a: 'b\n", "f:1:4", "the quote that begins here is never closed"),
        ("a: @b\n", "f:1:4", "an unquoted value cannot begin with '@'"),
        ('a: "\\q"\n', "f:1:", "invalid YAML"),
        ("%YAML 9.9\n---\na: b\n", "f:1:1", "invalid YAML"),
    ],
)
def test_what_is_no_yaml_is_one_fault_with_its_place(text, place, advice, parser):
    root, faults = read(text, parser)
    assert root is None
    (fault,) = faults
    assert fault.startswith(place)
    assert advice in fault


def test_an_escape_that_is_no_character_is_a_fault_for_either_parser(parser):
    root, faults = read('a: b\nc: "\\UFFFFFFFF"\n', parser)
    assert root is None
    (fault,) = faults
    assert fault.startswith("f:2:")


def test_half_a_character_written_as_an_escape_is_a_fault(parser):
    _, faults = read('a: "\\ud800"\n', parser)
    (fault,) = faults
    assert fault.startswith("f:1:")


def test_a_key_given_twice_names_both_places_and_hides_nothing(parser):
    root, faults = read("a: 1\nb: {c: 2, c: 3}\na: !x 4\na: 5\n", parser)
    assert root == {"a": "5", "b": {"c": "3"}}
    assert faults == [
        "f:2:11: 'c' is given twice: first at f:2:5: keep one",
        "f:3:1: 'a' is given twice: first at f:1:1: keep one",
        "f:3:4: the tag '!x' is not allowed: values are read as they are written: remove it",
        "f:4:1: 'a' is given twice: first at f:1:1: keep one",
    ]


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system", "!foo", "!!str", "!!binary", "!"]
)
def test_a_tag_is_refused(tag, parser):
    root, faults = read(f"a: {tag} b\n", parser)
    assert root == {"a": "b"}
    (fault,) = faults
    assert fault.startswith("f:1:4: the tag")


@pytest.mark.parametrize("text", ["!x [a]\n", "!x {a: b}\n"])
def test_a_tag_of_a_list_or_mapping_is_refused_too(text, parser):
    _, faults = read(text, parser)
    assert len(faults) == 1


def test_a_second_document_is_refused_at_its_beginning(parser):
    root, faults = read("a: b\n---\nc: d\n", parser)
    assert root is None
    assert faults == ["f:2:1: a second document begins here: remove the line ---, or use two files"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("? [a]\n: b\n", "f:1:3: a key must be a text"),
        ("? {a: b}\n: c\n", "f:1:3: a key must be a text"),
    ],
)
def test_a_key_that_is_no_text_is_refused(text, fault, parser):
    assert read(text, parser) == ({}, [fault])


class TestAnchors:
    def test_an_alias_is_the_node_that_was_anchored(self, parser):
        assert read("a: &x {b: &y c}\nd: *x\ne: *y\nf: [&z [g], *z]\n", parser) == (
            {"a": {"b": "c"}, "d": {"b": "c"}, "e": "c", "f": [["g"], ["g"]]},
            [],
        )

    def test_the_last_anchor_of_a_name_counts(self, parser):
        assert read("[&x a, *x, &x b, *x]", parser) == (["a", "a", "b", "b"], [])

    def test_an_alias_may_be_a_key(self, parser):
        assert read("a: &x b\n*x : c\n", parser) == ({"a": "b", "b": "c"}, [])

    def test_an_alias_without_anchor_is_a_fault(self, parser):
        assert read("a: *x\n", parser) == (
            {"a": ...},
            ['f:1:4: no anchor &x stands before the alias *x: if it is text, quote it: "*x"'],
        )

    def test_an_alias_without_anchor_as_a_key_is_the_same_one_fault(self, parser):
        _, faults = read("*x : a\n", parser)
        assert faults == [
            'f:1:1: no anchor &x stands before the alias *x: if it is text, quote it: "*x"'
        ]

    def test_an_alias_inside_its_own_anchor_is_a_fault(self, parser):
        assert read("a: &x [b, *x]\n", parser) == (
            {"a": ["b", ...]},
            ["f:1:11: the alias *x is used inside its own anchor"],
        )

    def test_a_bomb_of_aliases_is_refused_before_it_is_built(self, parser):
        lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
        lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
        root, faults = read("\n".join(lines), parser)
        assert root is None
        (fault,) = faults
        assert "over 100,000 values by aliases alone" in fault


class TestMergeKeys:
    def test_a_merged_mapping_gives_what_the_mapping_does_not_say_itself(self, parser):
        text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: *a, x: 5}\nd: {<<: [*b, *a]}\n"
        root, faults = read(text, parser)
        assert faults == []
        assert isinstance(root, dict)
        assert root["c"] == {"x": "5", "y": "2"}
        assert root["d"] == {"y": "3", "z": "4", "x": "1"}

    def test_a_merged_field_keeps_the_place_where_it_was_written(self):
        root = parse(b"a: &a {x: 1}\nb:\n  <<: *a\n", "f", Faults())
        assert isinstance(root, Mapping)
        merged = root.entries[1][1]
        assert isinstance(merged, Mapping)
        assert [str(key.at) for key, _ in merged.entries] == ["f:1:8"]

    def test_a_quoted_merge_key_is_an_ordinary_key(self, parser):
        assert read("'<<': a\n", parser) == ({"<<": "a"}, [])

    def test_what_is_no_mapping_cannot_be_merged(self, parser):
        assert read("<<: a\n", parser) == (
            {},
            ["f:1:5: << takes a mapping: write <<: *NAME"],
        )

    def test_a_broken_alias_in_a_merge_is_one_fault(self, parser):
        assert read("<<: *x\n", parser) == (
            {},
            ['f:1:5: no anchor &x stands before the alias *x: if it is text, quote it: "*x"'],
        )


class TestLimits:
    @pytest.mark.parametrize("piece", ["[", "{a: ", "- ", "? "])
    def test_deep_nesting_is_refused_without_going_there(self, piece, parser):
        root, faults = read(piece * 100_000, parser)
        assert root is None
        (fault,) = faults
        assert "nested more than 32 levels deep" in fault

    def test_the_deepest_nesting_allowed_is_read(self, parser):
        _, faults = read("[" * 32 + "]" * 32, parser)
        assert faults == []

    def test_a_file_of_too_many_values_is_refused(self, monkeypatch, parser):
        monkeypatch.setattr(tree, "MOST_NODES", 10)
        assert read("[a,a,a,a,a,a,a,a,a]", parser)[1] == []
        assert read("[a,a,a,a,a,a,a,a,a,\na,a]", parser) == (
            None,
            ["f:2:3: the file has over 10 values: split it"],
        )

    def test_too_many_directives_are_refused_before_the_parser_compares_them(self, parser):
        few = "".join(f"%TAG !a{n}! tag:x,2000:{n}\n" for n in range(100))
        assert read(f"{few}---\na: 1\n", parser) == ({"a": "1"}, [])
        root, (fault,) = read(few * 3000, parser)
        assert root is None
        assert fault.startswith("f:101:1: over 100 lines that begin with %: remove them")

    def test_a_text_longer_than_anything_means_is_refused_and_the_rest_is_read(self, parser):
        assert read(f"a: {'x' * 501}\nb: {'x' * 500}\n", parser) == (
            {"a": ..., "b": "x" * 500},
            ["f:1:4: a text of 501 characters: at most 500 are read"],
        )


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-,[]{}&*!|>'\"%@`?#\n \t~<.0"), max_size=60))
def test_whatever_is_written_ends_in_a_tree_or_a_fault(text):
    for parser in (FASTEST, PURE):
        root, faults = read(text, parser)
        assert root is not None or faults


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_whatever_the_bytes_there_is_a_tree_or_a_fault(data):
    for parser in (FASTEST, PURE):
        root, faults = read(data, parser)
        assert root is not None or faults
