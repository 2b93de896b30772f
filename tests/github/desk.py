"""What people do: branches, pull requests and merges, in a clone of a bare remote."""

import compileall
import py_compile
import re
import shutil
import subprocess
from pathlib import Path

import yaml

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
PROJECT = Path(__file__).parents[2]
TARGET = """\
version: 1
endpoint: {endpoint}
state: git:did-state
defaults: {{source: "7275551114"}}
limits: {{max_create: 100}}
"""


def block(*numbers, name="sales", group="SALESLINE"):
    """The text of a file of one block."""
    content = {
        "version": 1,
        "blocks": [
            {
                "name": name,
                "numbers": list(numbers),
                "routing": {"did_route": "IN_GROUP", "group": group},
            }
        ],
    }
    return yaml.safe_dump(content, sort_keys=False)


def short_files():
    """The workflow files that docs/github.md gives to an existing repository, by name."""
    text = (PROJECT / "docs" / "github.md").read_text()
    shown = r"^`.github/workflows/(\w+\.yml)`.*?```yaml\n(.*?)```"
    return dict(re.findall(shown, text, re.MULTILINE | re.DOTALL))


def prepare(folder):
    """A bare remote and a clone of it, with the project and nothing declared."""
    desk, remote = folder / "desk", folder / "remote.git"
    _git(folder, "init", "-q", "--bare", "-b", "main", str(remote))
    # As on GitHub: a commit may be asked for by its name.
    _git(remote, "config", "uploadpack.allowAnySHA1InWant", "true")
    _git(remote, "config", "core.compression", "0")  # a checkout is made for each job
    _git(folder, "init", "-q", "-b", "main", str(desk))
    for name in ("reconciler", ".github", "requirements"):
        skip = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(PROJECT / name, desk / name, ignore=skip)
    # Compiled once: each machine has a fresh checkout, and would do it again.
    compileall.compile_dir(desk / "reconciler", quiet=1, invalidation_mode=UNCHECKED, workers=1)
    for setting in (
        ("user.name", "Ann"),
        ("user.email", "ann@example.com"),
        ("remote.origin.url", "../remote.git"),
        # What stays the same in a copy of the folder is enough to know a file again.
        ("core.checkStat", "minimal"),
        ("core.trustCtime", "false"),
        ("core.compression", "0"),
    ):
        _git(desk, "config", *setting)
    _git(desk, "add", "-A")
    _git(desk, "commit", "-qm", "The project")
    _git(desk, "push", "-q", "origin", "main")
    for repository in (desk, remote):
        _git(repository, "repack", "-qadF", "--window=0")
        _git(repository, "prune-packed", "-q")


class Desk:
    """A clone, its remote, and GitHub told of what happens there."""

    def __init__(self, folder, hub, endpoint, repository):
        self.hub = hub
        self.folder = folder / "desk"
        self.remote = folder / "remote.git"
        shutil.copytree(repository, folder, dirs_exist_ok=True)
        self.write({"tampa/target.yaml": TARGET.format(endpoint=endpoint)})
        self.commit("Begin")
        self.push_main()

    def write(self, files):
        for name, text in files.items():
            path = self.folder / "did_specs" / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def target(self):
        """The text of tampa's target.yaml."""
        return (self.folder / "did_specs" / "tampa" / "target.yaml").read_text()

    def pushes_state(self, text):
        """Somebody with the right to write pushes a state by hand."""
        self.git("fetch", "-q", "origin", "did-state")
        self.git("checkout", "-q", "--detach", "FETCH_HEAD")
        (self.folder / "tampa.json").write_text(text)
        self.commit("By hand")
        self.git("push", "-q", "origin", "HEAD:did-state")
        self.git("checkout", "-q", "main")

    def makes_tree(self, lines):
        """A git tree of these entries."""
        return _git(self.folder, "mktree", stdin=lines).strip()

    def commit(self, words):
        self.git("add", "-A")
        self.git("commit", "-qm", words)
        return self.head()

    def head(self):
        return self.git("rev-parse", "HEAD").strip()

    def push_main(self, *, brought_by=None):
        """Push main, and have GitHub know which pull request brought it."""
        self.git("push", "-q", "origin", "main")
        self.hub.tips.append(self.head())
        if brought_by is not None:
            self.hub.merges(brought_by, self.head())
        return self.head()

    def opens(self, number, files, *, owner="acme", repository=1, base="main"):
        """A pull request with these files, or another push to it; returns its tip."""
        branch = f"change-{number}"
        if number in self.hub.pulls:
            self.git("checkout", "-q", branch)
        else:
            self.git("checkout", "-q", "-b", branch, base)
        self.write(files)
        head = self.commit(f"Change {number}")
        self.git("push", "-qf", "origin", f"{branch}:refs/pull/{number}/head")
        self.hub.opens(number, head, branch=branch, owner=owner, repository=repository, base=base)
        self.git("checkout", "-q", "main")
        return head

    def merges(self, number, how="squash"):
        """Merge it as GitHub's button does; returns main's new head."""
        branch = f"change-{number}"
        self.git("checkout", "-q", "main")
        if how == "squash":
            self.git("merge", "-q", "--squash", branch)
            self.git("commit", "-qm", f"Change (#{number})")
        elif how == "merge":
            self.git("merge", "-q", "--no-ff", "-m", f"Merge pull request #{number}", branch)
        else:
            self.git("cherry-pick", f"main..{branch}")
        return self.push_main(brought_by=number)

    def git(self, *arguments):
        return _git(self.folder, *arguments)

    def on_remote(self, *arguments):
        return _git(self.remote, *arguments)


def _git(folder, *arguments, stdin=None):
    done = subprocess.run(
        ["git", "-C", folder, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
