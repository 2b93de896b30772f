"""A folder with specs, and commands typed in it, each in this process with what it printed."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.cli import main

RECORDED = Path(__file__).parents[1] / "recordings" / "fixture.json"
ACCOUNT = {"VICIDIAL_USER": "6666", "VICIDIAL_PASS": "1234"}
NOWHERE = "http://127.0.0.1:1/vicidial/non_agent_api.php"

TARGET = """\
version: 1
endpoint: {endpoint}
state: file:state/{{target}}.json
defaults: {{source: 7275551114}}
"""
SALES = """\
version: 1
blocks:
  - name: sales
    numbers: [7275553300-7275553309]
    routing: {did_route: IN_GROUP, group: SALESLINE}
"""
SUPPORT = """\
version: 1
blocks:
  - name: support
    numbers: [7275554400-7275554404]
    routing: {did_route: IN_GROUP, group: SUPPORT}
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


_SOMETHING = os.open(os.devnull, os.O_RDONLY)
"""It can always be read from, as a terminal at which a line was typed."""


class Typist(io.StringIO):
    """A terminal at which something was typed."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return _SOMETHING


@dataclass
class Office:
    """Where a person works: commands run as if typed in ``folder``."""

    folder: Path
    endpoint: str
    capsys: Any = None
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def target(self, name: str = "tampa", more: str = "", *, endpoint: str | None = None) -> None:
        """A target with ``more`` settings below the usual ones."""
        text = TARGET.format(endpoint=endpoint or self.endpoint)
        self.write(f"did_specs/{name}/target.yaml", text + more)

    def blocks(self, text: str = SALES, *, target: str = "tampa") -> None:
        self.write(f"did_specs/{target}/blocks.yaml", text)

    def run(self, *arguments: str) -> Ran:
        """Type a command in this process."""
        self.capsys.readouterr()
        code = main(list(arguments))
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)

    def ran(self, *arguments: str) -> Ran:
        """Type a command that must succeed."""
        done = self.run(*arguments)
        assert done.code == 0, done.all
        return done

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """Type a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            text=True,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.PIPE),
            **options,
        )

    def typed(self, *arguments: str, **options: Any) -> Ran:
        """Type a command in a process of its own, and wait for its end."""
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=60)
        return Ran(process.returncode, out or "", err or "")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str = "work") -> str:
        """Commit the specs, in a repository made where there is none."""
        if not (self.folder / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "did_specs")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")
