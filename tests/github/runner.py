"""Runs workflow files here: their jobs, their steps with their environment, in order.

What a step says in ``run`` is run by bash as GitHub's runner does it. The few actions of others
that are used (checkout, setup-python, upload-artifact, download-artifact) are played by hand, after
what their source does. Of our own action all is run but the step that asks a package registry.
"""

import fnmatch
import io
import itertools
import json
import os
import re
import signal
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.github import expressions
from tests.github.hub import REPOSITORY, TOKEN

STEP_SECONDS = 60
NEEDS_A_REGISTRY = "Install the locked dependencies"


@dataclass
class Job:
    """How a job ended, and all it said."""

    name: str
    result: str
    log: str
    summary: str
    outputs: dict
    steps: dict
    said: list = field(default_factory=list)


@dataclass
class Done:
    """How a run of a workflow ended."""

    id: int
    jobs: list
    context: dict
    sha: str

    @property
    def succeeded(self):
        return all(job.result in ("success", "skipped") for job in self.jobs)

    @property
    def log(self):
        return "\n".join(job.log for job in self.jobs)

    @property
    def summary(self):
        return "\n".join(job.summary for job in self.jobs)

    def job(self, name):
        """The job of a name; that of an apply has its commit after it."""
        return next(job for job in self.jobs if job.name.partition(" at ")[0] == name)


@dataclass
class Runner:
    """Everything outside of a run: the remote, GitHub's API, secrets, where things lie.

    ``python`` is the text of an interpreter with the dependencies that the lock would bring.
    """

    hub: Any
    remote: Path
    folder: Path
    secrets: dict
    python: str
    variables: dict = field(default_factory=dict)
    cancelled: dict = field(default_factory=dict)
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    actor: str = "ann"
    called: Path | None = None
    """The repository of the reusable workflows that the remote's own files call."""

    def run(self, file, event_name, event, *, ref, sha, inputs=None):
        """Run a workflow's file, taken from ``sha`` of the remote as GitHub takes it."""
        content = self.git("show", f"{sha}:.github/workflows/{file}")
        workflow = yaml.load(content, Loader=yaml.BaseLoader)
        run = self.hub.ran(
            sha,
            conclusion=None,
            path=f".github/workflows/{file}",
            event=event_name,
            branch=ref.removeprefix("refs/heads/"),
        )
        given: dict[str, Any] = dict.fromkeys(
            workflow["on"].get("workflow_dispatch", {}).get("inputs", {}), ""
        )
        if event_name == "workflow_dispatch":
            for name, declared in workflow["on"]["workflow_dispatch"]["inputs"].items():
                given[name] = (inputs or {}).get(name, declared.get("default", ""))
                if declared["type"] == "boolean":
                    given[name] = given[name] in (True, "true")
        github = {
            "event": event,
            "event_name": event_name,
            "ref": ref,
            "ref_name": ref.removeprefix("refs/heads/"),
            "sha": sha,
            "token": TOKEN,
            "workflow": workflow["name"],
            "run_id": run,
            "run_number": next(each for each in self.hub.runs if each["id"] == run)["run_number"],
            "run_attempt": 1,
        }
        context = {"github": github, "inputs": given, "needs": {}, "secrets": {}}
        context["vars"] = self.variables
        done = Done(run, [], context, sha)
        for name, job in workflow["jobs"].items():
            if "uses" in job:
                done.jobs += self._call(run, job, context)
            else:
                done.jobs += self._job(run, name, job, context)
        entry = next(each for each in self.hub.runs if each["id"] == run)
        entry |= {
            "status": "completed",
            "conclusion": "success" if done.succeeded else "failure",
        }
        return done

    def again(self, done, file, names):
        """Run some jobs again: the same commit, event and outputs of the jobs before."""
        workflow = self.git("show", f"{done.sha}:.github/workflows/{file}")
        declared = yaml.load(workflow, Loader=yaml.BaseLoader)["jobs"]
        done.context["github"]["run_attempt"] += 1
        jobs = [
            job for name in names for job in self._job(done.id, name, declared[name], done.context)
        ]
        return Done(done.id, jobs, done.context, done.sha)

    def cancels(self, step, until):
        """Cancel the next run of a step once ``until()`` has returned."""
        self.cancelled[step] = until

    # --- jobs

    def _call(self, run, job, context):
        """The jobs of a reusable workflow: with the caller's event and no more than its rights."""
        file = job["uses"].removeprefix("OWNER/did-reconciler/").removesuffix("@COMMIT")
        called = yaml.load((self.called / file).read_text(), Loader=yaml.BaseLoader)
        takes = called["on"]["workflow_call"]["inputs"]
        given = {name: each.get("default", "") for name, each in takes.items()}
        for name, each in job.get("with", {}).items():
            given[name] = expressions.text(each, context)
            assert isinstance(given[name], bool) == (takes[name]["type"] == "boolean")
        given = {name: False if each == "false" else each for name, each in given.items()}
        inner = {**context, "inputs": given, "needs": {}}
        done = []
        for name, each in called["jobs"].items():
            for right, level in each["permissions"].items():
                assert job["permissions"].get(right) in (level, "write"), f"{name} needs {right}"
            done += self._job(run, name, each, inner, lifted=job.get("secrets", {}))
        return done

    def _job(self, run, name, job, context, lifted=None):
        needs = job.get("needs", [])
        needs = [needs] if isinstance(needs, str) else needs
        results = [context["needs"][each]["result"] for each in needs]
        seen = {**context, "success": all(each == "success" for each in results)}
        if not expressions.holds(job.get("if"), seen):
            context["needs"][name] = {"result": "skipped", "outputs": {}}
            return [
                Job(
                    expressions.text(job["name"], {**seen, "matrix": {}}), "skipped", "", "", {}, {}
                )
            ]
        matrix = job.get("strategy", {}).get("matrix", {})
        values = {key: expressions.text(each, seen) for key, each in matrix.items()}
        done = []
        for chosen in itertools.product(*values.values()):
            picked = {**seen, "matrix": dict(zip(values, chosen, strict=True)), "success": True}
            # Secrets of the repository's environments are there in a job that names one, alone.
            # A called workflow has those alone that its caller names.
            secrets = self.secrets if "environment" in job else {}
            picked["secrets"] = {
                name: each for name, each in secrets.items() if lifted is None or name in lifted
            }
            done.append(self._matrix_job(run, job, picked))
            shown = done[-1].name if lifted is None else f"called / {done[-1].name}"
            self.hub.jobs[run].append({"name": shown, "steps": done[-1].said})
        context["needs"][name] = {
            "result": "success" if all(each.result == "success" for each in done) else "failure",
            "outputs": done[-1].outputs,
        }
        return done

    def _matrix_job(self, run, job, context):
        machine = _Machine(self, run, job, context)
        for step in job["steps"]:
            machine.step(step)
        outputs = {
            key: expressions.text(each, machine.context)
            for key, each in job.get("outputs", {}).items()
        }
        name = expressions.text(job["name"], context)
        result = "success" if machine.context["success"] else "failure"
        summary = machine.file("summary").read_text()
        return Job(
            name, result, machine.log, summary, outputs, machine.context["steps"], machine.said
        )

    def tool(self, commit):
        """The workflow's own repository at its commit, which the runner fetches by itself."""
        if self.called is not None:
            return self.called
        folder = self.folder / f"tool-{commit}"
        if not folder.exists():
            subprocess.run(["git", "init", "-q", folder], check=True)
            for command in (
                ["fetch", "--quiet", "--depth=1", f"file://{self.remote}", commit],
                ["checkout", "--quiet", "--detach", "FETCH_HEAD"],
            ):
                subprocess.run(["git", "-C", folder, *command], check=True)
        return folder

    def git(self, *arguments):
        return subprocess.run(
            ["git", "-C", self.remote, *arguments], capture_output=True, text=True, check=True
        ).stdout


