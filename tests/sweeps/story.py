"""A plan of about forty calls of every kind, and what must be true once it is carried out.

Yesterday's specs were applied; since then somebody else added numbers by hand, and today's specs
create (plain, described, in groups, along a chain of sources), update, park, delete and adopt.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.simulator import Fixture, Running, running
from reconciler.simulator.fixture import parse_fixture
from reconciler.simulator.table import DEFAULTS
from reconciler.state.model import Conflict
from tests.apply.rig import RECORDED, Site, Table, content, copied, differences, table_of

YESTERDAY = """
  - name: sales
    numbers: [7275550000-7275550007]
    routing: {did_route: IN_GROUP, group: SALESLINE, did_description: Tampa sales}
  - name: leaving-parked
    numbers: [7275550100-7275550102]
    routing: {did_route: IN_GROUP, group: SUPPORT}
    removal: {action: park, routing: {did_route: EXTEN, extension: '8300'}}
  - name: leaving-deleted
    numbers: [7275550110-7275550113]
    removal: {action: delete}
  - name: leaving-kept
    numbers: [7275550120-7275550121]
    routing: {record_call: Y}
  - name: hub
    numbers: ['7275550200']
    routing: {did_route: IN_GROUP, group: BILLING}
"""

TODAY = """
  - name: sales
    numbers: [7275550000-7275550007]
    routing: {did_route: IN_GROUP, group: SUPPORT, did_description: Tampa sales}
    overrides:
      - numbers: [7275550005-7275550007]
        routing: {did_route: CALLMENU, menu_id: MAIN_IVR}
  - name: hub
    numbers: ['7275550200']
    routing: {did_route: IN_GROUP, group: BILLING, record_call: Y_QUEUESTOP}
  - name: from-hub
    source: 7275550200
    numbers: [7275550300-7275550303]
    routing: {did_route: VOICEMAIL, voicemail_ext: '8300'}
  - name: from-from-hub
    source: 7275550301
    numbers: [7275550310-7275550312, +17275550313]
    routing: {record_call: N}
  - name: plain
    numbers: [7275551000-7275551004]
  - name: described
    numbers: [7275551100-7275551102]
    routing: {did_description: Tampa described}
    overrides:
      - numbers: [7275551102]
        routing: {did_description: Tampa otherwise}
  - name: grouped
    numbers: [7275552000-7275552011]
    routing: {did_route: IN_GROUP, group: SUPPORT}
    overrides:
      - numbers: [7275552003-7275552005]
        routing: {did_route: CALLMENU, menu_id: MAIN_IVR, did_description: Tampa menu}
      - numbers: [7275552006-7275552007]
        routing: {did_description: Tampa support two}
      - numbers: [7275552009-7275552011]
        routing: {record_call: Y}
  - name: taken-over
    adopt: true
    numbers: [7275553000-7275553002]
    routing: {did_route: IN_GROUP, group: SALESLINE, record_call: N}
  - name: clashing
    numbers: [7275554000-7275554003]
    routing: {did_route: IN_GROUP, group: BILLING}
"""

MENUS = {"MAIN_IVR"}
OTHERS = ("7275553001", "7275553002", "7275554000", "7275554002", "7275558888")
"""Added by hand: two that are adopted, two in the way (one where a seed would be), one aside."""
ADOPTED = OTHERS[:2]
IN_THE_WAY = OTHERS[2:4]


@dataclass(frozen=True, slots=True)
class Story:
    """The server before today's apply, today's specs, and yesterday's state."""

    simulator: Running
    folder: Path
    before: Table

    def begin(self, folder: Path) -> Site:
        """The morning, in an empty ``folder``; whatever ran before is forgotten."""
        self.simulator.reset()
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Site(folder, self.simulator.endpoint)

    def check(self, site: Site) -> Table:
        """Assert that everything is as today's specs want it; returns the server's table."""
        table = table_of(self.simulator)
        declared = {p.lower() for span, _ in site.spec().desired for p in span}
        leaving = {str(number) for number in range(7275550100, 7275550122)} & set(self.before)
        deleted = {str(number) for number in range(7275550110, 7275550114)}
        assert set(table) == (set(self.before) | declared) - deleted
        assert site.unmet(table) == []
        assert site.false_claims(table) == []
        assert site.plan().changes.count == 0
        records = site.store().read().state.records
        conflicts = records.where(lambda record: isinstance(record.standing, Conflict))
        kept_apart = [p for span in conflicts.spans for p in span]
        assert kept_apart == list(IN_THE_WAY), kept_apart
        for pattern in set(self.before) - declared - leaving | set(IN_THE_WAY):
            assert table[pattern] == self.before[pattern], f"{pattern} was touched"
        for pattern in leaving - deleted:
            parked = {"did_route": "EXTEN", "extension": "8300"}
            expected = parked if pattern.startswith("727555010") else {"record_call": "Y"}
            assert expected.items() <= table[pattern].items()
        for span, wanted in site.spec().desired:
            for pattern in set(span) - set(self.before):
                assert copied(table[pattern.lower()]) == copied(table[wanted.source.lower()])
        for pattern in set(self.before) - deleted:
            assert table[pattern]["did_id"] == self.before[pattern]["did_id"]
        ids = {row["did_id"] for row in table.values()}
        first = 1 + max(row["did_id"] for row in self.before.values())
        created = len(set(table) - set(self.before))
        assert {each for each in ids if each >= first} == set(range(first, first + created)), (
            "a number was created twice"
        )
        return content(table)


@contextmanager
def telling(folder: Path) -> Iterator[Story]:
    """Play yesterday once, and serve what it left: ``begin`` goes back there each time."""
    yesterday = folder / "yesterday"
    with running(RECORDED) as simulator:
        site = Site(yesterday, simulator.endpoint)
        site.write(YESTERDAY)
        applied = site.apply_cleanly()
        assert applied.complete
        rows = simulator.dids()
    with running(_with(rows)) as simulator:
        morning = folder / "morning"
        shutil.copytree(yesterday, morning)
        known = (morning / "state" / "tampa.json").read_text()
        (morning / "state" / "tampa.json").write_text(
            known.replace(site.endpoint, simulator.endpoint)
        )
        Site(morning, simulator.endpoint).write(TODAY)
        yield Story(simulator, morning, table_of(simulator))


def _with(rows: list[dict[str, Any]]) -> Fixture:
    """The recorded fixture with these rows for its DIDs, and what others added."""
    document = json.loads(RECORDED.read_text())
    kept = [{name: value for name, value in row.items() if name in DEFAULTS} for row in rows]
    added = [
        {"did_pattern": pattern, "did_route": "EXTEN", "did_description": "Somebody else"}
        for pattern in OTHERS
    ]
    return parse_fixture({**document, "dids": [*kept, *added], "extra_dids": []}, "the morning")


def calls_of(simulator: Running) -> int:
    """How many requests there were."""
    return sum(simulator.calls().values())


__all__ = ["Story", "calls_of", "differences", "telling"]
