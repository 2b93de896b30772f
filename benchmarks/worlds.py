"""Worlds to plan: folders of specs of a given size, the same each time, and states beside them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler import specs
from reconciler.diff.settings import settings_of
from reconciler.state.codec import encode
from reconciler.state.model import Confirmed, Record, State

SEED = 7
FIRST = 7_200_000_000
SOURCE = "7195551114"
TARGET = f"""\
version: 1
endpoint: https://vici.example.com/vicidial/non_agent_api.php
state: file:state/{{target}}.json
defaults: {{source: "{SOURCE}"}}
limits: {{max_create: 100000000, max_update: 100000000}}
"""
SALES = "{did_route: IN_GROUP, group: SALESLINE}"
MENU = "{did_route: CALLMENU, menu_id: MAIN_IVR}"

Files = dict[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """``files`` makes the files of its blocks; ``known`` those that the state was made from."""

    name: str
    files: Callable[[], Files]
    known: Callable[[], Files] | None = None

    def write(self, folder: Path) -> Path:
        """Make the world in ``folder``, with its state."""
        if self.known is not None:
            _write(folder, self.known())
            state = folder / "state" / "tampa.json"
            state.parent.mkdir()
            state.write_bytes(encode(applied(folder / "did_specs")))
        _write(folder, self.files())
        return folder


def listed(count: int, overridden: int) -> Files:
    """One block of numbers without any order or neighbours, some with another routing."""
    chance = random.Random(SEED)
    numbers = chance.sample(range(2_000_000_000, 10_000_000_000), count)
    lines = ["version: 1", "blocks:", "  - name: sales", "    numbers:"]
    lines += (f"      - {number}" for number in numbers)
    lines += [f"    routing: {SALES}", "    overrides:", "      - numbers:"]
    lines += (f"          - {number}" for number in chance.sample(numbers, overridden))
    lines += [f"        routing: {MENU}"]
    return {"blocks.yaml": _text(lines)}


def ranges(numbers: int, blocks: int, overrides: int, *, changed: float = 0.0) -> Files:
    """Blocks of one range each, with overrides of single numbers scattered over all of them.

    Of the overrides a share of ``changed`` has another routing than it would have without.
    """
    chance = random.Random(SEED)
    step = numbers // blocks
    lines = ["version: 1", "blocks:"]
    for at in range(FIRST, FIRST + numbers, step):
        lines += [f"  - name: block-{at}", f"    numbers: [{at}-{at + step - 1}]"]
        lines += [
            f"    routing: {SALES}",
            *_scattered(at, step, overrides // blocks, chance, changed),
        ]
    return {"blocks.yaml": _text(lines)}


def _scattered(
    at: int, step: int, count: int, chance: random.Random, changed: float
) -> Iterator[str]:
    if count:
        yield "    overrides:"
    for each in range(count):
        number = at + chance.randrange(step // count * each, step // count * (each + 1))
        menu = f"OTHER_{each}" if chance.random() < changed else f"MENU_{each}"
        yield f"      - numbers: [{number}]"
        yield f"        routing: {{did_route: CALLMENU, menu_id: {menu}}}"


def many_files(files: int, blocks: int, numbers: int) -> Files:
    """Files of several blocks each, of single numbers."""
    found: Files = {}
    at = FIRST
    for file in range(files):
        lines = ["version: 1", "blocks:"]
        for block in range(blocks):
            lines += [f"  - name: block-{file}-{block}", "    numbers:"]
            lines += (f"      - {number}" for number in range(at, at + 2 * numbers, 2))
            lines += [f"    routing: {SALES}"]
            at += 2 * numbers
        found[f"part-{file:03d}.yaml"] = _text(lines)
    return found


WORLDS = (
    World("100,000 listed, 2,000 overridden, all new", lambda: listed(100_000, 2000)),
    World(
        "100,000 listed, 2,000 overridden, nothing changed",
        lambda: listed(100_000, 2000),
        lambda: listed(100_000, 2000),
    ),
    World(
        "1,000,000 in 1,000 ranges, 5,000 overridden, all new", lambda: ranges(10**6, 1000, 5000)
    ),
    World(
        "1,000,000 in 1,000 ranges, 5,000 overridden, 1 % of these changed",
        lambda: ranges(10**6, 1000, 5000, changed=0.01),
        lambda: ranges(10**6, 1000, 5000),
    ),
    World("10,000,000 in 10,000 ranges, all new", lambda: ranges(10**7, 10_000, 0)),
    World(
        "10,000,000 in 10,000 ranges, nothing changed",
        lambda: ranges(10**7, 10_000, 0),
        lambda: ranges(10**7, 10_000, 0),
    ),
    World("100,000 listed in 100 files of 20 blocks, all new", lambda: many_files(100, 20, 50)),
)


def applied(root: Path) -> State:
    """The state after an apply of the specs in ``root``."""
    (spec,) = specs.read(root)
    state = State(spec.target.name, spec.target.endpoint, "1", serial=1)
    records = spec.desired.mapped(
        lambda each: Record(each.block.name, Confirmed(each.source, each.routing))
    )
    return replace(state, settings=settings_of(spec.target), records=records)


def _write(folder: Path, files: Files) -> None:
    target = folder / "did_specs" / "tampa"
    target.mkdir(parents=True, exist_ok=True)
    (target / "target.yaml").write_text(TARGET)
    for name, text in files.items():
        (target / name).write_text(text)


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
