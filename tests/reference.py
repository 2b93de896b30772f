"""The command reference: ``python -m tests.reference`` writes ``docs/commands.md`` anew.

Made of the parser that reads command lines, so that it names every option and no other.
"""

import argparse
from pathlib import Path

from reconciler.cli.choices import parsers
from reconciler.cli.parser import build

PAGE = Path(__file__).parents[1] / "docs/commands.md"

INTRODUCTION = """\
# Commands

`reconciler COMMAND [options]`. Without a command the help is shown; `reconciler help COMMAND` shows
the options of one. Written by `python -m tests.reference`.

The specs are read from `did_specs` in the current folder or the nearest folder above that has one.
Files are named as seen from the current folder, in plans for others as seen from the folder that
holds `did_specs`; a relative `file:` state starts there too. Results go to standard output,
everything else to standard error. Results for scripts are described in [json.md](json.md).

The estimate in a plan counts with a round trip of 45 ms for each call. Over another line an apply
takes longer or shorter; the progress bar begins with the estimate and soon shows the real pace.
"""

CODES = """\
## Exit codes

| code | meaning | of |
|---|---|---|
| 0 | done, or nothing to do | all |
| 1 | error: nothing was tried, or not everything could be | all |
| 1 | no selected target knows the number | `show`, `state show` |
| 2 | changes are pending | `plan --detailed-exitcode` |
| 3 | not everything was confirmed: see the report | `apply` |
| 130, 143 | ended by Ctrl-C or SIGTERM; the next run continues from there | all |
"""


def page():
    """The text of the page."""
    parser = build()
    common = parser._action_groups[-1]._group_actions
    parts = [INTRODUCTION, "## Options of every command\n\n" + table(common), CODES]
    shared = {action.dest for action in common} | {"help"}
    for name, each in parsers(parser):
        own = [action for action in each._actions if action.dest not in shared]
        if any(isinstance(action, argparse._SubParsersAction) for action in own):
            continue
        takes = "".join(f" {placeholder(action)}" for action in own if not action.option_strings)
        parts.append(
            f"## `{name}{takes}`\n\n{each.description}\n" + (f"\n{table(own)}" if own else "")
        )
    return "\n".join(parts)


def table(actions):
    """A row for each argument."""
    rows = (f"| `{signature(action)}` | {about(action)} |\n" for action in actions)
    return "| | |\n|---|---|\n" + "".join(rows)


def signature(action):
    if not action.option_strings:
        return placeholder(action)
    value = "" if action.nargs == 0 else f" {placeholder(action)}"
    return f"{', '.join(action.option_strings)}{value}"


def placeholder(action):
    name = action.metavar or "|".join(action.choices or [action.dest.upper()])
    several = {"+": f"{name}...", "*": f"[{name}...]"}
    return several.get(str(action.nargs), name).replace("|", "\\|")


def about(action):
    words = action.help
    return f"{words} (required)" if action.option_strings and action.required else words


if __name__ == "__main__":
    PAGE.write_text(page())
