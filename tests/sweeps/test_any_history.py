"""Any history of edits, applies, faults, kills, lost journals, old states and changes by others.

A few numbers, three blocks, and somebody else at the admin screen. What must hold, whatever came
before:

- a number that was never declared is as others left it;
- so is a number of somebody else's that is declared and not adopted;
- what the state calls confirmed is true on the server, unless somebody else changed it since;
- after an undisturbed apply the server holds what the YAML says, and the next plan is empty.
"""

import json
import shutil
import tempfile
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from reconciler.errors import SpecFaults
from reconciler.simulator import Running, running
from reconciler.simulator.fixture import parse_fixture
from reconciler.state.backend import Stored
from reconciler.state.codec import decode
from reconciler.state.model import BegunUpdate, Confirmed
from tests.apply.rig import RECORDED, USER, Site, quiet, table_of
from tests.backends.conftest import git
from tests.sweeps.dying import MOMENTS, Applies, BranchSite, applies
from tests.sweeps.test_faults_anywhere import KINDS

TEMPLATE = "7275551114"
POOL = [str(number) for number in range(7275557000, 7275557009)] + ["+17275557000"]
ROUTINGS: tuple[dict[str, str], ...] = (
    {},
    {"did_description": "Tampa one"},
    {"did_route": "EXTEN", "extension": "8300"},
    {"did_route": "EXTEN", "extension": "8300", "did_description": "Tampa two"},
    {"did_route": "IN_GROUP", "group": "SALESLINE", "record_call": "Y"},
)
REMOVALS = (
    {"action": "keep"},
    {"action": "delete"},
    {"action": "park", "routing": {"did_route": "EXTEN", "extension": "8399"}},
)
BLOCKS = range(3)

numbers = st.sampled_from(POOL)
blocks = st.sampled_from(BLOCKS)
edits = st.tuples(blocks, st.sets(numbers), st.integers(0, len(ROUTINGS) - 1))


class Block:
    def __init__(self):
        self.numbers: dict[str, int] = {}
        """Number → which routing it has of its own (0: the block's)."""
        self.routing = 0
        self.adopt = False
        self.removal = 0
        self.source = TEMPLATE

    def yaml(self, name):
        lines = [
            f"  - name: block-{name}",
            f"    source: '{self.source}'",
            f"    numbers: {sorted(self.numbers)}",
            f"    adopt: {'true' if self.adopt else 'false'}",
            f"    routing: {ROUTINGS[self.routing]}",
            f"    removal: {REMOVALS[self.removal]}",
        ]
        own = [(number, own) for number, own in sorted(self.numbers.items()) if own]
        if own:
            lines.append("    overrides:")
        for number, which in own:
            lines.append(f"      - {{numbers: ['{number}'], routing: {ROUTINGS[which]}}}")
        return "\n".join(lines)


