"""Apply at a real terminal: asked, answered, interrupted, drawn."""

import json
import signal
import time

import pytest

from tests.cli.office import SALES
from tests.e2e.terminal import CTRL_C, Terminal, drawn

QUESTION = "Type yes: "
MANY = SALES.replace("7275553300-7275553309", "7275553300-7275553699")


def terminal(shop, *arguments, **options):
    return Terminal(arguments, shop.folder, **options)


def is_free(shop):
    """Whether nobody holds the state's lease."""
    return shop.run("state", "unlock", "any").code == 0


def test_a_screen_is_what_is_left_when_all_is_drawn():
    assert drawn("one\r\ntwo\r\x1b[2Kthree\r\n\x1b[1A\x1b[32mT\x1b[0m\r\n") == ["one", "Three", ""]


def test_yes_applies_and_the_screen_is_left_in_order(shop, server):
    server.faults({"latency": 0.05})
    with terminal(shop, "apply", "-v") as screen:
        screen.until(QUESTION)
        assert server.calls() == {}
        screen.type("yes\n")
        assert screen.end() == 0
        assert "\x1b[?25l" in screen.seen  # a bar was drawn
        lines = screen.screen
    asked = next(number for number, line in enumerate(lines) if QUESTION in line)
    assert lines[asked] == f"Apply 10 changes to tampa ({server.endpoint})? {QUESTION}yes"
    after = [line for line in lines[asked + 1 :] if line]
    *logged, last = after
    assert last.startswith("tampa: applied in ")
    assert last.endswith("10 of 10 confirmed")
    assert len(logged) >= 1
    assert all("[info" in line for line in logged)
    assert "10 of 10 numbers" not in "\n".join(lines)


def test_no_applies_nothing(shop, server):
    with terminal(shop, "apply") as screen:
        screen.until(QUESTION)
        screen.type("no\n")
        assert screen.end() == 1
        assert screen.screen[-2] == "nothing was sent; no number was changed"
    assert server.calls() == {}


def test_the_end_of_input_is_no_answer(shop, server):
    with terminal(shop, "apply") as screen:
        screen.until(QUESTION)
        screen.type("\x04")
        assert screen.end() == 1
        assert screen.screen[-2] == "nothing was sent; no number was changed"
    assert server.calls() == {}


@pytest.mark.parametrize(
    ("ending", "code", "word"),
    [(CTRL_C, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_ended_while_it_asks_it_has_sent_nothing_and_holds_nothing(
    shop, server, ending, code, word
):
    with terminal(shop, "apply") as screen:
        screen.until(QUESTION)
        if ending == CTRL_C:
            screen.type(ending)
        else:
            screen.send(ending)
        assert screen.end() == code
        assert screen.screen[-2] == word
    assert server.calls() == {}
    assert is_free(shop)


def test_colours_are_drawn_at_a_terminal_and_left_out_where_unwanted(shop):
    for arguments, environment, coloured in (
        (["plan"], {}, True),
        (["plan", "--no-color"], {}, False),
        (["plan"], {"NO_COLOR": "1"}, False),
        (["plan"], {"TERM": "dumb"}, False),
    ):
        with terminal(shop, *arguments, environment=environment) as screen:
            assert screen.end() == 0
            assert ("\x1b[" in screen.seen) is coloured
            assert "7275553300" in screen.seen


@pytest.mark.parametrize("columns", [1, 80, 200])
def test_a_plan_keeps_to_the_terminal_s_width_where_that_can_be(shop, columns):
    with terminal(shop, "plan", "--no-color", columns=columns) as screen:
        assert screen.end() == 0
        assert max(map(len, screen.screen)) <= max(columns, 80)


def test_ended_midway_an_apply_winds_up_and_the_next_one_completes_it(shop, server):
    shop.blocks(MANY)
    server.faults({"latency": 0.2})
    with terminal(shop, "apply", "--yes", "--report", "report.json") as screen:
        screen.until("of 400 numbers")
        screen.type(CTRL_C)
        screen.until("ending: no new calls")
        assert screen.end() == 130
    assert "Traceback" not in screen.seen
    assert json.loads(shop.read("report.json"))["numbers"]["planned"] == 400
    assert is_free(shop)
    server.faults({})
    shop.ran("apply", "--yes")
    assert shop.run("plan", "--detailed-exitcode").code == 0


def test_asked_twice_it_ends_at_once_and_the_next_one_settles_what_was_under_way(shop, server):
    shop.blocks(MANY)
    server.faults({"rules": [{"kind": "delay", "function": "update_did", "seconds": 4}]})
    with terminal(shop, "apply", "--yes") as screen:
        while server.calls().get("copy_did", 0) < 2:  # the first asks for the right to copy
            time.sleep(0.01)
        screen.until("of 400 numbers")
        screen.type(CTRL_C)
        screen.until("again to end at once")
        screen.type(CTRL_C)
        screen.until("ended at once; the next apply settles the calls under way")
        assert screen.end() == 130
    assert "Traceback" not in screen.seen
    assert is_free(shop)
    server.faults({})
    shop.ran("apply", "--yes")
    assert shop.run("plan", "--detailed-exitcode").code == 0


def test_rebinding_is_asked_as_well(shop):
    shop.ran("apply", "--yes")
    shop.target(endpoint=shop.endpoint.replace("127.0.0.1", "localhost"))
    with terminal(shop, "state", "rebind") as screen:
        screen.until(QUESTION)
        screen.type("yes\n")
        assert screen.end() == 0
    assert "now belongs to" in screen.screen[-2]
