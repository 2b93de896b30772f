"""What holds the repository together, and what must never get into it."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import reconciler

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "reconciler").rglob("*.py"))

# Put together here, so that this file does not hold them either.
HOSTS = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "yarn" + "pkg"]
PLACES = ["/" + folder + "/" for folder in ("work", "root", "home", "Users")]


def files_in_git() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def lines_with(words: list[str], files: list[Path]) -> list[str]:
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_registry():
    assert lines_with(HOSTS, files_in_git()) == []


def test_no_file_names_a_place_on_somebodys_machine():
    assert lines_with(PLACES, files_in_git()) == []


def test_what_is_depended_on_is_used():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {re.split("[<>=~]", one)[0] for one in project["project"]["dependencies"]}
    imported = {
        name.split(".")[0]
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert sorted(wanted - {"pyyaml" if name == "yaml" else name for name in imported}) == []


def test_the_version_is_one_that_the_changelog_can_name():
    assert re.fullmatch(r"\d+\.\d+\.\d+", reconciler.__version__)
    released = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert released[0] == "Unreleased"


def test_the_command_is_the_one_that_the_package_declares():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"reconciler": "reconciler.cli:main"}
    assert project["tool"]["hatch"]["version"]["path"] == "reconciler/__init__.py"


def test_every_step_of_check_can_be_run_alone():
    makefile = (ROOT / "Makefile").read_text()
    made = re.findall(r"\$\(MAKE\)(?: \$\(NODE\))?((?: [a-z-]+)+)", makefile)
    steps = {step for steps in made for step in steps.split()}
    assert {"format", "coverage", "wheel"} <= steps
    assert steps <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
