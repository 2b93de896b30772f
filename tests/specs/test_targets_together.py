"""Folders that lead to one VICIdial: numbers of two owners are a fault, the server is a warning."""

import pytest

from reconciler import specs
from reconciler.errors import SpecFaults
from reconciler.specs import files
from reconciler.specs.urls import server
from tests.specs.conftest import TARGET

BLOCK = "version: 1\nblocks:\n  - name: {}\n    numbers:\n      - {}\n"
OTHER_WRITING = TARGET.replace("https://vici.example.com", "HTTPS://VICI.Example.com.:443")


@pytest.fixture
def two(folder):
    """tampa and oslo, both of them at one server, each with a block of its own."""
    folder.write("blocks.yaml", BLOCK.format("sales", "7275553300-7275553399"))
    folder.write("../oslo/target.yaml", OTHER_WRITING)
    folder.write("../oslo/blocks.yaml", BLOCK.format("service", "7275554400-7275554499"))
    return folder


def errors(folder, only=None):
    with pytest.raises(SpecFaults) as caught:
        specs.read(folder.root, only=only)
    return [each for each in caught.value.faults if each.code.startswith("E")]


@pytest.mark.parametrize("only", [None, "oslo", "tampa"])
def test_a_number_of_two_targets_of_one_server_is_a_fault_that_names_both_lines(two, only):
    two.write("../oslo/blocks.yaml", BLOCK.format("service", "7275553390-7275553409"))
    (fault,) = errors(two, only)
    assert fault.code == "E702"
    assert str(fault.where) == "did_specs/tampa/blocks.yaml:5:9"
    assert fault.message.startswith(
        "7275553390–7275553399 (10): declared at did_specs/oslo/blocks.yaml:5:9 too, for the same "
        "server by the target oslo"
    )


def test_many_numbers_of_two_lines_are_one_fault(two):
    wild = BLOCK.format("service", "7275553300-7275553309") + "      - 7275553400\n"
    two.write("../oslo/blocks.yaml", wild)
    text = BLOCK.format("sales", "7275553300-7275553499") + "    exclude: [7275553305]\n"
    two.write("blocks.yaml", text)
    first, second = sorted(errors(two), key=lambda fault: fault.message)
    assert first.message.startswith("7275553300–7275553304 (5) and 4 more: ")
    assert second.message.startswith("7275553400: declared at did_specs/oslo/blocks.yaml:6:9 too")


def test_case_makes_no_other_number(two):
    two.write("blocks.yaml", BLOCK.format("sales", "MAIN"))
    two.write("../oslo/blocks.yaml", BLOCK.format("service", "main"))
    assert [fault.code for fault in errors(two)] == ["E702"]


def test_three_targets_of_one_server_are_held_against_each_other(two):
    two.write("../rome/target.yaml", TARGET)
    two.write("../rome/blocks.yaml", BLOCK.format("rome", "7275553300-7275554499"))
    assert [str(fault.where) for fault in errors(two)] == [
        "did_specs/rome/blocks.yaml:5:9",
        "did_specs/tampa/blocks.yaml:5:9",
    ]
    (fault,) = errors(two, "tampa")
    assert "did_specs/rome/blocks.yaml:5:9" in fault.message


@pytest.mark.parametrize("only", [None, "tampa"])
def test_one_server_without_a_shared_number_is_a_warning_of_each(two, only):
    for spec in specs.read(two.root, only=only):
        (warning,) = spec.warnings
        other = "oslo" if spec.target.name == "tampa" else "tampa"
        assert warning.code == "W120"
        assert warning.where == spec.target.where
        assert f"the same server as did_specs/{other}/target.yaml:1:1" in warning.message


def test_other_servers_are_nobody_s_business(two):
    two.write("../oslo/target.yaml", TARGET.replace("vici.", "oslo."))
    two.write("../oslo/blocks.yaml", BLOCK.format("service", "7275553300-7275553399"))
    assert [spec.warnings for spec in specs.read(two.root)] == [(), ()]


def test_faults_of_the_other_target_only_keep_its_numbers_from_being_compared(two):
    two.write("../oslo/blocks.yaml", "]")
    (spec,) = specs.read(two.root, only="tampa")
    (warning,) = spec.warnings
    assert "its faults keep the numbers from being compared" in warning.message
    two.write("../oslo/target.yaml", "]")
    (spec,) = specs.read(two.root, only="tampa")
    assert spec.warnings == ()


def test_blocks_of_a_target_at_another_server_are_not_read(two, monkeypatch):
    two.write("../oslo/target.yaml", TARGET.replace("vici.", "oslo."))
    read = []
    load = files.load
    monkeypatch.setattr(
        files,
        "load",
        lambda path, faults: read.append(path.name) or load(path, faults),
    )
    specs.read(two.root, only="tampa")
    assert sorted(read) == ["blocks.yaml", "target.yaml", "target.yaml"]


def test_a_state_of_two_targets_is_found_where_one_of_them_is_read(two):
    for name in ("target.yaml", "../oslo/target.yaml"):
        two.write(name, TARGET.replace("{target}", "all"))
    assert [fault.code for fault in errors(two, "tampa")] == ["E701"]
    assert [fault.code for fault in errors(two)] == ["E701"]


def test_targets_may_keep_their_states_on_one_branch(two):
    """It has a file for each."""
    for name, host in (("target.yaml", "vici."), ("../oslo/target.yaml", "oslo.")):
        text = TARGET.replace("vici.", host)
        state = next(line for line in text.splitlines() if line.startswith("state:"))
        two.write(name, text.replace(state, "state: git:did-state"))
    assert [spec.target.state for spec in specs.read(two.root)] == ["git:did-state"] * 2


API = "/vicidial/non_agent_api.php"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"https://vici.example.com{API}", f"HTTPS://Vici.Example.COM:443{API}"),
        (f"https://vici.example.com{API}", f"https://vici.example.com.{API}"),
        (f"https://vici.example.com{API}", f"http://vici.example.com:80{API}"),
        (
            f"https://vici.example.com{API}",
            "https://vici.example.com//vicidial/./non_agent_api.php",
        ),
        (f"https://vici.example.com{API}", "https://vici.example.com/vici%64ial/non_agent_api.php"),
        (f"http://localhost:81{API}", f"http://127.0.0.1:81{API}"),
        (f"http://localhost:81{API}", f"http://[::1]:81{API}"),
        (f"http://localhost:81{API}", f"http://127.8.9.1:81{API}"),
        (f"http://localhost:81{API}", f"http://[::ffff:127.0.0.1]:81{API}"),
        (f"http://localhost:81{API}", f"http://0.0.0.0:81{API}"),
        (f"http://localhost:81{API}", f"http://vici.localhost:81{API}"),
        (f"http://[2001:db8::1]{API}", f"http://[2001:DB8:0::1]{API}"),
        (f"http://10.0.0.1{API}", f"http://[::ffff:10.0.0.1]{API}"),
    ],
)
def test_one_server_in_two_writings(one, other):
    assert server(one) == server(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"http://localhost:8001{API}", f"http://localhost:8002{API}"),
        (f"https://a.example.com{API}", f"https://b.example.com{API}"),
        (f"https://vici.example.com{API}", f"https://vici.example.com:8443{API}"),
        (f"https://vici.example.com{API}", "https://vici.example.com/other/non_agent_api.php"),
        (f"https://10.0.0.1{API}", f"https://10.0.0.2{API}"),
    ],
)
def test_two_servers(one, other):
    assert server(one) != server(other)
