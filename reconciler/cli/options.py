"""Typed options. Those of one command are beside its parser."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DataFormat = Literal["json"]
Format = Literal["text", DataFormat]
PlanFormat = Literal["text", "markdown", "json"]
LogFormat = Literal["text", "json"]
SchemaName = Literal["did-spec", "target", "plan"]
Grouping = Literal["destination", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The common options; the options of a command are subclasses."""

    specs: Path = Path("did_specs")
    target: str | None = None
    endpoint: str | None = None
    state: str | None = None
    verbose: int = 0
    no_color: bool = False
    log_format: LogFormat = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseOptions(Options):
    """The options of a command that compares with the specs of another commit or folder."""

    base: str | None = None
    base_specs: Path | None = None
