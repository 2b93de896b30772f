"""The workflow files under a real runner: nektos/act without containers, with the tests' GitHub.

What a workflow says is evaluated by act. The actions of others run their own code where folders of
them are given, and small stand-ins for them else. Three things are changed in a copy of the files:
``$/`` becomes a name that act knows, ``queue`` goes, and the version of Python is that of this
machine. Run by ``make rehearse``.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from reconciler.simulator import default_fixture, running
from tests.github.desk import PROJECT, Desk, prepare
from tests.github.hub import REPOSITORY, TOKEN, Hub, archived, listening
from tests.github.rehearsing import PASSWORD, SALES, SUPPORT, Rehearsal, all_in, secrets_for
from tests.github.runner import Done, Job

SECONDS = 600
OURS = "did/reconciler/.github/actions/reconcile"
STAND_INS = {
    "checkout": """
      [ -n "$REF" ] || REF="$GITHUB_SHA"
      git init -q
      git remote add origin "https://github.com/$GITHUB_REPOSITORY"
      git fetch -q origin "+refs/heads/*:refs/remotes/origin/*"
      git checkout -q --detach "origin/$REF" 2>/dev/null || git checkout -q --detach "$REF"
""",
    "setup-python": """
      true
""",
    "upload-artifact": """
      [ -e "$FROM" ] || { echo "nothing at $FROM" >&2; exit 1; }
      mkdir -p "$STORED/$NAME"
      cp -r "$FROM"/. "$STORED/$NAME"
""",
    "download-artifact": """
      mkdir -p "$FROM"
      if [ -n "$NAME" ]; then cp -r "$STORED/$NAME"/. "$FROM"; exit; fi
      found=("$STORED"/$PATTERN)
      [ -e "${found[0]}" ] || exit 0
      # One artifact alone gets no folder of its own.
      [ "${#found[@]}" -gt 1 ] || found=("${found[0]}"/.)
      cp -r "${found[@]}" "$FROM"
