"""target.yaml: what it means, and what is wrong with it."""

from pathlib import Path

import pytest

from reconciler.errors import Location
from reconciler.numbers import SpanMap, span_of
from reconciler.removal import KeepPolicy, ParkPolicy
from reconciler.routing import Routing
from reconciler.specs import Limits, Target
from reconciler.specs.schemes import mirror_fault, state_fault
from reconciler.specs.urls import encrypted_endpoint_fault, endpoint_fault

HEAD = """\
version: 1
endpoint: https://vici.example.com/vicidial/non_agent_api.php
state: file:state/{target}.json
"""


def faults(folder, text: str) -> list[str]:
    folder.write("target.yaml", text)
    return [fault.removeprefix("target.yaml:") for fault in folder.faults()]


def test_three_keys_are_enough_and_the_rest_has_the_values_of_the_manual(folder):
    assert faults(folder, HEAD) == []
    assert folder.read().target == Target(
        name="tampa",
        endpoint="https://vici.example.com/vicidial/non_agent_api.php",
        state="file:state/tampa.json",
        folder=Path("did_specs/tampa"),
        where=Location("did_specs/tampa/target.yaml", 1, 1),
        source=None,
        protected=SpanMap(),
        removal=KeepPolicy(),
        limits=Limits(
            max_create=2000,
            max_update=500,
            max_remove=50,
            max_update_ratio=0.3,
            max_destination_loss=0.5,
        ),
        concurrency=4,
        requests_per_second=None,
        unreviewed="refuse",
        allow_plaintext=False,
        mirror=None,
        state_written="file:state/{target}.json",
    )


def test_every_key_is_read(folder):
    folder.write(
        "target.yaml",
        """\
        version: 1
        endpoint: http://vici.example.com:8080/vicidial/non_agent_api.php
        state: s3://our-state/dids/{target}.json
        defaults: {source: +17275552000}
        protected: [7275551114, "7275551114", +17275552000]
        removal: {action: park, routing: {did_route: IN_GROUP, group: BILLING}}
        limits:
          max_create: 0
          max_update: 1
          max_remove: "2"
          max_update_ratio: 0.25
          max_destination_loss: 1
        apply: {concurrency: 8, requests_per_second: 0.5, unreviewed: allow}
        allow_plaintext: True
        mirror: git:did-state
        """,
    )
    assert folder.faults() == []
    target = folder.read().target
    assert target.state == "s3://our-state/dids/tampa.json"
    assert target.source == "+17275552000"
    assert target.protected == SpanMap(
        [(span_of("+17275552000"), True), (span_of("7275551114"), True)]
    )
    assert target.removal == ParkPolicy(Routing({"did_route": "IN_GROUP", "group": "BILLING"}))
    assert target.limits == Limits(0, 1, 2, 0.25, 1.0)
    assert (target.concurrency, target.requests_per_second) == (8, 0.5)
    assert (target.unreviewed, target.allow_plaintext) == ("allow", True)
    assert target.mirror == "git:did-state"


