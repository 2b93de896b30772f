"""A small GitHub of our own: the few paths that are used, each request held to the description.

It keeps pull requests, runs, artifacts and comments. ``answer`` is one request; tests reach it
through httpx's own stand-in for the network, or over a socket.
"""

import hashlib
import io
import json
import re
import threading
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from reconciler.github.client import BOT, GitHub
from reconciler.github.http import Access, Http
from tests.github import openapi

REPOSITORY = "acme/numbers"
TOKEN = "ghs_notarealtokenatall0000"
STORAGE = "https://storage.example"
PLAN = ".github/workflows/plan.yml"
LONGEST_BODY = 65_536


def commit(text):
    """A commit's name made of a word."""
    return hashlib.sha1(text.encode()).hexdigest()


def zipped(**files):
    """A zip of ``plan_json="…"``: the underscore is the name's dot."""
    return archived({name.replace("_", "."): text for name, text in files.items()})


def archived(files):
    """A zip of files by their names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


@dataclass
class Hub:
    """The repository; its clock goes at least a second further with each thing that happens."""

    pulls: dict = field(default_factory=dict)
    reviewed: dict = field(default_factory=dict)
    runs: list = field(default_factory=list)
    archives: dict = field(default_factory=dict)
    artifacts: list = field(default_factory=list)
    comments: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    issues: Any = field(default_factory=list)
    deployers: Any = (("branch", "main"),)
    second_person: bool = False
    roles: dict = field(default_factory=lambda: {"ann": "admin", "bob": "write", "eve": "read"})
    jobs: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)
    tips: list = field(default_factory=list)
    rules: tuple = ("update",)
    requests: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    url: str = "https://api.github.com"
    page: int | None = None
    granted: dict | None = None
    clock: int = 0

    # --- what people and runners do

    def now(self):
        self.clock = max(self.clock + 1, int(time.time()))
        return datetime.fromtimestamp(self.clock, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def opens(self, number, head, *, branch="change", owner="acme", base="main", repository=1):
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "updated_at": self.now(),
            "merged_at": None,
            "merge_commit_sha": commit(f"merge of {head}"),
            "head": {"sha": head, "ref": branch, "repo": {"id": repository}},
            "base": {"ref": base},
            "user": {"login": owner},
        }

    def approves(self, number, *, head=None, by="bob", state="APPROVED"):
        """A review of what is at its tip, or of another commit."""
        self.reviewed.setdefault(number, []).append(
            {
                "id": 7000 + sum(map(len, self.reviewed.values())),
                "state": state,
                "commit_id": head or self.pulls[number]["head"]["sha"],
                "user": by and {"login": by},
                "submitted_at": self.now(),
            }
        )

    def merges(self, number, *commits):
        """The commits that came to main by it, by whichever way of merging."""
        self.pulls[number] |= {
            "state": "closed",
            "merged_at": (merged := self.now()),
            "updated_at": merged,
            "merge_commit_sha": commits[-1],
        }

    def ran(
        self,
        head,
        *,
        conclusion="success",
        path=PLAN,
        event="pull_request_target",
        branch="main",
        steps=None,
    ):
        """A run; ``steps`` are those that succeeded, by the name of the job."""
        run = {
            "id": 1000 + len(self.jobs),
            "run_number": self.numbers.setdefault(path, 1),
            "head_sha": head,
            "head_branch": branch,
            "event": event,
            "status": "completed" if conclusion else "in_progress",
            "conclusion": conclusion,
            "path": path,
            "run_attempt": 1,
            "html_url": f"https://github.com/{REPOSITORY}/actions/runs/{1000 + len(self.jobs)}",
        }
        self.runs.append(run)
        self.numbers[path] += 1
        self.jobs[run["id"]] = [
            {"name": job, "steps": [{"name": name, "conclusion": "success"} for name in done]}
            for job, done in (steps or {}).items()
        ]
        return run["id"]

    def left(self, run, name, archive, *, expired=False, digest=None):
        """A run stored an artifact; one of the same run and name is overwritten."""
        number = 5000 + len(self.archives)
        self.archives[number] = archive
        self.artifacts = [
            each
            for each in self.artifacts
            if (each["workflow_run"]["id"], each["name"]) != (run, name)
        ]
        self.artifacts.append(
            {
                "id": number,
                "name": name,
                "size_in_bytes": len(archive),
                "expired": expired,
                "digest": digest or f"sha256:{hashlib.sha256(archive).hexdigest()}",
                "created_at": self.now(),
                "workflow_run": {"id": run},
            }
        )
        return number

    def says(self, number, body, *, author=BOT):
        self.comments.append(
            {
                "id": 9000 + len(self.comments),
                "body": body,
                "user": None if author is None else {"login": author},
                "html_url": f"https://github.com/{REPOSITORY}/pull/{number}#{len(self.comments)}",
                "issue_url": f"{self.url}/repos/{REPOSITORY}/issues/{number}",
            }
        )
        return self.comments[-1]

    def bodies(self, number):
        """The comments of a pull request."""
        return [each["body"] for each in self.comments if each["issue_url"].endswith(f"/{number}")]

    def sent(self, method):
        """The requests of one method: ``(path, body)``."""
        return [(path, body) for each, path, _, body in self.requests if each == method]

    # --- as seen from outside

    def answer(self, method, url, headers, content):
        """One request: ``(status, headers, content)``."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" == STORAGE:
            return self._stored(parts.path, headers)
        query = dict(parse_qsl(parts.query))
        body = json.loads(content) if content else None
        self.requests.append((method, parts.path, query, body))
        self.problems += openapi.faults(method, parts.path, query, body)
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {}, json.dumps({"message": "Bad credentials"}).encode()
        if self.granted is not None and not _may(self.granted, method, parts.path):
            self.problems.append(f"{method} {parts.path}: the job has {self.granted} only")
            return 403, {}, json.dumps({"message": "Resource not accessible"}).encode()
        if self.faults:
            fault = self.faults.pop(0)
            if fault is not None:
                return fault
        status, headers, found = self._route(method, parts.path, query, body)
        if status in (200, 201):
            self.problems += openapi.answer_faults(method, parts.path, status, found)
        return status, headers, b"" if found is None else json.dumps(found).encode()

    def _route(self, method, path, query, body):
        root = f"/repos/{REPOSITORY}"
        if path == "/meta":
            return 200, {}, {"ssh_keys": ["ssh-ed25519 AAAAnotakey+/="]}
        for pattern, act in (
            (r"GET /pulls", self._list_pulls),
            (r"GET /pulls/(\d+)", self._pull),
            (r"GET /pulls/(\d+)/reviews", self._list_reviews),
            (r"GET /actions/workflows/([\w.]+)/runs", self._list_runs),
            (r"GET /actions/runs/(\d+)", self._run),
            (r"GET /actions/runs/(\d+)/jobs", self._list_jobs),
            (r"GET /actions/runs/(\d+)/artifacts", self._list_artifacts_of),
            (r"GET /actions/artifacts", self._list_artifacts),
            (r"GET /actions/artifacts/(\d+)/zip", self._archive),
            (r"GET /activity", self._list_activity),
            (r"GET /rules/branches/([\w-]+)", self._list_rules),
            (r"GET /collaborators/(\w+)/permission", self._permission),
            (r"GET /environments/([\w-]+)", self._environment),
            (r"GET /environments/([\w-]+)/deployment-branch-policies", self._list_policies),
            (r"POST /statuses/(\w+)", self._mark),
            (r"GET /issues", self._list_issues),
            (r"POST /issues", self._create_issue),
            (r"PATCH /issues/(\d+)", self._update_issue),
            (r"GET /issues/(\d+)/comments", self._list_comments),
            (r"POST /issues/(\d+)/comments", self._create_comment),
            (r"PATCH /issues/comments/(\d+)", self._update_comment),
        ):
            match = re.fullmatch(pattern, f"{method} {path.removeprefix(root)}")
            if match and path.startswith(root):
                chosen: Any = act
                return chosen(*match.groups(), query=query, body=body)
        return 404, {}, {"message": "Not Found"}

    def _list(self, found, query, path, key=None):
        size = self.page or int(query.get("per_page", 30))
        number = int(query.get("page", 1))
        part = found[(number - 1) * size : number * size]
        more = len(found) > number * size
        again = urlencode({**query, "page": number + 1, "per_page": size})
        link = f'<{self.url}{path}?{again}>; rel="next"'
        shown = part if key is None else {"total_count": len(found), key: part}
        return 200, ({"Link": link} if more else {}), shown

    def _list_pulls(self, query, body):
        found = [each for each in self.pulls.values() if each["state"] == query["state"]]
        if "base" in query:
            found = [each for each in found if each["base"]["ref"] == query["base"]]
        if query.get("sort") == "updated":
            assert query["direction"] == "desc"
            found.sort(key=lambda each: each["updated_at"], reverse=True)
        return self._list(found, query, f"/repos/{REPOSITORY}/pulls")

    def _pull(self, number, query, body):
        found = self.pulls.get(int(number))
        return (404, {}, {"message": "Not Found"}) if found is None else (200, {}, found)

    def _list_reviews(self, number, query, body):
        found = self.reviewed.get(int(number), [])
        return self._list(found, query, f"/repos/{REPOSITORY}/pulls/{number}/reviews")

    def _list_runs(self, workflow, query, body):
        found = [
            run
            for run in reversed(self.runs)
            if run["path"].endswith(f"/{workflow}") and query.get("event") in (None, run["event"])
        ]
        path = f"/repos/{REPOSITORY}/actions/workflows/{workflow}/runs"
        return self._list(found, query, path, "workflow_runs")

    def _run(self, number, query, body):
        found = [run for run in self.runs if run["id"] == int(number)]
        return (200, {}, found[0]) if found else (404, {}, {"message": "Not Found"})

    def _list_activity(self, query, body):
        assert query["ref"] == "refs/heads/main"
        found = [{"after": each, "ref": query["ref"]} for each in reversed(self.tips)]
        return self._list(found, query, f"/repos/{REPOSITORY}/activity")

    def _list_rules(self, branch, query, body):
        found = [{"type": each} for each in self.rules]
        return self._list(found, query, f"/repos/{REPOSITORY}/rules/branches/{branch}")

    def _list_jobs(self, number, query, body):
        path = f"/repos/{REPOSITORY}/actions/runs/{number}/jobs"
        return self._list(self.jobs[int(number)], query, path, "jobs")

    def _list_artifacts_of(self, number, query, body):
        found = [each for each in self.artifacts if each["workflow_run"]["id"] == int(number)]
        path = f"/repos/{REPOSITORY}/actions/runs/{number}/artifacts"
        return self._list(found, query, path, "artifacts")

    def _permission(self, user, query, body):
        role = self.roles.get(user)
        if role is None:
            return 404, {}, {"message": "Not Found"}
        level = {"maintain": "write", "triage": "read"}.get(role, role)
        return 200, {}, {"permission": level, "role_name": role}

    def _list_artifacts(self, query, body):
        found = [
            each for each in reversed(self.artifacts) if query.get("name") in (None, each["name"])
        ]
        return self._list(found, query, f"/repos/{REPOSITORY}/actions/artifacts", "artifacts")

    def _environment(self, name, query, body):
        if self.deployers == "none":
            return 404, {}, {"message": "Not Found"}
        chosen = isinstance(self.deployers, tuple)
        policy = {"protected_branches": not chosen, "custom_branch_policies": chosen}
        shown = None if self.deployers is None else policy
        rules: list[dict] = [{"type": "branch_policy"}]
        if self.second_person is not None:
            rules.append({"type": "required_reviewers", "prevent_self_review": self.second_person})
        return (
            200,
            {},
            {
                "name": name,
                "deployment_branch_policy": shown,
                "protection_rules": rules,
            },
        )

    def _list_policies(self, name, query, body):
        found = [{"type": kind, "name": each} for kind, each in self.deployers]
        path = f"/repos/{REPOSITORY}/environments/{name}/deployment-branch-policies"
        return self._list(found, query, path, "branch_policies")

    def _mark(self, sha, query, body):
        self.statuses.append({"sha": sha, **body})
        return 201, {}, {"context": body["context"], "state": body["state"]}

    def _archive(self, number, query, body):
        if int(number) not in self.archives:
            return 410, {}, {"message": "Artifact has expired"}
        return 302, {"Location": f"{self.storage}/{number}"}, None

    @property
    def storage(self):
        return STORAGE if self.url.startswith("https") else f"{self.url}/storage"

    def _stored(self, path, headers):
        if "authorization" in headers:
            self.problems.append("the token was sent to another server")
        return 200, {}, self.archives[int(path.rpartition("/")[2])]

    def _list_issues(self, query, body):
        found = [each for each in self.issues or () if each["state"] == query["state"]]
        found = [each for each in found if each["user"]["login"] == query["creator"]]
        return self._list(found, query, f"/repos/{REPOSITORY}/issues")

    def _create_issue(self, query, body):
        if self.issues is None:
            return 410, {}, {"message": "Issues are disabled for this repo"}
        made = {**body, "number": 100 + len(self.issues), "state": "open", "user": {"login": BOT}}
        self.issues.append(made)
        return 201, {}, made

    def _update_issue(self, number, query, body):
        (found,) = (each for each in self.issues if each["number"] == int(number))
        found |= body
        return 200, {}, found

    def _list_comments(self, number, query, body):
        end = f"/{number}"
        found = [each for each in self.comments if each["issue_url"].endswith(end)]
        return self._list(found, query, f"/repos/{REPOSITORY}/issues/{number}/comments")

    def _create_comment(self, number, query, body):
        if len(body["body"]) > LONGEST_BODY:
            return 422, {}, {"message": "Validation Failed: body is too long"}
        return 201, {}, self.says(int(number), body["body"])

    def _update_comment(self, number, query, body):
        if len(body["body"]) > LONGEST_BODY:
            return 422, {}, {"message": "Validation Failed: body is too long"}
        comment = next(each for each in self.comments if each["id"] == int(number))
        comment["body"] = body["body"]
        return 200, {}, comment


