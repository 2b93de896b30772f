"""Killed at any flush, request or reply, with or without its journal: the next run completes it."""

import pytest

from tests.sweeps.dying import MOMENTS, NEVER

JOURNAL = ("kept", "lost")


@pytest.fixture(scope="session")
def moments(story, dying, tmp_path_factory):
    """How often each moment comes in an undisturbed apply."""
    site = story.begin(tmp_path_factory.mktemp("counted"))
    return dying.apply(site, MOMENTS[0], NEVER)["seen"]


def killed_and_completed(story, ending, dying, folder, moment, nth, journal):
    site = story.begin(folder / f"{moment} {nth} {journal}")
    killed = dying.apply(site, moment, nth)["killed"]
    if journal == "lost":
        site.lose_journal()
    site.apply_cleanly()
    assert story.check(site) == ending
    return killed


@pytest.mark.parametrize("journal", JOURNAL)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_killed_somewhere_is_completed_by_the_next(
    moment, journal, story, ending, dying, moments, tmp_path
):
    middle = moments[moment] // 2
    assert killed_and_completed(story, ending, dying, tmp_path, moment, middle, journal)


@pytest.mark.sweep
@pytest.mark.parametrize("journal", JOURNAL)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_killed_anywhere_is_completed_by_the_next(
    moment, journal, story, ending, dying, moments, tmp_path
):
    assert moments[moment] >= 40
    for nth in range(1, moments[moment] + 1):
        killed_and_completed(story, ending, dying, tmp_path, moment, nth, journal)
