"""The locks: complete, by hash, and installed alike whatever is released tomorrow."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements"
NAMES = ["run", "objects", "dev", "uv"]
PYTHONS = ["3.11", "3.12", "3.13"]
ACTION = ROOT / ".github" / "actions" / "reconcile" / "action.yml"
LISTING = """
from importlib.metadata import distributions
for each in distributions(): print(each.metadata["Name"], each.version)
"""
# Files of a repository of specs, in whose folder the steps of a workflow run.
TAKEN_NAMES = ["pip", "venv", "types", "sysconfig", "sys", "reconciler", "ensurepip"]


def locked(name):
    """The requirements of a lock as (canonical name, version, marker)."""
    text = (LOCKS / f"{name}.txt").read_text()
    found = [
        Requirement(line.rstrip(" \\")) for line in re.findall(r"^[a-z].*==.*$", text, re.MULTILINE)
    ]
    return {
        canonicalize_name(each.name): (str(each.specifier).removeprefix("=="), each.marker)
        for each in found
    }


def pins(name, python):
    """The versions that a lock installs on Linux, by canonical name."""
    env = {"python_version": python, "python_full_version": f"{python}.0"}
    return {
        package: version
        for package, (version, marker) in locked(name).items()
        if marker is None or marker.evaluate(env)
    }


def wanted(package, extras, python):
    """What ``package`` itself asks for on Linux, with the extras that are asked of it."""
    env = {"python_version": python, "python_full_version": f"{python}.0"}
    for text in distribution(package).requires or []:
        each = Requirement(text)
        if each.marker is None or any(
            each.marker.evaluate({**env, "extra": extra}) for extra in ["", *extras]
        ):
            yield each


@pytest.mark.parametrize("name", NAMES)
def test_every_package_is_locked_by_hash_and_comes_from_nowhere_in_particular(name):
    text = (LOCKS / f"{name}.txt").read_text()
    packages = re.findall(r"^[a-z].*==.*$", text, re.MULTILINE)
    assert packages
    assert all(package.endswith("\\") for package in packages)
    assert text.count("--hash=sha256:") >= len(packages)
    assert "://" not in text


@pytest.mark.parametrize("folder", ["tools", "tools/azurite"])
def test_no_lock_of_npm_holds_an_address(folder):
    assert '"resolved"' not in (ROOT / folder / "package-lock.json").read_text()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", NAMES)
def test_a_lock_is_complete_so_that_nothing_has_to_be_resolved(name, python):
    pinned = pins(name, python)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = {
        "run": project["project"]["dependencies"],
        "objects": [
            *project["project"]["dependencies"],
            *project["project"]["optional-dependencies"]["objects"],
        ],
        "dev": [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]],
        "uv": ["uv"],
    }
    queue = [Requirement(text) for text in asked[name]]
    seen = set()
    missing = []
    while queue:
        each = queue.pop()
        package = canonicalize_name(each.name)
        if (package, frozenset(each.extras)) in seen:
            continue
        seen.add((package, frozenset(each.extras)))
        if package not in pinned or not each.specifier.contains(pinned[package], prereleases=True):
            missing.append(str(each))
        elif package in pins("dev", f"{sys.version_info.major}.{sys.version_info.minor}"):
            queue += wanted(package, each.extras, python)
    assert missing == []


@pytest.mark.parametrize("name", ["run", "objects", "uv"])
def test_what_is_run_is_locked_alike_for_development(name):
    assert {each: version for each, (version, _) in locked(name).items()}.items() <= {
        each: version for each, (version, _) in locked("dev").items()
    }.items()


# --- installed for real


@pytest.fixture(scope="module")
def tomorrow(tmp_path_factory):
    """A folder with a newer release of every package that is locked; none of them can be used."""
    folder = tmp_path_factory.mktemp("tomorrow")
    for package in {package for name in NAMES for package in locked(name)}:
        name = package.replace("-", "_")
        with zipfile.ZipFile(folder / f"{name}-9999-py3-none-any.whl", "w") as wheel:
            about = f"{name}-9999.dist-info"
            wheel.writestr(
                f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 9999\n"
            )
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
            wheel.writestr(f"{about}/RECORD", "")
    return folder


@pytest.fixture(scope="module")
def oldest_pip(tmp_path_factory):
    """A Python whose pip is the one that Python 3.11.0 came with."""
    folder = tmp_path_factory.mktemp("python")
    environment(folder / "new", [sys.executable, "-I", "-m", "venv", "--without-pip"])
    site = next((folder / "new" / "lib").glob("python*/site-packages"))
    subprocess.run(
        [
            *(Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--no-config"),
            *("--no-deps", "--require-hashes", "--target", site),
            *("--requirement", Path(__file__).with_name("oldest-pip.txt")),
        ],
        check=True,
    )
    return folder / "new" / "bin" / "python"


def environment(folder, command):
    subprocess.run([*command, folder], check=True)


def installed(python):
    """What an environment holds beside Python's own installers, by canonical name."""
    listed = subprocess.run(
        [python, "-I", "-c", LISTING],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = dict(line.split() for line in listed.splitlines())
    return {
        canonicalize_name(name): version
        for name, version in found.items()
        if name not in ("pip", "setuptools")
    }


def on_this_python(name):
    return pins(name, f"{sys.version_info.major}.{sys.version_info.minor}")


def surroundings(tomorrow, **more):
    return {**os.environ, "PIP_FIND_LINKS": str(tomorrow), "UV_FIND_LINKS": str(tomorrow), **more}


@pytest.mark.registry
def test_newer_releases_change_nothing_of_what_make_installs(tomorrow, tmp_path):
    subprocess.run(
        [ROOT / "tools" / "install", sys.executable, tmp_path / "env", LOCKS / "dev.txt"],
        env=surroundings(tomorrow),
        check=True,
    )
    assert installed(tmp_path / "env" / "bin" / "python") == on_this_python("dev")


@pytest.mark.registry
def test_newer_releases_change_nothing_where_the_oldest_pip_installs(
    tomorrow, oldest_pip, tmp_path
):
    # What has led pip's resolver away from the lock: a package that asks for another with an extra.
    asking_for_an_extra = [
        "pytest-cov",
        "coverage",
        "pytest",
        "pluggy",
        "iniconfig",
        "packaging",
        "pygments",
    ]
    entries = re.split(r"\n(?=[a-z])", (LOCKS / "dev.txt").read_text())
    small = tmp_path / "small.txt"
    small.write_text(
        "\n".join(each for each in entries if each.partition("==")[0] in asking_for_an_extra)
    )
    subprocess.run(
        [ROOT / "tools" / "install", oldest_pip, tmp_path / "env", small],
        env=surroundings(tomorrow, INSTALL_WITH="pip"),
        check=True,
    )
    wanted = {each: on_this_python("dev")[each] for each in asking_for_an_extra}
    assert installed(tmp_path / "env" / "bin" / "python") == wanted


@pytest.mark.registry
def test_the_action_works_beside_newer_releases_and_files_that_are_called_like_pythons_own(
    tomorrow, tmp_path
):
    workspace, temp = tmp_path / "workspace", tmp_path / "temp"
    workspace.mkdir()
    temp.mkdir()
    for taken in TAKEN_NAMES:
        (workspace / f"{taken}.py").write_text("raise SystemExit('taken over')\n")
    (workspace / "uv.toml").write_text("this is not TOML\n")
    action = yaml.load(ACTION.read_text(), Loader=yaml.BaseLoader)
    env = surroundings(
        tomorrow,
        GITHUB_ACTION_PATH=str(ACTION.parent),
        GITHUB_PATH=str(temp / "path"),
        RUNNER_TEMP=str(temp),
        PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    )
    for step in action["runs"]["steps"]:
        if "run" in step:
            subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=workspace,
                env=env,
                check=True,
            )
    path = f"{(temp / 'path').read_text().strip()}:{env['PATH']}"
    said = subprocess.run(
        ["reconciler", "--version"],
        cwd=workspace,
        env={**env, "PATH": path},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert said.startswith("did-reconciler ")
    assert installed(temp / "did-reconciler" / "bin" / "python") == on_this_python("objects")
