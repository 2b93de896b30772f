"""No run takes over somebody else's number, wherever it is killed and whatever it may read.

Three hundred numbers are declared, of which twenty are another team's. A run loses replies and is
killed at random; then somebody makes by hand numbers that it had begun; then the next run completes
the work. A test's number is the seed of all that.
"""

import json
import random

import httpx
import pytest

from reconciler.simulator import running
from reconciler.simulator.fixture import parse_fixture
from reconciler.state.model import BegunCreate, BegunDelete, Conflict
from tests.apply.rig import RECORDED, USER, Site, content, copied, table_of
from tests.sweeps.dying import MOMENTS

FIRST = 7275560000
NUMBERS = [str(FIRST + offset) for offset in range(300)]
THEIRS = "Another team"
BLOCKS = f"""
  - name: plain
    numbers: [{FIRST}-{FIRST + 99}]
  - name: grouped
    numbers: [{FIRST + 100}-{FIRST + 299}]
    routing: {{did_route: IN_GROUP, group: SUPPORT}}
    overrides:
      - numbers: [{FIRST + 150}-{FIRST + 199}]
        routing: {{did_route: EXTEN, extension: '8300'}}
      - numbers: [{FIRST + 200}-{FIRST + 219}]
        routing: {{did_description: Tampa support}}
      - numbers: [{FIRST + 220}-{FIRST + 239}]
        routing: {{record_call: Y_QUEUESTOP}}
"""
LEAVING = f"""
  - name: plain
    numbers: [{FIRST}-{FIRST + 49}]
"""


def fixture(readable):
    """The recorded server; its account may read the list of all numbers, or not."""
    document = json.loads(RECORDED.read_text())
    users = [{**user, "view_reports": int(readable)} for user in document["users"]]
    return parse_fixture({**document, "users": users}, "whose number it is")


@pytest.fixture(scope="module", params=[True, False], ids=["with the list", "without the list"])
def readable(request):
    return request.param


@pytest.fixture(scope="module")
def server(readable):
    with running(fixture(readable)) as simulator:
        yield simulator


def by_hand(server, numbers, template="7275559000"):
    """Somebody else makes these numbers, from the template of a team of their own or from ours."""
    if not numbers:
        return
    reply = httpx.post(
        server.endpoint,
        data={
            "function": "copy_did",
            "user": USER.user,
            "pass": USER.password,
            "source_did_pattern": template,
            "new_dids": ",".join(numbers),
            "did_description": THEIRS,
            "source": "byhand",
        },
        trust_env=False,
    )
    assert reply.text.count("DID HAS BEEN ADDED") == len(numbers), reply.text


def standings(site):
    records = site.store().read().state.records
    return {p: record.standing for span, record in records for p in span}


def unfinished(site):
    """Numbers that a run has begun and not settled, by the state and the journal."""
    return [p for p, each in standings(site).items() if isinstance(each, BegunCreate | BegunDelete)]


def killed_and_completed(server, readable, dying, folder, seed):
    """One history; how many numbers stay in doubt."""
    dice = random.Random(seed)
    server.reset()
    site = Site(folder / str(seed), server.endpoint)
    site.write(BLOCKS, removal=f"{{action: {dice.choice(['keep', 'delete'])}}}")
    theirs = dice.sample(NUMBERS, 20)
    by_hand(server, theirs)
    kinds = ("cut_after", "cut_before", "error_after", "truncate")
    share = dice.choice([0.0, 0.05, 0.2])
    server.faults({"rules": [{"kind": dice.choice(kinds), "share": share, "seed": seed}]})
    for _ in range(dice.choice([1, 1, 2])):
        dying.apply(site, dice.choice(MOMENTS), dice.randint(1, 40 if readable else 400))
        if dice.random() < 0.3:
            site.lose_journal()
    server.faults({})
    made = set(table_of(server))
    begun = [p for p in unfinished(site) if p not in made]
    late = dice.sample(begun, min(len(begun), dice.choice([0, 1, 5, 40])))
    by_hand(server, late, dice.choice(["7275559000", "7275551114"]))
    before = table_of(server)
    if dice.random() < 0.3:
        site.write(LEAVING, removal="{action: delete}")
    for _ in range(2):
        site.apply_cleanly()
    after = table_of(server)
    for pattern in (*theirs, *late):
        assert after[pattern] == before[pattern], f"{pattern} was taken over"
    template = copied(after["7275551114"])
    for pattern in set(NUMBERS) & set(after) - {*theirs, *late}:
        assert copied(after[pattern]) == template, f"{pattern} is a copy of somebody else's"
    assert site.unmet(after) == []
    assert site.false_claims(after) == []
    assert site.plan().changes.count == 0
    conflicts = {p for p, each in standings(site).items() if isinstance(each, Conflict)}
    doubted = conflicts - {*theirs, *late}
    assert not (doubted and readable), doubted
    return len(doubted)


@pytest.mark.parametrize("seed", [3, 4])
def test_a_foreign_number_is_not_taken_over_by_a_run_that_was_killed(
    seed, server, readable, dying, tmp_path
):
    killed_and_completed(server, readable, dying, tmp_path, seed)


@pytest.mark.sweep
def test_a_foreign_number_is_taken_over_in_none_of_two_hundred_kills(
    server, readable, dying, tmp_path
):
    for seed in range(200):
        killed_and_completed(server, readable, dying, tmp_path, seed)


def test_an_undisturbed_run_leaves_the_numbers_of_others_and_makes_the_rest(server, tmp_path):
    server.reset()
    site = Site(tmp_path, server.endpoint)
    site.write(BLOCKS)
    theirs = NUMBERS[::15]
    by_hand(server, theirs)
    before = table_of(server)
    site.apply_cleanly()
    after = table_of(server)
    assert {p: after[p] for p in before} == before
    assert site.unmet(after) == []
    assert len(content(after)) == 5 + 300
    assert {p for p, each in standings(site).items() if each == Conflict()} == set(theirs)
