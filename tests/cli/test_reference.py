"""The page of commands: made of the parser, and in the repository as it is made."""

import re

from tests.cli.test_command_line import ACTIONS, COMMANDS, STEPS
from tests.reference import PAGE, page


def test_the_page_is_what_the_parser_says_today():
    assert PAGE.read_text() == page(), "write it anew with python -m tests.reference"


def test_every_command_and_action_has_its_section():
    found = re.findall(r"^## `([a-z -]+[a-z])", page(), re.MULTILINE)
    alone = [name for name in COMMANDS if name not in ("state", "github")]
    actions = [f"state {name}" for name in ACTIONS] + [f"github {name}" for name in STEPS]
    assert sorted(found) == sorted(alone + actions)
