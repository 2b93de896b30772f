"""Options of the commands for GitHub."""

from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.choices import Choices, CommandParser
from reconciler.cli.options import Options

BOT = "github-actions[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentOptions(Options):
    """``comment``."""

    plans: tuple[Path, ...]
    result: tuple[Path, ...] = ()
    commit: str | None = None
    run_url: str | None = None
    out: Path | None = None
    post: bool = False
    pr: int | None = None
    repo: str | None = None
    author: str = BOT


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep(Options):
    """``github plan``; without ``pull`` that of the event."""

    out: Path
    pull: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentStep(Options):
    """``github comment``."""

    folder: Path
    pull: int | None = None
    not_stored: bool = False
    author: str = BOT


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleStep(Options):
    """``github stale``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStep(Options):
    """``github queue``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHostsStep(Options):
    """``github known-hosts``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyStep(Options):
    """``github ready``."""

    environment: str | None = None
    unreviewed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedStep(Options):
    """``github reviewed``."""

    out: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultStep(Options):
    """``github result``; ``not_started``: no apply began, since what comes before it failed."""

    folder: Path
    not_started: bool = False
    author: str = BOT


GitHubOptions = (
    PlanStep
    | CommentStep
    | StaleStep
    | QueueStep
    | KnownHostsStep
    | ReadyStep
    | ReviewedStep
    | ResultStep
)


def comment(parser: CommandParser) -> None:
    """``comment``: render, and post where asked."""
    parser.add_argument("plans", type=Path, nargs="+", metavar="PLAN.json", help="one a target")
    parser.add_argument(
        "--result",
        type=Path,
        nargs="+",
        metavar="REPORT.json",
        help="reports of their applies (apply --report)",
    )
    parser.add_argument("--commit", metavar="SHA", help="the commit that was planned")
    parser.add_argument("--run-url", metavar="URL", help="the page of the run, to link to")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to a file, print nothing")
    parser.add_argument("--post", action="store_true", help="create or update the comment of --pr")
    parser.add_argument("--pr", type=int, metavar="N", help="the pull request")
    parser.add_argument("--repo", metavar="OWNER/NAME", help="the repository (GITHUB_REPOSITORY)")
    _author(parser)


def github(parser: CommandParser) -> None:
    """``github …``: the steps of the workflows."""
    steps = Choices(parser, dest="step", title="steps")
    steps.add("plan", "plan a pull request, without running its code", _plan, options=PlanStep)
    steps.add(
        "comment",
        "post the plans of a pull request as a comment, and mark its commit",
        _comment,
        options=CommentStep,
        takes="DIR",
    )
    steps.add(
        "stale",
        "list the open pull requests whose numbers an apply changed",
        _nothing,
        options=StaleStep,
    )
    steps.add(
        "queue",
        "check the specs of a merge queue's commit, and mark it",
        _nothing,
        options=QueueStep,
    )
    steps.add(
        "known-hosts",
        "print GitHub's own keys for ssh, as a file of known hosts has them",
        _nothing,
        options=KnownHostsStep,
    )
    steps.add(
        "ready",
        "check credentials, and who may use the environment",
        _ready,
        options=ReadyStep,
    )
    steps.add(
        "reviewed",
        "fetch the plans of pull requests merged since the last apply",
        _out,
        options=ReviewedStep,
    )
    steps.add(
        "result",
        "post the results of applies as comments, and print them",
        _result,
        options=ResultStep,
        takes="DIR",
    )


def _plan(parser: CommandParser) -> None:
    _pull(parser)
    _out(parser)


def _comment(parser: CommandParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="what github plan wrote")
    _pull(parser)
    parser.add_argument(
        "--not-stored",
        action="store_true",
        help="its artifact was not stored, so it cannot count",
    )
    _author(parser)


def _nothing(_: CommandParser) -> None:
    """All that it needs is in the event."""


def _pull(parser: CommandParser) -> None:
    parser.add_argument("--pull", type=int, metavar="N", help="the pull request (the event's)")


def _ready(parser: CommandParser) -> None:
    parser.add_argument(
        "--environment",
        metavar="NAME",
        help="the job's environment, which only the default branch may use",
    )
    parser.add_argument(
        "--unreviewed",
        action="store_true",
        help="the run applies what no review covers: it needs a second person or a maintainer",
    )


def _out(parser: CommandParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")


def _result(parser: CommandParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="files of the applies")
    parser.add_argument(
        "--not-started", action="store_true", help="no apply began: what comes before it failed"
    )
    _author(parser)


def _author(parser: CommandParser) -> None:
    parser.add_argument("--author", metavar="LOGIN", help=f"author of the comments ({BOT})")
