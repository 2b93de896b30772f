"""What a command line asks for, typed. Each command's own options stand beside its parser."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Format = Literal["text", "json"]
PlanFormat = Literal["text", "markdown", "json"]
LogFormat = Literal["text", "json"]
SchemaName = Literal["did-spec", "target", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The common options; those of a command add theirs. What is not given has its default."""

    specs: Path = Path("did_specs")
    target: str | None = None
    endpoint: str | None = None
    state: str | None = None
    verbose: int = 0
    no_color: bool = False
    log_format: LogFormat = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseOptions(Options):
    """Those of a command that compares with the specs of another commit or folder."""

    base: str | None = None
    base_specs: Path | None = None
