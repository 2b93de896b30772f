"""What an account may do on a server, for the terminal and for other tools."""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.live.checking import Checked, May, Subject
from reconciler.live.reading import Survey
from reconciler.report.layout import indented, printable, wrap
from reconciler.report.words import many
from reconciler.specs.model import Target
from reconciler.wire import Json

_WIDTH = 100
_MB = 1_000_000

_NAMES = {
    Subject.BUILD: "the server",
    Subject.LOGIN: "log in",
    Subject.COPY: "copy",
    Subject.UPDATE: "update",
    Subject.DELETE: "delete",
    Subject.LIST: "read the list",
    Subject.COLUMNS: "read columns",
    Subject.CALLS: "read the did log",
    Subject.IN_GROUPS: "list in-groups",
    Subject.MENUS: "list call menus",
    Subject.SQL_MODE: "SQL mode",
    Subject.LETTERS: "letters",
}


@dataclass(frozen=True, slots=True)
class _Purpose:
    """Something an account is for: what it ``needs``, and the least ``settings`` for that."""

    name: str
    needs: tuple[Subject, ...]
    settings: str


_APPLY = (Subject.BUILD, Subject.LOGIN, Subject.COPY, Subject.UPDATE)
_PURPOSES = (
    _Purpose(
        "apply",
        _APPLY,
        "User Level 8, API access 1, Modify DIDs 1, API functions version copy_did update_did",
    ),
    _Purpose(
        "removal",
        (*_APPLY, Subject.DELETE),
        "as for apply, and Delete DIDs 1 where removal.action is delete",
    ),
    _Purpose(
        "import",
        (Subject.LOGIN, Subject.LIST, Subject.COLUMNS),
        "User Level 8, Modify DIDs 1, View Reports 1, Modify Campaigns 1, and the report "
        "Settings Compare allowed to its user group, which views every user group",
    ),
)


def is_enough(checked: Checked) -> bool:
    """Whether the account suffices for an apply."""
    return _verdict(_PURPOSES[0], checked) is May.YES


def check_text(target: Target, checked: Checked) -> str:
    """Each finding with what to set, what a reading takes, and for what the account is enough."""
    lines = [f"{target.name} · {target.endpoint}", ""]
    for each in checked.findings:
        start = f"{each.may.value:<8} {_NAMES[each.subject]:<17} "
        lines += indented(wrap(start + each.words, _WIDTH - 2, hang=len(start)), 2)
        if each.hint is not None:
            lines += indented(wrap(f"hint: {each.hint}", _WIDTH - 13, hang=6), 11)
    if checked.survey is not None:
        lines += ["", *_reading(target, checked.survey)]
    lines += ["", "the least account for each purpose; a plan alone needs none:"]
    for purpose in _PURPOSES:
        start = f"{_verdict(purpose, checked).value:<8} {purpose.name:<8} "
        lines += indented(wrap(start + purpose.settings, _WIDTH - 2, hang=len(start)), 2)
    return "\n".join(map(printable, lines))


def _reading(target: Target, survey: Survey) -> Iterator[str]:
    numbers = len(survey.numbers)
    cost = survey.cost(numbers)
    takes = "no request"
    if cost.requests:
        requests = many(cost.requests + 1, "request")
        takes = f"{requests}, {(cost.size + survey.page) / _MB:,.1f} MB before compression"
    yield f"reading all columns of {many(numbers, 'number')} by {target.live.reader}: {takes}"
    for name, words in (("seen", survey.sees), ("not seen", survey.blind)):
        yield from indented(wrap(f"{name}: {', '.join(words)}", _WIDTH - 2, hang=2), 2)


def check_data(target: Target, checked: Checked) -> Json:
    """The same for other tools."""
    return {
        "target": target.name,
        "endpoint": target.endpoint,
        "reader": target.live.reader,
        "findings": [
            {
                "subject": each.subject.value,
                "may": each.may.value,
                "words": each.words,
                "hint": each.hint,
            }
            for each in checked.findings
        ],
        "reading": None if checked.survey is None else _reading_data(checked.survey),
        "enough_for": {purpose.name: _verdict(purpose, checked).value for purpose in _PURPOSES},
    }


def _reading_data(survey: Survey) -> Json:
    cost = survey.cost(len(survey.numbers))
    return {
        "numbers": len(survey.numbers),
        "requests": cost.requests,
        "bytes": cost.size,
        "seen": list(survey.sees),
        "not_seen": list(survey.blind),
    }


def _verdict(purpose: _Purpose, checked: Checked) -> May:
    found = {checked.may(subject) for subject in purpose.needs}
    return next((each for each in (May.NO, May.UNKNOWN) if each in found), May.YES)