def _may(granted, method, path):
    """Whether a job's permissions let it do this."""
    if path.endswith(("/permission", "/activity", "/meta")) or "/rules/" in path:
        return True
    if "/actions/" in path or "/environments/" in path:
        return "actions" in granted
    if "/statuses/" in path:
        return granted.get("statuses") == "write"
    if re.search(r"/issues(/\d+)?$", path):
        return granted.get("issues") == "write"
    if "/issues/" in path and method != "GET":
        return granted.get("pull-requests") == "write"
    return "pull-requests" in granted


def transport(hub):
    """The hub in place of the network."""

    def handle(request):
        status, headers, content = hub.answer(
            request.method, str(request.url), request.headers, request.content
        )
        return httpx.Response(status, headers=headers, content=content)

    return httpx.MockTransport(handle)


def opened(hub, **more):
    """A client of the hub."""
    return Http(Access(TOKEN), transport=transport(hub), **more)


def client(hub):
    return GitHub(opened(hub), REPOSITORY)


@contextmanager
def listening(hub):
    """The hub over a socket of this machine; ``hub.url`` is where."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self):
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path.startswith("/storage/"):
                status, more, found = hub._stored(self.path, {})
            else:
                status, more, found = hub.answer(
                    self.command, hub.url + self.path, headers, content
                )
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

        do_GET = do_POST = do_PATCH = _handle  # noqa: N815  (the names that http.server calls)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
