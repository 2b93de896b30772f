"""The same work by tools that compare zones: as many records, nothing changed and all changed.

``ldns-compare-zones`` (Debian's ldnsutils) is a C program, octoDNS is written in Python. Each is
measured where it is installed.
"""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.worlds import SEED

RECORDS = 100_000
HEAD = """\
$ORIGIN example.com.
$TTL 3600
@ IN SOA ns.example.com. hostmaster.example.com. 1 7200 3600 1209600 3600
@ IN NS ns.example.com.
"""
_PROVIDER = "{class: octodns.provider.yaml.YamlProvider, enforce_order: false, directory: ./"
OCTODNS = f"""\
providers:
  one: {_PROVIDER}one}}
  same: {_PROVIDER}same}}
  other: {_PROVIDER}other}}
zones:
  example.com.: {{sources: [one], targets: [other]}}
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """``write`` makes its input; ``command`` is what is measured in the same folder."""

    name: str
    command: tuple[str, ...]
    write: Callable[[Path], None]

    @property
    def is_there(self) -> bool:
        """Whether it is installed."""
        return shutil.which(self.command[0]) is not None


def numbers() -> list[int]:
    """As in the world of listed numbers."""
    return random.Random(SEED).sample(range(2_000_000_000, 10_000_000_000), RECORDS)


def _zones(folder: Path) -> None:
    for name, text in (("same", "SALESLINE"), ("other", "MAIN_IVR")):
        records = (f'{number} IN TXT "{text}"\n' for number in numbers())
        (folder / f"{name}.zone").write_text(HEAD + "".join(records))


def _yaml(folder: Path) -> None:
    for name, text in (("one", "SALESLINE"), ("same", "SALESLINE"), ("other", "MAIN_IVR")):
        (folder / name).mkdir()
        records = (f"'{number}': {{type: TXT, value: {text}}}\n" for number in numbers())
        (folder / name / "example.com.yaml").write_text("---\n" + "".join(records))
    (folder / "config.yaml").write_text(OCTODNS)


def _octodns(other: str) -> tuple[str, ...]:
    sides = ("--a", "one", "--b", other, "--zone", "example.com.")
    return ("octodns-compare", "--config-file", "config.yaml", *sides)


def _ldns(other: str) -> tuple[str, ...]:
    return ("ldns-compare-zones", "-a", "same.zone", f"{other}.zone")


LDNS = "ldns-compare-zones, nothing changed"
PEERS = (
    Peer(LDNS, _ldns("same"), _zones),
    Peer("ldns-compare-zones, all changed", _ldns("other"), _zones),
    Peer("octoDNS, nothing changed", _octodns("same"), _yaml),
    Peer("octoDNS, all changed", _octodns("other"), _yaml),
)