def test_a_block_may_say_otherwise_what_happens_to_its_numbers(folder):
    assert (
        faults(folder, HEAD + "defaults: {source: 7275551114}\nremoval: {action: delete}\n") == []
    )
    folder.write(
        "a.yaml",
        """\
        version: 1
        blocks:
          - {name: one, numbers: [7275553300]}
          - {name: two, numbers: [7275553301], removal: {action: keep}}
        """,
    )
    assert [block.removal for block in folder.read().blocks] == [None, KeepPolicy()]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("limits: {max_create: -1}", "22: max_create must be a whole number such as 20, not '-1'"),
        ("limits: {max_create: 1_000}", "22: max_create must be a whole number such as 20"),
        ("limits: {max_create: 0100}", "22: max_create must be a whole number such as 20"),
        ("limits: {max_create: 1.5}", "22: max_create must be a whole number such as 20"),
        ("limits: {max_update_ratio: 30%}", "28: max_update_ratio must be a number such as 20 or"),
        ("limits: {max_update_ratio: 1.1}", "28: max_update_ratio must be at most 1, not 1.1"),
        ("limits: {max_created: 5}", "10: unknown key 'max_created': did you mean max_create?"),
        ("max_create: 5", "1: the key max_create belongs under limits: move it there"),
        ("limits:", "8: limits has no value: write a mapping (key: value), or leave the key out"),
        ("apply: {concurrency: 0}", "22: concurrency must be at least 1, not 0"),
        ("apply: {concurrency: 9}", "22: concurrency must be at most 8, not 9"),
        ("apply: {concurrency: ~}", "22: concurrency has no value: write a whole number such as"),
        ("apply: {requests_per_second: 0}", "30: requests_per_second must be more than 0, not 0"),
        ("apply: {unreviewed: refused}", "21: unreviewed must be one of refuse, allow, not "),
        ("allow_plaintext: yes", "18: allow_plaintext must be true or false, not 'yes'"),
        ("protected: 7275551114", "12: protected must be a list"),
        ("protected: [727/5551114]", "13: '727/5551114' holds '/', which the server would drop"),
        ("removal: {action: park}", "19: park needs routing: write where the parked numbers are"),
        ("removal: {action: prak}", "19: action must be one of keep, park, delete, not 'prak'"),
        (
            "mirror: git:did-state",
            "1: mirror needs a state in an object store (s3://, gs://, az://)",
        ),
        ("mirror: did-state", "9: mirror is not a branch: write git:BRANCH"),
        ("colour: red", "1: unknown key 'colour': remove it, or use one of version, endpoint,"),
    ],
)
def test_a_fault_is_told_once_at_its_place(folder, text, fault):
    (found,) = faults(folder, HEAD + text)
    assert found.startswith(f"4:{fault}")


@pytest.mark.parametrize("key", ["version", "endpoint", "state"])
def test_a_key_that_must_be_there_is_missed_alone(folder, key):
    lines = [line for line in HEAD.splitlines() if not line.startswith(key)]
    (found,) = faults(folder, "\n".join(lines))
    assert found.startswith(f"1:1: the key {key} is missing: ")


def test_a_target_file_that_is_no_mapping_is_one_fault(folder):
    folder.write("a.yaml", "version: 1\nblocks: [{name: a, numbers: [7275553300]}]\n")
    assert faults(folder, "- a\n") == ["1:1: the file must be a mapping (key: value), not a list"]


def test_a_misspelt_key_is_not_missing_as_well(folder):
    assert faults(folder, HEAD.replace("endpoint", "end-point").replace("state:", "State:")) == [
        "2:1: unknown key 'end-point': did you mean endpoint?",
        "3:1: unknown key 'State': did you mean state?",
    ]


