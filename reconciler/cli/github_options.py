"""Options of the commands that speak with GitHub."""

import argparse
from collections.abc import Callable
from pathlib import Path

BOT = "github-actions[bot]"


def comment(parser: argparse.ArgumentParser) -> None:
    """``comment``: render, and post where asked."""
    parser.add_argument("plans", type=Path, nargs="+", metavar="PLAN.json", help="one each target")
    parser.add_argument(
        "--result",
        type=Path,
        nargs="+",
        default=[],
        metavar="REPORT.json",
        help="what their applies came to (apply --report)",
    )
    parser.add_argument("--commit", metavar="SHA", help="the commit that was planned")
    parser.add_argument("--run-url", metavar="URL", help="the page of the run, to link to")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it, print nothing")
    parser.add_argument("--post", action="store_true", help="keep it as the one comment of --pr")
    parser.add_argument("--pr", type=int, metavar="N", help="the pull request")
    parser.add_argument("--repo", metavar="OWNER/NAME", help="(GITHUB_REPOSITORY)")
    _author(parser)


def github(parser: argparse.ArgumentParser, common: Callable[[], argparse.ArgumentParser]) -> None:
    """``github …``: the steps of the workflows."""
    steps = parser.add_subparsers(dest="step", metavar="STEP", title="steps", required=True)

    def add(name: str, about: str) -> argparse.ArgumentParser:
        return steps.add_parser(name, help=about, description=about, parents=[common()])

    telling = add("comment", "put the plans of the run that this event is about into a comment")
    _workflow(telling)
    _author(telling)
    add("ready", "tell whether there are credentials to apply with")
    reviewed = add("reviewed", "fetch the plans of pull requests merged since the last apply")
    reviewed.add_argument(
        "--since", metavar="SHA", help="in place of the last confirmed apply's commit"
    )
    reviewed.add_argument("--until", metavar="SHA", help="the commit to apply (GITHUB_SHA)")
    reviewed.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to put it")
    _workflow(reviewed)
    result = add("result", "put what applies came to into comments and onto standard output")
    result.add_argument("folder", type=Path, metavar="DIR", help="what the applies left behind")
    _author(result)


def _author(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--author", default=BOT, metavar="LOGIN", help=f"who our comments are by ({BOT})"
    )


def _workflow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workflow", default="plan.yml", metavar="FILE", help="the workflow that plans (plan.yml)"
    )
