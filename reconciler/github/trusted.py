"""Whose runs are trusted: those of the default branch's own files.

Names, comments and statuses can be forged by whoever may write to the repository. A run cannot: its
path and event say that its workflow's file is the default branch's.
"""

from dataclasses import dataclass

from reconciler.github.client import WorkflowRun

_FOLDER = ".github/workflows/"


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow whose runs are trusted: its file, the events, and the branch where that matters.

    A run by hand or of a push is the file of its own branch.
    """

    file: str
    events: tuple[str, ...]
    on_default_branch_only: bool = False

    def made(self, run: WorkflowRun, default_branch: str) -> bool:
        """Whether it is one of its runs."""
        return (
            run.path == _FOLDER + self.file
            and run.event in self.events
            and (not self.on_default_branch_only or run.branch == default_branch)
        )


PLANNING = Workflow("plan.yml", ("pull_request_target", "workflow_run"))
APPLYING = Workflow(
    "apply.yml", ("push", "workflow_dispatch", "schedule"), on_default_branch_only=True
)
