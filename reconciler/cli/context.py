"""Read the selected specs and open their states; most commands start with this."""

from dataclasses import replace
from pathlib import Path

from reconciler import specs
from reconciler.cli.console import faults, tell
from reconciler.cli.options import Options
from reconciler.errors import UsageError
from reconciler.specs.files import TARGET_FILE, shown
from reconciler.specs.model import Target, TargetSpec
from reconciler.state.open import journal_path, open_backend
from reconciler.state.store import Store


def read_specs(arguments: Options) -> tuple[TargetSpec, ...]:
    """Read the selected targets, show warnings, apply ``--endpoint`` and ``--state``."""
    found = specs.read(specs_root(arguments), only=arguments.target)
    for spec in found:
        faults(spec.warnings)
    for option in ("endpoint", "state"):
        if getattr(arguments, option) is not None:
            single(found, f"--{option}")
    return tuple(_with_options(spec, arguments) for spec in found)


def specs_root(arguments: Options) -> Path:
    """The folder of the specs; raise UsageError where it does not exist."""
    root = arguments.specs
    if not root.exists():
        example = shown(root / "NAME" / TARGET_FILE)
        raise UsageError(
            f"there are no specs: the folder {shown(root)} does not exist",
            hint="go to your repository, or name the folder with --specs; to start one, describe "
            f"your system in {example}; `reconciler demo` shows an example at work",
        )
    if arguments.verbose and ".." in root.parts:
        tell(f"reading the specs in {shown(root)}")
    return root


def one_spec(arguments: Options) -> TargetSpec:
    """The only selected target."""
    return single(read_specs(arguments), "this command")


def single(found: tuple[TargetSpec, ...], what: str) -> TargetSpec:
    """The only one of ``found``; raise UsageError that says that ``what`` needs one."""
    if len(found) > 1:
        names = ", ".join(spec.target.name for spec in found)
        raise UsageError(
            f"{what} needs one target; {len(found)} are selected",
            hint=f"choose one with --target: {names}",
        )
    return found[0]


def open_store(target: Target, specs_root: Path) -> Store:
    """Open the state of the target."""
    folder = specs_root.resolve().parent
    backend = open_backend(
        target.state, target=target.name, folder=folder, mirror=target.mirror, notice=tell
    )
    journal = journal_path(target.state, target=target.name, folder=folder)
    return Store(backend, journal, target=target.name, endpoint=target.endpoint)


def open_mirror(target: Target, specs_root: Path) -> Store:
    """Open the mirror of the state, which needs no credentials; the state where it has none.

    It may be one apply behind, so it is for plans only.
    """
    if target.mirror is None:
        return open_store(target, specs_root)
    return open_store(replace(target, state=target.mirror, mirror=None), specs_root)


def _with_options(spec: TargetSpec, arguments: Options) -> TargetSpec:
    target = spec.target
    if arguments.endpoint is not None:
        check = specs.endpoint_fault if target.allow_plaintext else specs.encrypted_endpoint_fault
        refuse_if("--endpoint", check(arguments.endpoint))
        target = replace(target, endpoint=arguments.endpoint)
    if arguments.state is not None:
        refuse_if("--state", specs.state_fault(arguments.state))
        target = replace(target, state=arguments.state.replace("{target}", target.name))
    return replace(spec, target=target)


def refuse_if(name: str, wrong: specs.Problem | None) -> None:
    """Raise UsageError when the argument ``name`` is wrong; its value may hold a password."""
    if wrong is not None:
        raise UsageError(f"{name} {wrong.message}", hint=wrong.hint)