class History(RuleBasedStateMachine):
    """Plays against one simulator; ``others`` is what somebody else did since."""

    simulator: Running
    dying: Applies

    @initialize()
    def start(self):
        self.simulator.reset()
        self.folder = Path(tempfile.mkdtemp())
        self.sites = self.places()
        self.site = self.sites[0]
        self.stored: list[Stored] = []
        """States as they were, of which one may be put back."""
        self.blocks = {block: Block() for block in BLOCKS}
        self.declared: set[str] = set()
        """Ever declared when an apply ran."""
        self.changed: set[str] = set()
        """By others, when it was or may have been ours."""
        self.foreign: dict[str, dict] = {}
        """Made by others when it was not surely ours, and never adopted since: as they made it."""
        self.rows = table_of(self.simulator)
        self.write()

    def places(self):
        """Where applies run: each has the same specs and state, and a journal of its own."""
        return [Site(self.folder, self.simulator.endpoint)]

    def put_back(self, stored):
        """Store an earlier state again, as a person does from a backup."""
        self.site.state_path.write_bytes(stored.content)

    def teardown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- edits

    def write(self):
        text = "\n".join(block.yaml(name) for name, block in self.blocks.items() if block.numbers)
        self.site.write(text)

    @rule(number=numbers, block=blocks, own=st.integers(0, len(ROUTINGS) - 1))
    def declare(self, number, block, own):
        self.withdraw_quietly(number)
        self.blocks[block].numbers[number] = own
        self.write()

    @rule(block=blocks)
    def declare_all(self, block):
        for number in POOL:
            self.withdraw_quietly(number)
        self.blocks[block].numbers = dict.fromkeys(POOL, 0)
        self.write()

    @rule(edit=edits)
    def rewrite(self, edit):
        block, chosen, routing = edit
        for number in chosen:
            self.withdraw_quietly(number)
        self.blocks[block].numbers = dict.fromkeys(sorted(chosen), 0)
        self.blocks[block].routing = routing
        self.write()

    @rule(number=numbers)
    def withdraw(self, number):
        self.withdraw_quietly(number)
        self.write()

    def withdraw_quietly(self, number):
        for block in self.blocks.values():
            block.numbers.pop(number, None)

    @rule(block=blocks, routing=st.integers(0, len(ROUTINGS) - 1))
    def route(self, block, routing):
        self.blocks[block].routing = routing
        self.write()

    @rule(block=blocks)
    def adopt(self, block):
        self.blocks[block].adopt = not self.blocks[block].adopt
        self.write()

    @rule(block=blocks, removal=st.integers(0, len(REMOVALS) - 1))
    def remove_by(self, block, removal):
        self.blocks[block].removal = removal
        self.write()

    @rule(block=blocks, number=st.sampled_from([TEMPLATE, *POOL[:2]]))
    def copy_from(self, block, number):
        self.blocks[block].source = number
        self.write()

    # --- somebody else

    def ask(self, **parameters):
        httpx.post(
            self.simulator.endpoint,
            data={"source": "byhand", "user": USER.user, "pass": USER.password, **parameters},
            trust_env=False,
            verify=False,
        )
        self.rows = table_of(self.simulator)

    def is_ours(self, number):
        """Whether the state, with or without the journal, says that it is ours.

        What is only begun is not: a number that somebody else makes then is theirs.
        """
        records = [self.site.store().read().state.records]
        stored = self.site.store().backend.load()
        if stored is not None:
            records.append(decode(stored.content, "here").records)
        standings = [record.standing for each in records if (record := each.get(number))]
        return any(isinstance(each, Confirmed | BegunUpdate) for each in standings)

    @rule(number=numbers)
    def somebody_creates(self, number):
        if number in self.rows:
            return
        theirs = not self.is_ours(number) and number not in self.sources()
        self.ask(
            function="copy_did",
            source_did_pattern=TEMPLATE,
            new_dids=number,
            did_description="Somebody else",
        )
        if theirs:
            self.foreign[number] = self.rows[number]
        else:
            self.changed.add(number)

    @rule(number=numbers, routing=st.integers(1, len(ROUTINGS) - 1))
    def somebody_changes(self, number, routing):
        if number in self.rows and number not in self.sources():
            self.changed.add(number)
            self.ask(function="update_did", did_pattern=number, **ROUTINGS[routing])

    @rule(number=numbers)
    def somebody_deletes(self, number):
        if number in self.rows and number not in self.sources():
            self.changed.add(number)
            self.foreign.pop(number, None)
            self.ask(function="update_did", did_pattern=number, delete_did="Y")

    def no_longer_foreign(self, numbers):
        for number in numbers:
            self.foreign.pop(number, None)

    def sources(self):
        return {block.source for block in self.blocks.values() if block.numbers}

    # --- applies

    def about_to_apply(self):
        """Copy from sources only that are there and make no cycle."""
        stored = self.site.store().backend.load()
        if stored is not None:
            self.stored.append(stored)
        declared = {number for block in self.blocks.values() for number in block.numbers}
        for block in self.blocks.values():
            if block.source not in declared - set(self.foreign) - self.changed:
                block.source = TEMPLATE
        self.write()
        try:
            self.site.plan()
        except SpecFaults:
            for block in self.blocks.values():
                block.source = TEMPLATE
            self.write()
        for block in self.blocks.values():
            self.declared |= set(block.numbers)
            if block.adopt:
                self.no_longer_foreign(block.numbers)

    @rule()
    def apply(self):
        self.about_to_apply()
        applied = self.site.apply_cleanly()
        self.rows = table_of(self.simulator)
        excused = self.changed
        if applied.conflicts_gone:
            self.site.apply_cleanly()
            self.rows = table_of(self.simulator)
        wrong = [line for line in self.site.unmet(self.rows) if not self.is_about(line, excused)]
        assert wrong == []
        pending = {number for span, _ in self.site.plan().changes for number in span}
        if not self.sources() & excused:
            assert pending <= excused

    @rule(edit=edits, moment=st.sampled_from(MOMENTS), nth=st.integers(3, 14))
    def apply_and_die(self, edit, moment, nth):
        self.rewrite(edit)
        self.about_to_apply()
        self.dying.apply(self.site, moment, nth)
        self.site.unlock()
        self.rows = table_of(self.simulator)

    @rule(
        edit=edits,
        kind=st.sampled_from([kind for kind in KINDS if kind != "delay"]),
        share=st.sampled_from([0.1, 0.3, 0.6, 1.0]),
        seed=st.integers(0, 9),
    )
    def apply_with_faults(self, edit, kind, share, seed):
        self.rewrite(edit)
        self.about_to_apply()
        self.simulator.faults({"rules": [{"kind": kind, "share": share, "seed": seed}]})
        self.site.apply()
        self.simulator.faults({})
        self.rows = table_of(self.simulator)

    @rule()
    def lose_the_journal(self):
        self.site.lose_journal()

    @rule(place=st.integers(0, 2))
    def go_elsewhere(self, place):
        self.site = self.sites[place % len(self.sites)]

    @precondition(lambda self: hasattr(self, "stored") and len(self.stored) > 2)
    @rule(which=st.integers(0, 99))
    def an_old_state_is_put_back(self, which):
        """What was done since is unknown, as if somebody else had done it."""
        stored = self.stored[which % len(self.stored)]
        now, then = self.site.store().read().state.records, decode(stored.content, "here").records
        since = {number for number in POOL if now.get(number) != then.get(number)}
        self.put_back(stored)
        self.changed |= since
        self.no_longer_foreign(since)
        self.stored.clear()

    # --- what always holds

    @staticmethod
    def is_about(line, numbers):
        return any(line.startswith((f"{number}:", f"{number} ")) for number in numbers)

    @invariant()
    def undeclared_numbers_are_as_others_left_them(self):
        if not hasattr(self, "rows"):
            return
        for number in (set(POOL) - self.declared) & set(self.rows):
            assert self.rows[number]["did_description"] in {
                "Somebody else",
                *(routing.get("did_description") for routing in ROUTINGS if number in self.changed),
            }
        for number in set(self.foreign) - self.changed:
            assert self.rows.get(number) == self.foreign[number]

    @invariant()
    def confirmed_is_true(self):
        if not hasattr(self, "site"):
            return
        claims = self.site.false_claims(self.rows)
        excused = self.changed
        assert [line for line in claims if not self.is_about(line, excused)] == []


