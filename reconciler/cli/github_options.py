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
    """``github plan``."""

    out: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentStep(Options):
    """``github comment``."""

    folder: Path
    author: str = BOT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyStep(Options):
    """``github ready``."""

    environment: str | None = None
    commit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedStep(Options):
    """``github reviewed``; ``until`` is a commit."""

    out: Path
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultStep(Options):
    """``github result``."""

    folder: Path
    author: str = BOT


GitHubOptions = PlanStep | CommentStep | ReadyStep | ReviewedStep | ResultStep


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
    steps.add(
        "plan", "plan the pull request of this event, without its code", _out, options=PlanStep
    )
    steps.add(
        "comment",
        "post the plans of this event's pull request as a comment, and mark its commit",
        _comment,
        options=CommentStep,
        takes="DIR",
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
        _reviewed,
        options=ReviewedStep,
    )
    steps.add(
        "result",
        "post the results of applies as comments, and print them",
        _result,
        options=ResultStep,
        takes="DIR",
    )


def _comment(parser: CommandParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="what github plan wrote")
    _author(parser)


def _ready(parser: CommandParser) -> None:
    parser.add_argument(
        "--environment",
        metavar="NAME",
        help="the job's environment, which only the default branch may use",
    )
    parser.add_argument(
        "--commit", metavar="SHA", help="the run's commit, which must still be the newest"
    )


def _reviewed(parser: CommandParser) -> None:
    parser.add_argument("--until", metavar="SHA", help="last commit (GITHUB_SHA)")
    _out(parser)


def _out(parser: CommandParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")


def _result(parser: CommandParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="files of the applies")
    _author(parser)


def _author(parser: CommandParser) -> None:
    parser.add_argument("--author", metavar="LOGIN", help=f"author of the comments ({BOT})")
