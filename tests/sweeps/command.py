"""The real command in a process of its own: ``python -m reconciler apply``."""

import os
import subprocess
import sys
from pathlib import Path

from tests.apply.rig import USER, Site

ENOUGH = 120
"""Seconds after which a test gives up waiting."""


def start(site: Site, *arguments: str, password: str = USER.password) -> "subprocess.Popen[str]":
    """Begin an apply of the site, asked nothing."""
    environment = {**os.environ, "VICIDIAL_USER": USER.user, "VICIDIAL_PASS": password}
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", "apply", "--specs", str(site.specs), *arguments],
        cwd=Path(__file__).parents[2],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def apply(site: Site, *arguments: str, password: str = USER.password) -> tuple[int, str, str]:
    """Apply, without being asked, to the end: exit code, output, errors."""
    with start(site, "--yes", *arguments, password=password) as process:
        output, errors = process.communicate(timeout=ENOUGH)
        return process.returncode, output, errors
