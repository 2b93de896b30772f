"""The part of GitHub's API that is used, with typed answers.

Tests check every request against GitHub's own description of its API.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from reconciler.errors import UsageError
from reconciler.github.http import GitHubError, Http, Json, NotThere

PAGE = 100
BOT = "github-actions[bot]"
"""The author of comments written with a workflow's own token."""
LARGEST_ARCHIVE = 32 * 1024 * 1024

T = TypeVar("T")

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_SSH_KEY = re.compile(r"[a-z0-9@.-]+ [A-Za-z0-9+/=]+")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request. ``head`` is the commit at its tip; ``merged`` the one on its base, if any.

    ``merged_at`` and ``updated_at`` are times as GitHub writes them, which can be compared.
    """

    number: int
    head: str
    base: str
    is_open: bool
    updated_at: str
    merged: str | None = None
    merged_at: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review of a pull request as of one ``commit``; ``author`` is empty for a lost account."""

    state: str
    commit: str | None
    author: str
    submitted_at: str


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run of a workflow's file ``path`` as of ``commit``; ``branch`` may be the name of a tag.

    ``number`` counts the runs of that file, from 1 and without a gap. ``conclusion`` is None for
    one that has not ended.
    """

    id: int
    number: int
    path: str
    event: str
    branch: str | None
    commit: str
    conclusion: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a run; ``succeeded`` names those of its steps that did."""

    name: str
    succeeded: frozenset[str]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A zip stored by the run ``run``; ``digest`` is ``sha256:…`` or None."""

    id: int
    name: str
    size: int
    expired: bool
    digest: str | None
    created_at: str
    run: int | None


@dataclass(frozen=True, slots=True)
class Environment:
    """Who may use an environment.

    ``refs``: the branches and tags, as ``(type, name)``; None means every one. ``second_person``:
    somebody else than who started the run must approve.
    """

    refs: tuple[tuple[str, str], ...] | None
    second_person: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """What a user may do: ``level`` is ``admin``, ``write``, ``read`` or ``none``.

    ``role`` is finer: ``maintain``, or a role of the organisation's own.
    """

    level: str
    role: str

    @property
    def writes(self) -> bool:
        """Whether the user may push branches and merge."""
        return self.level in ("admin", "write")

    @property
    def maintains(self) -> bool:
        """Whether the user manages the repository."""
        return self.level == "admin" or self.role == "maintain"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request."""

    id: int
    author: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; pull requests, which GitHub lists as issues too, are left out."""

    number: int
    author: str
    body: str


def commit_name(text: str) -> str:
    """Return ``text`` if it is the full name of a commit, else raise UsageError."""
    if not _COMMIT.fullmatch(text):
        raise UsageError(f"{text!r} is not a commit: give its full name, 40 hexadecimal digits")
    return text


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """What a commit is marked with; ``url`` is the page it links to."""

    context: str
    succeeded: bool
    description: str
    url: str | None = None


class GitHub:
    """One repository, ``OWNER/NAME``."""

    def __init__(self, http: Http, repository: str) -> None:
        if not _REPOSITORY.fullmatch(repository):
            raise UsageError(f"{repository!r} is not a repository: write OWNER/NAME")
        self._http = http
        self._at = f"/repos/{repository}"

    # --- pull requests

    def pull(self, number: int) -> PullRequest:
        """Fetch one."""
        return _read(_pull, self._http.get(f"{self._at}/pulls/{number}"))

    def open_pulls(self) -> Iterator[PullRequest]:
        """All that are open, the newest first."""
        found = self._http.pages(f"{self._at}/pulls", state="open", per_page=PAGE)
        return (_read(_pull, each) for each in found)

    def closed_pulls(self, base: str) -> Iterator[PullRequest]:
        """Those into a branch that are closed, the one last updated first."""
        query = {"state": "closed", "base": base, "sort": "updated", "direction": "desc"}
        found = self._http.pages(f"{self._at}/pulls", **query, per_page=PAGE)
        return (_read(_pull, each) for each in found)

    def reviews(self, number: int) -> Iterator[Review]:
        """The reviews of a pull request that were submitted."""
        found = self._http.pages(f"{self._at}/pulls/{number}/reviews", per_page=PAGE)
        return (_read(_review, each) for each in found if each.get("submitted_at"))

    # --- runs and their artifacts

    def runs(self, workflow: str, event: str | None = None) -> Iterator[WorkflowRun]:
        """Runs of a workflow's file, all or those that an event started; the newest first."""
        query = {} if event is None else {"event": event}
        path = f"{self._at}/actions/workflows/{quote(workflow, safe='')}/runs"
        found = self._http.pages(path, "workflow_runs", **query, per_page=PAGE)
        return (_read(_run, each) for each in found)

    def jobs(self, run: int) -> Iterator[Job]:
        """The jobs of all attempts of a run."""
        path = f"{self._at}/actions/runs/{run}/jobs"
        found = self._http.pages(path, "jobs", filter="all", per_page=PAGE)
        return (_read(_job, each) for each in found)

    def run(self, number: int) -> WorkflowRun:
        """Fetch one."""
        return _read(_run, self._http.get(f"{self._at}/actions/runs/{number}"))

    def artifacts(self, name: str | None = None) -> Iterator[Artifact]:
        """The artifacts of all runs, or those of one name; the newest first."""
        query = {} if name is None else {"name": name}
        path = f"{self._at}/actions/artifacts"
        found = self._http.pages(path, "artifacts", **query, per_page=PAGE)
        return (_read(_artifact, each) for each in found)

    def artifacts_of(self, run: int) -> Iterator[Artifact]:
        """The artifacts of one run."""
        found = self._http.pages(
            f"{self._at}/actions/runs/{run}/artifacts", "artifacts", per_page=PAGE
        )
        return (_read(_artifact, each) for each in found)

    def archive(self, artifact: Artifact) -> bytes:
        """The zip of an artifact, at most :data:`LARGEST_ARCHIVE` bytes."""
        return self._http.download(
            f"{self._at}/actions/artifacts/{artifact.id}/zip", LARGEST_ARCHIVE
        )

    def tips(self, branch: str) -> Iterator[str]:
        """The commits that a branch was pushed or merged to, the newest first."""
        ref = f"refs/heads/{branch}"
        found = self._http.pages(f"{self._at}/activity", ref=ref, per_page=PAGE)
        return (_read(lambda each: str(each["after"]), each) for each in found)

    def rules(self, branch: str) -> frozenset[str]:
        """The kinds of rules that hold for a branch, whether it exists or not."""
        path = f"{self._at}/rules/branches/{quote(branch, safe='')}"
        found = self._http.pages(path, per_page=PAGE)
        return frozenset(_read(lambda each: str(each["type"]), each) for each in found)

    # --- who may do what, and what a commit is marked with

    def environment(self, name: str) -> Environment:
        """Who may use an environment."""
        path = f"{self._at}/environments/{quote(name, safe='')}"
        found = self._http.get(path)
        second_person = _read(_needs_second_person, found)
        policy = _read(lambda found: found["deployment_branch_policy"], found)
        if policy is None or not _read(lambda found: found["custom_branch_policies"], policy):
            return Environment(None, second_person)
        refs = self._http.pages(
            f"{path}/deployment-branch-policies", "branch_policies", per_page=PAGE
        )
        return Environment(tuple(_read(_branches, each) for each in refs), second_person)

    def permission(self, user: str) -> Permission:
        """What a user may do in the repository; an unknown user may do nothing."""
        if not user:
            return Permission("none", "none")
        path = f"{self._at}/collaborators/{quote(user, safe='')}/permission"
        try:
            found = self._http.get(path)
        except NotThere:
            return Permission("none", "none")
        return _read(lambda found: Permission(found["permission"], found["role_name"]), found)

    def ssh_keys(self) -> tuple[str, ...]:
        """The public keys by which GitHub is known over ssh: ``TYPE KEY``."""
        keys = _read(lambda found: tuple(map(str, found["ssh_keys"])), self._http.get("/meta"))
        if not all(map(_SSH_KEY.fullmatch, keys)):
            raise GitHubError("GitHub's answer is invalid: it has other things than ssh keys")
        return keys

    def set_status(self, commit: str, status: CommitStatus) -> None:
        """Mark a commit; of the same ``context`` the newest counts."""
        body = {
            "state": "success" if status.succeeded else "failure",
            "context": status.context,
            "description": status.description,
        }
        if status.url is not None:
            body["target_url"] = status.url
        self._http.post(f"{self._at}/statuses/{commit_name(commit)}", body)

    # --- comments and issues

    def comments(self, number: int) -> Iterator[Comment]:
        """The comments of a pull request or issue, oldest first."""
        path = f"{self._at}/issues/{number}/comments"
        return (_read(_comment, each) for each in self._http.pages(path, per_page=PAGE))

    def create_comment(self, number: int, body: str) -> Comment:
        """Create one; raises :class:`~reconciler.github.http.NoAnswer` when it may exist."""
        path = f"{self._at}/issues/{number}/comments"
        return _read(_comment, self._http.post(path, {"body": body}))

    def open_issues(self, creator: str) -> Iterator[Issue]:
        """The open issues that somebody made, without pull requests."""
        path = f"{self._at}/issues"
        found = self._http.pages(path, state="open", creator=creator, per_page=PAGE)
        return (_read(_issue, each) for each in found if "pull_request" not in each)

    def create_issue(self, title: str, body: str) -> Issue:
        """Create one."""
        return _read(_issue, self._http.post(f"{self._at}/issues", {"title": title, "body": body}))

    def update_issue(self, number: int, **changes: str) -> None:
        """Change its ``body``, or its ``state``."""
        self._http.patch(f"{self._at}/issues/{number}", changes)

    def update_comment(self, comment: int, body: str) -> Comment:
        """Replace the text of one."""
        path = f"{self._at}/issues/comments/{comment}"
        return _read(_comment, self._http.patch(path, {"body": body}))