class OnABranch(History):
    """Applies run in any of three clones, and the state is on a branch of their repository."""

    def places(self):
        host = self.folder / "host.git"
        git(self.folder, "init", "--quiet", "--bare", str(host))
        clones = [self.folder / f"clone-{number}" for number in range(3)]
        for clone in clones:
            git(self.folder, "clone", "--quiet", host.as_uri(), str(clone))
        return [BranchSite(self.folder, self.simulator.endpoint, clone=clone) for clone in clones]

    def put_back(self, stored):
        backend = self.site.store().backend
        backend.save(stored.content, over=backend.load().token, message="Put back")


def without_the_list():
    """The recorded server, whose account may not view reports: no plan knows what is there."""
    document = json.loads(RECORDED.read_text())
    users = [{**user, "view_reports": 0} for user in document["users"]]
    return parse_fixture({**document, "users": users}, "without the list")


HISTORIES = {
    "a file": (History, lambda: RECORDED),
    "a branch": (OnABranch, lambda: RECORDED),
    "no list": (History, without_the_list),
}
KINDS_OF_HISTORY = pytest.mark.parametrize("kind", HISTORIES)


def play(kind, examples, steps):
    quiet()
    history, fixture = HISTORIES[kind]
    with running(fixture()) as simulator, applies() as dying:
        machine = type("Played", (history,), {"simulator": simulator, "dying": dying})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
                print_blob=True,
            ),
        )


@KINDS_OF_HISTORY
def test_any_short_history_ends_as_declared(kind):
    play(kind, examples=3, steps=15)


@pytest.mark.sweep
@KINDS_OF_HISTORY
def test_any_long_history_ends_as_declared(kind):
    play(kind, examples=340, steps=40)
