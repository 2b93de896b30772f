"""``demo``: a complete run with a simulated VICIdial in a temporary folder."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

from reconciler.cli import exits
from reconciler.cli.console import say
from reconciler.cli.folder import NAME
from reconciler.cli.options import Options
from reconciler.credentials import PASSWORD, USER
from reconciler.errors import ReconcilerError
from reconciler.simulator import running

FILE = f"{NAME}/tampa/sales.yaml"
EDIT = ("menu_id: MAIN_IVR", "menu_id: AFTER_HOURS")
"""An edit: the numbers of one override get another call menu."""
SHOWN = "7275553336"
ACCOUNT = {USER: "6666", PASSWORD: "1234"}
"""The account of the simulator; not secret."""


def run(arguments: Options) -> int:
    """Plan, apply, show, edit, plan and apply again; raise an error unless no changes are left."""
    with tempfile.TemporaryDirectory(prefix="did-demo-") as folder, running() as simulator:
        with as_file(files("reconciler.cli").joinpath("demo_specs")) as specs:
            copytree(specs, Path(folder) / NAME)
        with _place(Path(folder)):
            steps = _Steps(simulator.endpoint, arguments)
            say(f"A VICIdial is simulated at {simulator.endpoint}")
            steps.run("validate")
            steps.run("plan")
            steps.run("apply", "--yes")
            steps.run("show", SHOWN)
            _edit(Path(FILE))
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
    """Runs commands as typed; raises an error at the first that fails."""

    def __init__(self, endpoint: str, arguments: Options) -> None:
        self._options = ["--endpoint", endpoint]
        if arguments.no_color:
            self._options.append("--no-color")

    def run(self, *command: str) -> None:
        from reconciler.cli.main import main  # noqa: PLC0415  (it imports this module)

        say(f"\n$ reconciler {' '.join(command)}")
        code = main([*command, *self._options])
        if code != exits.DONE:
            raise ReconcilerError(f"`reconciler {command[0]}` ended with {code}: the demo stops")


def _edit(path: Path) -> None:
    before, after = EDIT
    say(f"\n# edit: {path}: {before} → {after}")
    path.write_text(path.read_text().replace(before, after, 1))


@contextmanager
def _place(folder: Path) -> Iterator[None]:
    """Change to ``folder`` and set only the simulator's account; restore both afterwards."""
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
