"""Options of the commands that speak with GitHub."""

from pathlib import Path

from reconciler.cli.options import Choices, Parser

BOT = "github-actions[bot]"


def comment(parser: Parser) -> None:
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


def github(parser: Parser) -> None:
    """``github …``: the steps of the workflows."""
    steps = Choices(parser, dest="step", title="steps")
    steps.add(
        "comment", "put the plans of the run that this event is about into a comment", _comment
    )
    steps.add("ready", "tell whether there are credentials to apply with")
    steps.add("reviewed", "fetch the plans of pull requests merged since the last apply", _reviewed)
    steps.add(
        "result",
        "put what applies came to into comments and onto standard output",
        _result,
        takes="DIR",
    )


def _comment(parser: Parser) -> None:
    _workflow(parser)
    _author(parser)


def _reviewed(parser: Parser) -> None:
    parser.add_argument(
        "--since", metavar="SHA", help="in place of the last confirmed apply's commit"
    )
    parser.add_argument("--until", metavar="SHA", help="the commit to apply (GITHUB_SHA)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to put it")
    _workflow(parser)


def _result(parser: Parser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="what the applies left behind")
    _author(parser)


def _author(parser: Parser) -> None:
    parser.add_argument(
        "--author", default=BOT, metavar="LOGIN", help=f"who our comments are by ({BOT})"
    )


def _workflow(parser: Parser) -> None:
    parser.add_argument(
        "--workflow", default="plan.yml", metavar="FILE", help="the workflow that plans (plan.yml)"
    )