""",
}
"""What takes the place of an action whose folder is not given: the same result, on this machine."""
STAND_IN_ENV = {"ref": "REF", "path": "FROM", "name": "NAME", "pattern": "PATTERN"}
PINNED = re.compile(r"uses: (actions/[\w-]+)@([0-9a-f]{40})")


@dataclass
class Act:
    """Runs workflow files with act; ``actions`` has a folder for each action of others."""

    hub: Any
    remote: Path
    folder: Path
    secrets: dict
    actions: Path | None
    actor: str = "ann"

    def run(self, file, event_name, event, *, ref, sha, inputs=None):
        """Run a workflow's file, taken from ``sha`` of the remote."""
        branch = ref.removeprefix("refs/heads/")
        path = f".github/workflows/{file}"
        run = self.hub.ran(sha, conclusion=None, path=path, event=event_name, branch=branch)
        entry = self.hub.runs[-1]
        machine = self.folder / str(run)
        work = machine / "work"
        self._checkout(work, sha)
        # As GitHub writes them: all inputs are text in the event.
        given = {name: str(each).lower() for name, each in (inputs or {}).items()}
        (machine / "event.json").write_text(json.dumps(event | {"inputs": given}))
        said = self._act(machine, work / path, event_name, ref, entry)
        jobs = list(_jobs(said, yaml.safe_load((work / path).read_text())["jobs"]))
        self.hub.jobs[run] = [
            {
                "name": job.name,
                "steps": [{"name": step, "conclusion": "success"} for step in job.steps],
            }
            for job in jobs
        ]
        for name, content in self._stored(machine):
            self.hub.left(run, name, content)
        done = Done(run, jobs, {}, sha)
        entry |= {"status": "completed", "conclusion": "success" if done.succeeded else "failure"}
        return done

    def _checkout(self, work, sha):
        for command in (
            ["git", "clone", "-q", str(self.remote), str(work)],
            ["git", "-C", str(work), "checkout", "-q", "--detach", sha],
        ):
            subprocess.run(command, check=True)
        tool = self.folder / "tool"
        if not tool.exists():
            tool.mkdir(parents=True)
            for name in ("reconciler", ".github", "requirements", "tools"):
                skip = shutil.ignore_patterns("__pycache__", "node_modules")
                shutil.copytree(PROJECT / name, tool / name, ignore=skip)
        for path in (*work.glob(".github/workflows/*.yml"), *tool.glob(".github/actions/*/*.yml")):
            text = path.read_text().replace(
                "uses: $/.github/actions/reconcile", f"uses: {OURS}@{sha}"
            )
            text = re.sub(r"^ *queue: max.*\n", "", text, flags=re.MULTILINE)
            here = f"{sys.version_info.major}.{sys.version_info.minor}"
            path.write_text(text.replace('default: "3.13"', f'default: "{here}"'))

    def _stored(self, machine):
        """The artifacts of a run as zips, by name: act's server made them, or a stand-in files."""
        for path in sorted((machine / "artifacts").glob("*/*/*.zip")):
            yield path.parent.name, path.read_bytes()
        for folder in sorted((machine / "stored").glob("*")):
            files = {
                str(path.relative_to(folder)): path.read_text()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            yield folder.name, archived(files)

    def _action(self, name):
        """The folder of an action of others: its own code where it is given, else a stand-in."""
        if self.actions is not None and (self.actions / name).is_dir():
            return self.actions / name
        folder = self.folder / "stand-ins" / name
        folder.mkdir(parents=True, exist_ok=True)
        step = {
            "shell": "bash",
            "run": STAND_INS[name],
            "env": {name: f"${{{{ inputs.{each} }}}}" for each, name in STAND_IN_ENV.items()},
        }
        action = {
            "name": f"Stand-in for {name}",
            "inputs": {each: {"required": False, "default": ""} for each in STAND_IN_ENV},
            "runs": {"using": "composite", "steps": [step]},
        }
        (folder / "action.yml").write_text(yaml.safe_dump(action))
        return folder

    def _act(self, machine, workflow, event_name, ref, entry):
        home = machine / "home"
        home.mkdir()
        (home / ".gitconfig").write_text(
            f'[url "file://{self.remote}"]\n  insteadOf = https://github.com/{REPOSITORY}\n'
            "[safe]\n  directory = *\n"
        )
        env = {
            "GITHUB_API_URL": self.hub.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(entry["id"]),
            "GITHUB_RUN_NUMBER": str(entry["run_number"]),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_TRIGGERING_ACTOR": self.actor,
            "GITHUB_REF": ref,
            "GITHUB_REF_NAME": ref.removeprefix("refs/heads/"),
            "GITHUB_SHA": entry["head_sha"],
            "STORED": str(machine / "stored"),
        }
        (machine / "env").write_text("".join(f"{name}={each}\n" for name, each in env.items()))
        secrets = self.secrets | {"GITHUB_TOKEN": TOKEN}
        (machine / "secrets").write_text(
            "".join(f"{name}={each}\n" for name, each in secrets.items())
        )
        local = [
            f"--local-repository={name}@{commit}={self._action(name.partition('/')[2])}"
            for name, commit in sorted(set(PINNED.findall(_all_text(workflow.parents[1]))))
        ]
        local.append(
            f"--local-repository=did/reconciler@{entry['head_sha']}={self.folder / 'tool'}"
        )
        command = [
            "act",
            event_name,
            f"--directory={machine / 'work'}",
            f"--workflows={workflow}",
            f"--eventpath={machine / 'event.json'}",
            f"--env-file={machine / 'env'}",
            f"--secret-file={machine / 'secrets'}",
            f"--artifact-server-path={machine / 'artifacts'}",
            "--artifact-server-addr=127.0.0.1",
            f"--artifact-server-port={_free_port()}",
            f"--action-cache-path={self.folder / 'actions'}",
            "--platform=ubuntu-24.04=-self-hosted",
            "--no-skip-checkout",
            "--json",
            *local,
        ]
        ran = subprocess.run(
            command,
            env=os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        (machine / "log").write_text(f"{ran.stdout}\n{ran.stderr}")
        return ran.stdout


def _all_text(folder):
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.yml")))


def _free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return server.getsockname()[1]


def _jobs(said, declared):
    """The jobs that act told of, by the names of their matrices."""
    found: dict[str, dict] = {}
    for line in said.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if not isinstance(entry, dict) or "jobID" not in entry:
            continue
        matrix = entry.get("matrix") or {}
        key = f"{entry['jobID']} {json.dumps(matrix)}"
        job = found.setdefault(key, {"id": entry["jobID"], "matrix": matrix, "log": [], "done": []})
        job["log"].append(str(entry.get("msg", "")).rstrip())
        if entry.get("stepResult") == "success":
            job["done"].append(entry["step"].removeprefix("Main ").removeprefix("Post "))
        job["result"] = entry.get("jobResult", job.get("result"))
    for job in found.values():
        name = declared[job["id"]]["name"]
        for key, each in job["matrix"].items():
            name = name.replace(f"${{{{ matrix.{key} }}}}", str(each))
        yield Job(name, job["result"], "\n".join(job["log"]), "", {}, job["done"])


def main():
    """``--actions DIR``: a folder for each action of others. ``--keep DIR``: where all is left."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--actions", type=Path)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    for name in STAND_INS:
        if given.actions is None or not (given.actions / name).is_dir():
            tell(f"actions/{name}: a stand-in, since --actions (ACTIONS=…) has no folder {name}")
    with tempfile.TemporaryDirectory() as made:
        rehearse((given.keep or Path(made)).resolve(), given.actions)
    tell("The workflows ran as they should.")


def tell(words):
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def ran(what, done):
    """Say how a run ended; one that failed ends the rehearsal with its log."""
    tell(f"{what}: {', '.join(f'{job.name} {job.result}' for job in done.jobs)}")
    if not done.succeeded:
        tell(done.log)
        raise SystemExit(1)
    return done


def rehearse(folder, actions):
    """A pull request and its apply; another that was planned before it; a look; nothing to do."""
    (folder / "first").mkdir(parents=True)
    prepare(folder / "first")
    fixture = default_fixture()
    users = {name: replace(user, password=PASSWORD) for name, user in fixture.users.items()}
    with running(replace(fixture, users=users)) as vicidial, listening(Hub()) as hub:
        desk = Desk(folder / "people", hub, vicidial.endpoint, folder / "first")
        runner = Act(hub, desk.remote, folder / "runs", secrets_for(vicidial.endpoint), actions)
        people = Rehearsal(desk, hub, runner, vicidial)

        desk.opens(1, SALES)
        ran("a pull request is planned", people.planned(1, "opened"))
        assert people.comment(1).startswith("**tampa: 10 numbers created, 3 calls**")
        desk.merges(1)
        head = desk.opens(2, SUPPORT)
        ran("another is planned before the first is applied", people.planned(2, "opened"))
        assert "10 numbers" in people.comment(2)
        applied = ran("the first is applied", people.pushed())
        assert people.numbers() == all_in("SALESLINE", 7275553300, 7275553309)
        assert ": 10 of 10 confirmed**" in people.comment(1)
        ran("the second is planned again", people.completed(applied))
        assert "10 numbers" not in people.comment(2)
        assert people.status(head) == ("DIDs planned", "success", "5 numbers changed")
        shown = ran("a plan is shown", people.dispatched(show=True))
        assert [job.name for job in shown.jobs] == ["Show the plan"]
        idle = ran("nothing is to be applied", people.pushed())
        assert [job.name for job in idle.jobs] == ["Targets"]
        assert hub.problems == []
        assert PASSWORD not in people.said()
        assert TOKEN not in people.said()


if __name__ == "__main__":
    main()
