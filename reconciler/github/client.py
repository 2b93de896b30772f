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
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request. ``head`` is the commit at its tip; ``merged`` the one on its base, if any."""

    number: int
    head: str
    head_repository: int | None
    base: str
    is_open: bool
    merged: str | None


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run of a workflow; ``attempt`` counts its starts."""

    id: int
    attempt: int
    succeeded: bool
    url: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """A zip stored by a run; ``digest`` is ``sha256:…`` or None."""

    id: int
    name: str
    size: int
    expired: bool
    digest: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request."""

    id: int
    author: str
    body: str
    url: str


def commit_name(text: str) -> str:
    """Return ``text`` if it is the full name of a commit, else raise UsageError."""
    if not _COMMIT.fullmatch(text):
        raise UsageError(f"{text!r} is not a commit: give its full name, 40 hexadecimal digits")
    return text


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
        """All that are open."""
        found = self._http.pages(f"{self._at}/pulls", state="open", per_page=PAGE)
        return (_read(_pull, each) for each in found)

    def pulls_from(self, owner: str, branch: str) -> Iterator[PullRequest]:
        """The open ones from a branch, of a fork too."""
        head = f"{owner}:{branch}"
        found = self._http.pages(f"{self._at}/pulls", state="open", head=head, per_page=PAGE)
        return (_read(_pull, each) for each in found)

    def pulls_of(self, commit: str) -> Iterator[PullRequest]:
        """The pull requests that brought a commit, however they were merged."""
        path = f"{self._at}/commits/{commit_name(commit)}/pulls"
        return (_read(_pull, each) for each in self._http.pages(path, per_page=PAGE))

    def commits_between(self, since: str, until: str) -> list[str] | None:
        """Commits of ``until`` that ``since`` lacks, oldest first; None where one is unknown."""
        path = f"{self._at}/compare/{commit_name(since)}...{commit_name(until)}"
        try:
            return [_read(_sha, each) for each in self._http.pages(path, "commits", per_page=PAGE)]
        except NotThere:
            return None

    def last_commits(self, until: str) -> list[str]:
        """The newest :data:`PAGE` commits that lead to ``until``, newest first."""
        query = f"{self._at}/commits"
        found = self._http.get(query, sha=commit_name(until), per_page=PAGE)
        if not isinstance(found, list):
            raise GitHubError(f"GitHub's answer to {query} is not a list")
        return [_read(_sha, each) for each in found]

    # --- runs and their artifacts

    def runs(self, workflow: str, commit: str) -> list[WorkflowRun]:
        """Finished runs of a workflow's file for the tip of a pull request, newest first."""
        path = f"{self._at}/actions/workflows/{quote(workflow, safe='')}/runs"
        found = self._http.pages(
            path,
            "workflow_runs",
            event="pull_request",
            status="completed",
            head_sha=commit_name(commit),
            per_page=PAGE,
        )
        return sorted((_read(_run, each) for each in found), key=lambda run: -run.id)

    def artifacts(self, run: int) -> Iterator[Artifact]:
        """The artifacts of a run."""
        path = f"{self._at}/actions/runs/{run}/artifacts"
        found = self._http.pages(path, "artifacts", per_page=PAGE)
        return (_read(_artifact, each) for each in found)

    def archive(self, artifact: Artifact) -> bytes:
        """The zip of an artifact, at most :data:`LARGEST_ARCHIVE` bytes."""
        return self._http.download(
            f"{self._at}/actions/artifacts/{artifact.id}/zip", LARGEST_ARCHIVE
        )

    # --- comments and issues

    def comments(self, number: int) -> Iterator[Comment]:
        """The comments of a pull request or issue, oldest first."""
        path = f"{self._at}/issues/{number}/comments"
        return (_read(_comment, each) for each in self._http.pages(path, per_page=PAGE))

    def create_comment(self, number: int, body: str) -> Comment:
        """Create one; raises :class:`~reconciler.github.http.NoAnswer` when it may exist."""
        path = f"{self._at}/issues/{number}/comments"
        return _read(_comment, self._http.post(path, {"body": body}))

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


def _sha(content: Json) -> str:
    return str(content["sha"])


def _pull(content: Json) -> PullRequest:
    repository = content["head"]["repo"]
    return PullRequest(
        number=int(content["number"]),
        head=str(content["head"]["sha"]),
        head_repository=None if repository is None else int(repository["id"]),
        base=str(content["base"]["ref"]),
        is_open=content["state"] == "open",
        merged=str(content["merge_commit_sha"]) if content["merged_at"] is not None else None,
    )


def _run(content: Json) -> WorkflowRun:
    return WorkflowRun(
        int(content["id"]),
        int(content["run_attempt"]),
        content["conclusion"] == "success",
        str(content["html_url"]),
    )


def _artifact(content: Json) -> Artifact:
    return Artifact(
        int(content["id"]),
        str(content["name"]),
        int(content["size_in_bytes"]),
        bool(content["expired"]),
        content.get("digest"),
    )


def _comment(content: Json) -> Comment:
    author = content["user"]  # None when the account is gone
    return Comment(
        int(content["id"]),
        "" if author is None else str(author["login"]),
        str(content["body"]),
        str(content["html_url"]),
    )
