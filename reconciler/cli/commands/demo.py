"""``demo``: everything at work on this machine, on a simulated VICIdial; leaves no trace."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.cli import exits
from reconciler.cli.console import say
from reconciler.cli.options import Options
from reconciler.errors import ReconcilerError, UsageError
from reconciler.secrets import PASSWORD, USER
from reconciler.simulator import running

EDIT = ("menu_id: MAIN_IVR", "menu_id: AFTER_HOURS")
"""The edit a person might make: the numbers of one override get another call menu."""
SHOWN = "7275553336"
ACCOUNT = {USER: "6666", PASSWORD: "1234"}
"""The simulator's own account, no secret."""


def run(arguments: Options) -> int:
    """Plan, apply, look, edit, plan and apply again; returns 0 when nothing is left to do."""
    if not arguments.specs.is_dir():
        raise UsageError(
            f"{arguments.specs} is no folder: the demo uses the specs of its repository",
            hint="run it in a checkout of did-reconciler",
        )
    with tempfile.TemporaryDirectory(prefix="did-demo-") as folder, running() as simulator:
        specs = Path(folder) / "did_specs"
        shutil.copytree(arguments.specs, specs)
        with _place(Path(folder)):
            steps = _Steps(simulator.endpoint, arguments)
            say(f"A VICIdial is simulated at {simulator.endpoint}")
            steps.run("validate")
            steps.run("plan")
            steps.run("apply", "--yes")
            steps.run("show", SHOWN)
            say(f"\n# edit: {_edit(Path('did_specs'))}")
            steps.run("plan")
            steps.run("apply", "--yes")
            steps.run("plan", "--detailed-exitcode")
        calls = simulator.calls()
        say(
            f"\nThe simulated server now has {len(simulator.dids()):,} DIDs, after "
            f"{calls.get('copy_did', 0)} copy_did and {calls.get('update_did', 0)} update_did "
            "calls, the checks included."
        )
    return exits.DONE


class _Steps:
    """Runs commands as a person would type them, and stops at the first that fails."""

    def __init__(self, endpoint: str, arguments: Options) -> None:
        # The state too: what these specs name may be a real one.
        self._options = ["--endpoint", endpoint, "--state", "file:state/{target}.json"]
        if arguments.target is not None:
            self._options += ["--target", arguments.target]
        if arguments.no_color:
            self._options.append("--no-color")

    def run(self, *command: str) -> None:
        from reconciler.cli.main import main  # noqa: PLC0415  (it imports this module)

        say(f"\n$ reconciler {' '.join(command)}")
        code = main([*command, *self._options])
        if code != exits.DONE:
            raise ReconcilerError(
                f"`reconciler {command[0]}` ended with {code}, which a demo should not",
                hint="the simulated server holds what the specs of did-reconciler's own "
                "repository need: run the demo there",
            )


def _edit(specs: Path) -> str:
    """Make the edit in the first file that has its place, and say what it was."""
    before, after = EDIT
    for path in sorted(specs.rglob("*.yaml")):
        text = path.read_text()
        if before in text:
            path.write_text(text.replace(before, after, 1))
            return f"{path}: {before} → {after}"
    return f"none, since no file holds {before!r}"


@contextmanager
def _place(folder: Path) -> Iterator[None]:
    """Work in ``folder`` with the simulator's account and no other, then as before."""
    here, environment = Path.cwd(), dict(os.environ)
    os.chdir(folder)
    for name in environment:
        if name.startswith((USER, PASSWORD)):
            del os.environ[name]
    os.environ.update(ACCOUNT)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(environment)
