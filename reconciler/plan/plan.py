"""A plan: what would change, in how many calls, under a digest that names exactly this."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import islice

from reconciler.diff.compare import compare
from reconciler.diff.model import Change, Difference, only_settles
from reconciler.diff.settings import digested_settings
from reconciler.diff.wire import change_data
from reconciler.errors import Fault
from reconciler.numbers import SpanMap
from reconciler.plan.calls import CallCount
from reconciler.plan.cost import OWN, seconds_of
from reconciler.plan.schedule import Schedule
from reconciler.specs.model import Block, Target, TargetSpec
from reconciler.state.model import BegunCreate, BegunDelete, Conflict, Record, State
from reconciler.wire import Json


@dataclass(frozen=True)
class Plan:
    """What an apply would do to ``target``, made from ``state``. Nothing in it is of time.

    ``warnings`` are those of the specs; they change nothing and are not in the digest.
    """

    target: Target
    blocks: tuple[Block, ...]
    state: State
    difference: Difference
    warnings: tuple[Fault, ...] = ()

    @property
    def changes(self) -> SpanMap[Change]:
        """What would change, by number."""
        return self.difference.changes

    @cached_property
    def conflicts(self) -> SpanMap[Record]:
        """Numbers known to be somebody else's that the plan does not take over."""
        known = self.state.records.where(lambda record: isinstance(record.standing, Conflict))
        return known.without(self.changes)

    @property
    def doubts(self) -> SpanMap[BegunCreate | BegunDelete]:
        """Those of the conflicts that a call of ours may have made."""
        return SpanMap(
            (span, record.standing.doubt)
            for span, record in self.conflicts
            if isinstance(record.standing, Conflict) and record.standing.doubt is not None
        )

    @property
    def is_empty(self) -> bool:
        """Whether server and state are as the YAML wants them."""
        return not self.changes and not self.difference.settings

    @cached_property
    def calls(self) -> CallCount:
        """The requests it takes when all goes well."""
        unlisted = self.state.unlisted
        return Schedule(self.changes, self.state.records, unlisted=unlisted).expected()

    @cached_property
    def questions(self) -> int:
        """Numbers that are asked for one by one where the server's list cannot be read."""
        return Schedule(self.changes, self.state.records, unlisted=True).expected().probes

    @cached_property
    def counts(self) -> "Counts":
        """How many numbers each kind of change touches."""
        return count_changes(self.changes)

    @cached_property
    def work(self) -> float:
        """Seconds that its calls take when they go one after the other, roughly."""
        return seconds_of(self.calls, self.counts.create + self.counts.adopt)

    @property
    def seconds(self) -> float:
        """The time to expect at the target's concurrency and rate, roughly."""
        busy = max(self.work / self.target.concurrency, self.calls.total * OWN)
        rate = self.target.requests_per_second
        return busy if rate is None else max(busy, self.calls.total / rate)

    @cached_property
    def digest(self) -> str:
        """The same for the same target, endpoint, changes and settings; nothing else enters it.

        All settings of ``target.yaml``, since an approval by digest is one of them too.
        """
        others = {
            "target": self.target.name,
            "endpoint": self.target.endpoint,
            "settings": [asdict(change) for change in self.difference.settings],
            "target.yaml": digested_settings(self.target),
        }
        digest = hashlib.sha256(b'{"changes":[')
        changes = (
            f'{before}"{text}"{after}' if text.isascii() else before + json.dumps(text) + after
            for text, (before, after) in self.changes.rendered(_around_numbers)
        )
        between = ""
        while some := ",".join(islice(changes, _AT_ONCE)):
            digest.update(f"{between}{some}".encode())
            between = ","
        digest.update(f"],{_canonical(others)[1:]}".encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers by kind of change. ``settling`` only finish what an earlier apply began."""

    create: int = 0
    adopt: int = 0
    update: int = 0
    park: int = 0
    delete: int = 0
    forget: int = 0
    settling: int = 0

    @property
    def remove(self) -> int:
        """Numbers parked or deleted."""
        return self.park + self.delete


_AT_ONCE = 1000
"""Changes that are made text at once: all of them may be much larger than the plan."""


def _canonical(content: Json) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _around_numbers(change: Change) -> tuple[str, str]:
    """The canonical JSON of a change before and after the text of its numbers."""
    before, key, after = _canonical({"numbers": "", **change_data(change)}).partition('"numbers":')
    return before + key, after.removeprefix('""')


def make_plan(spec: TargetSpec, state: State) -> Plan:
    """Compare and count. Raises SpecFaults when a source in use would be removed."""
    return Plan(spec.target, spec.blocks, state, compare(spec, state), spec.warnings)


def count_changes(changes: SpanMap[Change]) -> Counts:
    """Numbers by kind of change; those that are only settled are in no other kind."""
    found: dict[str, int] = {}
    for change, numbers in changes.counts().items():
        kind = "settling" if only_settles(change) else change.action
        found[kind] = found.get(kind, 0) + numbers
    return Counts(**found)
