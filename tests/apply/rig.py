"""One target in a folder and a simulated server: apply what the YAML says and look at the outcome.

Around an apply this does what the command line does, without its processes and signals, so that a
test can put its hand between the parts.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import stamina
import structlog

from reconciler import specs
from reconciler.apply.pace import Pace
from reconciler.apply.preflight import preflight
from reconciler.apply.remember import remember
from reconciler.apply.run import Applied, Reason, Run, Stop
from reconciler.apply.send import RetryPolicy, Sender
from reconciler.credentials import Credentials
from reconciler.errors import ReconcilerError
from reconciler.plan.plan import Plan, make_plan
from reconciler.routing import BY_NAME, NOT_COPIED, Routing
from reconciler.simulator import Running
from reconciler.specs import TargetSpec
from reconciler.state.backend import Holder
from reconciler.state.file import FileBackend
from reconciler.state.model import Confirmed, Conflict
from reconciler.state.store import Store
from reconciler.vicidial.client import open_server

Row = Mapping[str, Any]
Table = Mapping[str, Row]

RECORDED = Path(__file__).parents[1] / "recordings" / "fixture.json"

USER = Credentials("6666", "1234")
HOLDER = Holder("1", "a test", "now")
HASTY = RetryPolicy(attempts=3, first_wait=0.001, longest_wait=0.002, probe_waits=(0.001, 0.002))
OWN = ("did_id", "modify_stamp")
"""Columns that differ from one run to the next."""

TARGET = """\
version: 1
endpoint: {endpoint}
state: file:state/{{target}}.json
defaults: {{source: 7275551114}}
limits: {{max_create: 1000000, max_update: 1000000, max_remove: 1000000,
  max_update_ratio: 1, max_destination_loss: 1}}
"""


@dataclass(slots=True)
class Options:
    """How an apply of the rig goes about it."""

    retry: RetryPolicy = HASTY
    timeout: float = 10.0
    transport: httpx.AsyncBaseTransport | None = None
    stop: Callable[[], Stop] = Stop
    user: Credentials = USER
    commit: str | None = None
    progress: Callable[[int, float], None] = lambda _count, _work: None
    checked: Callable[[], None] = lambda: None
    """Called between the checks and the first change."""


@dataclass(slots=True)
class Site:
    """A folder with the specs of one target and its state, and the server it speaks to."""

    folder: Path
    endpoint: str
    options: Options = field(default_factory=Options)

    # --- what is written

    def write(self, blocks: str, **target: str) -> None:
        """Declare these blocks (YAML), and settings of the target beside those of the rig."""
        here = self.folder / "did_specs" / "tampa"
        here.mkdir(parents=True, exist_ok=True)
        settings = "".join(f"{name}: {value}\n" for name, value in target.items())
        (here / "target.yaml").write_text(TARGET.format(endpoint=self.endpoint) + settings)
        file = here / "blocks.yaml"
        file.unlink(missing_ok=True)
        if blocks.strip():
            file.write_text("version: 1\nblocks:\n" + dedent(blocks))

    # --- where things lie

    @property
    def specs(self) -> Path:
        return self.folder / "did_specs"

    @property
    def state_path(self) -> Path:
        return self.folder / "state" / "tampa.json"

    @property
    def journal_path(self) -> Path:
        return self.folder / "state" / "tampa.json.journal"

    def lose_journal(self) -> None:
        """The next run is on another machine."""
        self.journal_path.unlink(missing_ok=True)

    def unlock(self) -> None:
        """Give back the lease of a run that was killed; a file's goes with its process."""

    # --- reading

    def spec(self) -> TargetSpec:
        (spec,) = specs.read(self.specs)
        return spec

    def store(self) -> Store:
        return Store(
            FileBackend(self.state_path),
            self.journal_path,
            target="tampa",
            endpoint=self.endpoint,
        )

    def plan(self) -> Plan:
        return make_plan(self.spec(), self.store().read().state)

    # --- applying

    def apply(self) -> tuple[Plan, Applied]:
        """Plan and apply; an error that ended it stands in what was applied."""
        spec = self.spec()
        with self.store().held(HOLDER) as held:
            plan = make_plan(spec, held.state)
            if not plan.changes:
                remember(spec, plan, held, "test", commit=self.options.commit)
                return plan, Applied((), 0.0)
            return plan, asyncio.run(self._apply(spec, plan, held))

    async def _apply(self, spec: TargetSpec, plan: Plan, held: Any) -> Applied:
        options = self.options
        target = spec.target
        pace = Pace(target.concurrency, target.requests_per_second)
        stop = options.stop()
        async with open_server(
            target.endpoint,
            options.user,
            source="didtest",
            concurrency=target.concurrency,
            timeout=options.timeout,
            transport=options.transport,
        ) as server:
            try:
                checked = await preflight(server.reader, plan, pace, options.retry)
            except ReconcilerError as error:
                return Applied((), 0.0, error)
            options.checked()
            run = Run(
                plan,
                spec.desired,
                held,
                checked,
                Reason("test", options.commit),
                progress=options.progress,
            )
            sender = Sender(server, pace, options.retry, lambda: run.ending(stop))
            return await run.carry_out(sender, pace, stop)

    def apply_cleanly(self) -> Applied:
        """An apply after which everything is as declared."""
        _, applied = self.apply()
        assert applied.error is None, applied.error
        return applied

    # --- what must be true

    def false_claims(self, table: Table) -> list[str]:
        """Each number of which the state claims something that the server does not hold."""
        found = []
        for span, record in self.store().read().state.records:
            if not isinstance(record.standing, Confirmed):
                continue
            for pattern in span:
                row = table.get(pattern.lower())
                if row is None:
                    found.append(f"{pattern} is not there")
                elif wrong := differences(record.standing.routing, row):
                    found.append(f"{pattern}: {wrong}")
        return found

    def unmet(self, table: Table) -> list[str]:
        """Each number that is not as the YAML says; somebody else's numbers aside."""
        records = self.store().read().state.records
        found = []
        for span, declared in self.spec().desired:
            for pattern in span:
                record = records.get(pattern)
                if record is not None and isinstance(record.standing, Conflict):
                    continue
                row = table.get(pattern.lower())
                if row is None:
                    found.append(f"{pattern} is not there")
                elif wrong := differences(declared.routing, row):
                    found.append(f"{pattern}: {wrong}")
        return found


def differences(routing: Routing, row: Row) -> str:
    """The fields that a row has otherwise."""
    return ", ".join(
        f"{name} is {row[BY_NAME[name].column]!r}, not {value!r}"
        for name, value in routing.items()
        if str(row[BY_NAME[name].column]) != value
    )


def table_of(simulator: Running) -> dict[str, dict[str, Any]]:
    """The server's rows by pattern."""
    return {row["did_pattern"].lower(): row for row in simulator.dids()}


def content(table: Table) -> dict[str, dict[str, Any]]:
    """A table without what differs from one run to the next."""
    return {
        pattern: {name: value for name, value in row.items() if name not in OWN}
        for pattern, row in table.items()
    }


def copied(row: Row) -> dict[str, Any]:
    """What comes along with a copy and no field that can be declared decides."""
    declarable = {each.column for each in BY_NAME.values()}
    return {
        name: value
        for name, value in row.items()
        if name not in {*declarable, *OWN, *NOT_COPIED, "did_pattern"}
    }


def quiet() -> None:
    """No log lines and no retry hooks: what a test wants to see it looks at."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    stamina.instrumentation.set_on_retry_hooks([])
