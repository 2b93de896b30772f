"""A plan in the form that was asked for."""

import shutil
import sys
from argparse import Namespace

from reconciler.cli.console import colours, is_terminal
from reconciler.guard import Refusal
from reconciler.plan.plan import Plan
from reconciler.report.colour import coloured
from reconciler.report.document import PlanDocument, plan_document, to_json
from reconciler.report.text import document_text

PLAIN_WIDTH = 100
"""Columns where nobody's terminal says how many there are."""


def show_plan(plan: Plan, refusals: tuple[Refusal, ...], arguments: Namespace) -> str:
    """As text."""
    return show_document(plan_document(plan, refusals), arguments)


def show_document(document: PlanDocument, arguments: Namespace) -> str:
    """As text (the default), Markdown or JSON."""
    match getattr(arguments, "format", "text"):
        case "json":
            return to_json(document)
        case "markdown":
            from reconciler.report.markdown import document_markdown  # noqa: PLC0415

            return document_markdown(document)
        case _:
            text = document_text(document, width=text_width())
            return coloured(text) if colours(sys.stdout, refused=arguments.no_color) else text


def text_width() -> int:
    """The terminal's columns."""
    return shutil.get_terminal_size().columns if is_terminal(sys.stdout) else PLAIN_WIDTH
