"""A pull request has one comment of ours: found again, updated, never doubled."""

import pytest

from reconciler.github.http import NoAnswer, TooLong
from reconciler.github.posting import ours, post
from reconciler.report.comment import LONGEST, MARKER

BODY = f"**tampa: +1**\n\n{MARKER}\n"


def words(text):
    return lambda _: f"{text}\n\n{MARKER}\n"


def test_the_first_time_it_is_created(hub, github):
    posted = post(github, 7, words("first"))
    assert hub.bodies(7) == [f"first\n\n{MARKER}\n"]
    assert posted.body == f"first\n\n{MARKER}\n"


def test_from_then_on_it_is_updated(hub, github):
    hub.says(7, "what a person says", author="ann")
    for text in ("first", "second", "third"):
        post(github, 7, words(text))
    assert hub.bodies(7) == ["what a person says", f"third\n\n{MARKER}\n"]


def test_the_same_text_is_not_sent_again(hub, github):
    post(github, 7, words("first"))
    hub.comments[0]["body"] = hub.comments[0]["body"].replace("\n", "\r\n")
    post(github, 7, words("first"))
    assert len(hub.sent("PATCH")) == 0


def test_a_comment_that_somebody_else_marked_is_left_alone(hub, github):
    hub.says(7, BODY, author="mallory")
    hub.says(7, f"as the bot said:\n{MARKER}\nyes", author="github-actions[bot]")
    assert ours(github, 7) is None
    post(github, 7, words("first"))
    assert hub.bodies(7)[0] == BODY
    assert len(hub.bodies(7)) == 3


def test_the_comments_of_another_account_are_ours_when_it_is_named(hub, github):
    hub.says(7, BODY, author="numbers-app[bot]")
    post(github, 7, words("first"), author="numbers-app[bot]")
    assert hub.bodies(7) == [f"first\n\n{MARKER}\n"]


def test_a_creation_whose_answer_got_lost_is_looked_for_before_it_is_repeated(hub, github):
    hub.faults = [None, (502, {}, b"")]
    original = hub._create_comment

    def lost(number, query, body):
        original(number, query, body)
        return 502, {}, None

    hub.faults = []
    hub._create_comment = lost
    post(github, 7, words("first"))
    assert len(hub.bodies(7)) == 1


def test_a_creation_that_never_arrived_is_repeated(hub, github):
    hub.faults = [None, (502, {}, b"")]
    post(github, 7, words("first"))
    assert len(hub.bodies(7)) == 1


def test_a_github_that_never_answers_is_given_up(hub, github):
    hub._create_comment = lambda *_, **__: (502, {}, None)
    with pytest.raises(NoAnswer):
        post(github, 7, words("first"))
    assert len(hub.sent("POST")) == 3


def test_where_github_counts_otherwise_a_shorter_one_is_made(hub, github):
    asked = []

    def render(limit):
        asked.append(limit)
        return "x" * (limit + 20_000) + MARKER

    post(github, 7, render)
    assert asked == [LONGEST, 40_000]
    assert len(hub.bodies(7)) == 1


def test_one_that_is_too_long_however_short_is_told(hub, github):
    with pytest.raises(TooLong):
        post(github, 7, lambda _: "x" * 70_000)
