"""Faults as they are found, and as GitHub shows them beside the lines of a pull request."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from reconciler.errors import Fault, Location, Severity
from reconciler.specs.codes import Code
from reconciler.specs.nodes import Node

FEW = 3
"""Places of one kind of warning in a block that are told; the rest are counted."""
MOST_ERRORS = 1000
"""Errors that are kept; the rest are counted, so that a file of nothing else stays bearable."""
LONGEST_TEXT = 2000
"""Characters of a message or a hint; what is quoted in it may be a whole file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a text, not yet at a place."""

    code: Code
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a value, and what to do, where that is certain."""

    message: str
    hint: str | None = None


class Faults:
    """Gathers what is wrong, one fault for each node: the first cause found is the one to mend."""

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self._errors = 0
        self._blamed: set[Node] = set()

    def add(self, node: Node, code: Code, message: str, hint: str | None = None) -> None:
        """Something wrong with this very node; what is said about it later is left out."""
        if node not in self._blamed:
            self._blamed.add(node)
            self.add_at(node.at, code, message, hint)

    def add_at(self, where: Location, code: Code, message: str, hint: str | None = None) -> None:
        """Something wrong at a place that may have other faults too."""
        if code.severity is Severity.ERROR:
            self._errors += 1
            if self._errors > MOST_ERRORS:
                return
        fault = Fault(
            where, code.number, _cut(message), None if hint is None else _cut(hint), code.severity
        )
        self._found.append(fault)

    def add_grouped(self, found: Iterable[tuple[Location, Finding]]) -> None:
        """Findings of one block: of each kind the first few, then how many more there are."""
        kinds: dict[Code, list[tuple[Location, Finding]]] = {}
        for where, finding in sorted(found, key=lambda each: each[0]):
            kinds.setdefault(finding.code, []).append((where, finding))
        for code, places in kinds.items():
            for where, finding in places[:FEW]:
                self.add_at(where, code, finding.message, finding.hint)
            more = places[FEW:]
            if more:
                self.add_at(more[0][0], code, f"{len(more):,} more of this kind in the same block")

    def ignore(self, codes: Collection[str]) -> None:
        """Forget the warnings of these codes."""
        self._found = [fault for fault in self._found if fault.code not in codes]

    def all(self) -> tuple[Fault, ...]:
        """Everything found, in the order of the files; once, also where an alias repeats it."""
        found = in_order(self._found)
        more = self._errors - MOST_ERRORS
        if more <= 0:
            return found
        last = found[-1].where
        message = f"{more:,} more faults are not shown"
        return (*found, Fault(last, Code.TOO_LARGE.number, message, "correct those above first"))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The same faults, each once, by file, line and column."""
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.where, fault.message)))


def annotations(faults: Iterable[Fault]) -> list[str]:
    """Workflow commands that make GitHub show each fault at its line."""
    return [
        f"::{fault.severity.value} file={_property(fault.where.file)}"
        f",line={fault.where.line},col={fault.where.column},title={_property(fault.code)}"
        f"::{_data(_whole(fault))}"
        for fault in faults
    ]


def _whole(fault: Fault) -> str:
    return fault.message if fault.hint is None else f"{fault.message}\n{fault.hint}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
