"""A folder of specs to write into, and the faults that reading it finds."""

from pathlib import Path
from textwrap import dedent

import pytest

from reconciler import specs
from reconciler.errors import Fault, Severity, SpecFaults
from reconciler.specs import TargetSpec

TARGET = """\
version: 1
endpoint: https://vici.example.com/vicidial/non_agent_api.php
state: file:state/{target}.json
defaults: {source: 7275551114}
"""


def told(fault: Fault) -> str:
    """A fault in one line, without its code."""
    kind = "" if fault.severity is Severity.ERROR else "warning: "
    hint = "" if fault.hint is None else f": {fault.hint}"
    return f"{fault.where}: {kind}{fault.message}{hint}"


class Folder:
    """``did_specs`` in the current directory, with one sound target named tampa."""

    root = Path("did_specs")
    target = TARGET

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file below the target's folder."""
        path = self.root / "tampa" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path

    def read(self) -> TargetSpec:
        """The one target."""
        (spec,) = specs.read(self.root)
        return spec

    def faults(self) -> list[str]:
        """Every fault in a line, without the folder they all stand in; warnings too."""
        return [told(fault).removeprefix("did_specs/tampa/") for fault in self.found()]

    def codes(self) -> list[str]:
        """The code of every fault."""
        return [fault.code for fault in self.found()]

    def found(self) -> tuple[Fault, ...]:
        """Every fault; warnings too."""
        try:
            return self.read().warnings
        except SpecFaults as error:
            return error.faults

    def block(self, text: str) -> list[str]:
        """The faults of a file that holds this one block, from line 3 and column 5 on."""
        first, *rest = dedent(text).strip("\n").splitlines()
        lines = ["version: 1", "blocks:", f"  - {first}", *(f"    {line}" for line in rest)]
        self.write("block.yaml", "\n".join(lines))
        return [fault.removeprefix("block.yaml:") for fault in self.faults()]

    def places(self) -> list[str]:
        """Only where the faults are: file, line and column."""
        return [":".join(fault.split(":")[:3]) for fault in self.faults()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    made = Folder()
    made.write("target.yaml", TARGET)
    return made
