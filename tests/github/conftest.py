"""A GitHub for each test, which must not have been asked for anything it does not describe."""

import shutil
from dataclasses import replace

import pytest
import stamina

from reconciler.simulator import default_fixture, running
from tests.github.desk import Desk, prepare
from tests.github.hub import TOKEN, Hub, client, listening
from tests.github.prepared import prepared
from tests.github.rehearsing import PASSWORD, Rehearsal, secrets_for
from tests.github.runner import Runner


@pytest.fixture
def hub():
    hub = Hub()
    yield hub
    assert hub.problems == []


@pytest.fixture
def github(hub):
    return client(hub)


@pytest.fixture(autouse=True)
def no_waiting():
    """Repeats come at once, as many as there would be."""
    with stamina.set_testing(True, attempts=6):
        yield


@pytest.fixture(scope="session")
def python(tmp_path_factory):
    with prepared(tmp_path_factory.mktemp("python")) as text:
        yield text


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """The project at its first commit, to be copied: a remote and a clone of it."""
    folder = tmp_path_factory.mktemp("repository")
    prepare(folder)
    return folder


@pytest.fixture
def rehearsal(tmp_path, repository, python):
    """People, GitHub, its runners and a VICIdial; nobody may read a secret at the end."""
    fixture = default_fixture()
    users = {name: replace(user, password=PASSWORD) for name, user in fixture.users.items()}
    with running(replace(fixture, users=users)) as vicidial, listening(Hub()) as hub:
        desk = Desk(tmp_path, hub, vicidial.endpoint, repository)
        secrets = secrets_for(vicidial.endpoint)
        runner = Runner(hub, desk.remote, tmp_path / "machines", secrets, python)
        whole = Rehearsal(desk, hub, runner, vicidial)
        yield whole
        assert hub.problems == []
        assert PASSWORD not in whole.said()
        assert TOKEN not in whole.said()
    shutil.rmtree(tmp_path / "machines")
