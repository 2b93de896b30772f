"""The quick check of a file's shape accepts exactly what its JSON Schema does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import Location, SpecFaults
from reconciler.specs import confirm, schema, shape, structure
from reconciler.specs.document import parse
from reconciler.specs.faults import Faults
from reconciler.specs.nodes import Mapping, Scalar, Sequence

HERE = Location("f.yaml")
SCHEMAS = {"blocks": schema.did_spec(), "target": schema.target()}
TEXTS = [
    "1", "2", "0", "-1", "0.5", "1.5", "8", "9", "007", "1e3", "true", "False", "yes", "", "~",
    "null", "keep", "park", "delete", "IN_GROUP", "AGENT", "US", "national", "ascii", "any",
    "refuse", "7275551212", "7275553300-7275553399", "999999999999", "text",
]  # fmt: skip


def a_scalar():
    return st.builds(Scalar, st.just(HERE), st.sampled_from(TEXTS), st.booleans())


def a_node(described, depth=0):
    """A node that often, but not always, has the shape that ``described`` tells of."""
    fitting = [a_scalar()]
    if described.get("type") == "object" and depth < 5:
        fitting = [a_mapping(described, depth)] * 3
    elif described.get("type") == "array" and depth < 5:
        items = st.lists(st.deferred(lambda: a_node(described["items"], depth + 1)), max_size=3)
        fitting = [items.map(lambda parts: Sequence(HERE, tuple(parts)))] * 3
    elif "enum" in described:
        chosen = st.sampled_from(described["enum"])
        fitting += [chosen.map(lambda text: Scalar(HERE, text))] * 3
    others = [a_scalar(), st.just(Sequence(HERE)), st.just(Mapping(HERE))]
    return st.integers(0, 19).flatmap(lambda luck: st.one_of(others if luck == 0 else fitting))


def a_mapping(described, depth):
    known = described.get("properties", {})

    @st.composite
    def entries(draw):
        required = described.get("required", ())
        names = [name for name in known if name in required or draw(st.booleans())]
        if not draw(st.integers(0, 9)):
            names += draw(st.lists(st.sampled_from(["nmae", "x", *known]), max_size=2))
        if names and not draw(st.integers(0, 9)):
            names.remove(draw(st.sampled_from(names)))
        return tuple(
            (Scalar(HERE, name), draw(a_node(known.get(name, {}), depth + 1))) for name in names
        )

    return entries().map(lambda pairs: Mapping(HERE, pairs))


@pytest.mark.parametrize("whole", SCHEMAS.values(), ids=SCHEMAS)
@given(data=st.data())
@settings(max_examples=300)
def test_both_accept_the_same(whole, data):
    root = data.draw(a_node(whole))
    faults = Faults()
    structure.check(root, whole, faults)
    assert shape.fits(root, whole) == (not faults.all())


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("version: 1\nblocks: []\n", True),
        ("version: 2\nblocks: []\n", False),
        ("version: 1\nblocks: 7\n", False),
        ("version: 1\nblocks: {}\n", False),
        ("version: 1\n", False),
        ("version: 1\nblocks: []\nmore: 1\n", False),
        ("version: 1\nblocks: [[]]\n", False),
        ("- 1\n", False),
        ("version: 1\nblocks: [{name: a, numbers: [72, *none]}]\n", False),
    ],
)
def test_the_shape_of_a_file_of_blocks(text, fitting):
    root = parse(text.encode(), "f.yaml", Faults())
    assert root is not None
    assert shape.fits(root, SCHEMAS["blocks"]) == fitting


def test_a_run_is_no_list_of_anything_but_numbers():
    text = "version: 1\nblocks:\n" + "".join(f"- {number}\n" for number in range(100, 120))
    root = parse(text.encode(), "f.yaml", Faults())
    assert root is not None
    assert not shape.fits(root, SCHEMAS["blocks"])


def test_validate_asks_both(folder, monkeypatch):
    folder.write("a.yaml", "version: 1\nblocks: []\n")
    confirm(folder.root, only="tampa")
    folder.write("a.yaml", "version: 1\nblocks: []\nmore: 1\n")
    monkeypatch.setattr(shape, "fits", lambda *_: True)
    folder.read()
    with pytest.raises(SpecFaults, match="1 fault in the specs"):
        confirm(folder.root)
