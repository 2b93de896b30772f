"""Artifacts of pull requests' plans, as the trusted workflow leaves them."""

import tempfile
from pathlib import Path

from reconciler.github.planned import PlannedPull, artifact_name, write_planned
from tests.github.hub import archived, commit

BASE = commit("base")


def files_of(pull, *plans, **more):
    """The files of ``plans`` for a pull request, by name."""
    head = pull["head"]["sha"]
    about = {"base": pull["base"]["ref"], "base_commit": BASE, "tree": commit("tree"), **more}
    about = {"number": pull["number"], "head": head, **about}
    about.setdefault("targets", tuple(plan.target for plan in plans))
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        write_planned(top, PlannedPull(**about), {plan.target: plan for plan in plans})
        return {
            str(path.relative_to(top)): path.read_text()
            for path in sorted(top.rglob("*"))
            if path.is_file()
        }


def leaves(hub, pull, *plans, run=None, expired=False, digest=None, archive=None, **more):
    """A run leaves the plans of a pull request; returns the run."""
    number, pull = pull, hub.pulls[pull]
    made = hub.ran(pull["head"]["sha"], **(run or {}))
    content = archived(files_of(pull, *plans, **more)) if archive is None else archive
    name = artifact_name(number, pull["head"]["sha"])
    hub.left(made, name, content, expired=expired, digest=digest)
    return made
