"""A terminal with a command in it: what a person types, and what the screen shows in the end."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

PATIENCE = 30.0
"""Seconds after which a terminal that stands still has failed."""
CTRL_C = "\x03"

# The terminal becomes the one that signals come from; then the command takes this process over. As
# a shell does it: a Ctrl-C that whoever runs the tests ignores is not ignored by the command.
_START = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, '-m', 'reconciler', *sys.argv[1:]])"
)
_TOKEN = re.compile(r"\x1b\[(?P<argument>[?0-9;]*)(?P<letter>[A-Za-z])|[\s\S]")


@dataclass
class Terminal:
    """``reconciler`` run at a terminal of this many columns."""

    arguments: tuple[str, ...]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    columns: int = 100
    seen: str = ""

    def __enter__(self) -> Self:
        self._here, there = pty.openpty()
        size = struct.pack("HHHH", 60, self.columns, 0, 0)
        fcntl.ioctl(there, termios.TIOCSWINSZ, size)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *self.arguments],
            cwd=self.folder,
            env={**os.environ, "TERM": "xterm-256color", **self.environment},
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
        )
        os.close(there)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._here)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._here, text.encode())

    def send(self, number: signal.Signals) -> None:
        """Send the command a signal from elsewhere."""
        self._process.send_signal(number)

    def until(self, words: str) -> None:
        """Wait until ``words`` were shown."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < deadline, self.seen
            assert self._read(), self.seen

    def end(self) -> int:
        """Wait for the end; returns the exit code, a signal's number below zero."""
        while self._read():
            pass
        return self._process.wait(PATIENCE)

    @property
    def screen(self) -> list[str]:
        """The lines as a person sees them when all is drawn."""
        return drawn(self.seen)

    def _read(self) -> bool:
        if not select.select([self._here], [], [], PATIENCE)[0]:
            raise AssertionError(f"nothing more is shown after {self.seen!r}")
        try:
            shown = os.read(self._here, 65536)
        except OSError:  # nobody has the other side open any more
            return False
        self.seen += shown.decode(errors="replace")
        return bool(shown)


def drawn(text: str) -> list[str]:
    """What a terminal makes of ``text``: the cursor goes up, back and down; lines are erased."""
    lines: list[list[str]] = [[]]
    row = column = 0
    for token in _TOKEN.finditer(text):
        match token["letter"], token[0]:
            case None, "\n":
                row += 1
                if row == len(lines):
                    lines.append([])
            case None, "\r":
                column = 0
            case None, shown:
                line = lines[row]
                line.extend(" " * (column + 1 - len(line)))
                line[column] = shown
                column += 1
            case "A", _:
                row = max(0, row - int(token["argument"] or 1))
            case "K", _:
                lines[row] = []
            case _:
                pass
    return ["".join(line).rstrip() for line in lines]
