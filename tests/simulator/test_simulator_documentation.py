"""docs/simulator.md says what there is."""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.choices import CommandParser
from reconciler.cli.parser import _simulate
from reconciler.simulator import parse_fixture
from reconciler.simulator.faults import FaultKind, parse_faults
from reconciler.simulator.functions import FUNCTIONS, LISTS

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()


def test_the_fixture_shown_is_one():
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    fixture = parse_fixture(json.loads(shown), "docs/simulator.md")
    assert fixture.strict
    assert fixture.users["6666"].may_use_the_api


def test_the_faults_shown_are_some():
    (shown,) = re.findall(r"-d '(\{.*?\})'", PAGE, re.DOTALL)
    assert len(parse_faults(json.loads(shown)).armed) == 2


def test_what_the_simulator_prints_is_shown():
    command = [sys.executable, "-m", "reconciler", "simulate", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        printed = [started.stdout.readline().strip() for _ in range(2)]
        started.terminate()
    assert re.sub(r":\d+/", ":8080/", printed[0]) in PAGE
    assert printed[1] in PAGE


@pytest.mark.parametrize("kind", FaultKind, ids=lambda kind: kind.value)
def test_every_kind_of_fault_is_told(kind):
    assert f"`{kind.value}`" in PAGE


@pytest.mark.parametrize("function", [*FUNCTIONS, *LISTS, "version"])
def test_every_function_is_told(function):
    assert f"`{function}`" in PAGE


def test_every_option_is_told():
    parser = CommandParser()
    _simulate(parser)
    options = [each for each in parser._actions if not isinstance(each, argparse._HelpAction)]
    assert options
    assert all(f"`{option.option_strings[0]}" in PAGE for option in options)
