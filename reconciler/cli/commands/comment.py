"""``comment``: plans as the comment of a pull request."""

import os

from reconciler.cli import exits
from reconciler.cli.console import say, tell
from reconciler.cli.files import write_text
from reconciler.cli.github_options import CommentOptions
from reconciler.errors import UsageError
from reconciler.report.comment import LONGEST, PlanOrigin, Section, comment
from reconciler.report.document import PlanDocument, read_plan, read_text
from reconciler.report.result import ApplyResult, Report, read_report


def run(arguments: CommentOptions) -> int:
    """Render plans and reports of their applies as a comment; print, write or post it."""
    plans = [read_plan(path) for path in arguments.plans]
    names = [plan.target for plan in plans]
    if len(set(names)) != len(names):
        raise UsageError("two plans have the same target", hint="give one plan for each target")
    reports = [read_report(read_text(path), str(path)) for path in arguments.result]
    sections = [Section(plan, result=_result(plan, reports, arguments)) for plan in plans]
    origin = PlanOrigin(arguments.commit, arguments.run_url)
    body = comment(sections, origin, limit=LONGEST)
    if arguments.out is not None:
        write_text(arguments.out, body)
    elif not arguments.post:
        say(body.rstrip("\n"))
    if arguments.post:
        _post(sections, origin, arguments)
    return exits.DONE


def _result(
    plan: PlanDocument, reports: list[Report], arguments: CommentOptions
) -> ApplyResult | None:
    for report in reports:
        if report.target == plan.target:
            return ApplyResult(report, log=arguments.run_url)
    return None


def _post(sections: list[Section], origin: PlanOrigin, arguments: CommentOptions) -> None:
    # Imported late: rendering needs no HTTP client.
    from reconciler.github.client import GitHub  # noqa: PLC0415
    from reconciler.github.http import Http, access  # noqa: PLC0415
    from reconciler.github.posting import post  # noqa: PLC0415

    repository = arguments.repo or os.environ.get("GITHUB_REPOSITORY")
    if repository is None or arguments.pr is None:
        raise UsageError(
            "--post needs --repo and --pr", hint="give --repo OWNER/NAME and --pr NUMBER"
        )
    with Http(access(os.environ)) as http:
        posted = post(
            GitHub(http, repository),
            arguments.pr,
            lambda limit: comment(sections, origin, limit=limit),
            author=arguments.author,
        )
    tell(posted.url)