def _read(make: Callable[[Json], T], content: Json) -> T:
    """Convert an answer with ``make``; raise GitHubError when it lacks something."""
    try:
        return make(content)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise GitHubError(f"GitHub's answer is invalid: {error!r}") from None


def _pull(content: Json) -> PullRequest:
    is_merged = content["merged_at"] is not None
    return PullRequest(
        number=int(content["number"]),
        head=str(content["head"]["sha"]),
        base=str(content["base"]["ref"]),
        is_open=content["state"] == "open",
        updated_at=str(content["updated_at"]),
        merged=str(content["merge_commit_sha"]) if is_merged else None,
        merged_at=str(content["merged_at"]) if is_merged else None,
    )


def _review(content: Json) -> Review:
    commit = content["commit_id"]
    return Review(
        state=str(content["state"]),
        commit=None if commit is None else str(commit),
        author=_author(content),
        submitted_at=str(content["submitted_at"]),
    )


def _run(content: Json) -> WorkflowRun:
    branch = content["head_branch"]
    return WorkflowRun(
        int(content["id"]),
        int(content["run_number"]),
        str(content["path"]).partition("@")[0],
        str(content["event"]),
        None if branch is None else str(branch),
        str(content["head_sha"]),
        content["conclusion"],
    )


def _job(content: Json) -> Job:
    steps = content.get("steps") or ()
    done = (str(step["name"]) for step in steps if step["conclusion"] == "success")
    return Job(str(content["name"]), frozenset(done))


def _needs_second_person(content: Json) -> bool:
    """Whether it has reviewers, none of whom may approve their own run."""
    return any(
        rule["type"] == "required_reviewers" and rule.get("prevent_self_review") is True
        for rule in content.get("protection_rules") or ()
    )


def _artifact(content: Json) -> Artifact:
    run = content["workflow_run"]
    return Artifact(
        int(content["id"]),
        str(content["name"]),
        int(content["size_in_bytes"]),
        bool(content["expired"]),
        content.get("digest"),
        str(content["created_at"]),
        None if run is None else int(run["id"]),
    )


def _branches(content: Json) -> tuple[str, str]:
    return str(content.get("type", "branch")), str(content["name"])


def _issue(content: Json) -> Issue:
    body = content["body"]
    return Issue(int(content["number"]), _author(content), "" if body is None else str(body))


def _author(content: Json) -> str:
    author = content["user"]  # None when the account is gone
    return "" if author is None else str(author["login"])


def _comment(content: Json) -> Comment:
    return Comment(
        int(content["id"]),
        _author(content),
        str(content["body"]),
        str(content["html_url"]),
    )
