"""The result of an apply: read from its report, written into the comment."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.inputs import parse_json
from reconciler.numbers import NumberError, Span, SpanMap, parse_span
from reconciler.report.inert import LONGEST_LINE, code, word
from reconciler.report.links import link
from reconciler.report.outcome import FORMAT, headline_words, meanings
from reconciler.report.words import many

SHOWN_GROUPS = 20
LONGEST_WORDS = 600
SHOWN_SPANS = 6


NOT_STARTED = "not_started"
UNFINISHED = ("unknown", "unfinished")
"""Outcomes of numbers that the state keeps as begun."""


class ReportFileError(ReconcilerError):
    """A report is invalid."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The error that stopped an apply, and what to do.

    ``unreviewed``: it stopped since not all of it was reviewed.
    """

    message: str
    hint: str | None
    unreviewed: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The report of an apply of one target: the outcome of each number, and words about it."""

    target: str
    seconds: float
    outcomes: SpanMap[tuple[str, str | None]]
    stopped: Stopped | None = None

    @property
    def unfinished(self) -> SpanMap[bool]:
        """The numbers of which something may have been done, and not all."""
        return self.outcomes.where(lambda each: each[0] in UNFINISHED).mapped(lambda _: True)

    @property
    def touched(self) -> SpanMap[bool]:
        """The numbers for which something was sent."""
        return self.outcomes.where(lambda each: each[0] != NOT_STARTED).mapped(lambda _: True)

    def of(self, own: SpanMap[Any] | None) -> SpanMap[tuple[str, str | None]]:
        """The outcomes of the numbers in ``own``; of all when it is None."""
        return self.outcomes if own is None else self.outcomes.within(own)


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """The result of a pull request on one target.

    ``report`` is None when the apply ended without one: it was killed. ``log``
    is the page of the run, ``again`` the page where an apply is started by hand.
    """

    report: Report | None
    log: str | None = None
    again: str | None = None


def read_report(text: str, where: str) -> Report:
    """Read what ``apply --report`` wrote. Raises :class:`ReportFileError`."""
    try:
        content = parse_json(text)
        if content["version"] != FORMAT:
            raise ReportFileError(f"{where} is of format {content['version']!r}, not {FORMAT}")
        known = meanings()
        return Report(
            str(content["target"]),
            float(content["seconds"]),
            SpanMap(
                (parse_span(numbers, largest=None), (_known(each, known), each.get("words")))
                for each in content["outcomes"]
                for numbers in each["numbers"]
            ),
            _stopped(content.get("stopped")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, NumberError) as error:
        raise ReportFileError(f"{where} is not a report of an apply: {error!r}") from None


def _stopped(entry: Any) -> Stopped | None:  # noqa: ANN401  (JSON may be anything)
    if entry is None:
        return None
    hint = entry["hint"]
    return Stopped(
        str(entry["message"]),
        None if hint is None else str(hint),
        unreviewed=entry.get("unreviewed") is True,
    )


def _known(entry: Any, names: Mapping[str, str]) -> str:  # noqa: ANN401  (JSON may be anything)
    if entry["outcome"] not in names:
        raise ValueError(f"an outcome {entry['outcome']!r} is not known")
    return str(entry["outcome"])


def is_finished(report: Report | None) -> bool:
    """Whether an apply left nothing that somebody must look at."""
    if report is None or report.stopped is not None:
        return False
    known = meanings()
    return not any(known[name] for _, (name, _) in report.outcomes)


def result_headline(target: str, result: ApplyResult, own: SpanMap[Any] | None) -> str:
    """``tampa: applied in 1.2 s: 110 of 110 confirmed``, of the numbers in ``own``."""
    name = word(target)
    report = result.report
    if report is None:
        return f"{name}: the apply ended without a report"
    found = report.of(own)
    if report.stopped is not None and not found:
        return f"{name}: not applied, the apply stopped"
    if not found:
        return f"{name}: applied, nothing of this was left to do"
    return f"{name}: {headline_words(found.count, _counts(found), report.seconds)}"


def result_lines(result: ApplyResult, own: SpanMap[Any] | None, *, brief: bool) -> str:
    """What was not confirmed, and the next step; ``brief``: only the counts."""
    parts: list[str] = []
    open_ends = result.report is None or result.report.stopped is not None
    if result.report is None:
        parts.append(
            "It ended before it could write a report: see its log. The next apply settles what it "
            "began."
        )
    else:
        if result.report.stopped is not None:
            parts.append(_reason(result.report.stopped))
        found = result.report.of(own)
        counts = _counts(found)
        for name, meaning in meanings().items():
            if not meaning or not counts.get(name):
                continue
            open_ends = True
            parts.append(f"**{many(counts[name], 'number')}**: {meaning}")
            if not brief:
                parts.append(_groups(found, name))
    parts.append(_links(result, going_on=open_ends))
    return "\n\n".join(part for part in parts if part)


def _reason(stopped: Stopped) -> str:
    lines = [f"It stopped: {code(stopped.message, LONGEST_WORDS)}"]
    if stopped.hint is not None:
        lines.append(f"What to do: {code(stopped.hint, LONGEST_WORDS)}")
    return "\n\n".join(lines)


def _counts(outcomes: SpanMap[tuple[str, str | None]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for span, (name, _) in outcomes:
        found[name] += len(span)
    return found


def _groups(outcomes: SpanMap[tuple[str, str | None]], wanted: str) -> str:
    """The numbers of one outcome, those with the same words together."""
    alike: dict[str | None, list[Span]] = {}
    for span, (name, words) in outcomes:
        if name == wanted:
            alike.setdefault(words, []).append(span)
    lines: list[str] = []
    for words, spans in list(alike.items())[:SHOWN_GROUPS]:
        shown = ", ".join(code(str(span)) for span in spans[:SHOWN_SPANS])
        more = len(spans) - SHOWN_SPANS
        rest = f" and {many(more, 'more span')}" if more > 0 else ""
        said = "" if words is None else f": {code(words, LONGEST_LINE)}"
        lines.append(f"- {shown}{rest}{said}")
    more = len(alike) - SHOWN_GROUPS
    if more > 0:
        lines.append(f"- and {many(more, 'more reason')}")
    return "\n".join(lines)


def _links(result: ApplyResult, *, going_on: bool) -> str:
    words: list[str] = []
    if going_on and result.again is not None:
        words.append(f"To continue: {link('start the apply by hand', result.again)}")
    if result.log is not None:
        words.append(link("the run's log", result.log))
    return " · ".join(words)
