"""How far an apply has come: plain lines at intervals, a bar for people."""

import io
import sys

import pytest

from reconciler.cli import progress as module
from reconciler.cli.options import Options
from reconciler.cli.progress import EVERY, progress


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_without_a_terminal_a_line_is_told_every_few_seconds(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    with progress("tampa", 12_000, Options(no_color=False)) as tick:
        tick(10)
        now[0] += EVERY + 0.4
        tick(4_500)
        tick(4_600)
        now[0] += EVERY
        tick(12_000)
    assert capsys.readouterr().err.splitlines() == [
        "tampa: 4,500 of 12,000 numbers after 5 s",
        "tampa: 12,000 of 12,000 numbers after 10 s",
    ]


@pytest.mark.parametrize("refused", [True, False])
def test_at_a_terminal_a_bar_is_drawn_and_taken_away(monkeypatch, refused):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    with progress("tampa", 100, Options(no_color=refused)) as tick:
        tick(40)
    drawn = screen.getvalue()
    assert "100/100" not in drawn
    assert "/100" in drawn
    assert drawn.endswith("\x1b[2K")
    assert ("\x1b[32m" in drawn) is not refused
