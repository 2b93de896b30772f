"""What the state file looks like, and that it says all of a state and nothing else."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.errors import StateError
from reconciler.numbers import SpanMap, parse_span
from reconciler.removal import DeletePolicy, KeepPolicy, ParkPolicy
from reconciler.routing import FIELDS, Routing
from reconciler.state.codec import decode, decode_records, encode, encode_records
from reconciler.state.model import (
    AppliedSettings,
    BegunCreate,
    BegunDelete,
    BegunUpdate,
    Confirmed,
    Conflict,
    CopyOf,
    FromSource,
    Record,
    Seed,
    State,
)
from tests.conftest import ENDPOINT, MENU, SALES, SOURCE, SUPPORT, known, over, record, state

GOLDEN = (Path(__file__).parent / "golden.json").read_text(encoding="utf-8")


def golden_state():
    umlauts = Routing({"did_description": "Grüße"})
    return state(
        ("7275553300-7275553399", known(SALES)),
        ("7275553400", known(SALES, removal=ParkPolicy(MENU))),
        ("7275553401", known(MENU, source=None, name="found", removal=DeletePolicy())),
        ("7275553402", record(Conflict(), removal=KeepPolicy())),
        ("7275553500-7275553502", record(BegunCreate(SOURCE, CopyOf("7275553499"), SALES))),
        ("7275553503", record(BegunCreate(SOURCE, Seed(), Routing()))),
        ("7275553504", record(BegunCreate(SOURCE, FromSource(), umlauts))),
        ("7275553600", record(BegunUpdate(Confirmed(SOURCE, SALES), SUPPORT))),
        ("7275553601", record(BegunDelete(Confirmed(SOURCE, SALES)))),
        serial=42,
        applied_commit="0123abc",
        settings=AppliedSettings(
            "file:state/tampa.json", (("max_create", "2000"),), ("7275551114",), "keep"
        ),
    )


def test_a_state_reads_like_this():
    assert encode(golden_state()).decode() == GOLDEN


def test_what_was_written_is_read():
    assert decode(GOLDEN.encode(), "file:x") == golden_state()


def test_an_empty_state_is_seven_lines():
    assert encode(state(serial=0)).decode().splitlines()[-3:] == [
        ' "profiles": {},',
        ' "numbers": []',
        "}",
    ]
    assert decode(encode(state(serial=0)), "file:x") == state(serial=0)


def test_a_hundred_numbers_alike_are_one_line():
    singles = state(*((f"72755533{n:02}", known(SALES)) for n in range(100)))
    assert encode(singles) == encode(state(("7275553300-7275553399", known(SALES))))


def test_one_number_changed_is_a_few_lines_changed():
    before = encode(state(("7275553300-7275553399", known(SALES)))).splitlines()
    after = encode(
        state(
            ("7275553300-7275553349", known(SALES)),
            ("7275553350", known(SUPPORT)),
            ("7275553351-7275553399", known(SALES)),
        )
    ).splitlines()
    assert len(set(after) - set(before)) <= 5


# --- any state

BLOCKS = st.sampled_from(["sales", "support", "Grüße", 'a "quoted" one', "line\nend"])
PATTERNS = st.sampled_from([SOURCE, "+17275551212", "MAIN_LINE", "0123"])
PLAIN = st.characters(exclude_categories=["Cs"])
ROUTINGS = st.dictionaries(
    st.sampled_from([field.name for field in FIELDS]), st.text(PLAIN, max_size=8), max_size=4
).map(Routing)
CONFIRMED = st.builds(Confirmed, st.none() | PATTERNS, ROUTINGS)
ROLES = st.one_of(st.builds(FromSource), st.builds(Seed), st.builds(CopyOf, PATTERNS))
DOUBTS = st.builds(BegunCreate, PATTERNS, ROLES, ROUTINGS) | st.builds(BegunDelete, CONFIRMED)
STANDINGS = st.one_of(
    CONFIRMED,
    st.builds(Conflict, st.none() | DOUBTS),
    DOUBTS,
    st.builds(BegunUpdate, CONFIRMED, ROUTINGS),
)
REMOVALS = st.one_of(
    st.none(), st.builds(KeepPolicy), st.builds(ParkPolicy, ROUTINGS), st.builds(DeletePolicy)
)
RECORDS = st.builds(
    Record, BLOCKS, STANDINGS, REMOVALS, st.none() | st.text("0f", min_size=64, max_size=64)
)
SPANS = st.sampled_from(
    ["7275553300-7275553399", "7275553400", "7275553401", "+17275551212", "Main_Line", "0007-0013"]
).map(parse_span)
WORDS = st.text(PLAIN, max_size=12)
SETTINGS = st.builds(
    AppliedSettings,
    WORDS,
    st.dictionaries(WORDS, WORDS, max_size=3).map(lambda limits: tuple(limits.items())),
    st.lists(WORDS, max_size=3).map(tuple),
    WORDS,
)
STATES = st.builds(
    State,
    target=WORDS,
    endpoint=st.just(ENDPOINT),
    lineage=WORDS,
    serial=st.integers(0, 10**6),
    applied_commit=st.none() | WORDS,
    settings=st.none() | SETTINGS,
    records=st.dictionaries(SPANS, RECORDS).map(lambda records: SpanMap(records.items())),
)


@given(STATES)
def test_any_state_is_read_as_it_was_written(one):
    content = encode(one)
    assert decode(content, "file:x") == one
    assert encode(decode(content, "file:x")) == content


@given(STATES)
def test_each_span_is_a_line(one):
    lines = encode(one).decode().split("\n")
    assert sum('{"span": ' in line for line in lines) == len(one.records)
    json.loads(encode(one))


@given(st.dictionaries(SPANS, RECORDS), st.randoms(use_true_random=False))
def test_the_same_content_is_the_same_bytes(records, random):
    shuffled = list(records.items())
    random.shuffle(shuffled)
    one = State("tampa", ENDPOINT, "f00d", records=SpanMap(records.items()))
    other = State("tampa", ENDPOINT, "f00d", records=SpanMap(shuffled))
    assert encode(one) == encode(other)


@given(st.lists(st.tuples(SPANS, st.none() | RECORDS), max_size=5))
def test_records_in_a_line_are_read_as_they_were_written(records):
    line = encode_records(records)
    assert "\n" not in line
    assert decode_records(json.loads(line)) == records


# --- damage


@given(st.integers(0, len(GOLDEN.encode())))
def test_a_file_cut_anywhere_is_damaged(length):
    cut = GOLDEN.encode()[:length]
    if cut.rstrip() != GOLDEN.encode().rstrip():
        with pytest.raises(StateError, match="file:x is damaged"):
            decode(cut, "file:x")


@given(st.integers(0, len(GOLDEN.encode()) - 1), st.integers(0, 255))
@example(GOLDEN.encode().index(b"42"), ord("-"))
def test_a_changed_byte_is_read_or_is_a_damaged_state_and_nothing_else(place, byte):
    content = bytearray(GOLDEN.encode())
    content[place] = byte
    read_or_refused(bytes(content))


def read_or_refused(content):
    """A file either says something that can be written again, or is refused by its name."""
    try:
        read = decode(content, "file:x")
    except StateError as error:
        refused = error
    else:
        assert decode(encode(read), "file:x") == read
        return
    assert "file:x" in refused.message
    assert refused.hint is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)


def places(value, path=()):
    """Every place of a document, as a path of keys."""
    yield path
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from places(part, (*path, key))


DOCUMENT = json.loads(GOLDEN.encode())


@given(st.sampled_from([path for path in places(DOCUMENT) if path]), JSON, st.booleans())
def test_any_other_value_anywhere_is_read_or_is_a_damaged_state(path, value, remove):
    document = json.loads(GOLDEN.encode())
    inside = document
    for key in path[:-1]:
        inside = inside[key]
    if remove:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    read_or_refused(json.dumps(document).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"version": "1"}',
        b'{"version": true}',
        b'{"version": 0}',
        b'{"version": 1}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_no_state_is_damaged(content):
    with pytest.raises(StateError, match="damaged") as caught:
        decode(content, "file:x")
    assert "restore" in caught.value.hint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"serial": 42', '"serial": 4.2'),
        ('"serial": 42', '"serial": 1e999'),
        ('"serial": 42', '"serial": -1'),
        ('"serial": 42', '"serial": true'),
        ('"applied_commit": "0123abc"', '"applied_commit": []'),
        ('"conflict": true', '"conflict": 1'),
        ('"role": "seed"', '"role": "weed"'),
        ('"action": "delete"}}', '"action": "burn"}}'),
        ('"removal": {"action": "keep"}', '"removal": {"action": "kept"}'),
        ('"block": "found"', '"block": "\\ud800"'),
        ('"group": "SUPPORT"', '"grupe": "SUPPORT"'),
        ('"7275553401"', '"7275553400"'),
        ('"7275553401"', '"72 401"'),
        ('"source": null', '"source": "a b"'),
    ],
)
def test_a_value_that_cannot_be_is_damage(before, after):
    text = GOLDEN
    assert before in text
    with pytest.raises(StateError, match="damaged"):
        decode(text.replace(before, after, 1).encode(), "file:x")


def merged(tmp_path, ours, theirs):
    """A state file as git leaves it when both sides changed it."""
    paths = [tmp_path / name for name in ("ours", "base", "theirs")]
    for path, content in zip(paths, (ours, encode(golden_state()), theirs), strict=True):
        path.write_bytes(content)
    done = subprocess.run(
        ["git", "merge-file", "-p", *map(str, paths)], capture_output=True, check=False
    )
    assert done.returncode > 0
    return done.stdout


def test_a_merge_conflict_is_called_that_with_the_way_out(tmp_path):
    now = encode(replace(golden_state(), serial=43))
    content = merged(tmp_path, now, encode(replace(golden_state(), serial=44)))
    begins = content[: content.index(b"<<<<<<<")].count(b"\n") + 1
    with pytest.raises(
        StateError, match=f"file:x contains a merge conflict, from line {begins} on"
    ) as r:
        decode(content, "file:x")
    assert "of both sides" in r.value.hint
    assert "the higher serial" in r.value.hint


def test_a_conflict_that_was_solved_as_advised_is_a_state_with_the_numbers_of_both_sides(tmp_path):
    sides = []
    for serial, numbers in ((43, "7275556000"), (44, "7275559000")):
        more = state((numbers, known(SALES))).records
        golden = golden_state()
        sides.append(encode(replace(golden, serial=serial, records=golden.records.overlaid(more))))
    text = merged(tmp_path, *sides).decode()
    kept = [line for line in text.splitlines() if not re.match("<<<<<<<|=======|>>>>>>>", line)]
    kept.remove(' "serial": 43,')
    solved = re.sub(r"}\n  {", "},\n  {", "\n".join(kept))
    found = decode(solved.encode(), "file:x")
    assert found.serial == 44
    assert {"7275556000", "7275559000"} <= {span.text for span in found.records.spans}


def test_a_file_of_a_newer_version_says_which_tool_to_use():
    newer = GOLDEN.encode().replace(b'"version": 1', b'"version": 2')
    with pytest.raises(StateError, match="newer reconciler") as caught:
        decode(newer, "file:x")
    assert "nothing was changed" in caught.value.hint


def test_spans_larger_than_a_person_may_write_are_read():
    huge = state(("7000000000-7009999999", known(SALES)))
    assert decode(encode(huge), "file:x").records == over(("7000000000-7009999999", known(SALES)))


def test_a_seed_may_be_called_as_the_roles_are():
    begun = [BegunCreate("source", CopyOf(name), SALES) for name in ("source", "seed")]
    mark = state(*((f"727555350{at}", record(each)) for at, each in enumerate(begun)))
    assert decode(encode(mark), "it") == mark


def test_that_unreviewed_changes_are_allowed_is_kept_and_refused_is_what_nothing_says():
    settings = golden_state().settings
    assert settings is not None
    allowing = replace(golden_state(), settings=replace(settings, unreviewed="allow"))
    assert decode(encode(allowing), "it") == allowing
    assert settings.unreviewed == "refuse"
    assert b"unreviewed" not in encode(golden_state())


def test_no_update_leaves_it_in_doubt_whose_a_number_is():
    before = state(("7275553300", record(BegunUpdate(Confirmed(SOURCE), SALES))))
    text = encode(before).decode().replace('"begun"', '"conflict": true, "begun"')
    with pytest.raises(StateError, match="7275553300 is in doubt because of an update"):
        decode(text.encode(), "file:x")


def test_that_the_list_was_not_readable_is_kept():
    assert decode(encode(state(unlisted=True)), "file:x").unlisted
    assert b"unlisted" not in encode(state())
