"""Colours repeat what the marks say: nothing is lost without them."""

import re

from hypothesis import given, settings

from reconciler.report.colour import coloured
from reconciler.report.text import document_text
from tests.report.documents import documents

RED, GREEN, YELLOW, BOLD, DIM, RESET = (
    *("\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"),
)


def test_a_line_has_the_colour_of_its_mark_and_gives_it_to_the_lines_below():
    text = "\n".join(
        [
            "tampa · 1 block",
            "",
            "  + tampa-sales",
            "    + 7275553300   copy",
            "      7275553301",
            "    ~ 7275553302   group  A → B",
            "    - 7275553303   deleted",
            "    · 7275553304   kept",
            "",
            "1 to create",
        ]
    )
    assert coloured(text).split("\n") == [
        f"{BOLD}tampa · 1 block{RESET}",
        "",
        f"{GREEN}  + tampa-sales{RESET}",
        f"{GREEN}    + 7275553300   copy{RESET}",
        f"{GREEN}      7275553301{RESET}",
        f"{YELLOW}    ~ 7275553302   group  A → B{RESET}",
        f"{RED}    - 7275553303   deleted{RESET}",
        f"{DIM}    · 7275553304   kept{RESET}",
        "",
        "1 to create",
    ]


@given(documents())
@settings(max_examples=30)
def test_without_its_colours_the_text_is_the_text_again(plan):
    text = document_text(plan, width=80)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured(text)) == text
