"""What the trusted workflow planned of a pull request: files for the comment and the apply.

::

    FOLDER/pull.json           which pull request was planned, as of which commits
    FOLDER/plans/TARGET.json   the plan of each target whose specs it changes

They travel as one artifact. Its name helps to find it; what it is of stands inside.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from reconciler import __version__
from reconciler.errors import ReconcilerError
from reconciler.inputs import LARGEST_PLAN, parse_json, read_file
from reconciler.report.document import PlanDocument, PlanFileError, from_json, to_json
from reconciler.report.model import PlanProblem

T = TypeVar("T")

PULL = "pull.json"
PLANS = "plans"
FORMAT = 1
MOST_TARGETS = 500
STATUS = "DIDs planned"
"""The status of a pull request's commit into the default branch, which is the one to require."""


class PlannedError(ReconcilerError):
    """The files of a pull request's plans are missing or invalid."""


@dataclass(frozen=True, slots=True)
class PlannedPull:
    """A pull request as it was planned; without ``problems`` there are plans of ``targets``.

    ``head`` and ``base_commit`` are commits, ``base`` is a branch. ``tree`` is the git tree of the
    two merged.
    """

    number: int
    head: str
    base: str
    base_commit: str
    tree: str | None = None
    targets: tuple[str, ...] = ()
    problems: tuple[PlanProblem, ...] = ()


def artifact_name(number: int, head: str, attempt: int = 1) -> str:
    """The name of the artifact with the plans of a pull request's commit.

    Each attempt of a run has its own: one made after an approval must not replace what was
    approved.
    """
    name = f"did-plans-{number}-{head}"
    return name if attempt == 1 else f"{name}-{attempt}"


def write_planned(folder: Path, pull: PlannedPull, plans: Mapping[str, PlanDocument]) -> None:
    """Write the files."""
    (folder / PLANS).mkdir(parents=True, exist_ok=True)
    content = {"version": FORMAT, "tool": __version__, **asdict(pull)}
    (folder / PULL).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    for target, plan in plans.items():
        (folder / PLANS / f"{target}.json").write_text(to_json(plan), encoding="utf-8")


def read_planned(folder: Path) -> tuple[PlannedPull, tuple[PlanDocument, ...]]:
    """Read the files. Raises :class:`PlannedError` or PlanFileError."""

    def read(name: str) -> str:
        try:
            return read_file(folder / name, LARGEST_PLAN).decode()
        except (OSError, ValueError) as error:
            raise PlannedError(f"cannot read {folder / name}: {error}") from None

    pull = read_pull(read(PULL))
    return pull, tuple(plan_in(read, pull, target) for target in pull.targets)


def plan_in(read: Callable[[str], str], pull: PlannedPull, target: str) -> PlanDocument:
    """One plan; ``read`` gives the text of a file by its name. Raises PlanFileError."""
    document = from_json(read(f"{PLANS}/{target}.json"), f"the plan of {target}")
    if document.target != target:
        raise PlanFileError(f"the plan is of target {document.target!r}, not of {target!r}")
    if document.own is None and not document.leaving:
        raise PlanFileError(f"the plan of {target} for pull request {pull.number} has no base")
    return document


def read_pull(text: str) -> PlannedPull:
    """Read ``pull.json``. Raises :class:`PlannedError`."""
    try:
        content = parse_json(text, unique_keys=True)
        if content["version"] != FORMAT:
            raise PlannedError(f"{PULL} has format {content['version']!r:.40}, not {FORMAT}")
        pull = PlannedPull(
            number=_whole(content["number"]),
            head=_text(content["head"]),
            base=_text(content["base"]),
            base_commit=_text(content["base_commit"]),
            tree=_optional(content["tree"], _text),
            targets=tuple(_text(each) for each in content["targets"]),
            problems=tuple(_problem(each) for each in content["problems"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlannedError(f"{PULL} is not of a planned pull request: {error!r:.200}") from None
    if len(pull.targets) > MOST_TARGETS:
        raise PlannedError(f"{PULL} names {len(pull.targets):,} targets, over {MOST_TARGETS}")
    return pull


def _problem(entry: Any) -> PlanProblem:  # noqa: ANN401  (JSON may be anything)
    return PlanProblem(
        _text(entry["message"]),
        _optional(entry.get("hint"), _text),
        _optional(entry.get("file"), _text),
        _optional(entry.get("line"), _whole),
    )


def _optional(value: Any, read: Callable[[Any], T]) -> T | None:  # noqa: ANN401
    return None if value is None else read(value)


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    return value


def _whole(value: Any) -> int:  # noqa: ANN401
    if type(value) is not int:
        raise TypeError(f"{value!r:.40} is not a number")
    return value
