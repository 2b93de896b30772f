"""The whole of it on this machine: people, GitHub, its runners, and a VICIdial."""

import time
from dataclasses import dataclass
from typing import Any

from tests.github.desk import Desk
from tests.github.runner import Runner

USER = "6666"
PASSWORD = "Xq7-neverShown-2b"
SECRETS = {"VICIDIAL_USER": USER, "VICIDIAL_PASS": PASSWORD}


@dataclass
class Rehearsal:
    """What happens on GitHub when people do something."""

    desk: Desk
    hub: Any
    runner: Runner
    vicidial: Any

    def __post_init__(self):
        self.runs = []

    # --- what GitHub does by itself

    def planned(self, number):
        """The pull request was opened or pushed to: plan, then comment. Returns plan's run."""
        pull = self.hub.pulls[number]
        event = {
            "action": "synchronize",
            "number": number,
            "pull_request": {"number": number, "head": pull["head"], "base": pull["base"]},
            "repository": {"default_branch": "main"},
        }
        ref = f"refs/pull/{number}/merge"
        merge = self.desk.on_remote("rev-parse", ref).strip()
        plan = self._run("plan.yml", "pull_request", event, ref=ref, sha=merge)
        self.commented(plan, number)
        return plan

    def commented(self, plan, number):
        """The plan's run is over: the comment's run, on main's code."""
        run = next(each for each in self.hub.runs if each["id"] == plan.id)
        pull = self.hub.pulls[number]
        event = {
            "action": "completed",
            "repository": {"default_branch": "main"},
            "workflow_run": {
                **{key: run[key] for key in ("id", "event", "path", "conclusion", "html_url")},
                "head_sha": run["head_sha"],
                "head_branch": pull["head"]["ref"],
                "head_repository": {
                    "id": pull["head"]["repo"]["id"],
                    "owner": {"login": pull["user"]["login"]},
                },
                "pull_requests": [],
            },
        }
        return self._run("comment.yml", "workflow_run", event)

    def pushed(self):
        """Main was pushed to: apply."""
        event = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}
        return self._run("apply.yml", "push", event)

    def dispatched(self, **inputs):
        """Somebody started the apply by hand."""
        event = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}
        inputs = {name.replace("_", "-"): value for name, value in inputs.items()}
        return self._run("apply.yml", "workflow_dispatch", event, inputs=inputs)

    def _run(self, file, name, event, *, ref="refs/heads/main", sha=None, inputs=None):
        sha = sha or self.desk.on_remote("rev-parse", "main").strip()
        done = self.runner.run(file, name, event, ref=ref, sha=sha, inputs=inputs)
        self.runs.append(done)
        return done

    # --- what it looks like then

    def comment(self, number):
        """The one comment of a pull request."""
        (body,) = self.hub.bodies(number)
        return body

    def state(self):
        """The state on its branch, as text; None before the first apply."""
        if "did-state" not in self.desk.on_remote("branch", "--list", "did-state"):
            return None
        return self.desk.on_remote("show", "did-state:tampa.json")

    def numbers(self):
        """The DIDs of the server, but its template and the system's own."""
        own = {"default", "did_system_filter", "7275551114"}
        found = {row["did_pattern"]: row["group_id"] for row in self.vicidial.dids()}
        return {number: group for number, group in found.items() if number not in own}

    def until_called(self, function):
        """Wait for the server to have been asked for something, however long that takes."""

        def wait():
            while not self.vicidial.calls().get(function):
                time.sleep(0.02)

        return wait

    def said(self):
        """All that anybody can read: logs, summaries, comments, artifacts."""
        logs = [text for run in self.runs for text in (run.log, run.summary)]
        return "\n".join([*logs, *(each["body"] for each in self.hub.comments)])
