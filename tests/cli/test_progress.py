"""How far an apply has come: plain lines at intervals, a bar for people."""

import io
import sys
from argparse import Namespace

import pytest

from reconciler.cli import progress as module
from reconciler.cli.progress import EVERY, progress


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_without_a_terminal_a_line_is_told_every_few_seconds(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    with progress("tampa", 12_000, Namespace(no_color=False)) as shown:
        shown.tick(10)
        now[0] += EVERY + 0.4
        shown.tick(4_500)
        shown.tick(4_600)
        now[0] += EVERY
        shown.tick(12_000)
    assert capsys.readouterr().err.splitlines() == [
        "tampa: 4,500 of 12,000 numbers after 5 s",
        "tampa: 12,000 of 12,000 numbers after 10 s",
    ]


@pytest.mark.parametrize("refused", [True, False])
def test_at_a_terminal_a_bar_is_drawn_and_taken_away(monkeypatch, refused):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    with progress("tampa", 100, Namespace(no_color=refused)) as shown:
        shown.tick(40)
    drawn = screen.getvalue()
    assert "100/100" not in drawn
    assert "/100" in drawn
    assert drawn.endswith("\x1b[2K")
    assert ("\x1b[32m" in drawn) is not refused


def test_trouble_is_one_line_now_and_then_where_nobody_sees_a_bar(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    with progress("tampa", 12_000, Namespace(no_color=False)) as shown:
        for _ in range(400):
            now[0] += 0.125
            shown.unclear("HTTP 500")
        shown.unclear("no whole reply within 30 s")
    assert capsys.readouterr().err.splitlines() == [
        "tampa: no clear answer to 1 call so far, the last: HTTP 500",
        "tampa: no clear answer to 241 calls so far, the last: HTTP 500",
        "tampa: no clear answer to 401 calls, the last: no whole reply within 30 s",
    ]


def test_trouble_told_to_the_last_call_is_not_told_twice(capsys):
    with progress("tampa", 100, Namespace(no_color=False)) as shown:
        shown.unclear("HTTP 500")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_at_a_terminal_trouble_is_one_line_below_the_bar(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    with progress("tampa", 100, Namespace(no_color=True)) as shown:
        for _ in range(3):
            shown.unclear("HTTP 500")
    drawn = screen.getvalue()
    assert "no clear answer to 3 calls so far, the last: HTTP 500" in drawn
    assert drawn.endswith("tampa: no clear answer to 3 calls, the last: HTTP 500\n")