class _Machine:
    """One job's machine, which vanishes with it."""

    def __init__(self, runner, run, job, context):
        self.runner = runner
        self.run = run
        self.log = ""
        self.said = []
        self.context = {**context, "steps": {}}
        self.job_env = job.get("env", {})
        self.runner.hub.granted = job["permissions"]
        top = runner.folder / f"machine-{next(runner.numbers)}"
        self.workspace = top / "work"
        self.temp = top / "temp"
        for folder in (self.workspace, self.temp, top / "home"):
            folder.mkdir(parents=True)
        for name in ("env", "path", "output", "summary"):
            self.file(name).touch()
        self.file("event").write_text(json.dumps(context["github"]["event"]))
        self.home = top / "home"

    def file(self, name):
        return self.temp / name

    def step(self, step):
        if not expressions.holds(step.get("if"), self.context):
            self._ended(step, "skipped")
            return
        with_ = {
            key: expressions.text(each, self.context) for key, each in step.get("with", {}).items()
        }
        uses = step.get("uses", "").partition("@")[0]
        match uses:
            case "":
                ok = self._run(step)
            case "actions/checkout":
                ok = self._checkout(**{key.replace("-", "_"): each for key, each in with_.items()})
            case "actions/setup-python":
                ok = True
            case "actions/upload-artifact":
                ok = self._upload(with_)
            case "actions/download-artifact":
                ok = self._download(with_)
            case "$/.github/actions/reconcile":
                ok = self._composite(self.runner.tool(self.context["github"]["sha"]) / uses[2:])
            case _:
                raise AssertionError(f"an action that is not known here: {uses}")
        self._ended(step, "success" if ok else "failure")

    def _ended(self, step, outcome):
        if outcome == "failure":
            self.context["success"] = False
        self.said.append({"name": step.get("name", step.get("uses")), "conclusion": outcome})
        if "id" in step:
            lines = self.file("output").read_text().splitlines()
            outputs = dict(line.split("=", 1) for line in lines)
            self.context["steps"][step["id"]] = {"outcome": outcome, "outputs": outputs}
        self.file("output").write_text("")

    def _run(self, step, **more):
        script = self.temp / "script.sh"
        script.write_text(step["run"])
        assert "${{" not in step["run"], "text of others would be part of the script"
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace,
            env=self._env(step.get("env", {})) | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until = self.runner.cancelled.pop(step.get("name"), None)
        if until is not None:
            until()
            # The runner sends it to the step's own process.
            process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=STEP_SECONDS)
        self.log += f"$ {step.get('name')}\n{said}"
        return process.returncode == 0

    def _env(self, of_step):
        github = self.context["github"]
        path = [*self.file("path").read_text().split(), os.environ["PATH"]]
        env = {
            "PATH": ":".join(path),
            "HOME": str(self.home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.runner.hub.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(self.run),
            "GITHUB_RUN_NUMBER": str(github["run_number"]),
            "GITHUB_RUN_ATTEMPT": str(github["run_attempt"]),
            "GITHUB_TRIGGERING_ACTOR": self.runner.actor,
            "GITHUB_EVENT_NAME": github["event_name"],
            "GITHUB_EVENT_PATH": str(self.file("event")),
            "GITHUB_REF": github["ref"],
            "GITHUB_REF_NAME": github["ref_name"],
            "GITHUB_SHA": github["sha"],
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_ENV": str(self.file("env")),
            "GITHUB_PATH": str(self.file("path")),
            "GITHUB_OUTPUT": str(self.file("output")),
            "GITHUB_STEP_SUMMARY": str(self.file("summary")),
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_ENVIRONMENT": "github-hosted",
        }
        for given in (self.job_env, of_step):
            for name, each in given.items():
                env[name] = expressions.shown(expressions.text(each, self.context))
        return env

    def _composite(self, folder):
        action = yaml.load((folder / "action.yml").read_text(), Loader=yaml.BaseLoader)
        steps = [step for step in action["runs"]["steps"] if "run" in step]
        assert [step["name"] for step in steps].count(NEEDS_A_REGISTRY) == 1
        python = self.temp / "did-reconciler" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(self.runner.python)
        python.chmod(0o755)
        return all(
            self._run(step, GITHUB_ACTION_PATH=str(folder))
            for step in steps
            if step["name"] != NEEDS_A_REGISTRY
        )

    # --- actions of others

    def _checkout(self, *, persist_credentials, ref=None, fetch_depth="1"):
        assert persist_credentials == "false"
        github = self.context["github"]
        wanted = github["sha"] if ref is None else ref
        if not re.fullmatch("[0-9a-f]{40}", wanted):
            wanted = f"refs/heads/{wanted}"
        depth = [] if fetch_depth == "0" else [f"--depth={fetch_depth}"]
        for command in (
            ["init", "--quiet"],
            ["remote", "add", "origin", f"file://{self.runner.remote}"],
            ["fetch", "--quiet", "--no-tags", *depth, "origin", wanted],
            ["checkout", "--quiet", "--detach", "FETCH_HEAD"],
        ):
            subprocess.run(["git", *command], cwd=self.workspace, check=True)
        return True

    def _upload(self, given):
        path = self.workspace / given["path"]
        if not path.exists():
            return given["if-no-files-found"] == "ignore"
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            files = [path] if path.is_file() else sorted(path.rglob("*"))
            for file in files:
                if file.is_file():
                    top = path.parent if path.is_file() else path
                    archive.write(file, file.relative_to(top))
        if not files:
            return False
        self.runner.hub.left(self.run, given["name"], stream.getvalue())
        return True

    def _download(self, given):
        """Where a pattern finds nothing, that is no failure."""
        hub = self.runner.hub
        wanted = given.get("name") or given["pattern"]
        found = {
            each["name"]: each["id"]
            for each in hub.artifacts
            if each["workflow_run"]["id"] == self.run and fnmatch.fnmatchcase(each["name"], wanted)
        }
        for name, number in found.items():
            # One artifact alone gets no folder of its own.
            folder = self.workspace / given["path"] / ("" if len(found) == 1 else name)
            with zipfile.ZipFile(io.BytesIO(hub.archives[number])) as archive:
                archive.extractall(folder)
        return True
