"""``lint: {ignore: …}`` in target.yaml: a warning that is meant is not shown, with its reason."""

import pytest

INACTIVE = "name: a\nnumbers: [7275553300]\nrouting: {active: N}\n"


def told(folder, lint, block=INACTIVE):
    """The faults of a block and of a target with these lint settings."""
    folder.write("target.yaml", f"{folder.target}lint: {lint}\n")
    folder.block(block)
    return [(each.code, each.message, each.hint) for each in folder.found()]


def test_it_is_not_shown(folder):
    assert told(folder, "{ignore: {W302: not in use yet}}") == []
    assert folder.read().target.ignored == {"W302"}


def test_all_others_are(folder):
    assert [code for code, *_ in told(folder, "{ignore: {W301: source decides}}")] == ["W302"]


def test_errors_beside_it_are_shown_without_it(folder):
    block = INACTIVE + "adopt: perhaps\n"
    assert [code for code, *_ in told(folder, "{ignore: {W302: not in use}}", block)] == ["E204"]


@pytest.mark.parametrize("reason", ["", "''", "~", '" "'])
def test_without_a_reason_it_is_a_fault(folder, reason):
    found = told(folder, f"{{ignore: {{W302: {reason}}}}}")
    assert found[0] == ("E604", "W302 is ignored without a reason", "write the reason")


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        ("E508", "E508 is an error, and only warnings can be ignored", "remove it"),
        ("W999", "there is no warning 'W999'", "remove it; docs/faults.md lists all warnings"),
        ("w302", "there is no warning 'w302'", "did you mean W302?"),
    ],
)
def test_what_cannot_be_ignored_says_why(folder, code, message, hint):
    found = told(folder, f"{{ignore: {{{code}: because}}}}")
    assert ("E604", message, hint) in found
