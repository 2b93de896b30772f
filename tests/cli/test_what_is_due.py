"""Which targets there is something to do for, as the workflow finds it without credentials."""

import pytest

from reconciler.cli.due import due_targets
from tests.cli.office import SALES


def due(shop, *names):
    return list(due_targets(names or ("tampa",), shop.folder / "did_specs"))


def on_branch(shop, more=""):
    shop.target("tampa", more)
    path = shop.folder / "did_specs" / "tampa" / "target.yaml"
    kept = [line for line in path.read_text().splitlines() if not line.startswith("state:")]
    path.write_text("\n".join([*kept, "state: git:did-state", ""]))


@pytest.fixture
def shop(shop):
    """Its state is on a branch, as on GitHub."""
    shop.commit()
    shop.git("init", "-q", "--bare", "remote.git")
    shop.git("remote", "add", "origin", "remote.git")
    on_branch(shop)
    return shop


def test_numbers_to_create_are_due_until_they_are_applied(shop):
    assert due(shop) == ["tampa"]
    shop.ran("apply", "--yes")
    assert due(shop) == []


def test_a_changed_value_setting_or_policy_is_due(shop):
    shop.ran("apply", "--yes")
    shop.blocks(SALES.replace("SALESLINE", "SUPPORT"))
    assert due(shop) == ["tampa"]
    shop.blocks(SALES)
    assert due(shop) == []
    on_branch(shop, "limits: {max_create: 7}\n")
    assert due(shop) == ["tampa"]
    on_branch(shop)
    # No call is needed for it; but the state is to remember it.
    shop.blocks(SALES + "    removal: {action: delete}\n")
    assert due(shop) == ["tampa"]


def test_without_numbers_and_without_a_state_nothing_is_due(shop):
    shop.blocks("version: 1\nblocks: []\n")
    assert due(shop) == []


def test_what_cannot_be_read_is_due_so_that_the_apply_says_why(shop):
    shop.blocks("version: 1\nblocks: 3\n")
    assert due(shop) == ["tampa"]
    shop.blocks("version: 1\nblocks: []\n")
    shop.target("tampa")
    assert due(shop) == ["tampa"]


def test_a_target_with_a_mirror_is_due_since_that_may_be_behind(shop):
    shop.ran("apply", "--yes")
    path = shop.folder / "did_specs" / "tampa" / "target.yaml"
    path.write_text(path.read_text().replace("state:", "mirror:") + "state: s3://bucket/a.json\n")
    assert due(shop) == ["tampa"]