class TestEndpoint:
    @pytest.mark.parametrize(
        "url",
        [
            "https://vici.example.com/vicidial/non_agent_api.php",
            "HTTPS://Vici.Example.com:8443/non_agent_api.php",
            "http://127.0.0.1:8080/vicidial/non_agent_api.php",
            "http://127.9.9.9/vicidial/non_agent_api.php",
            "http://localhost/vicidial/non_agent_api.php",
            "http://[::1]:80/vicidial/non_agent_api.php",
        ],
    )
    def test_https_anywhere_and_http_on_this_machine_are_sound(self, url):
        assert encrypted_endpoint_fault(url) is None

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("vici.example.com/vicidial/non_agent_api.php", "is not a URL"),
            ("ftp://vici.example.com/vicidial/non_agent_api.php", "is not a URL"),
            ("https:///vicidial/non_agent_api.php", "is not a URL"),
            ("https://vici:99999/vicidial/non_agent_api.php", "is not a URL"),
            ("https://[::1/vicidial/non_agent_api.php", "is not a URL"),
            ("https://vici.example.com/vicidial/", "does not end in /non_agent_api.php"),
            ("https://vici.example.com/vicidial/non_agent_api.php?user=6666", "ends in a query"),
            ("https://vici.example.com/vicidial/non_agent_api.php#top", "ends in a query"),
            (
                "https://vici.example.com/vicidial /non_agent_api.php",
                "characters that a URL cannot have",
            ),
            (
                "https://vicï.example.com/vicidial/non_agent_api.php",
                "characters that a URL cannot have",
            ),
        ],
    )
    def test_what_cannot_be_called_says_why(self, url, words):
        wrong = endpoint_fault(url)
        assert wrong is not None
        assert words in wrong.message

    @pytest.mark.parametrize(
        "url",
        [
            "http://vici.example.com/vicidial/non_agent_api.php",
            "http://localhost.example.com/vicidial/non_agent_api.php",
            "http://10.0.0.1/vicidial/non_agent_api.php",
            "http://[2001:db8::1]/vicidial/non_agent_api.php",
        ],
    )
    def test_a_password_crosses_no_network_readable_unless_that_is_allowed(self, folder, url):
        text = HEAD.replace("https://vici.example.com/vicidial/non_agent_api.php", url)
        (found,) = faults(folder, text)
        assert found.startswith("2:11: endpoint is http://")
        assert "allow_plaintext: true" in found
        assert faults(folder, text + "allow_plaintext: true\n") == []

    def test_a_password_in_it_is_refused_and_not_repeated(self, folder):
        (found,) = faults(folder, HEAD.replace("https://", "https://6666:s3cret@"))
        assert found.startswith("2:11: endpoint contains a user or password")
        assert "s3cret" not in found

    @pytest.mark.parametrize("written", ["", "''", "~"])
    def test_an_empty_one_is_a_fault(self, folder, written):
        text = HEAD.replace("https://vici.example.com/vicidial/non_agent_api.php", written)
        (found,) = faults(folder, text)
        assert "the value is empty: write one" in found


class TestState:
    @pytest.mark.parametrize(
        "url",
        [
            "file:state/{target}.json",
            "file:/var/lib/dids/tampa.json",
            "file:../state.json",
            "git:did-state",
            "git:states/{target}",
            "s3://bucket/{target}.json",
            "gs://bucket/a/b.json",
            "az://account/container/{target}.json",
        ],
    )
    def test_these_are_sound(self, url):
        assert state_fault(url) is None

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("state.json", "is not a place for a state"),
            ("file", "is not a place for a state"),
            ("ftp://a/b", "is not a place for a state"),
            ("file:state/{name}.json", "has braces around something else"),
            ("file:", "names no file"),
            ("file:state/", "names no file"),
            ("file:..", "names no file"),
            ("file:///state.json", "has too many slashes"),
            ("file:~/state.json", "begins with ~"),
            ("git:", "names no branch"),
            ("git:-x", "names no branch"),
            ("git:a..b", "names no branch"),
            ("git:a.lock", "names no branch"),
            ("git:did state", "names no branch"),
            ("s3://", "names no object"),
            ("s3://bucket", "names no object"),
            ("s3://bucket/a/", "names no object"),
            ("s3://[bucket/a", "names no object"),
            ("s3:bucket/a", "names no object"),
            ("s3://key:s3cret@bucket/a", "contains a user or password"),
            ("gs://bucket/a?b", "ends in a query"),
            ("az://bucket/a b", "characters that a URL cannot have"),
        ],
    )
    def test_what_is_none_says_why(self, url, words):
        wrong = state_fault(url)
        assert wrong is not None
        assert words in wrong.message
        assert "s3cret" not in str(wrong)

    def test_a_fault_of_it_stands_at_its_value(self, folder):
        (found,) = faults(folder, HEAD.replace("file:state/{target}.json", "state.json"))
        assert found.startswith("3:8: state is not a place for a state")

    def test_a_mirror_is_a_branch(self):
        assert mirror_fault("git:did-state") is None
        wrong = mirror_fault("git:..")
        assert wrong is not None
        assert wrong.message == "names no branch"
