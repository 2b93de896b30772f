"""The whole of it on this machine: people, GitHub, its runners, and a VICIdial."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.github.desk import Desk, block

USER = "6666"
PASSWORD = "Xq7-neverShown-2b"
SALES = {"tampa/sales.yaml": block("7275553300-7275553309")}
SUPPORT = {"tampa/support.yaml": block("7275554000-7275554004", name="support", group="SUPPORT")}


def all_in(group, first, last):
    return {str(number): group for number in range(first, last + 1)}


def secrets_for(endpoint):
    """What the environment holds: an account, and the server that it is for."""
    server = urlsplit(endpoint).netloc
    return {"VICIDIAL_NETRC": f"machine {server} login {USER} password {PASSWORD}"}


@dataclass
class Rehearsal:
    """What happens on GitHub when people do something."""

    desk: Desk
    hub: Any
    runner: Any
    vicidial: Any

    def __post_init__(self):
        self.runs = []

    # --- what GitHub does by itself

    def planned(self, number, action="synchronize", **changes):
        """The pull request was opened, pushed to or edited: plan and comment, by main's file."""
        pull = self.hub.pulls[number]
        event = {
            "action": action,
            "number": number,
            "pull_request": {"number": number, "head": pull["head"], "base": pull["base"]},
            "repository": {"default_branch": "main"},
            **changes,
        }
        return self._run("plan.yml", "pull_request_target", event)

    def pushed(self):
        """Main was pushed to: apply."""
        event = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}
        return self._run("apply.yml", "push", event)

    def dispatched(self, **inputs):
        """Somebody started the apply by hand."""
        event = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}
        inputs = {name.replace("_", "-"): value for name, value in inputs.items()}
        return self._run("apply.yml", "workflow_dispatch", event, inputs=inputs)

    def scheduled(self):
        """The time of the day has come."""
        return self._run("apply.yml", "schedule", {"schedule": "17 4 * * *"})

    def queued(self):
        """What is on main is in a merge queue."""
        return self._run("queue.yml", "merge_group", {"merge_group": {}})

    def completed(self, done):
        """GitHub tells the plans' workflow that an apply has ended."""
        (run,) = (each for each in self.hub.runs if each["id"] == done.id)
        event = {
            "workflow_run": {"id": done.id, "head_branch": run["head_branch"]},
            "repository": {"default_branch": "main"},
        }
        return self._run("plan.yml", "workflow_run", event)

    def again(self, done, *jobs):
        """Somebody runs jobs of an apply again, as they were."""
        return self.runner.again(done, "apply.yml", jobs)

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

    def status(self, head):
        """What the commit was marked with last."""
        found = [each for each in self.hub.statuses if each["sha"] == head][-1]
        return found["context"], found["state"], found["description"]

    def state(self):
        """The state on its branch, as text; None before the first apply."""
        if "did-state" not in self.desk.on_remote("branch", "--list", "did-state"):
            return None
        return self.desk.on_remote("show", "did-state:tampa.json")

    def by_hand(self, number):
        """Somebody makes a number that no specs name."""
        query = {"function": "copy_did", "source": "test", "user": USER, "pass": PASSWORD}
        query |= {"source_did_pattern": "7275551114", "new_dids": number}
        assert "SUCCESS" in httpx.get(self.vicidial.endpoint, params=query, verify=False).text

    def dids(self):
        """All DIDs of the server and their in-groups."""
        return {row["did_pattern"]: row["group_id"] for row in self.vicidial.dids()}

    def numbers(self):
        """The DIDs of the server, but its template and the system's own."""
        own = {"default", "did_system_filter", "7275551114"}
        found = self.dids()
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
