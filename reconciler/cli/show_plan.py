"""A plan in the form that was asked for."""

import shutil
import sys
from argparse import Namespace

from reconciler.cli.console import colours, is_terminal
from reconciler.guard import Refusal
from reconciler.plan.plan import Plan

PLAIN_WIDTH = 100
"""Columns where nobody's terminal says how many there are."""


def show_plan(plan: Plan, refusals: tuple[Refusal, ...], arguments: Namespace) -> str:
    """As text (the default), Markdown or JSON."""
    form = getattr(arguments, "format", "text")
    if form == "json":
        return plan_as_json(plan, refusals).rstrip("\n")
    if form == "markdown":
        from reconciler.report.markdown import plan_markdown  # noqa: PLC0415

        return plan_markdown(plan, refusals)
    from reconciler.report.colour import coloured  # noqa: PLC0415
    from reconciler.report.text import plan_text  # noqa: PLC0415

    text = plan_text(plan, refusals, width=text_width())
    return coloured(text) if colours(sys.stdout, refused=arguments.no_color) else text


def text_width() -> int:
    """The terminal's columns."""
    return shutil.get_terminal_size().columns if is_terminal(sys.stdout) else PLAIN_WIDTH


def plan_as_json(plan: Plan, refusals: tuple[Refusal, ...]) -> str:
    """The plan as ``plan.json`` holds it."""
    from reconciler.report.document import plan_document, to_json  # noqa: PLC0415

    return to_json(plan_document(plan, refusals))
