"""Where a state may be kept: the schemes of its URL, and what is wrong with one.

``reconciler.state.open.BACKENDS`` opens each of them. Messages never repeat a password.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.specs.faults import Problem
from reconciler.specs.urls import NOT_IN_URLS, split

TARGET = "{target}"
_GIT = "git:"
_BRANCH = re.compile(r"(?!.*(\.\.|//|/\.|\.lock(/|$)))[A-Za-z0-9_][A-Za-z0-9._/-]*(?<![./])")


@dataclass(frozen=True, slots=True)
class Scheme:
    """``fault`` says what is wrong with a URL of this scheme; None where it is valid.

    ``is_store``: an object store, whose states may have a ``mirror`` on a branch. ``for_many``:
    it has a file for each target, so that several targets may name it.
    """

    example: str
    fault: Callable[[str], Problem | None]
    is_store: bool = False
    for_many: bool = False


def state_fault(url: str) -> Problem | None:
    """Why ``url`` cannot be where a state is kept."""
    if re.search(r"[{}]", url.replace(TARGET, "")):
        return Problem("has braces around something else than {target}")
    name, colon, _ = url.partition(":")
    if not colon or name not in SCHEMES:
        examples = ", ".join(each.example for each in SCHEMES.values())
        return Problem("is not a place for a state", f"write a URL such as {examples}")
    return SCHEMES[name].fault(url)


def mirror_fault(url: str) -> Problem | None:
    """Why ``url`` cannot be the mirror of a state."""
    return (
        state_fault(url)
        if branch_of(url) is not None
        else Problem("is not a branch", "write git:BRANCH")
    )


def branch_of(url: str) -> str | None:
    """The branch that the URL of a state names; None where it is kept elsewhere."""
    return url.removeprefix(_GIT) if url.startswith(_GIT) else None


def is_store(state: str) -> bool:
    """Whether the valid ``state`` is in an object store."""
    return SCHEMES[state.partition(":")[0]].is_store


def is_for_many(state: str) -> bool:
    """Whether several targets may keep their states in the valid ``state``."""
    return SCHEMES[state.partition(":")[0]].for_many


def _file_fault(url: str) -> Problem | None:
    path = url.removeprefix("file:")
    if path.startswith("//"):
        return Problem("has too many slashes", "write file:PATH, such as file:state/{target}.json")
    if path.startswith("~"):
        return Problem("begins with ~, which is not replaced", "write the whole path")
    if not path.strip() or path.endswith(("/", "/.", "/..")) or path in (".", ".."):
        return Problem("names no file", "write file:PATH, such as file:state/{target}.json")
    return None


def _branch_fault(url: str) -> Problem | None:
    branch = branch_of(url)
    if branch is not None and _BRANCH.fullmatch(branch.replace(TARGET, "target")):
        return None
    return Problem("names no branch", "write git:BRANCH, such as git:did-state")


def _object_fault(url: str) -> Problem | None:
    if NOT_IN_URLS.search(url):
        return Problem(
            "contains characters that a URL cannot have", "write it in plain ASCII without spaces"
        )
    parts = split(url)
    if parts is None or not parts.netloc or not parts.path.strip("/") or url.endswith("/"):
        return Problem(
            "names no object", "write s3://BUCKET/PATH, such as s3://our-state/dids/{target}.json"
        )
    if "@" in parts.netloc:
        return Problem("contains a user or password", "remove them: they come from the environment")
    if "?" in url or "#" in url:
        return Problem("ends in a query or fragment", "remove it")
    return None


SCHEMES: Mapping[str, Scheme] = {
    "file": Scheme("file:state/{target}.json", _file_fault),
    "git": Scheme("git:did-state", _branch_fault, for_many=True),
    "s3": Scheme("s3://our-state/dids/{target}.json", _object_fault, is_store=True),
    "gs": Scheme("gs://our-state/dids/{target}.json", _object_fault, is_store=True),
    "az": Scheme("az://our-state/dids/{target}.json", _object_fault, is_store=True),
}

STORES = ", ".join(f"{name}://" for name, scheme in SCHEMES.items() if scheme.is_store)
"""The schemes of object stores, as messages name them."""
