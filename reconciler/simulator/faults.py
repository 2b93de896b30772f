"""Faults on request: what a network, a proxy or an overloaded server does to replies.

Rules are set as JSON (see :func:`parse_faults`); for each request of the API
:meth:`ActiveFaults.hit` is asked once. ``app`` turns a fault into bytes. Pure, except for the dice.
"""

import random
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class FaultKind(Enum):
    """The kinds of fault; "after" means that the server has done the work."""

    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    TRUNCATE = "truncate"
    GARBAGE = "garbage"
    DELAY = "delay"


_WORDS: tuple[tuple[str, FaultKind], ...] = (
    (r"garbage|proxy|html", FaultKind.GARBAGE),
    (r"trunc|body|middle|half", FaultKind.TRUNCATE),
    (r"delay|slow|late", FaultKind.DELAY),
    (r"(500|error).*before", FaultKind.ERROR_BEFORE),
    (r"(500|error).*after", FaultKind.ERROR_AFTER),
    (r"(cut|connection|drop|reset|close).*before", FaultKind.CUT_BEFORE),
    (r"(cut|connection|drop|reset|close).*after", FaultKind.CUT_AFTER),
)
"""Other spellings of a kind; the first pattern found in the text counts."""

_KEYS = ("kind", "function", "nth", "share", "seed", "seconds", "status")
_GARBAGE_STATUSES = (200, 502)
_DELAY_SECONDS = 1.0


class FaultsError(ValueError):
    """A description of faults is invalid; the message says where."""


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One fault and its requests: the nth that matches, a share of them, or all."""

    kind: FaultKind
    function: str | None
    nth: int | None
    share: float | None
    seed: int | None
    seconds: float
    status: int


@dataclass(frozen=True, slots=True)
class Hit:
    """The faults of one request: ``delay`` in seconds, then ``rule`` unless it is None."""

    delay: float
    rule: FaultRule | None


@dataclass(slots=True)
class _Armed:
    """A rule and the count of its matching requests."""

    rule: FaultRule
    dice: random.Random
    matched: int = 0

    def befalls(self, function: str) -> bool:
        if self.rule.function is not None and self.rule.function != function:
            return False
        self.matched += 1
        if self.rule.nth is not None:
            return self.matched == self.rule.nth
        return self.rule.share is None or self.dice.random() < self.rule.share


@dataclass(slots=True)
class ActiveFaults:
    """The active faults; each rule counts requests from when it was set."""

    latency: float = 0.0
    armed: list[_Armed] = field(default_factory=list)

    def hit(self, function: str) -> Hit:
        """The faults of this request. Delays add up; of other kinds the first rule counts."""
        befalling = [armed.rule for armed in self.armed if armed.befalls(function)]
        delay = sum(rule.seconds for rule in befalling if rule.kind is FaultKind.DELAY)
        first = min(befalling, key=lambda rule: rule.kind is FaultKind.DELAY, default=None)
        return Hit(self.latency + delay, first)


def parse_faults(document: object) -> ActiveFaults:
    """Read ``{"latency": seconds, "rules": [{"kind": …, …}]}``; raise :class:`FaultsError`.

    A rule has a ``kind``, which may be in other words ("500 after the work"), and, all optional,
    ``function``, ``nth`` (from 1) or ``share`` (0 to 1, with a ``seed``), ``seconds`` of a delay
    (else 1), ``status`` 200 or 502 of a garbage body.
    """
    if not isinstance(document, dict):
        raise FaultsError('write an object: {"latency": 0.05, "rules": []}')
    _known(document, ("latency", "rules"), "")
    rules = document.get("rules", [])
    if not isinstance(rules, list):
        raise FaultsError("rules: must be a list")
    parsed = [_rule(rule, f"rules[{place}]") for place, rule in enumerate(rules)]
    return ActiveFaults(
        latency=_seconds(document.get("latency", 0), "latency"),
        armed=[_Armed(rule, random.Random(rule.seed)) for rule in parsed],  # noqa: S311  (no secret)
    )


def _rule(document: object, place: str) -> FaultRule:
    if not isinstance(document, dict):
        raise FaultsError(f"{place}: must be an object with a kind")
    _known(document, _KEYS, f"{place}: ")
    function, nth, share = (document.get(key) for key in ("function", "nth", "share"))
    seed, status = document.get("seed"), document.get("status", 502)
    if function is not None and not isinstance(function, str):
        raise FaultsError(f"{place}.function: must be a text")
    if nth is not None and (type(nth) is not int or nth < 1):
        raise FaultsError(f"{place}.nth: must be a whole number from 1")
    if share is not None and (type(share) not in (int, float) or not 0 <= share <= 1):
        raise FaultsError(f"{place}.share: must be a number from 0 to 1")
    if nth is not None and share is not None:
        raise FaultsError(f"{place}: give nth or share, not both")
    if seed is not None and type(seed) is not int:
        raise FaultsError(f"{place}.seed: must be a whole number")
    if status not in _GARBAGE_STATUSES:
        raise FaultsError(f"{place}.status: must be 200 or 502")
    kind = _kind(document.get("kind"), place)
    seconds = _seconds(document.get("seconds", _DELAY_SECONDS), f"{place}.seconds")
    return FaultRule(kind, function, nth, share, seed, seconds, status)


def _kind(value: object, place: str) -> FaultKind:
    for words, kind in _WORDS:
        if isinstance(value, str) and re.search(words, value.lower(), re.DOTALL):
            return kind
    kinds = ", ".join(kind.value for kind in FaultKind)
    raise FaultsError(f"{place}.kind: {value!r} is not one of {kinds}")


def _seconds(value: object, place: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 3600:
        raise FaultsError(f"{place}: must be a number of seconds, under an hour")
    return float(value)


def _known(document: dict[str, Any], keys: tuple[str, ...], place: str) -> None:
    for key in document:
        if key not in keys:
            raise FaultsError(f"{place}{key!r} is not one of {', '.join(keys)}")
