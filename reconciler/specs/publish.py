"""Writes the JSON Schemas for editors: ``python -m reconciler.specs.publish [--check] [DIR]``.

With ``--check`` nothing is written, and the exit code is 1 when a file is not what the table of
fields makes of it today.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from reconciler.specs.schema import FILES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.specs.publish")
    parser.add_argument("--check", action="store_true", help="tell what differs, write nothing")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("schemas"))
    given = parser.parse_args(arguments)
    return check(given.folder) if given.check else write(given.folder)


def texts() -> dict[str, str]:
    """What each file holds, by its name."""
    return {
        name: json.dumps(make(), indent=2, ensure_ascii=False) + "\n"
        for name, make in FILES.items()
    }


def write(folder: Path) -> int:
    """Write all schemas."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


def check(folder: Path) -> int:
    """Tell which schemas are not up to date; 1 when there are any."""
    stale = [
        folder / name
        for name, text in texts().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    for path in stale:
        sys.stderr.write(f"{path} is not up to date: run python -m reconciler.specs.publish\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
