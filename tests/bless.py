"""Golden stories: ``python -m tests.bless`` writes anew what each of them should show.

A story is a folder with ``did_specs`` and, unless nothing was ever applied, ``state.json``. Look at
the difference before you commit it.
"""

import contextlib
from pathlib import Path

from reconciler.guard import refusals
from reconciler.plan.plan import make_plan
from reconciler.report.document import plan_document, to_json
from reconciler.report.markdown import plan_markdown
from reconciler.report.text import plan_text
from reconciler.specs import read
from reconciler.state.codec import decode
from reconciler.state.model import State

CASES = Path(__file__).parent / "cases"


def stories():
    """The names of all stories, sorted."""
    return sorted(path.name for path in CASES.iterdir() if path.is_dir())


def plan(story):
    """The story's plan, its places as seen from its own folder."""
    with contextlib.chdir(CASES / story):
        (spec,) = read(Path("did_specs"))
    saved = CASES / story / "state.json"
    if saved.is_file():
        state = decode(saved.read_bytes(), "state.json")
    else:
        state = State(spec.target.name, spec.target.endpoint, "0d9a6c1e")
    return make_plan(spec, state)


def document(story):
    """The story's plan as plain data."""
    made = plan(story)
    return plan_document(made, refusals(made))


def shown(story):
    """File → what it should hold."""
    made = plan(story)
    return {
        "plan.txt": plan_text(made, refusals(made), width=100) + "\n",
        "plan.md": plan_markdown(made, refusals(made)) + "\n",
        "plan.json": to_json(document(story)),
    }


def main():
    """Write what every story shows."""
    for story in stories():
        for name, text in shown(story).items():
            (CASES / story / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
