"""Whatever bytes somebody else leaves, reading them ends in a value or in one error of ours.

Good archives, plans, reports, events and states are changed at random: bytes of them, or values in
their JSON. A test's number is the seed of its changes.
"""

import copy
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler.github.archive import file_in
from reconciler.github.event import pull_event
from reconciler.github.outcome import PULLS, read_outcomes
from reconciler.github.planned import read_pull
from reconciler.report.comment import PlanOrigin, Section, comment, unplanned
from reconciler.report.document import from_json, to_json
from reconciler.report.model import PlanProblem
from reconciler.report.result import read_report
from reconciler.state.codec import decode, encode
from tests.conftest import MENU, SALES, known, state
from tests.github.artifacts import files_of
from tests.github.hub import commit
from tests.github.sections import LIVE_CHANGE, NEW
from tests.github.test_commenting_on_a_plan import event

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, 1e308, "", "x", "\x00", "7275553300-7275553399"),
    *([], {}, [[]], {"": None}, ["x"] * 50),
)
TOKENS = (
    b"1e999",
    b"NaN",
    b'"\\ud800"',
    b"[" * 5000,
    b"{",
    b"}",
    b'"',
    b"\xff",
    b"null",
    b"9" * 5000,
)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def packed(method: int, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("plan.json", text)
    return stream.getvalue()


class Reads:
    """How each kind of bytes is read, up to what is shown of it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / PULLS

    def archive(self, content: bytes) -> None:
        file_in(content, "plan.json")

    def plan(self, content: bytes) -> None:
        document = from_json(content.decode(errors="replace"), "plan.json")
        comment([Section(document)], PlanOrigin())

    def report(self, content: bytes) -> None:
        read_report(content.decode(errors="replace"), "report.json")

    def state(self, content: bytes) -> None:
        encode(decode(content, "tampa.json"))

    def event(self, content: bytes) -> None:
        self._file.write_bytes(content)
        pull_event({"GITHUB_EVENT_PATH": str(self._file)})

    def planned(self, content: bytes) -> None:
        pull = read_pull(content.decode(errors="replace"))
        unplanned(pull.problems, PlanOrigin())

    def pulls(self, content: bytes) -> None:
        self._file.write_bytes(content)
        read_outcomes([self._file.parent])


PROBLEM = PlanProblem("too long", "make it shorter", "did_specs/tampa/a.yaml", 8)
PULL = {"number": 7, "head": {"sha": commit("head")}, "base": {"ref": "main"}}
REPORT = {
    "version": 1,
    "target": "tampa",
    "seconds": 1.5,
    "stopped": {"message": "away", "hint": None},
    "outcomes": [{"numbers": ["7275553300-7275553309"], "outcome": "unknown", "words": "cut"}],
}
ENTRIES = [
    ("7275553300-7275553309", known(SALES)),
    ("7275554400", known(MENU, name="other")),
]
GOOD: dict[str, list[bytes]] = {
    "archive": [packed(method, '{"version": 1}' * 20) for method in METHODS],
    "plan": [to_json(plan).encode() for plan in (NEW, LIVE_CHANGE)],
    "report": [json.dumps(REPORT).encode()],
    "state": [encode(state(*ENTRIES))],
    "event": [json.dumps(event(7)).encode()],
    "planned": [files_of(PULL, problems=(PROBLEM,))["pull.json"].encode()],
    "pulls": [b'{"target": "tampa", "pulls": [{"number": 7, "commit": "abc"}]}'],
}


def changed(content: bytes, dice: random.Random) -> bytes:
    """A few bytes removed, replaced or put in."""
    found = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        place = dice.randrange(len(found) + 1)
        match dice.randrange(3):
            case 0:
                found[place : place + dice.randrange(1, 9)] = b""
            case 1:
                found[place : place + 1] = bytes([dice.choice((0, 255, dice.randrange(256)))])
            case _:
                found[place:place] = dice.choice((*TOKENS, dice.randbytes(dice.randrange(1, 9))))
    return bytes(found)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a value in JSON: what holds it, and its key or index."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def revalued(content: bytes, dice: random.Random) -> bytes:
    """One or two values of the JSON replaced, removed, or put under another name."""
    value = json.loads(content)
    for _ in range(dice.choice((1, 1, 2))):
        holder, key = dice.choice(list(places(value)) or [({"": value}, "")])
        match dice.randrange(4):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[f"{key}x"] = holder.pop(key)
            case _:
                holder[key] = copy.deepcopy(dice.choice(ODD))
    return json.dumps(value).encode()


def play(kind: str, seed: int, folder: Path, changes: int) -> None:
    dice = random.Random(f"{kind} {seed}")
    read = getattr(Reads(folder), kind)
    for _ in range(changes):
        good = dice.choice(GOOD[kind])
        by_value = kind != "archive" and dice.random() < 0.5
        content = revalued(good, dice) if by_value else changed(good, dice)
        try:
            read(content)
        except ReconcilerError:
            continue
        except Exception as error:
            error.add_note(f"read: {content[:2000]!r}")
            raise


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_good_is_read(kind: str, tmp_path: Path) -> None:
    read = getattr(Reads(tmp_path), kind)
    for content in GOOD[kind][: 2 if kind == "archive" else None]:
        read(content)


@pytest.mark.parametrize("kind", GOOD)
def test_a_few_changed_bytes_end_in_a_value_or_an_error(kind: str, tmp_path: Path) -> None:
    play(kind, 0, tmp_path, 300)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(1, 21))
@pytest.mark.parametrize("kind", GOOD)
def test_any_changed_bytes_end_in_a_value_or_an_error(kind: str, seed: int, tmp_path: Path) -> None:
    play(kind, seed, tmp_path, 1000)
