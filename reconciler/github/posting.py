"""Create or update our one comment on a pull request, found by its marker and author."""

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.errors import ReconcilerError
from reconciler.github.client import BOT, Comment, GitHub
from reconciler.github.http import NoAnswer, TooLong
from reconciler.report.comment import LONGEST, MARKER

LIMITS = (LONGEST, 40_000, 20_000)
"""GitHub counts characters in its own way: when it refuses a length, the next is tried."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class Commented:
    """What was done about a comment, in words; ``error`` is why a step must fail."""

    words: str
    error: ReconcilerError | None = None


def ours(github: GitHub, number: int, *, author: str = BOT) -> Comment | None:
    """Our comment on a pull request; the author counts, since anybody can write the marker."""
    for each in github.comments(number):
        if each.author == author and each.body.rstrip().endswith(MARKER):
            return each
    return None


def post(
    github: GitHub, number: int, render: Callable[[int], str], *, author: str = BOT
) -> Comment:
    """Create or update the one comment; ``render`` makes it of at most so many characters."""
    for limit in LIMITS[:-1]:
        try:
            return _put(github, number, render(limit), author)
        except TooLong:
            continue
    return _put(github, number, render(LIMITS[-1]), author)


def _put(github: GitHub, number: int, body: str, author: str) -> Comment:
    for _ in range(TRIES - 1):
        try:
            return _put_once(github, number, body, author)
        except NoAnswer:
            # It may have been created: look for it before the next try.
            continue
    return _put_once(github, number, body, author)


def _put_once(github: GitHub, number: int, body: str, author: str) -> Comment:
    found = ours(github, number, author=author)
    if found is None:
        return github.create_comment(number, body)
    if found.body.replace("\r\n", "\n").rstrip() == body.rstrip():
        return found
    return github.update_comment(found.id, body)
