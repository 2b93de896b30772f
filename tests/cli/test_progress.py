"""How far an apply has come: plain lines at intervals, a bar for people."""

import io
import re
import sys
import time

import pytest

from reconciler.cli.options import Options
from reconciler.cli.progress import EVERY, progress
from reconciler.plan.plan import make_plan
from tests.conftest import SALES, SUPPORT, declared, known, spec, state

LIVE = "7275550000-7275559999"
REROUTE = make_plan(spec((LIVE, declared(SUPPORT))), state((LIVE, known(SALES))))


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_without_a_terminal_a_line_is_told_every_few_seconds(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with progress(REROUTE, Options()) as shown:
        tick = shown.tick
        tick(10, REROUTE.work / 1000)
        now[0] += EVERY
        tick(2_500, REROUTE.work / 4)
        tick(2_600, REROUTE.work / 3.8)
        now[0] += 2 * EVERY
        tick(10_000, REROUTE.work)
    first, last = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"tampa: 2,500 of 10,000 numbers after 5 s, about (1\d|2\d) s left", first)
    assert last == "tampa: 10,000 of 10,000 numbers after 15 s, about 0 s left"


@pytest.fixture
def drawn(monkeypatch):
    """What is drawn of an apply that gets to four tenths of its numbers."""

    def draw(*, no_color=False):
        # Not before the test runs: pytest puts standard error back until then.
        monkeypatch.setattr(sys, "stderr", screen := Screen())
        with progress(REROUTE, Options(no_color=no_color)) as shown:
            shown.tick(4_000, 0.4 * REROUTE.work)
        return screen.getvalue()

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return draw


@pytest.mark.parametrize("refused", [True, False])
def test_at_a_terminal_a_bar_is_drawn_and_taken_away(drawn, refused):
    text = drawn(no_color=refused)
    assert "of 10,000 numbers" in text
    assert text.endswith("\x1b[2K")
    assert ("\x1b[32m" in text) is not refused


def test_its_time_says_what_it_is(drawn):
    words = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn())
    assert re.search(r"of 10,000 numbers elapsed 0:00, about [0-9]:[0-9]{2} left", words)


def test_its_colour_is_no_alarm(drawn):
    text = drawn()
    codes = set(re.findall(r"\x1b\[([0-9;]+)m", text))
    reds = {"31", "35", "91", "95", "38;5;1", "38;5;5"}
    assert not any(set(code.split(";")) & reds or "197" in code for code in codes)
    assert not any(code.startswith("38;2;249") for code in codes)


def test_trouble_is_one_line_now_and_then_where_nobody_sees_a_bar(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with progress(REROUTE, Options()) as shown:
        for _ in range(400):
            now[0] += 0.125
            shown.unclear("HTTP 500")
        shown.unclear("no complete reply within 30 s")
    assert capsys.readouterr().err.splitlines() == [
        "tampa: no clear answer to 1 call so far, the last: HTTP 500",
        "tampa: no clear answer to 241 calls so far, the last: HTTP 500",
        "tampa: no clear answer to 401 calls, the last: no complete reply within 30 s",
    ]


def test_trouble_told_to_the_last_call_is_not_told_twice(capsys):
    with progress(REROUTE, Options()) as shown:
        shown.unclear("HTTP 500")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_at_a_terminal_trouble_is_one_line_below_the_bar(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    with progress(REROUTE, Options(no_color=True)) as shown:
        for _ in range(3):
            shown.unclear("HTTP 500")
    drawn = screen.getvalue()
    assert "no clear answer to 3 calls so far, the last: HTTP 500" in drawn
    assert drawn.endswith("tampa: no clear answer to 3 calls, the last: HTTP 500\n")
