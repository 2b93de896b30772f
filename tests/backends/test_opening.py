from pathlib import Path

import pytest

from reconciler import secrets
from reconciler.errors import StateError
from reconciler.specs.schemes import SCHEMES, is_store, state_fault
from reconciler.state.file import FileBackend
from reconciler.state.git import GitBackend
from reconciler.state.mirror import Mirrored
from reconciler.state.objects import ObjectBackend
from reconciler.state.open import BACKENDS, journal_path, open_backend

HERE = Path("/ours")


def opened(url, **more):
    return open_backend(url, target="tampa", folder=HERE, env={}, **more)


def journal(url, folder=HERE, **env):
    return journal_path(url, target="tampa", folder=folder, env=env)


def test_a_file_is_relative_to_the_folder_that_holds_the_specs():
    backend = opened("file:state/tampa.json")
    assert isinstance(backend, FileBackend)
    assert backend.path == Path("/ours/state/tampa.json")
    assert opened("file:/srv/tampa.json").path == Path("/srv/tampa.json")


def test_a_branch_is_kept_in_git():
    backend = opened("git:did-state")
    assert isinstance(backend, GitBackend)
    assert backend.url == "git:did-state"


def test_an_object_is_kept_in_its_store():
    backend = opened("s3://ours/tampa.json")
    assert isinstance(backend, ObjectBackend)
    assert backend.url == "s3://ours/tampa.json"


@pytest.mark.parametrize("env", [{}, {"AWS_SECRET_ACCESS_KEY": "made-up-secret-of-s3"}])
def test_only_without_credentials_is_a_metadata_service_asked_first(env, monkeypatch):
    monkeypatch.setattr(secrets, "_HIDER", secrets.Hider())
    backend = open_backend("s3://ours/tampa.json", target="tampa", folder=HERE, env=env)
    assert isinstance(backend, ObjectBackend)
    assert (backend._contact is None) is bool(env)


def test_a_mirror_is_laid_over_an_object():
    backend = opened("s3://ours/tampa.json", mirror="git:did-state")
    assert isinstance(backend, Mirrored)
    assert backend.url == "s3://ours/tampa.json"


def test_a_mirror_may_name_its_target():
    backend = opened("s3://ours/tampa.json", mirror="git:state-{target}")
    assert isinstance(backend, Mirrored)
    assert backend._mirror.url == "git:state-tampa"


def test_every_scheme_that_the_specs_allow_can_be_opened_and_no_other():
    assert list(BACKENDS) == list(SCHEMES)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_the_example_of_each_scheme_is_valid_and_opens(scheme, monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "ours")
    assert state_fault(scheme.example) is None
    url = scheme.example.replace("{target}", "tampa")
    backend = opened(url)
    assert backend.url.partition(":")[0] == url.partition(":")[0]
    assert is_store(url) == isinstance(backend, ObjectBackend)


def test_the_journal_of_a_file_lies_beside_it():
    assert journal("file:state/tampa.json") == Path(
        "/ours/state/.did-reconciler/tampa.json.journal"
    )


def test_the_journal_of_anything_else_lies_where_nothing_is_committed():
    path = journal("git:did-state", XDG_STATE_HOME="/people/anna/.state")
    assert path.name == "tampa.journal"
    assert path.is_relative_to("/people/anna/.state/did-reconciler")
    at_home = journal("git:did-state", HOME="/people/anna")
    assert at_home.is_relative_to("/people/anna/.local/state/did-reconciler")
    assert journal("git:did-state").is_relative_to(Path.home() / ".local" / "state")


def test_each_state_of_each_clone_has_a_journal_of_its_own():
    paths = {
        journal(url, folder)
        for url in ("git:did-state", "s3://ours/tampa.json")
        for folder in (Path("/ours"), Path("/theirs"))
    }
    assert len(paths) == 4


def test_without_a_home_folder_it_says_what_to_set(monkeypatch):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(StateError) as raised:
        journal("git:did-state")
    assert raised.value.hint == "set HOME or XDG_STATE_HOME"
    assert journal("git:did-state", HOME="/people/anna").is_relative_to("/people/anna/.local/state")
