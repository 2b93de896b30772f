"""The story that every sweep tells again and again, and what it comes to when all goes well."""

import pytest

from tests.apply.rig import quiet
from tests.sweeps.dying import applies
from tests.sweeps.story import telling


@pytest.fixture(scope="session")
def story(tmp_path_factory):
    quiet()
    with telling(tmp_path_factory.mktemp("story")) as story:
        yield story


@pytest.fixture(scope="session")
def ending(story, tmp_path_factory):
    """The server's table after an undisturbed apply."""
    site = story.begin(tmp_path_factory.mktemp("undisturbed"))
    site.apply_cleanly()
    return story.check(site)


@pytest.fixture(scope="session")
def dying():
    with applies() as process:
        yield process
